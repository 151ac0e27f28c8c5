"""Failures that the user knows of, from `smcp-known-failures.toml`:

    [[failure]]
    target = "bundled"             # glob of the target's NAME; without it, any
    check = "server/tools::*"      # glob of page::check, or of leg::page::check
    reason = "…"                   # why it is so, and stays so for now
    link = "https://…"             # optional: where that is tracked
    expires = 2027-01-31           # optional: the last day on which this holds

What is listed becomes xfail. An entry must go on telling the truth: one whose checks pass now, that matches no check
or has expired fails the run. One for a target other than those that were typed can't be judged by the run. The target
of plugins is called `plugins`, and their names stand where a leg's would.
"""

from __future__ import annotations

import datetime
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from importlib import import_module
from pathlib import Path
from typing import Any

from smcp_conformance.report.ledger import FINDINGS, Ledger
from smcp_conformance.requirement import Verdict
from smcp_conformance.table import read_document
from smcp_conformance.target import TargetError

# One of the two is missing from every environment, so a plain import would not pass the type checkers.
tomllib = import_module("tomllib" if sys.version_info >= (3, 11) else "tomli")

KEYS = ("target", "check", "reason", "link", "expires")
HEADER = re.compile(r"\s*\[\[\s*failure\s*\]\]")
HARMLESS = (Verdict.PASSED, Verdict.NOT_APPLICABLE)


class KnownFailuresError(ValueError):
    """A file that can't be understood; its text is for the user."""


@dataclass(frozen=True)
class Known:
    """One entry; `source` names its file, `line` is where it begins (1 is the first)."""

    source: str
    line: int
    check: str
    reason: str
    target: str = "*"
    link: str = ""
    expires: datetime.date | None = None

    @property
    def place(self) -> str:
        """File and line."""
        return f"{self.source}:{self.line}"

    @property
    def excuse(self) -> str:
        """Reason and link, as shown with an xfail."""
        return f"{self.reason} ({self.link})" if self.link else self.reason

    @property
    def names_a_leg(self) -> bool:
        """True if the glob is one of leg::page::check; those of tools have a part more."""
        return self.check.count("::") >= (3 if self.check.startswith("generated/") else 2)

    def concerns(self, groups: Iterable[str]) -> bool:
        """Tell whether any target called one of `groups` is meant."""
        return any(fnmatchcase(group, self.target) for group in groups)

    def matches(self, id: str) -> bool:
        """Tell whether the item `id` (NAME::leg::page::check) is meant."""
        group, _, rest = id.partition("::")
        address = rest if self.names_a_leg else rest.partition("::")[2]
        return bool(address) and fnmatchcase(group, self.target) and fnmatchcase(address, self.check)

    def expired(self, today: datetime.date) -> bool:
        """Tell whether its last day is over."""
        return self.expires is not None and self.expires < today


@dataclass(frozen=True)
class KnownFailures:
    """All entries of a file."""

    entries: tuple[Known, ...] = ()
    today: datetime.date = datetime.date.max

    def excuse(self, id: str) -> str:
        """The reason why the item `id` may fail or warn; "" if it may not."""
        valid = (entry for entry in self.entries if not entry.expired(self.today))
        return next((entry.excuse for entry in valid if entry.matches(id)), "")

    def complaints(self, ledger: Ledger, unjudged: Iterable[Known] = ()) -> Iterator[tuple[Known, str]]:
        """Yield each entry that no longer tells the truth, with the reason; not those of deselected checks."""
        spared = tuple(unjudged)
        for entry in self.entries:
            complaint = None if entry in spared else self._complaint(entry, ledger)
            if complaint:
                yield entry, complaint

    def _complaint(self, entry: Known, ledger: Ledger) -> str | None:
        ids = [id for id in ledger.ids if entry.matches(id)]
        if not ids:
            return f"matches no check of this run: target {entry.target!r}, check {entry.check!r}"
        if entry.expired(self.today) and ledger.scheduled.intersection(ids):
            return f"has expired on {entry.expires}"
        if not ledger.ran(ids):
            return None
        verdicts = [ledger.results[id].verdict for id in ids]
        if set(verdicts) & set(FINDINGS) or not set(verdicts) & set(HARMLESS):
            return None
        return f"passes now: {_counted(verdicts)} of {entry.check!r} on target {entry.target!r}; remove the entry"


def read_known_failures(path: Path, today: datetime.date | None = None) -> KnownFailures:
    """Read `path`; raises KnownFailuresError that names file, line and what is wanted."""
    today = today or datetime.date.today()
    try:
        document = read_document(path, tomllib.loads, "TOML")
    except TargetError as error:
        raise KnownFailuresError(str(error)) from None
    text = path.read_text(encoding="utf-8-sig")
    if strange := sorted(set(document) - {"failure"}):
        raise KnownFailuresError(f"{path}: unknown key {strange[0]!r}; entries are written as [[failure]]")
    tables = document.get("failure", [])
    if not isinstance(tables, list):
        raise KnownFailuresError(f"{path}: 'failure' must be a list of tables, written as [[failure]]")
    return KnownFailures(
        tuple(_entry(path, *each) for each in zip(_lines(text, len(tables)), tables, strict=True)), today
    )


def _lines(text: str, count: int) -> list[int]:
    """The numbers of the lines that begin the entries; all 1 where they are written in another way."""
    found = [number for number, line in enumerate(text.splitlines(), 1) if HEADER.match(line)]
    return found if len(found) == count else [1] * count


def _entry(path: Path, line: int, table: object) -> Known:
    if not isinstance(table, dict):
        raise KnownFailuresError(f"{path}:{line}: {table!r} must be a table, written as [[failure]]")
    if problem := _problem(table):
        raise KnownFailuresError(f"{path}:{line}: {problem}")
    return Known(path.name, line, **table)


def _problem(table: Mapping[str, Any]) -> str | None:
    if strange := sorted(set(table) - set(KEYS)):
        return f"unknown key {strange[0]!r}; the valid ones are {', '.join(KEYS)}"
    for key in ("check", "reason"):
        if key not in table:
            return f"{key!r} is missing; an entry needs 'check' and 'reason'"
    for key in set(KEYS) - {"expires"}:
        value = table.get(key, "any")
        if not isinstance(value, str) or not value.strip():
            return f"{key} {value!r} must be a string that says something"
    expires = table.get("expires")
    if expires is not None and type(expires) is not datetime.date:
        return f"expires {str(expires)!r} must be a date without quotes, as in 2027-01-31"
    return None


def _counted(verdicts: Iterable[Verdict]) -> str:
    found = [verdict.value for verdict in verdicts]
    return ", ".join(f"{found.count(name)} {name}" for name in dict.fromkeys(found))
