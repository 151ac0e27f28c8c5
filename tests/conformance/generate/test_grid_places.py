"""Where the grid gets to: whatever way leads to a schema, its faults are made."""

from __future__ import annotations

from typing import Any

import pytest

from smcp_conformance.generate.grid import fault_grid


def ids(schema: dict[str, Any]) -> list[str]:
    """The ids of a schema's faults, in their order."""
    return [fault.id for fault in fault_grid(schema).faults]


@pytest.mark.parametrize(
    ("schema", "place"),
    [
        ({"patternProperties": {"^n_": {"type": "integer"}}}, "#/n_ (#/patternProperties/^n_/type)"),
        ({"additionalProperties": {"type": "integer"}}, "#/extra (#/additionalProperties/type)"),
        (
            {"properties": {"a": {"$ref": "#here"}}, "$defs": {"d": {"$anchor": "here", "type": "integer"}}},
            "(#/$defs/d/type)",
        ),
        (
            {"properties": {"a": {"$ref": "#/$defs/d", "minimum": 3}}, "$defs": {"d": {"type": "integer"}}},
            "#/a (#/$defs/d/type)",
        ),
        (
            {"properties": {"a": {"$ref": "#/$defs/d", "minimum": 3}}, "$defs": {"d": {}}},
            "#/a (#/properties/a/minimum)",
        ),
        ({"properties": {"a": {"allOf": [{"minimum": 3}]}}}, "#/a (#/properties/a/allOf/0/minimum)"),
        ({"properties": {"a": {"items": {"minimum": 3}, "type": "array"}}}, "#/a/0 (#/properties/a/items/minimum)"),
        ({"properties": {"a": {"prefixItems": [{}, {"minimum": 3}]}}}, "#/a/1 (#/properties/a/prefixItems/1/minimum)"),
        ({"unevaluatedProperties": False, "properties": {"a": {}}}, "stranger@# (#/unevaluatedProperties)"),
        ({"unevaluatedProperties": {"type": "string"}}, "stranger-zero@# (#/unevaluatedProperties)"),
        (
            {"properties": {"a": {"prefixItems": [{}], "unevaluatedItems": False}}},
            "extra@#/a (#/properties/a/unevaluatedItems)",
        ),
        ({"properties": {"a": False}}, "forbidden:a@# (#/properties)"),
        ({"patternProperties": {"^x": False}}, "forbidden:^x@# (#/patternProperties)"),
        (
            {"properties": {"a": {"const": 1}}, "if": {"required": ["a"]}, "then": {"required": ["b"]}},
            "without:b@# (#/then/required)",
        ),
        ({"if": {"required": ["a"]}, "then": False}, "@# (#/then)"),
        ({"if": {"required": ["a"]}, "else": {"required": ["b"]}}, "without:b@# (#/else/required)"),
        ({"dependentSchemas": {"a": {"required": ["b"]}}}, "without:b@# (#/dependentSchemas/a/required)"),
        (
            {"properties": {"a": {"anyOf": [{"type": "null"}, {"type": "object", "required": ["b", "c"]}]}}},
            "without:b@#/a (#/properties/a/anyOf/1/required)",
        ),
        (
            {"properties": {"a": {"oneOf": [{"type": "null"}, {"type": "array", "items": {"minimum": 3}}]}}},
            "#/a/0 (#/properties/a/oneOf/1/items/minimum)",
        ),
    ],
)
def test_every_place_is_reached(schema: dict[str, Any], place: str) -> None:
    """Whatever way leads there: by reference, anchor, pattern, rest, branch or condition."""
    found = ids({"type": "object", **schema})
    assert [identity for identity in found if place in identity], found


def test_a_schema_that_contains_itself_is_broken_at_a_few_depths() -> None:
    """The recursion is followed once, and its end found."""
    node = {"type": "object", "properties": {"name": {"type": "string"}, "next": {"$ref": "#/$defs/node"}}}
    grid = fault_grid({"type": "object", "properties": {"top": {"$ref": "#/$defs/node"}}, "$defs": {"node": node}})
    paths = {fault.path for fault in grid.faults if fault.pointer == "/$defs/node/properties/name"}
    assert ("top", "name") in paths
    assert ("top", "next") in {fault.path for fault in grid.faults if fault.pointer == "/$defs/node"}
    assert len(grid.faults) < 200


@pytest.mark.parametrize("items", [False, [True, False]])
def test_draft_07_places_that_admit_nothing_are_filled(items: Any) -> None:
    """As they are with today's keywords."""
    draft = {"$schema": "http://json-schema.org/draft-07/schema#"}
    assert "extra@#/a (#/properties/a/items)" in ids({**draft, "properties": {"a": {"type": "array", "items": items}}})


def test_beside_a_reference_draft_07_reads_nothing() -> None:
    """There a `$ref` silences its siblings, so that breaking them is no fault."""
    schema = {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "properties": {"a": {"$ref": "#/definitions/d", "minimum": 3}},
        "definitions": {"d": {"type": "integer"}},
    }
    assert {fault.keyword for fault in fault_grid(schema).faults} == {"type"}


def test_draft_07_tuples_and_dependencies_are_broken() -> None:
    """`items` as a list, `additionalItems` and `dependencies` do there what other keywords do today."""
    schema = {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "properties": {"a": {"type": "array", "items": [{"type": "integer"}], "additionalItems": False}},
        "dependencies": {"b": ["c"], "d": {"required": ["e"]}},
    }
    found = ids(schema)
    assert "extra@#/a (#/properties/a/additionalItems)" in found
    assert "text@#/a/0 (#/properties/a/items/0/type)" in found
    assert "without:c:beside:b@# (#/dependencies)" in found
    assert "without:e@# (#/dependencies/d/required)" in found
