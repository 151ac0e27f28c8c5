"""Random faults: a keyword to break is drawn, then a valid instance, then a place in it, then how."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from math import ceil, floor
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from smcp_conformance.generate.composed import COMPOSED
from smcp_conformance.generate.faults import Fault
from smcp_conformance.generate.grid import Disputed, Grid, changes, fault_grid, judged
from smcp_conformance.generate.near import Change, is_number, limit
from smcp_conformance.generate.operators import OPERATORS
from smcp_conformance.generate.proof import Proof
from smcp_conformance.generate.schema import schema_root
from smcp_conformance.generate.sites import Site, replaced, sites
from smcp_conformance.generate.valid import NotGenerable, valid_objects, valid_values

Drawing = Callable[[Mapping[str, Any], Any], SearchStrategy[Any] | None]
DRAWN = "drawn"
MORE = 20  # characters past a limit


class NoFault(ValueError):
    """A schema has no invalid value, or none that is known how to make: there is nothing to be refused."""


def faulty_values(schema: bool | Mapping[str, Any], *, arguments: bool = True) -> SearchStrategy[Fault]:
    """A strategy for faults of `schema`, each proven as those of the grid are; with `arguments` all are objects.

    Keyword and place are chosen one after the other, so that thirty required members don't drown one `maxLength`. It
    shrinks towards the first keyword and the simplest instance. Raises `NoFault` if there is no fault, `NoDialect`
    where the schema can't be judged.
    """
    grid = fault_grid(schema, arguments=arguments)
    if not grid.faults:
        raise NoFault("no invalid object is known" if arguments else "no invalid value is known")
    if not grid.bases:
        return st.sampled_from(grid.faults)
    return _faults(schema, grid, arguments)


def _faults(schema: bool | Mapping[str, Any], grid: Grid, arguments: bool) -> SearchStrategy[Fault]:
    root = schema_root(schema)
    proof = Proof(schema, root)
    instances = _instances(schema, grid, arguments)
    known = [keyword for base in grid.bases for keyword in _breakable(list(sites(root, base)), arguments)]
    keywords = st.sampled_from(list(dict.fromkeys([*(fault.keyword for fault in grid.faults), *known])))

    @st.composite
    def fault(draw: DrawFn) -> Fault:
        keyword = draw(keywords)
        instance = draw(instances)
        breakable = _breakable(list(sites(root, instance)), arguments).get(keyword)
        if breakable:
            site = draw(st.sampled_from(breakable))
            operator, value = draw(_change(site, keyword))
            whole = replaced(instance, site.path, value)
            made = Fault(whole, operator, site.path, site.schema.pointer, keyword)
            if proven := _proven(proof, made, site, arguments):
                return proven
        return draw(st.sampled_from([fault for fault in grid.faults if fault.keyword == keyword] or grid.faults))

    return fault()


def _proven(proof: Proof, made: Fault, site: Site, arguments: bool) -> Fault | None:
    if arguments and not isinstance(made.value, dict):
        return None
    try:
        return judged(proof, made, site)
    except Disputed:
        return None


def _instances(schema: bool | Mapping[str, Any], grid: Grid, arguments: bool) -> SearchStrategy[Any]:
    bases = st.sampled_from(sorted(grid.bases, key=lambda base: len(str(base))))
    try:
        valid: SearchStrategy[Any] = (
            valid_objects(schema) if arguments and isinstance(schema, Mapping) else valid_values(schema)
        )
    except NotGenerable:
        return bases
    return bases | valid


def _breakable(places: list[Site], arguments: bool) -> dict[str, list[Site]]:
    """The sites of each keyword that something can be done about, in the order in which the schema has them."""
    found: dict[str, list[Site]] = {}
    for site in places:
        for keyword in site.schema.keywords:
            rooted = arguments and not site.path and keyword in ("type", "const", "enum", "anyOf", "oneOf")
            if keyword in BREAKABLE and not rooted:
                found.setdefault(keyword, []).append(site)
    return found


def _change(site: Site, keyword: str) -> SearchStrategy[Change]:
    """How to break a keyword at a site, by name or by chance; the value as it is where the keyword has no say."""
    named = list(changes(site, keyword))
    drawing = DRAWINGS.get(keyword)
    drawn = drawing(site.schema.keywords, site.value) if drawing else None
    if drawn is None:
        return st.sampled_from(named or [(DRAWN, site.value)])
    labelled = drawn.map(lambda value: (DRAWN, value))
    return st.sampled_from(named) | labelled if named else labelled


@lru_cache(maxsize=1)
def anything() -> SearchStrategy[Any]:
    """Any small JSON value."""
    plain = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
    return plain | st.lists(plain, max_size=2) | st.dictionaries(st.text(max_size=4), plain, max_size=2)


def _anything(schema: Mapping[str, Any], value: Any) -> SearchStrategy[Any] | None:
    return anything()


def _less(schema: Mapping[str, Any], value: Any) -> SearchStrategy[Any] | None:
    bound = schema.get("minimum", schema.get("exclusiveMinimum"))
    return st.integers(max_value=ceil(bound)) if is_number(value) and is_number(bound) else None


def _greater(schema: Mapping[str, Any], value: Any) -> SearchStrategy[Any] | None:
    bound = schema.get("maximum", schema.get("exclusiveMaximum"))
    return st.integers(min_value=floor(bound)) if is_number(value) and is_number(bound) else None


def _shorter(schema: Mapping[str, Any], value: Any) -> SearchStrategy[Any] | None:
    least = limit(schema, "minLength")
    return st.text(max_size=least - 1) if isinstance(value, str) and least else None


def _longer(schema: Mapping[str, Any], value: Any) -> SearchStrategy[Any] | None:
    most = limit(schema, "maxLength")
    if not isinstance(value, str) or most is None:
        return None
    return st.text(max_size=MORE).map(lambda more: more + "a" * (most + 1 - len(more)))


def _text(schema: Mapping[str, Any], value: Any) -> SearchStrategy[Any] | None:
    return st.text(max_size=2 * MORE) if isinstance(value, str) else None


def _member_added(schema: Mapping[str, Any], value: Any) -> SearchStrategy[Any] | None:
    if not isinstance(value, dict):
        return None
    return st.tuples(st.text(max_size=MORE), anything()).map(lambda member: {**value, member[0]: member[1]})


def _doubled(schema: Mapping[str, Any], value: Any) -> SearchStrategy[Any] | None:
    if not isinstance(value, list) or not value:
        return None
    places = st.tuples(st.integers(0, len(value) - 1), st.integers(0, len(value)))
    return places.map(lambda place: [*value[: place[1]], value[place[0]], *value[place[1] :]])


DRAWINGS: Mapping[str, Drawing] = {
    "type": _anything,
    "enum": _anything,
    "const": _anything,
    "anyOf": _anything,
    "oneOf": _anything,
    "minimum": _less,
    "exclusiveMinimum": _less,
    "maximum": _greater,
    "exclusiveMaximum": _greater,
    "minLength": _shorter,
    "maxLength": _longer,
    "pattern": _text,
    "additionalProperties": _member_added,
    "unevaluatedProperties": _member_added,
    "propertyNames": _member_added,
    "uniqueItems": _doubled,
}
BREAKABLE = frozenset([*OPERATORS, *COMPOSED, *DRAWINGS]) - {"format"}
