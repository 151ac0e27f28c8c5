"""Near misses of an object: members missing, too many, misnamed, forbidden or alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from smcp_conformance.generate import near
from smcp_conformance.generate.near import Change, limit
from smcp_conformance.generate.shortest import shortest_match

STRANGER = "unknown_member"


def without(value: Mapping[str, Any], *names: str) -> dict[str, Any]:
    """The object without some of its members."""
    return {name: member for name, member in value.items() if name not in names}


def mapping(schema: Mapping[str, Any], keyword: str) -> Mapping[str, Any]:
    """What stands under a keyword that holds an object; nothing where it holds something else."""
    found = schema.get(keyword)
    return found if isinstance(found, dict) else {}


def missing(schema: Mapping[str, Any], value: Any) -> Iterator[Change]:
    """Leave out each required member."""
    required = schema["required"]
    if isinstance(value, dict) and isinstance(required, list):
        yield from ((f"without:{name}", without(value, name)) for name in required if name in value)


def stranger(schema: Mapping[str, Any], value: Any) -> Iterator[Change]:
    """Add a member that isn't listed: an unknown name, and names that look like a listed one."""
    if not isinstance(value, dict):
        return
    for operator, name in _strange_names(schema, value):
        if name not in value:
            yield operator, {**value, name: _like(schema, value)}


def _strange_names(schema: Mapping[str, Any], value: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    yield "stranger", STRANGER
    yield "prototype", "__proto__"
    yield "nameless", ""
    for known in list(dict.fromkeys([*mapping(schema, "properties"), *value]))[:1]:
        yield "case", known.swapcase()
        yield "space", known + " "


def _like(schema: Mapping[str, Any], value: Mapping[str, Any]) -> Any:
    return next(iter(value.values()), 1)


def strange_member(schema: Mapping[str, Any], value: Any) -> Iterator[Change]:
    """Add an unlisted member with a value of each type, for a schema that is to judge the rest."""
    if isinstance(value, dict):
        for operator, member in near.wrong_type({}, next(iter(value.values()), "a")):
            yield f"stranger-{operator}", {**value, STRANGER: member}


def forbidden_names(schema: Mapping[str, Any], value: Any) -> Iterator[Change]:
    """Add a member of each name that `patternProperties` forbids by `false`."""
    if isinstance(value, dict):
        for pattern, member in mapping(schema, "patternProperties").items():
            name = shortest_match(pattern) if member is False else None
            if name is not None and name not in value:
                yield f"forbidden:{pattern}", {**value, name: 1}


def too_few(schema: Mapping[str, Any], value: Any) -> Iterator[Change]:
    """One member less than `minProperties`, the required ones last to go."""
    least = limit(schema, "minProperties")
    if isinstance(value, dict) and least:
        required = schema.get("required") or ()
        kept = sorted(value, key=lambda name: name not in required)[: least - 1]
        yield "less-1", {name: value[name] for name in value if name in kept}


def too_many(schema: Mapping[str, Any], value: Any) -> Iterator[Change]:
    """One member more than `maxProperties`."""
    most = limit(schema, "maxProperties")
    if isinstance(value, dict) and most is not None:
        names = [*mapping(schema, "properties"), *(f"{STRANGER}_{number}" for number in range(most + 1))]
        added = [name for name in names if name not in value][: most + 1 - len(value)]
        yield "more-1", {**value, **dict.fromkeys(added, _like(schema, value))}


def lonely(schema: Mapping[str, Any], value: Any) -> Iterator[Change]:
    """For `dependentRequired`: a member whose companions are missing, one at a time."""
    for trigger, companions in mapping(schema, "dependentRequired").items():
        yield from _lonely(trigger, companions, value)


def dependencies(schema: Mapping[str, Any], value: Any) -> Iterator[Change]:
    """For `dependencies` of draft-07: as `dependentRequired`, or the member alone where a schema judges it."""
    for trigger, wanted in mapping(schema, "dependencies").items():
        if isinstance(wanted, list):
            yield from _lonely(trigger, wanted, value)
        elif isinstance(value, dict) and trigger not in value:
            yield f"with:{trigger}", {**value, trigger: 1}


def _lonely(trigger: str, companions: Any, value: Any) -> Iterator[Change]:
    if not isinstance(value, dict) or not isinstance(companions, list):
        return
    triggered = {trigger: 1, **value}
    for name in companions:
        yield f"without:{name}:beside:{trigger}", without(triggered, name)


def triggered(schema: Mapping[str, Any], value: Any) -> Iterator[Change]:
    """For `dependentSchemas`: add the member that makes a schema apply."""
    if isinstance(value, dict):
        for trigger in mapping(schema, "dependentSchemas"):
            if trigger not in value:
                yield f"with:{trigger}", {**value, trigger: 1}


def misnamed(schema: Mapping[str, Any], value: Any) -> Iterator[Change]:
    """For `propertyNames`: rename or add a member so that its name is wrong in each way that its schema knows."""
    if not isinstance(value, dict):
        return
    name = next(iter(value), "a")
    for operator, wrong in _wrong_names(schema["propertyNames"], name):
        if isinstance(wrong, str) and wrong not in value:
            yield operator, {**value, wrong: value.get(name, 1)}


def _wrong_names(names: Any, name: str) -> Iterator[Change]:
    if not isinstance(names, dict):
        yield "any", STRANGER
        return
    for keyword, operator in NAME_OPERATORS.items():
        if keyword in names:
            yield from ((f"{keyword}-{kind}", wrong) for kind, wrong in operator(names, name))
    yield "stranger", STRANGER
    yield "nameless", ""
    yield "spaced", "a b"
    yield "long", "a" * 65


NAME_OPERATORS: Mapping[str, near.Operator] = {
    "pattern": near.unmatched,
    "maxLength": near.too_long,
    "minLength": near.too_short,
    "enum": near.unlisted,
    "const": near.other_than,
}
