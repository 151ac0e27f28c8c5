"""What applies to a member of an object or to an item of an array: the subschemas by name, pattern, place and rest."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from smcp_conformance.generate.dialect import NoDialect
from smcp_conformance.generate.near_members import mapping
from smcp_conformance.generate.schema import Schema


def found(pattern: str, name: str) -> bool:
    """Whether `pattern` is found in `name`; raises `NoDialect` if Python can't read the pattern."""
    try:
        return re.search(pattern, name) is not None
    except re.error as error:
        raise NoDialect(f"a pattern is no regular expression of Python ({error})") from error


def member_schemas(schema: Schema, name: str) -> Iterator[Schema]:
    """The subschemas of this one that judge the member `name`, that for additional ones included."""
    listed = list(_listed(schema, name))
    yield from listed
    if not listed and "additionalProperties" in schema.keywords:
        yield schema.at("additionalProperties")


def _listed(schema: Schema, name: str) -> Iterator[Schema]:
    if name in mapping(schema.keywords, "properties"):
        yield schema.at("properties", name)
    for pattern in mapping(schema.keywords, "patternProperties"):
        if found(pattern, name):
            yield schema.at("patternProperties", pattern)


def prefix(schema: Schema) -> Sequence[Any]:
    """The subschemas that stand for items by their place, as contents."""
    listed = schema.keywords.get("items" if schema.items_may_be_a_list else "prefixItems")
    return listed if isinstance(listed, list) else ()


def item_schemas(schema: Schema, index: int) -> Iterator[Schema]:
    """The subschemas of this one that judge the item at `index`, that for additional ones included."""
    places = prefix(schema)
    keywords = schema.keywords
    if index < len(places):
        yield schema.at("items" if schema.items_may_be_a_list else "prefixItems", index)
    elif "items" in keywords and not isinstance(keywords["items"], list):
        yield schema.at("items")
    elif places and schema.items_may_be_a_list and "additionalItems" in keywords:
        yield schema.at("additionalItems")


def left_over(layers: Sequence[Schema], keyword: str) -> Iterator[Schema]:
    """The subschemas for what no other keyword evaluates: of `unevaluatedProperties` or `unevaluatedItems`."""
    yield from (layer.at(keyword) for layer in layers if keyword in layer.keywords)


def applied_in_place(schema: Schema, value: Any) -> Iterator[Schema]:
    """The subschemas that judge `value` itself, and that it satisfies or has to."""
    for keyword in ("$ref", "$dynamicRef"):
        if keyword in schema.keywords:
            yield schema.referred(keyword)
    for number, _ in enumerate(schema.keywords.get("allOf", ())):
        yield schema.at("allOf", number)
    for keyword in ("anyOf", "oneOf"):
        branches = (schema.at(keyword, number) for number, _ in enumerate(schema.keywords.get(keyword, ())))
        yield from (branch for branch in branches if branch.accepts(value))
    yield from _conditional(schema, value)


def _conditional(schema: Schema, value: Any) -> Iterator[Schema]:
    if "if" in schema.keywords:
        keyword = "then" if schema.at("if").accepts(value) else "else"
        if keyword in schema.keywords:
            yield schema.at(keyword)
    yield from dependents(schema, value) if isinstance(value, dict) else ()


def dependents(schema: Schema, names: Mapping[str, Any]) -> Iterator[Schema]:
    """The subschemas that apply because a member of such a name is there."""
    for keyword in ("dependentSchemas", "dependencies"):
        for trigger, wanted in mapping(schema.keywords, keyword).items():
            if trigger in names and not isinstance(wanted, list):
                yield schema.at(keyword, trigger)
