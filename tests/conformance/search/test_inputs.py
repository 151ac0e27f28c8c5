"""What tools are called with: the smallest valid arguments, and each way in which arguments can be wrong."""

from __future__ import annotations

from typing import Any

import pytest

from smcp_conformance.generate.schema import instance_fault
from smcp_conformance.requirement import NotApplicable, NotVerified
from smcp_conformance.search.inputs import HANDFUL, faults_of, handful, smallest_arguments
from smcp_conformance.search.strategies import valid_inputs, wrong_inputs

SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "name": {"type": "string", "minLength": 3},
        "size": {"$ref": "#/$defs/size"},
        "kind": {"enum": ["x", "y"], "default": "y"},
        "zone": {"type": "string", "examples": ["Europe/Vienna"]},
        "more": {"type": "string", "default": "not required, so not there"},
    },
    "required": ["name", "size", "kind", "zone"],
    "additionalProperties": False,
    "$defs": {"size": {"type": ["integer", "null"], "minimum": 7}},
}


def tool(schema: object) -> dict[str, Any]:
    """A tool with that inputSchema."""
    return {"name": "t", "inputSchema": schema}


def test_the_smallest_arguments_are_valid_and_take_what_the_schema_suggests() -> None:
    """A default, or an example, is likelier to lead to a result than what just fits."""
    found = smallest_arguments(tool(SCHEMA))
    assert found is not None
    assert instance_fault(SCHEMA, found) is None
    assert (found["kind"], found["zone"], "more" in found) == ("y", "Europe/Vienna", False)
    whole = {**SCHEMA, "examples": [{"name": "anna", "size": 9, "kind": "x", "zone": "UTC"}]}
    assert smallest_arguments(tool(whole)) == {"name": "anna", "size": 9, "kind": "x", "zone": "UTC"}


def test_a_suggestion_that_is_not_valid_itself_is_not_followed() -> None:
    """Some schemas say `default: null` of a string."""
    schema = {"type": "object", "properties": {"a": {"type": "string", "default": None}}, "required": ["a"]}
    found = smallest_arguments(tool(schema))
    assert found is not None
    assert isinstance(found["a"], str)


@pytest.mark.parametrize(
    "schema", [None, {"type": "object", "required": ["a"], "properties": {"a": False}}, {"$ref": 1}]
)
def test_there_may_be_no_arguments(schema: object) -> None:
    assert smallest_arguments(tool(schema)) is None


def test_a_handful_of_faults_has_one_of_each_keyword_first() -> None:
    """So that a few calls see what a server looks at at all."""
    found = handful(tool(SCHEMA))
    assert len(found) == HANDFUL
    assert {"type", "required", "minLength", "minimum", "enum", "additionalProperties"} <= {
        each.keyword for each in found
    }
    assert all(instance_fault(SCHEMA, each.value) for each in found)
    assert handful(tool(None)) == handful(tool({"$schema": "urn:unknown"})) == ()


def test_all_faults_are_there_or_it_is_said_why_not() -> None:
    assert len(faults_of(tool(SCHEMA))) > HANDFUL
    with pytest.raises(NotApplicable, match="no arguments are wrong"):
        faults_of(tool({"type": "object"}))
    with pytest.raises(NotVerified, match=r"can't be generated: .*urn:unknown"):
        faults_of(tool({"$schema": "urn:unknown"}))
    with pytest.raises(NotVerified, match="the inputSchema of 't' is no object"):
        faults_of(tool(7))


def test_what_cannot_be_generated_is_named() -> None:
    """By the keyword that is in the way."""
    with pytest.raises(NotVerified, match=r"valid arguments can't be generated: .*urn:unknown"):
        valid_inputs(tool({"$schema": "urn:unknown"}))
    impossible = {"type": "object", "properties": {"a": False}, "required": ["a"]}
    with pytest.raises(NotVerified, match="valid arguments can't be generated: '"):
        valid_inputs(tool(impossible))
    with pytest.raises(NotApplicable, match="no arguments are wrong"):
        wrong_inputs(tool({"type": "object"}))
    with pytest.raises(NotVerified, match="wrong arguments can't be generated"):
        wrong_inputs(tool({"$schema": "urn:unknown"}))
