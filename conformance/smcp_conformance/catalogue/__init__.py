"""What the spec demands of a server: one TOML file per spec page, one table per requirement.

The path of a file is the page of the newest revision that holds its requirements: `server/tools.toml`. It reads:

    area = "progress"                                  # of every requirement below that names no other
    path.2024-11-05 = "basic/utilities/progress"       # where the page stood from that revision on …
    path.2026-07-28 = "basic/patterns/progress"        # … and from this one; without `path`, always here

    ["progress.monotonic"]                             # the id
    level = "MUST"                                     # or MUST NOT, SHOULD, SHOULD NOT, MAY
    basis = "explicit"                                 # the default; or schema, jsonrpc, derived, example
    since = "2024-11-05"                               # first revision that demands it
    until = "2025-11-25"                               # the last one; without it, still in force
    at = "#progress-flow"                              # anchor on this page; without it, the page as a whole
    text = "One sentence in our words."
    observe = "How to see it from outside."
    note = "Conflicts in the text, precedence."

`at` may name another page ("schema#Tool") and, like `path`, may change between revisions: `at.2025-11-25 = "#tool"`
holds from that revision until another takes over. The rest is written only where it differs from the defaults of
`Requirement`: `transport`, `testability`, `probe`, `addressee`, and `generated` for those worth generating inputs
for. Long texts are folded, so line breaks in them mean nothing.

`severity.toml` lists the MUSTs whose violation only warns, each with its reason.
"""

from __future__ import annotations

import difflib
import re
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module, resources
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from smcp_conformance.catalogue.severities import Severity, read_severity
from smcp_conformance.requirement import Level, Requirement
from smcp_conformance.revisions import REVISIONS

if TYPE_CHECKING:
    from importlib.abc import Traversable

# One of the two is missing from every environment, so a plain import would not pass the type checkers.
tomllib = import_module("tomllib" if sys.version_info >= (3, 11) else "tomli")

SITE = "https://modelcontextprotocol.io/specification"
SEVERITY_FILE = "severity.toml"
VALUES = {
    "level": tuple(level.value for level in Level),
    "basis": ("explicit", "schema", "jsonrpc", "derived", "example"),
    "transport": ("any", "stdio", "http", "sse"),
    "probe": ("passive", "read", "call", "adversarial", "process", "load", "none"),
    "addressee": ("server", "both", "authorization-server", "client"),
    "since": REVISIONS,
    "until": REVISIONS,
}
TEXTS = ("text", "observe", "note")
TYPES: dict[str, Any] = {
    **dict.fromkeys((*VALUES, *TEXTS, "area", "testability"), str),
    "generated": bool,
    "at": (str, dict),
}
NEEDED = ("area", "level", "since", "text")
TESTABILITY = re.compile(r"any|fixture|untestable|capability:[a-z.]+")


@cache
def requirements() -> Mapping[str, Requirement]:
    """All requirements by id, ordered by page, then as their file has them.

    Raises `ValueError` naming file and id if the data is broken.
    """
    return MappingProxyType(read(_root()))


def requirement(id: str) -> Requirement:
    """The requirement called `id`; raises `KeyError` naming the closest ids if there is none."""
    try:
        return requirements()[id]
    except KeyError:
        raise KeyError(f"no requirement is called {id!r}{_guess(id)}") from None


@cache
def pages() -> tuple[str, ...]:
    """The spec pages that hold a requirement, in order: "architecture/index", "basic/authorization/index" …."""
    return tuple(dict.fromkeys(each.page for each in requirements().values()))


@cache
def severity() -> Mapping[str, Severity]:
    """The requirements whose violation only warns although their level and basis would fail it, by id."""
    return MappingProxyType(read_severity(_document(_root() / SEVERITY_FILE, SEVERITY_FILE)))


def read(root: Traversable) -> dict[str, Requirement]:
    """Read the pages' files below the folder `root`; raises `ValueError` naming file and id if one is broken."""
    found: dict[str, Requirement] = {}
    for name, file in sorted(_files(root)):
        for new in _requirements(name, _document(file, name)):
            if new.id in found:
                raise ValueError(f"{name}: {new.id!r} is already defined in {found[new.id].page}.toml")
            found[new.id] = new
    return found


def _root() -> Traversable:
    return resources.files(__name__)


def _guess(id: str) -> str:
    close = difflib.get_close_matches(id, requirements(), cutoff=0.5)
    return f", did you mean {' or '.join(map(repr, close))}?" if close else ""


def _files(folder: Traversable, prefix: str = "") -> Iterator[tuple[str, Traversable]]:
    for entry in folder.iterdir():
        name = prefix + entry.name
        if entry.is_dir():
            yield from _files(entry, f"{name}/")
        elif name.endswith(".toml") and name != SEVERITY_FILE:
            yield name, entry


def _document(file: Traversable, name: str) -> dict[str, Any]:
    try:
        document: dict[str, Any] = tomllib.loads(file.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from error
    return document


def _requirements(name: str, document: dict[str, Any]) -> Iterator[Requirement]:
    page = name.removesuffix(".toml")
    area = {"area": document.pop("area")} if "area" in document else {}
    if not isinstance(path := document.pop("path", {}), dict):
        raise ValueError(f"{name}: path is {path!r}, must be a table of addresses by revision")
    stood = {REVISIONS[0]: page.removesuffix("/index"), **path}
    for id, table in document.items():
        try:
            yield _requirement(id, page, _checked(table, area), stood)
        except ValueError as error:
            raise ValueError(f"{name}: {id!r}: {error}") from error


def _checked(table: object, area: Mapping[str, Any]) -> dict[str, Any]:
    if not isinstance(table, dict):
        raise ValueError(f"got {table!r}, must be a table")
    record = {**area, **table}
    if missing := [key for key in NEEDED if key not in record]:
        raise ValueError(f"{missing[0]} is missing")
    if problem := next(filter(None, map(_problem, record, record.values())), None):
        raise ValueError(problem)
    return record


def _problem(key: str, value: object) -> str | None:
    if key not in TYPES:
        return f"unknown key {key!r}, must be one of {', '.join(sorted(TYPES))}"
    if not isinstance(value, TYPES[key]):
        return f"{key} is of the wrong type: {value!r}"
    if key in VALUES and value not in VALUES[key]:
        return f"unknown {key} {value!r}, must be one of {', '.join(VALUES[key])}"
    if key == "testability" and not TESTABILITY.fullmatch(str(value)):
        return f"unknown testability {value!r}, must be any, fixture, untestable or capability:NAME"
    return None


def _requirement(id: str, page: str, record: dict[str, Any], stood: Mapping[str, str]) -> Requirement:
    window = _window(record.pop("since"), record.pop("until", REVISIONS[-1]))
    texts: dict[str, Any] = {key: " ".join(record.pop(key, "").split()) for key in TEXTS}
    at = record.pop("at", "")
    level, basis = Level(record.pop("level")), record.pop("basis", "explicit")
    links = _links(window, at if isinstance(at, dict) else {window[0]: at}, stood)
    return Requirement(id=id, page=page, level=level, basis=basis, links=links, **texts, **record)


def _window(since: str, until: str) -> tuple[str, ...]:
    if since > until:
        raise ValueError(f"since {since!r} is later than until {until!r}")
    return REVISIONS[REVISIONS.index(since) : REVISIONS.index(until) + 1]


def _links(window: tuple[str, ...], at: Mapping[str, str], stood: Mapping[str, str]) -> dict[str, str]:
    if strange := [revision for revision in (*at, *stood) if revision not in REVISIONS]:
        raise ValueError(f"unknown revision {strange[0]!r}, must be one of {', '.join(REVISIONS)}")
    if wrong := [address for address in (*at.values(), *stood.values()) if not isinstance(address, str)]:
        raise ValueError(f"address {wrong[0]!r} must be a string")
    if window[0] not in at or max(at) > window[-1]:
        raise ValueError(f"at is given for {', '.join(at)}, must begin with {window[0]} and end by {window[-1]}")
    return {revision: _link(revision, _holding(at, revision), _holding(stood, revision)) for revision in window}


def _holding(steps: Mapping[str, str], revision: str) -> str:
    return steps[max(step for step in steps if step <= revision)]


def _link(revision: str, address: str, page: str) -> str:
    path, _, anchor = address.partition("#")
    path = path or page
    if path == "schema":
        anchor = anchor.lower()
    return f"{SITE}/{revision}/{path}" + (f"#{anchor}" if anchor else "")
