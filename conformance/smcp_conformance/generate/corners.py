"""Valid arguments with one part at an edge: what breaks programs too often to be left to chance.

Nothing is drawn: the same schema gives the same corners in the same order, the simplest edges of every part first.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, zip_longest
from typing import Any

from smcp_conformance.generate.bases import bases
from smcp_conformance.generate.near import spelled
from smcp_conformance.generate.schema import Schema, schema_root
from smcp_conformance.generate.sites import Path, Site, replaced, sites

MOST = 64
"""Corners of one schema."""

BELOW = 3
"""Steps into the arguments beyond which nothing is changed."""

LIMITS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "default")
EDGES: Mapping[str, Sequence[Any]] = {
    "text": (
        *("", "0", " ", "-", "\0", "é", "🙂", "\n", "null", "--help", "-1", "\u2028", "\u202eabc", "e\u0301", "[]"),
        *("../..", '{"a": 1}', "%s", "x" * 300, "x" * 5_000),
    ),
    "integer": (0, -1, 1, 2**31, -(2**31) - 1, 2**53 + 1, 2**63, -(2**63) - 1),
    "number": (0, -1, 0.5, 1e308, -0.0, 2**31, 5e-324, 2**53 + 1, -1e308),
    "boolean": (False, True),
    "object": ({},),
    "null": (),
}


def corners(schema: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Valid objects, each the least that has a certain part, with that part at an edge; none where none are found.

    Raises `NoDialect` where the schema can't be judged.
    """
    root = schema_root(schema)
    found = bases(root)
    plain = sorted(found, key=lambda base: len(spelled(base)))
    columns = [_at_edges(root, plain, path, places) for path, places in _parts(root, found).items()]
    rows = (made for row in zip_longest(*columns) for made in row if made is not None)
    distinct: dict[str, dict[str, Any]] = {}
    for made in chain(plain, rows):
        if len(distinct) >= MOST:
            break
        distinct.setdefault(spelled(made), made)
    return list(distinct.values())


def _parts(root: Schema, found: Sequence[Any]) -> dict[Path, list[Site]]:
    """Each part of the valid instances, with the schemas that judge it."""
    parts: dict[Path, list[Site]] = {}
    for base in found:
        for site in sites(root, base):
            if 0 < len(site.path) <= BELOW:
                parts.setdefault(site.path, []).append(site)
    return parts


def _at_edges(root: Schema, plain: Sequence[Any], path: Path, places: Sequence[Site]) -> Iterator[dict[str, Any]]:
    """The smallest instance that has a part, with each edge in its place that is valid there."""
    base = next((small for small in _smaller(root, plain, path)), None)
    if base is None:
        return
    for edge in (*_own(places), *_usual(places), None):
        made = replaced(base, path, edge)
        if root.accepts(made):
            yield made


def _smaller(root: Schema, plain: Sequence[Any], path: Path) -> Iterator[dict[str, Any]]:
    """Instances that have a part, the smallest first: one that lacks it, with the part put in, or one that has it."""
    holders = [base for base in plain if _holds(base, path)]
    for holder in holders[:1]:
        with_member = {**plain[0], path[0]: holder[path[0]]}
        if root.accepts(with_member):
            yield with_member
    yield from holders


def _holds(base: Any, path: Path) -> bool:
    for step in path:
        members: Any = dict(enumerate(base)) if isinstance(base, list) else base
        if not isinstance(members, dict) or step not in members:
            return False
        base = members[step]
    return True


def _own(places: Sequence[Site]) -> Iterator[Any]:
    """What the schema itself names: its choices and its limits."""
    for site in places:
        keywords = site.schema.keywords
        yield from keywords.get("enum", ())
        yield from (keywords[name] for name in LIMITS if name in keywords)
        for keyword in ("minLength", "maxLength"):
            if isinstance(length := keywords.get(keyword), int) and length <= len(EDGES["text"][-1]):
                yield "x" * length


def _usual(places: Sequence[Site]) -> Iterator[Any]:
    """What is worth a try for a value of that kind; a text that has a format is none of those."""
    value = places[0].value
    if isinstance(value, str):
        yield from () if any("format" in site.schema.keywords for site in places) else EDGES["text"]
    elif isinstance(value, bool):
        yield from EDGES["boolean"]
    elif isinstance(value, (int, float)):
        yield from EDGES["number" if _takes_fractions(places) else "integer"]
    elif isinstance(value, list):
        yield from ([], [*value[:1], *value[:1]], value[:1] * 50)
    elif isinstance(value, dict):
        yield from EDGES["object"]


def _takes_fractions(places: Sequence[Site]) -> bool:
    stated = (site.schema.keywords.get("type") for site in places)
    return not any(kind == "integer" or (isinstance(kind, list) and "number" not in kind) for kind in stated)
