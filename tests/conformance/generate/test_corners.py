"""Corners: valid arguments with one part at an edge, the same ones each time."""

from __future__ import annotations

from typing import Any

import pytest

from smcp_conformance.generate.corners import MOST, corners
from smcp_conformance.generate.dialect import NoDialect
from smcp_conformance.generate.schema import schema_root

SEARCH = {
    "type": "object",
    "properties": {"query": {"type": "string"}, "limit": {"type": "integer", "minimum": 0, "maximum": 50}},
    "required": ["query"],
}
TREE = {
    "type": "object",
    "properties": {"value": {"type": "number"}, "children": {"type": "array", "items": {"$ref": "#"}}},
    "additionalProperties": False,
}


def of(schema: dict[str, Any], **more: Any) -> list[Any]:
    """The values of the only member, of that schema, in the corners of an object that requires it."""
    whole = {"type": "object", "properties": {"it": schema}, "required": ["it"], **more}
    return [corner["it"] for corner in corners(whole)]


def test_the_simplest_edges_of_every_part_come_first() -> None:
    """An optional part is at its edge in the least object that has it."""
    found = corners(SEARCH)
    assert {"query": ""} in found[:8]
    assert {"query": "a", "limit": 0} in found[:8]
    assert found == corners(SEARCH)


@pytest.mark.parametrize("text", ["", "\0", "--help", "-1", "null", "\u2028", "🙂", "x" * 5_000])
def test_texts_that_break_programs(text: str) -> None:
    """Where no format says that it must be something else."""
    assert text in of({"type": "string"})
    assert text not in of({"type": "string", "format": "uri"})


@pytest.mark.parametrize("number", [0, -1, 0.5, 1e308, 2**31, 2**53 + 1])
def test_numbers_that_break_programs(number: float) -> None:
    """Fractions where fractions are meant."""
    assert number in of({"type": "number"})
    assert (number in of({"type": "integer"})) is (number not in (0.5, 1e308))


def test_what_the_schema_names_is_tried() -> None:
    """Limits, choices, lengths, defaults."""
    assert {0, 7, 50} <= set(of({"type": "integer", "minimum": 0, "maximum": 50, "default": 7}))
    assert set(of({"enum": ["a", "b", None, 3]})) == {"a", "b", None, 3}
    assert {2, 9} <= {len(text) for text in of({"type": "string", "minLength": 2, "maxLength": 9})}
    assert set(of({"type": "boolean"})) == {True, False}
    assert None in of({"type": ["string", "null"]})


def test_arrays_are_empty_and_long_and_repeat_themselves() -> None:
    """As far as that is allowed."""
    lengths = {len(array) for array in of({"type": "array", "items": {"type": "string"}})}
    assert {0, 2, 50} <= lengths
    assert all(len(set(array)) == len(array) for array in of({"type": "array", "items": {}, "uniqueItems": True}))


@pytest.mark.parametrize("schema", [SEARCH, TREE, {"type": "object"}, {"type": "object", "properties": {"a": {}}}])
def test_every_corner_is_valid(schema: dict[str, Any]) -> None:
    """And there are only so many, even of a schema that contains itself."""
    found = corners(schema)
    root = schema_root(schema)
    assert 1 <= len(found) <= MOST
    assert all(root.accepts(corner) for corner in found)


def test_a_schema_without_valid_objects_has_no_corners() -> None:
    """And one that can't be judged is an error."""
    assert corners({"type": "object", "required": ["a"], "properties": {"a": False}}) == []
    with pytest.raises(NoDialect):
        corners({"$schema": "https://example.com/unheard-of", "type": "object"})
