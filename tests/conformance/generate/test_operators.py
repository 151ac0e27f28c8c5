"""What single operators do, and that they leave alone what their keyword doesn't speak of."""

from __future__ import annotations

from typing import Any

import pytest

from smcp_conformance.generate import near, near_items, near_members
from smcp_conformance.generate.grid import fault_grid
from smcp_conformance.generate.operators import OPERATORS

ANY_TYPE = {"type", "enum", "const", "anyOf", "oneOf"}
STATED: dict[str, Any] = {
    "required": ["a"],
    "additionalProperties": False,
    "unevaluatedProperties": False,
    "patternProperties": {"^a": False},
    "propertyNames": False,
    "minProperties": 1,
    "maxProperties": 1,
    "dependentRequired": {"a": ["b"]},
    "dependentSchemas": {"a": False},
    "dependencies": {"a": ["b"], "c": False},
    "minimum": 1,
    "maximum": 1,
    "exclusiveMinimum": 1,
    "exclusiveMaximum": 1,
    "multipleOf": 1,
    "minLength": 1,
    "maxLength": 1,
    "pattern": "a",
    "format": "date",
    "minItems": 1,
    "maxItems": 1,
    "uniqueItems": True,
    "items": False,
    "prefixItems": [False],
    "additionalItems": False,
    "unevaluatedItems": False,
    "minContains": 1,
    "maxContains": 1,
    "contains": {},
    "type": "array",
}


@pytest.mark.parametrize("keyword", sorted(set(OPERATORS) - ANY_TYPE))
def test_an_operator_leaves_other_types_alone(keyword: str) -> None:
    """A keyword for texts says nothing of `null`, and so on."""
    assert [change for operator in OPERATORS[keyword] for change in operator(STATED, None)] == []


def test_what_is_beside_a_value_depends_on_its_type() -> None:
    """Lists grow and shrink, objects too, booleans turn."""
    assert dict(near.unlisted({}, [1, 2]))["longer"] == [1, 2, None]
    assert dict(near.unlisted({}, [1, 2]))["shorter"] == [1]
    assert dict(near.unlisted({}, {"a": 1}))["longer"] == {"a": 1, "unknown": None}
    assert dict(near.unlisted({}, {"a": 1}))["shorter"] == {}
    assert dict(near.unlisted({}, True))["opposite"] is False
    assert dict(near.unlisted({}, 2**60))["fraction"] == 0.5


def test_a_limit_too_large_to_try_is_left() -> None:
    """As is one that is no number."""
    assert near.limit({"maxLength": 10**9}, "maxLength") is None
    assert near.limit({"maxLength": "3"}, "maxLength") is None
    assert near.limit({"maxLength": 3.0}, "maxLength") == 3


def test_the_same_item_comes_twice_in_other_spellings() -> None:
    """As a float, in another order of members, in the last one's place, or from nothing."""
    unique = {"uniqueItems": True}
    assert dict(near_items.doubled(unique, [1, 2]))["doubled-as-float"] == [1, 2, 1.0]
    twice = dict(near_items.doubled(unique, [{"a": 1, "b": 2}]))["doubled-in-other-order"]
    assert [list(item) for item in twice] == [["a", "b"], ["b", "a"]]
    assert [value for _, value in near_items.doubled(unique, [1, 2])][1] == [1, 1]
    assert list(near_items.doubled(unique, [])) == [("doubled", [1, 1])]


def test_items_beyond_a_maximum_differ_where_they_can() -> None:
    """So that nothing but their number is wrong."""
    assert dict(near_items.too_many({"maxItems": 2}, [1]))["more-1"] == [1, 2, 3]
    assert dict(near_items.too_many({"maxItems": 0}, []))["more-1"] == [2]
    assert dict(near_items.too_many({"maxItems": 1}, [None]))["more-1"] == [None, None]


def test_the_required_members_are_the_last_to_go() -> None:
    """So that only the number of members is wrong."""
    schema = {"minProperties": 2, "required": ["b"]}
    assert dict(near_members.too_few(schema, {"a": 1, "b": 2}))["less-1"] == {"b": 2}


def test_a_name_is_wrong_in_each_way_its_schema_knows() -> None:
    """The pattern, the length, the list."""
    names = {"propertyNames": {"pattern": "^[a-z]+$", "maxLength": 3, "minLength": 1, "enum": ["ab"]}}
    operators = {operator.partition("-")[0] for operator, _ in near_members.misnamed(names, {"ab": 1})}
    assert {"pattern", "maxLength", "enum", "stranger", "nameless"} <= operators


def values(schema: dict[str, Any], keyword: str) -> list[Any]:
    """The instances that break a keyword."""
    return [fault.value for fault in fault_grid({"type": "object", **schema}).faults if fault.keyword == keyword]


def test_what_a_composition_excludes_is_added_to_what_is_there() -> None:
    """Members of both branches, of what `not` describes, of the condition."""
    two = {"a": {"type": "integer"}, "b": {"type": "integer"}, "c": {"type": "integer"}}
    assert {"a": 1, "b": 1} in values({"properties": two, "oneOf": [{"required": ["a"]}, {"required": ["b"]}]}, "oneOf")
    excluded = values({"properties": two, "required": ["c"], "not": {"required": ["a"]}}, "not")
    assert excluded
    assert all("a" in value and "c" in value for value in excluded)
    forbidding = values({"properties": two, "required": ["c"], "if": {"required": ["a"]}, "then": False}, "then")
    assert all("a" in value for value in forbidding)
    assert any("c" in value for value in forbidding)
    otherwise = values({"properties": two, "if": {"required": ["a"]}, "else": False}, "else")
    assert otherwise
    assert not any("a" in value for value in otherwise)


def test_without_a_condition_its_branches_mean_nothing() -> None:
    """`then` and `else` alone are ignored."""
    assert values({"then": False, "else": False}, "then") == values({"then": False, "else": False}, "else") == []
