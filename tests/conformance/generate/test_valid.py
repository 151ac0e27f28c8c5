"""Valid values: every keyword is followed, what can't be followed is named, and the same seed draws the same."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from drawing import drawn

from smcp_conformance.generate.dialect import NoDialect
from smcp_conformance.generate.schema import schema_root
from smcp_conformance.generate.valid import NotGenerable, valid_objects, valid_values

DRAFT_7 = "http://json-schema.org/draft-07/schema#"
NODE = {"type": "object", "properties": {"left": {"$ref": "#"}, "right": {"$ref": "#"}}}

FOLLOWED: dict[str, tuple[Any, str]] = {
    "type list": ({"type": ["string", "null"]}, "x is None or isinstance(x, str)"),
    "const": ({"const": {"a": [1]}}, "x == {'a': [1]}"),
    "enum within a type": ({"enum": [1, "a", None], "type": "string"}, "x == 'a'"),
    "allOf": ({"allOf": [{"minimum": 3, "type": "integer"}, {"maximum": 4}]}, "x in (3, 4)"),
    "anyOf": ({"anyOf": [{"const": 1}, {"const": 2}], "minimum": 2}, "x == 2"),
    "oneOf": ({"oneOf": [{"type": "integer"}, {"type": "number", "minimum": 5}], "maximum": 9}, "x < 5 or x % 1"),
    "oneOf with a branch inside another": ({"oneOf": [{"type": "number"}, {"type": "integer"}]}, "x % 1 != 0"),
    "not": ({"not": {"type": ["string", "object", "array", "number"]}}, "x is None or isinstance(x, bool)"),
    "not required": ({"type": "object", "not": {"required": ["a"]}}, "'a' not in x"),
    "not bounded": ({"type": "integer", "not": {"maximum": 6}}, "x > 6"),
    "not long": ({"type": "string", "not": {"minLength": 2}}, "len(x) < 2"),
    "not of a conjunction": (
        {"type": "integer", "not": {"allOf": [{"minimum": 1}, {"maximum": 3}]}},
        "not 1 <= x <= 3",
    ),
    "not of a choice": ({"type": "integer", "not": {"anyOf": [{"maximum": 1}, {"minimum": 4}]}}, "1 < x < 4"),
    "not of a property": (
        {"type": "object", "not": {"properties": {"a": {"type": "integer"}}}},
        "not isinstance(x['a'], int) or isinstance(x['a'], bool)",
    ),
    "if then else": (
        {"type": "integer", "if": {"minimum": 10}, "then": {"multipleOf": 5}, "else": {"const": 1}},
        "x == 1 or x % 5 == 0",
    ),
    "not if": ({"type": "integer", "not": {"if": {"minimum": 0}, "then": {"minimum": 5}}}, "0 <= x < 5"),
    "prefixItems": (
        {"type": "array", "prefixItems": [{"const": 1}, {"const": 2}], "items": False, "minItems": 2},
        "x == [1, 2]",
    ),
    "items of draft-07": (
        {"$schema": DRAFT_7, "type": "array", "items": [{"const": 1}], "additionalItems": {"const": 2}, "minItems": 3},
        "x[0] == 1 and set(x[1:]) == {2}",
    ),
    "contains": ({"type": "array", "contains": {"const": 7}, "items": {"type": "integer"}}, "7 in x"),
    "minContains": ({"type": "array", "contains": {"const": 7}, "minContains": 3}, "x.count(7) >= 3"),
    "maxContains": (
        {"type": "array", "contains": {"type": "string"}, "maxContains": 1},
        "sum(isinstance(each, str) for each in x) == 1",
    ),
    "two contained in one": (
        {"allOf": [{"contains": {"minimum": 3}}, {"contains": {"maximum": 5}}], "maxItems": 1, "type": "array"},
        "len(x) == 1",
    ),
    "uniqueItems": ({"type": "array", "items": {"enum": [1, 2, 3]}, "uniqueItems": True, "minItems": 3}, "len(x) == 3"),
    "uniqueItems of integers": (
        {"type": "array", "items": {"maximum": 3, "minimum": 0, "type": "integer"}, "uniqueItems": True, "minItems": 3},
        "len(set(x)) == len(x) >= 3",
    ),
    "dependentRequired": (
        {"type": "object", "dependentRequired": {"a": ["b"], "b": ["c"]}, "required": ["a"]},
        "{'a', 'b', 'c'} <= set(x)",
    ),
    "dependentRequired by choice": (
        {"properties": {"a": {}}, "dependentRequired": {"a": ["b"]}, "type": "object"},
        "'a' not in x or 'b' in x",
    ),
    "dependentSchemas": (
        {"properties": {"a": {}}, "dependentSchemas": {"a": {"maxProperties": 1}}, "type": "object"},
        "'a' not in x or len(x) == 1",
    ),
    "dependencies of draft-07": (
        {
            "$schema": DRAFT_7,
            "dependencies": {"a": ["b"], "b": {"required": ["c"]}},
            "required": ["a"],
            "type": "object",
        },
        "{'a', 'b', 'c'} <= set(x)",
    ),
    "patternProperties": (
        {
            "type": "object",
            "patternProperties": {"^n_": {"const": 1}},
            "additionalProperties": False,
            "minProperties": 1,
        },
        "all(name.startswith('n_') and value == 1 for name, value in x.items()) and x",
    ),
    "propertyNames": (
        {"type": "object", "propertyNames": {"enum": ["a", "b"]}, "minProperties": 2},
        "set(x) == {'a', 'b'}",
    ),
    "additionalProperties": (
        {"type": "object", "properties": {"a": {}}, "additionalProperties": {"type": "null"}, "minProperties": 2},
        "len(x) >= 2 and all(value is None for name, value in x.items() if name != 'a')",
    ),
    "maxProperties": ({"properties": {"a": {}, "b": {}}, "maxProperties": 1, "type": "object"}, "len(x) <= 1"),
    "unevaluatedProperties": (
        {
            "$ref": "#/$defs/a",
            "properties": {"b": True},
            "unevaluatedProperties": False,
            "type": "object",
            "$defs": {"a": {"properties": {"a": {"type": "null"}}}},
        },
        "set(x) <= {'a', 'b'}",
    ),
    "unevaluatedItems": (
        {"type": "array", "allOf": [{"prefixItems": [{"const": 1}]}], "unevaluatedItems": False},
        "x in ([], [1])",
    ),
    "bounds": ({"type": "integer", "exclusiveMinimum": 2, "exclusiveMaximum": 4}, "x == 3"),
    "bounds of floats": ({"type": "number", "exclusiveMinimum": 0.1, "maximum": 0.3}, "0.1 < x <= 0.3"),
    "bounds beyond all floats": ({"type": "number", "minimum": 10**400}, "x >= 10**400"),
    "bounds written too large for a float": ({"type": "number", "maximum": float("inf")}, "True"),
    "steps of the largest size": ({"type": "number", "multipleOf": 1e308}, "abs(x) in (0, 10**308)"),
    "multipleOf": ({"type": "number", "multipleOf": 0.25, "minimum": 1, "maximum": 2}, "x % 0.25 == 0 and 1 <= x <= 2"),
    "two steps": ({"type": "integer", "allOf": [{"multipleOf": 4}, {"multipleOf": 6}]}, "x % 12 == 0"),
    "a number's format": ({"type": "integer", "format": "uint8"}, "0 <= x <= 255"),
    "length in characters": ({"type": "string", "minLength": 3, "maxLength": 4}, "len(x) in (3, 4)"),
    "pattern with a length": (
        {"type": "string", "pattern": "^[A-Z]+$", "minLength": 20, "maxLength": 22},
        "x.isupper() and 20 <= len(x) <= 22",
    ),
    "pattern anywhere": ({"type": "string", "pattern": "[0-9]{3}", "minLength": 9}, "len(x) >= 9"),
    "pattern at the end": ({"type": "string", "pattern": "z$", "minLength": 9}, "len(x) >= 9 and x[-1] == 'z'"),
    "lookaheads": (
        {"type": "string", "pattern": r"^(?=.*[A-Z])(?=.*\d)[A-Za-z\d]{8,}$", "maxLength": 20},
        "any(each.isupper() for each in x) and 10 <= len(x) + 2 <= 22",
    ),
    "pattern or another": ({"type": "string", "pattern": "^(?=a)a|b$"}, "x[0] == 'a' or x[-1] == 'b'"),
    "a text longer than Hypothesis draws": ({"type": "string", "minLength": 20000}, "20000 <= len(x) < 29000"),
    "oneOf told apart by a constant": (
        {"oneOf": [{"type": "object", "properties": {"kind": {"const": each}}, "required": ["kind"]} for each in "ab"]},
        "x['kind'] in 'ab'",
    ),
    "two patterns": ({"allOf": [{"pattern": "^a"}, {"pattern": "a"}], "type": "string"}, "x[0] == 'a'"),
    "a pattern's end is the end": ({"type": "string", "pattern": "^a*$"}, "set(x) <= {'a'}"),
    "base64": ({"type": "string", "contentEncoding": "base64"}, "len(x) % 4 == 0"),
    "anchor": ({"$ref": "#here", "$defs": {"x": {"$anchor": "here", "const": 1}}}, "x == 1"),
    "embedded $id": (
        {
            "$id": "http://example.com/root",
            "$ref": "item",
            "$defs": {"x": {"$id": "item", "$ref": "#/$defs/y", "$defs": {"y": {"const": 1}}}},
        },
        "x == 1",
    ),
    "$ref silences in draft-07": (
        {"$schema": DRAFT_7, "definitions": {"a": {"const": 1}}, "allOf": [{"$ref": "#/definitions/a", "const": 2}]},
        "x == 1",
    ),
    "$dynamicRef": (
        {
            "$id": "http://example.com/tree",
            "$dynamicAnchor": "node",
            "type": "object",
            "properties": {"child": {"$dynamicRef": "#node"}},
            "additionalProperties": False,
        },
        "set(x) <= {'child'}",
    ),
    "$recursiveRef of 2019-09": (
        {
            "$schema": "https://json-schema.org/draft/2019-09/schema",
            "$recursiveAnchor": True,
            "type": "object",
            "properties": {"child": {"$recursiveRef": "#"}},
            "additionalProperties": False,
        },
        "set(x) <= {'child'} and isinstance(x.get('child', {}), dict)",
    ),
    "recursion that must end": (
        {
            **NODE,
            "required": ["value"],
            "additionalProperties": False,
            "properties": {"value": {"const": 1}, "next": {"$ref": "#"}},
        },
        "x['value'] == 1",
    ),
    "everything": (True, "True"),
}


@pytest.mark.parametrize("name", FOLLOWED)
def test_keyword_is_followed(name: str) -> None:
    """What comes out is what the keyword asks for, said in Python."""
    schema, holds = FOLLOWED[name]
    values = drawn(valid_values(schema))
    assert values
    # The conditions are the literals above.
    assert [value for value in values if not eval(holds, {"x": value})] == []


NOTHING: dict[str, tuple[Any, str, str]] = {
    "false": (False, "false", ""),
    "types that exclude each other": ({"allOf": [{"type": "string"}, {"type": "null"}]}, "allOf", ""),
    "no end to it": ({"type": "object", "properties": {"a": {"$ref": "#"}}, "required": ["a"]}, "type", ""),
    "required and forbidden": ({"type": "object", "properties": {"a": False}, "required": ["a"]}, "type", ""),
    "empty range": ({"type": "integer", "minimum": 2.1, "maximum": 2.9}, "type", ""),
    "empty enum by type": ({"enum": [1], "type": "string"}, "enum", ""),
    "a pattern of no language": (
        {"type": "object", "properties": {"a": {"type": "string", "pattern": "(?<x"}}},
        "pattern",
        "/properties/a",
    ),
    "a name of no language": ({"type": "object", "patternProperties": {"(?<x": {}}}, "patternProperties", ""),
    "too many elements": ({"type": "array", "minItems": 5000}, "minItems", ""),
    "a script": ({"type": "string", "pattern": r"^\p{Script=Greek}+$"}, "pattern", ""),
}


@pytest.mark.parametrize("name", NOTHING)
def test_what_can_not_be_generated_is_named(name: str) -> None:
    """By the keyword and the pointer to where it stands, before anything is drawn."""
    schema, keyword, pointer = NOTHING[name]
    with pytest.raises(NotGenerable) as caught:
        valid_values(schema)
    assert (caught.value.keyword, caught.value.pointer) == (keyword, pointer)
    assert repr(keyword) in str(caught.value)


@pytest.mark.parametrize(
    "schema",
    [
        {"$schema": "https://example.com/my-own"},
        {"type": "nonsense"},
        {"$ref": "#/$defs/nowhere"},
        {"$ref": "https://example.com/elsewhere.json"},
        {"anyOf": [{"$ref": "#"}, {"type": "string"}]},
    ],
    ids=["dialect", "schema", "pointer", "remote", "endless"],
)
def test_schema_that_means_nothing_is_refused(schema: dict[str, Any]) -> None:
    """An unknown dialect, an invalid schema and a reference to nothing are no schemas to generate from."""
    with pytest.raises(NoDialect):
        valid_values(schema)


def test_tool_gets_objects() -> None:
    """Even from a schema that would admit other values."""
    assert all(isinstance(value, dict) for value in drawn(valid_objects({"properties": {"a": {"type": "integer"}}})))


def test_recursion_is_bounded() -> None:
    """A tree has no more levels than values are given, and no more nodes than there's room for."""
    values = drawn(valid_values({**NODE, "additionalProperties": False}), 100)
    assert max(json.dumps(value).count("{") for value in values) in range(3, 60)


def test_listed_values_are_not_shared() -> None:
    """A value that a test changes doesn't come back changed."""
    strategy = valid_values({"const": {"a": []}})
    for value in drawn(strategy):
        value["a"].append(1)
    assert drawn(strategy) == [{"a": []}]


def test_pointer_is_the_one_that_was_written() -> None:
    """Although patterns are judged in Python's spelling."""
    held = schema_root({"patternProperties": {r"^\d$": {"type": "null"}}})
    (pattern,) = held.keywords["patternProperties"]
    assert held.at("patternProperties", pattern).pointer == r"/patternProperties/^\d$"
    assert not held.accepts({"1": 1})
    assert held.accepts({"\u0661": 1})


SAME = """
import json, sys
from drawing import drawn
from smcp_conformance.generate.valid import valid_values
schema = {"type": "object", "properties": {n: {"type": ["string", "number", "array"]} for n in "abc"},
          "dependentRequired": {"a": ["c", "b"]}, "patternProperties": {"^x": {}, "y": {}}}
print(json.dumps(drawn(valid_values(schema), 30, 7)))
"""


def test_same_seed_draws_the_same_whatever_the_hash_seed() -> None:
    """In another process as well, where sets and hashes have another order."""
    paths = str(Path(__file__).parents[2])
    outputs = [
        subprocess.run(
            [sys.executable, "-c", f"import sys; sys.path.insert(0, {paths!r})\n{SAME}"],
            env={"PYTHONHASHSEED": number, "PYTHONPATH": str(Path(__file__).parents[3] / "conformance")},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for number in ("1", "2")
    ]
    assert outputs[0] == outputs[1] != ""
