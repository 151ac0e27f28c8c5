"""The ways to satisfy a schema: a list of cases, in each of which a few schemas hold together.

`allOf`, `$ref` and their kin multiply cases, `anyOf` adds them, `if` and `dependentSchemas` are a choice between
two, and `not` and `oneOf` are turned into what may be there instead as far as that can be written down. What can't
be is kept as `excluded`, to be looked at when a value is there.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from smcp_conformance.generate.schema import Schema

LIMIT = 48  # cases that are kept of one schema; a product of unions would grow without end
SPELLED_OUT = 4  # alternatives to one branch of a `oneOf` that are worth a case each
TYPES = ("null", "boolean", "integer", "number", "string", "array", "object")
UNEVALUATED = ("unevaluatedProperties", "unevaluatedItems")
Above = tuple[Hashable, ...]


@dataclass(frozen=True, eq=False)
class Rest:
    """What `unevaluatedProperties` or `unevaluatedItems` says of all that none of `parts` says anything about."""

    keyword: str
    schema: Schema
    parts: tuple[Schema, ...]
    nothing: bool  # an inner keyword of the same name has already taken everything


@dataclass(frozen=True, eq=False)
class Case:
    """Schemas that hold together, the keywords that lead to others already followed; none of `excluded` may hold."""

    parts: tuple[Schema, ...] = ()
    excluded: tuple[Schema, ...] = ()
    rests: tuple[Rest, ...] = ()

    def __and__(self, other: Case) -> Case:
        return Case(self.parts + other.parts, self.excluded + other.excluded, self.rests + other.rests)

    @property
    def types(self) -> tuple[str, ...]:
        """The types that all parts admit, simplest first; an `integer` is a number as well."""
        admitted = [_admitted(part.keywords["type"]) for part in self.parts if "type" in part.keywords]
        return tuple(one for one in TYPES if all(one in some for some in admitted))


def cases(schema: Schema, above: Above = ()) -> list[Case]:
    """The ways to be valid under `schema`; none if there can be none. Raises `NoDialect` for a reference to nothing.

    `above` are the schemas being looked at already: one that leads to itself in the same place adds nothing.
    """
    if isinstance(schema.contents, bool):
        return [Case()] if schema.contents else []
    if schema.identity in above:
        return []
    found = [Case((schema,))]
    for factor in _factors(schema, (*above, schema.identity)):
        found = _product(found, factor)
    return [_with_rests(schema, case) for case in found]


def together(schemas: Sequence[Schema]) -> list[Case]:
    """The ways to be valid under all of `schemas` at once."""
    found = [Case()]
    for schema in schemas:
        found = _product(found, cases(schema))
    return found


def negated(schema: Schema, above: Above = ()) -> list[Case]:
    """The ways to be invalid under `schema`; each still has it as `excluded`."""
    if isinstance(schema.contents, bool):
        return [] if schema.contents else [Case()]
    mark = ("not", schema.identity)
    if mark in above:
        return []
    found: list[Case] = []
    for keyword in schema.keywords:
        if keyword in NEGATED_IN_PLACE:
            found += NEGATED_IN_PLACE[keyword](schema, keyword, (*above, mark))
        for contents in _opposites(keyword, schema.keywords):
            found += cases(schema.like(contents))
    return [replace(case, excluded=(*case.excluded, schema)) for case in found]


def _admitted(types: str | list[str]) -> set[str]:
    listed = {types} if isinstance(types, str) else set(types)
    return listed | {"integer"} if "number" in listed else listed


def _product(left: Iterable[Case], right: Sequence[Case]) -> list[Case]:
    found = [both for one in left for other in right if (both := one & other).types]
    return found if len(found) <= LIMIT else [found[at * len(found) // LIMIT] for at in range(LIMIT)]


def _with_rests(schema: Schema, case: Case) -> Case:
    for keyword in UNEVALUATED:
        if keyword in schema.keywords:
            nothing = any(inner.keyword == keyword for inner in case.rests)
            case = replace(case, rests=(*case.rests, Rest(keyword, schema.at(keyword), case.parts, nothing)))
    return case


def _factors(schema: Schema, above: Above) -> Iterator[list[Case]]:
    for keyword in schema.keywords:
        if keyword in FOLLOWED:
            yield from FOLLOWED[keyword](schema, keyword, above)


def _reference(schema: Schema, keyword: str, above: Above) -> Iterator[list[Case]]:
    yield cases(schema.referred(keyword), above)


def _all_of(schema: Schema, keyword: str, above: Above) -> Iterator[list[Case]]:
    for branch in _branches(schema, keyword):
        yield cases(branch, above)


def _any_of(schema: Schema, keyword: str, above: Above) -> Iterator[list[Case]]:
    yield [case for branch in _branches(schema, keyword) for case in cases(branch, above)]


def _one_of(schema: Schema, keyword: str, above: Above) -> Iterator[list[Case]]:
    found: list[Case] = []
    branches = _branches(schema, keyword)
    excluding = [_excluding(branch) for branch in branches]
    for index, branch in enumerate(branches):
        ways = cases(branch, above)
        for others in excluding[:index] + excluding[index + 1 :]:
            ways = _product(ways, others)
        found += ways
    yield found


def _excluding(schema: Schema) -> list[Case]:
    spelled_out = negated(schema)
    return spelled_out if len(spelled_out) <= SPELLED_OUT else [Case(excluded=(schema,))]


def _not(schema: Schema, keyword: str, above: Above) -> Iterator[list[Case]]:
    yield negated(schema.at(keyword), above)


def _if(schema: Schema, keyword: str, above: Above) -> Iterator[list[Case]]:
    if {"then", "else"} & set(schema.keywords):
        then = [Case()] if "then" not in schema.keywords else cases(schema.at("then"), above)
        otherwise = [Case()] if "else" not in schema.keywords else cases(schema.at("else"), above)
        condition = schema.at(keyword)
        yield _product(cases(condition, above), then) + _product(negated(condition, above), otherwise)


def _dependent(schema: Schema, keyword: str, above: Above) -> Iterator[list[Case]]:
    for name, needed in schema.keywords[keyword].items():
        if not isinstance(needed, list):
            absent = cases(schema.like({"properties": {name: False}}))
            present = cases(schema.like({"required": [name], "type": "object"}))
            yield absent + _product(present, cases(schema.at(keyword, name), above))


FOLLOWED: Mapping[str, Callable[[Schema, str, Above], Iterator[list[Case]]]] = {
    "$ref": _reference,
    "$dynamicRef": _reference,
    "$recursiveRef": _reference,
    "allOf": _all_of,
    "anyOf": _any_of,
    "oneOf": _one_of,
    "not": _not,
    "if": _if,
    "dependentSchemas": _dependent,
    "dependencies": _dependent,
}


def _branches(schema: Schema, keyword: str) -> list[Schema]:
    return [schema.at(keyword, index) for index in range(len(schema.keywords[keyword]))]


def _not_reference(schema: Schema, keyword: str, above: Above) -> list[Case]:
    return negated(schema.referred(keyword), above)


def _not_all_of(schema: Schema, keyword: str, above: Above) -> list[Case]:
    return [case for branch in _branches(schema, keyword) for case in negated(branch, above)]


def _not_any_of(schema: Schema, keyword: str, above: Above) -> list[Case]:
    found = [Case()]
    for branch in _branches(schema, keyword):
        found = _product(found, negated(branch, above))
    return found


def _not_not(schema: Schema, keyword: str, above: Above) -> list[Case]:
    return cases(schema.at(keyword), above)


def _not_if(schema: Schema, keyword: str, above: Above) -> list[Case]:
    condition = schema.at(keyword)
    then = negated(schema.at("then"), above) if "then" in schema.keywords else []
    otherwise = negated(schema.at("else"), above) if "else" in schema.keywords else []
    return _product(cases(condition), then) + _product(negated(condition, above), otherwise)


NEGATED_IN_PLACE: Mapping[str, Callable[[Schema, str, Above], list[Case]]] = {
    "$ref": _not_reference,
    "$dynamicRef": _not_reference,
    "$recursiveRef": _not_reference,
    "allOf": _not_all_of,
    "anyOf": _not_any_of,
    "oneOf": _not_any_of,
    "not": _not_not,
    "if": _not_if,
}
# What a value may be like instead of what one keyword asks; where that can't be said, the type that it speaks of.
OPPOSITES: Mapping[str, Callable[[Any], Mapping[str, Any]]] = {
    "minimum": lambda bound: {"type": "number", "exclusiveMaximum": bound},
    "maximum": lambda bound: {"type": "number", "exclusiveMinimum": bound},
    "exclusiveMinimum": lambda bound: {"type": "number", "maximum": bound},
    "exclusiveMaximum": lambda bound: {"type": "number", "minimum": bound},
    "multipleOf": lambda _: {"type": "number"},
    "minLength": lambda least: {"type": "string", "maxLength": least - 1},
    "maxLength": lambda most: {"type": "string", "minLength": most + 1},
    "pattern": lambda _: {"type": "string"},
    "minItems": lambda least: {"type": "array", "maxItems": least - 1},
    "maxItems": lambda most: {"type": "array", "minItems": most + 1},
    "uniqueItems": lambda _: {"type": "array", "minItems": 2, "items": {"type": "boolean"}},
    "contains": lambda inner: {"type": "array", "items": {"not": inner}},
    "items": lambda inner: (
        {"type": "array", "minItems": 1} | ({} if isinstance(inner, list) else {"contains": {"not": inner}})
    ),
    "prefixItems": lambda _: {"type": "array", "minItems": 1},
    "unevaluatedItems": lambda _: {"type": "array", "minItems": 1},
    "minProperties": lambda least: {"type": "object", "maxProperties": least - 1},
    "maxProperties": lambda most: {"type": "object", "minProperties": most + 1},
    "propertyNames": lambda inner: {"type": "object", "minProperties": 1, "propertyNames": {"not": inner}},
    "additionalProperties": lambda inner: {
        "type": "object",
        "minProperties": 1,
        "additionalProperties": {"not": inner},
    },
    "unevaluatedProperties": lambda _: {"type": "object", "minProperties": 1},
    "patternProperties": lambda _: {"type": "object", "minProperties": 1},
    "const": lambda _: {},
    "enum": lambda _: {},
}


def _opposites(keyword: str, keywords: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    asked = keywords[keyword]
    if keyword == "type":
        yield {"type": [one for one in TYPES if one not in _admitted(asked)]}
    elif keyword == "required":
        yield from ({"type": "object", "properties": {name: False}} for name in asked)
    elif keyword == "properties":
        for name, inner in asked.items():
            yield {"type": "object", "required": [name], "properties": {name: {"not": inner}}}
    elif keyword in OPPOSITES and not (keyword.startswith("min") and asked == 0):
        yield OPPOSITES[keyword](asked)
