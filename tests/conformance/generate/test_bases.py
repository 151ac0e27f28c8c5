"""The valid instances that faults are made from."""

from __future__ import annotations

from typing import Any

import pytest

from smcp_conformance.generate.bases import bases
from smcp_conformance.generate.dialect import NoDialect
from smcp_conformance.generate.schema import schema_root

WHOLE = {
    "properties": {"a": {"type": "string"}, "b": {"type": "integer"}, "c": {"type": "array", "items": {}}},
    "required": ["b"],
}


def built(schema: Any, *, arguments: bool = True) -> list[Any]:
    """The bases of a schema, all of which must be valid."""
    found = bases(schema_root(schema), arguments=arguments)
    assert all(schema_root(schema).accepts(base) for base in found)
    return found


def test_the_fullest_comes_first_and_the_smallest_second() -> None:
    """All optional members, then none."""
    assert built(WHOLE) == [{"b": 1, "a": "a", "c": ["a"]}, {"b": 1}]


def test_each_branch_has_a_base_of_its_own() -> None:
    """So that what stands in it can be broken."""
    union = {"anyOf": [{"type": "integer"}, {"type": "object", "required": ["x"]}, {"type": "array"}]}
    found = [base["a"] for base in built({"properties": {"a": union}, "required": ["a"]})]
    assert {type(value) for value in found} == {int, dict, list}


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "string", "pattern": "^[A-Z]{3}-\\d{4}$"},
        {"type": "string", "pattern": "^(foo|ba)+x?\\.[^a]\\s\\w$", "minLength": 12},
        {"type": "string", "allOf": [{"pattern": "^a"}, {"pattern": "z$"}]},
        {"type": "string", "pattern": "^[^a1A]*?$", "minLength": 3},
        {"type": "string", "minLength": 400},
        {"type": "string", "format": "date-time"},
        {"type": "string", "pattern": "^(?!a)", "examples": ["zebra"]},
        {"type": "integer", "minimum": 10, "exclusiveMaximum": 12, "multipleOf": 11},
        {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1},
        {"type": "number", "minimum": 0.2, "maximum": 0.3},
        {"type": "array", "minItems": 3, "items": {"type": "string"}, "uniqueItems": True},
        {"type": "array", "minItems": 2, "items": {"type": "boolean"}, "uniqueItems": True},
        {"type": "array", "minItems": 2, "uniqueItems": True, "items": {"enum": ["x", "y"]}},
        {
            "type": "array",
            "minItems": 2,
            "uniqueItems": True,
            "items": {"type": "array", "items": {"type": "integer"}, "minItems": 1},
        },
        {
            "type": "array",
            "minItems": 2,
            "uniqueItems": True,
            "items": {"properties": {"a": {"type": "integer"}}, "required": ["a"]},
        },
        {
            "type": "array",
            "contains": {"type": "integer", "minimum": 7},
            "minContains": 2,
            "items": {"type": "integer"},
        },
        {"type": "array", "prefixItems": [{"type": "integer"}, {"type": "null"}], "items": False, "minItems": 2},
        {"type": "array", "prefixItems": [{"type": "integer"}], "unevaluatedItems": {"type": "null"}, "minItems": 3},
        {"type": "object", "minProperties": 3, "propertyNames": {"pattern": "^k[0-9]+$"}},
        {"type": "object", "minProperties": 3, "additionalProperties": {"type": "integer"}},
        {"type": "object", "required": ["a"], "dependentRequired": {"a": ["b"], "b": ["c"]}},
        {
            "type": "object",
            "required": ["a"],
            "dependentSchemas": {"a": {"properties": {"b": {"const": 5}}, "required": ["b"]}},
        },
        {"type": "object", "required": ["a"], "patternProperties": {"a": {"const": 3}}},
        {"type": "object", "required": ["a"], "unevaluatedProperties": {"type": "null"}},
        {
            "properties": {"k": {"enum": ["x", "y"]}},
            "required": ["k"],
            "if": {"properties": {"k": {"const": "x"}}},
            "then": {"required": ["z"]},
        },
        {"oneOf": [{"required": ["p"]}, {"required": ["q"]}], "properties": {"p": {}, "q": {}}, "type": "object"},
        {"type": "integer", "not": {"enum": [1, 0]}},
        {"$ref": "#/$defs/d", "$defs": {"d": {"type": "integer", "minimum": 4}}, "maximum": 4},
        {"type": ["null", "integer"]},
        {"not": {"not": {"required": ["bar"], "properties": {"bar": {"const": 3}}, "type": "object"}}},
        {"const": {"a": [1]}},
    ],
)
def test_a_valid_value_is_found(schema: dict[str, Any]) -> None:
    """For what the keywords ask for together, too."""
    assert built(schema, arguments=False)


@pytest.mark.parametrize(
    "schema",
    [
        False,
        {"type": "integer", "minimum": 3, "maximum": 2},
        {"type": "object", "properties": {"a": {"$ref": "#"}}, "required": ["a"]},
        {"type": "array", "minItems": 5000},
        {"type": "object", "required": ["a"], "additionalProperties": False},
        {"allOf": [{"type": "string"}, {"type": "integer"}]},
    ],
)
def test_where_nothing_is_valid_or_found_there_is_no_base(schema: Any) -> None:
    """None is made up."""
    assert bases(schema_root(schema), arguments=False) == []


def test_arguments_are_objects() -> None:
    """Even where the schema says nothing of the kind."""
    assert built({}) == [{}]
    assert built({"anyOf": [{"type": "string"}, {"required": ["a"]}]})[0] == {"a": "a"}


def test_what_contains_itself_is_built_once_more() -> None:
    """The inner one is as small as it can be."""
    node = {"type": "object", "properties": {"v": {"type": "integer"}, "next": {"$ref": "#"}}, "required": ["v"]}
    assert built(node)[0] == {"v": 1, "next": {"v": 1}}


def test_an_unreadable_pattern_is_told() -> None:
    """It can't be judged by Python."""
    with pytest.raises(NoDialect):
        bases(schema_root({"patternProperties": {"(?<n>a)(?<n>b)": {}}, "required": ["a"]}))
