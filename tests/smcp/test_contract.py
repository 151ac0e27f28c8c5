"""Contract v1: what a description must be, told by the address of what is wrong."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from smcp import contract


def described(*commands: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A description with these commands."""
    return {"plugin": {"name": "p"}, "commands": list(commands), **more}


def command(*parameters: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A command with these parameters."""
    return {"name": "c", "description": "does it", "parameters": list(parameters), **more}


TEN = [{"name": f"c{number}", "description": ""} for number in range(10)]


def test_the_schema_file_is_a_valid_schema() -> None:
    """It can be used by anyone who has a JSON Schema validator."""
    Draft202012Validator.check_schema(contract.schema())


@pytest.mark.parametrize(
    "value",
    [
        described(),
        described(contract_version="1"),
        described(contract_version="1.7.2", extra=True),
        described({"name": "no-parameters", "description": ""}),
        described(command({"name": "x", "type": "array", "items": {"type": "object"}, "new": 1})),
        described(command({"name": "x", "type": "string", "default": None})),
        described(command(annotations={"readOnlyHint": True, "other": 1})),
        described(command({"name": "x", "type": "integer"}, examples=["c --x=1", {"x": 1}])),
        described(command(result={"type": "object"})),
        described(command(content=True)),
        described(command(content=False, result={"type": "object"})),
        described(command(result={"type": "object", "$ref": "#/$defs/a", "$defs": {"a": {"required": ["b"]}}})),
        described(command(result={"$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object"})),
        described(command({"name": "x", "type": "object", "properties": {"$ref": {"const": {"$ref": "no"}}}})),
        described(command({"name": "x", "type": "integer", "anyOf": [{"minimum": 3}, {"const": 1}], "default": 1})),
    ],
)
def test_valid_descriptions_have_no_problems(value: Any) -> None:
    """Unknown members are allowed everywhere, and only what the contract names is required."""
    assert contract.problems(value) == ()


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ([], ["the description: [] must be an object"]),
        ({}, ["plugin: is missing, but required", "commands: is missing, but required"]),
        (described(contract_version="2.0"), ["contract_version: '2.0' must match ^1(\\.[0-9]+)*$"]),
        (described(contract_version=1), ["contract_version: 1 must be a string"]),
        ({"plugin": {"name": ""}, "commands": []}, ["plugin.name: '' must not be empty"]),
        (described(command(name="a b")), ["commands[0].name: 'a b' must match ^[a-zA-Z0-9_-]+$"]),
        (
            described(command({"name": "x", "type": "text"})),
            [
                "commands[0].parameters[0].type: 'text' must be one of "
                "'string', 'number', 'integer', 'boolean', 'array', 'object'"
            ],
        ),
        (
            described(command({"name": "x", "type": "array", "items": "string"})),
            ["commands[0].parameters[0].items: 'string' must be an object or a boolean"],
        ),
        (
            described(command({"name": "x", "type": "string", "enum": []})),
            ["commands[0].parameters[0].enum: [] must not be empty"],
        ),
        (
            described(command({"name": "x", "type": "string", "maxLength": -1})),
            ["commands[0].parameters[0].maxLength: -1 must satisfy minimum: 0"],
        ),
        (described(command(content="yes")), ["commands[0].content: 'yes' must be a boolean"]),
        (
            described(command(annotations={"readOnlyHint": "yes"})),
            ["commands[0].annotations.readOnlyHint: 'yes' must be a boolean"],
        ),
        (
            described(*TEN, {"name": 1, "description": ""}, {"name": "z", "description": 2}),
            ["commands[10].name: 1 must be a string", "commands[11].description: 2 must be a string"],
        ),
        (
            described(command(description="x" * 99, name="é" * 99)),
            [f"commands[0].name: '{'é' * 56}... must match ^[a-zA-Z0-9_-]+$"],
        ),
        (described(command(), command()), ["commands[1].name: 'c' is already taken by commands[0]"]),
        (
            described(command({"name": "a_b", "type": "string"}, {"name": "a-b", "type": "string"})),
            ["commands[0].parameters[1].name: 'a-b' is already taken by commands[0].parameters[0]"],
        ),
        (
            described(command({"name": "x", "type": "integer", "default": "1"})),
            ["commands[0].parameters[0].default: '1' is not of type 'integer'"],
        ),
        (
            described(command({"name": "x", "type": "integer", "maximum": 3}, examples=[{}, {"x": 4}, {"y": 1}])),
            [
                "commands[0].examples[1]: 4 is greater than the maximum of 3",
                "commands[0].examples[2]: Additional properties are not allowed ('y' was unexpected)",
            ],
        ),
        (
            described(command({"name": "x", "type": "number", "multipleOf": 0.5, "default": 10**400})),
            ["commands[0].parameters[0].default: can't be checked: int too large to convert to float"],
        ),
        (described(command(result={})), ["commands[0].result.type: is missing, but required"]),
        (described(command(result=[])), ["commands[0].result: [] must be an object"]),
        (described(command(result={"type": "array"})), ["commands[0].result.type: 'array' must be 'object'"]),
        (
            described(command(result={"type": "object", "$schema": "http://json-schema.org/draft-07/schema#"})),
            [
                "commands[0].result.$schema: 'http://json-schema.org/draft-07/schema#' must be "
                "'https://json-schema.org/draft/2020-12/schema'"
            ],
        ),
        (described(command(deterministic="no")), ["commands[0].deterministic: 'no' must be a boolean"]),
    ],
)
def test_problems_are_told_by_address(value: Any, expected: list[str]) -> None:
    """Each fault once, in document order, with the value and what is required."""
    assert list(contract.problems(value)) == expected


def test_a_parameter_that_makes_no_schema_is_a_problem() -> None:
    """A pattern that is no regular expression would break every call."""
    [problem] = contract.problems(described(command({"name": "x", "type": "string", "pattern": "("})))
    assert problem.startswith("commands[0].parameters[0]: is no usable JSON Schema: pattern: ")


STRAY = "leads nowhere: it must be '#/$defs/NAME', and NAME be defined in a result"


@pytest.mark.parametrize(
    ("result", "fault"),
    [
        ({"properties": {"x": {"type": "text"}}}, "properties.x.type: 'text' is not valid"),
        ({"properties": {"x": {"$ref": "https://example.com/x"}}}, f"'$ref' to 'https://example.com/x' {STRAY}"),
        ({"allOf": [True, {"$ref": "#/$defs/none"}], "$defs": {"one": True}}, f"'$ref' to '#/$defs/none' {STRAY}"),
        ({"allOf": [{"$ref": "one"}], "$defs": {"one": True}}, f"'$ref' to 'one' {STRAY}"),
        ({"$ref": "#"}, f"'$ref' to '#' {STRAY}"),
        ({"$id": "https://example.com/x"}, "'$id' is not allowed"),
        ({"items": {"$dynamicRef": "#x"}}, "'$dynamicRef' is not allowed"),
    ],
)
def test_a_result_that_makes_no_schema_is_a_problem(result: dict[str, Any], fault: str) -> None:
    """Nor may it lead anywhere else: nothing is ever fetched, and it becomes part of a larger schema."""
    [problem] = contract.problems(described(command(result={"type": "object", **result})))
    assert problem.startswith(f"commands[0].result: is no usable JSON Schema: {fault}")


def test_a_parameter_refers_to_nothing() -> None:
    """It has no definitions of its own."""
    items = {"$ref": "#/$defs/x"}
    [problem] = contract.problems(described(command({"name": "x", "type": "array", "items": items})))
    assert problem == f"commands[0].parameters[0]: is no usable JSON Schema: '$ref' to '#/$defs/x' {STRAY}"


@pytest.mark.parametrize(("levels", "told"), [(95, False), (96, True), (50_000, True)])
def test_a_description_is_nested_in_100_levels_at_most(levels: int, told: bool) -> None:
    """What is deeper can't be sent to clients, and would take all other tools with it."""
    deep: Any = 0
    for _ in range(levels):
        deep = [deep]
    found = contract.problems(described(command({"name": "x", "type": "array", "default": deep})))
    assert found == (("the description: is nested in more than 100 levels",) if told else ())


def test_a_schema_that_is_too_deep_to_be_checked_is_a_problem() -> None:
    """Not an exception."""
    deep: Any = True
    for _ in range(90):
        deep = {"not": deep}
    found = contract.problems(described(command({"name": "x", "type": "string", "not": deep})))
    assert all("is nested too deeply" in problem for problem in found)


def test_every_keyword_reaches_the_input_schema() -> None:
    """All that the contract's file names for a parameter, save what has a meaning of its own there."""
    own = {"name", "required", "action", "arg_style", "takes_value"}
    named = set(contract.schema()["$defs"]["parameter"]["properties"]) - own
    assert named <= set(contract.KEYWORDS)
    assert set(contract.KEYWORDS) - named == {"$comment"}


def test_examples_reach_the_input_schema() -> None:
    """Those that are arguments."""
    one = command({"name": "x", "type": "integer"}, examples=["c --x=1", {"x": 1}])
    assert contract.input_schema(one)["examples"] == [{"x": 1}]


def test_output_schema() -> None:
    """The result or an error, with definitions where their references find them."""
    result = {"type": "object", "properties": {"x": {"$ref": "#/$defs/n"}}, "$defs": {"n": {"type": "integer"}}}
    built = contract.output_schema(command(result=result))
    assert built is not None
    assert built["type"] == "object"
    Draft202012Validator.check_schema(built)
    allows = Draft202012Validator(built).is_valid
    assert [allows({"x": 1}), allows({"x": "1"}), allows([])] == [True, False, False]
    strict = contract.output_schema(command(result={"type": "object", "required": ["x"]}))
    assert strict is not None
    allows = Draft202012Validator(strict).is_valid
    assert allows({"error": {"code": "timeout", "message": "m"}})
    assert not allows({"error": "m"})
    assert contract.output_schema(command()) is None


def test_an_array_that_says_nothing_of_its_elements_allows_any() -> None:
    """In words that all clients take."""
    assert contract.input_schema(command({"name": "x", "type": "array"}))["properties"]["x"] == {
        "type": "array",
        "items": {},
    }


def test_input_schema() -> None:
    """Keywords of JSON Schema reach it, everything else stays behind, and nothing undeclared is allowed."""
    one = {
        "name": "x",
        "type": "array",
        "items": {"type": "number"},
        "required": True,
        "action": "append",
        "default": None,
    }
    assert contract.input_schema(command(one, {"name": "y", "type": "string", "maxLength": 3})) == {
        "type": "object",
        "properties": {
            "x": {"type": "array", "items": {"type": "number"}},
            "y": {"type": "string", "maxLength": 3},
        },
        "additionalProperties": False,
        "required": ["x"],
    }
    assert contract.input_schema({"name": "c", "description": ""}) == {
        "type": "object",
        "properties": {},
        "additionalProperties": False,
    }


def test_the_documented_example_is_valid() -> None:
    """What docs/plugin-contract.md shows is a plugin that the contract knows nothing against."""
    page = (Path(__file__).parents[2] / "docs" / "plugin-contract.md").read_text(encoding="utf-8")
    example = page.partition("```json\n")[2].partition("```")[0]
    assert contract.problems(json.loads(example)) == ()


def test_the_page_names_everything_there_is() -> None:
    """Each member that the contract's file names, each keyword, and each code of an error."""
    page = (Path(__file__).parents[2] / "docs" / "plugin-contract.md").read_text(encoding="utf-8")
    members = set(_members(contract.schema()))
    assert {"takes_value", "blob", "lastModified"} <= members
    missing = {name for name in members | set(contract.KEYWORDS) if name not in page}
    assert missing == set()


def _members(node: Any) -> Iterator[str]:
    """Every name under "properties" in a schema."""
    for keyword, inner in node.items() if isinstance(node, dict) else enumerate(node):
        if keyword == "properties":
            yield from inner
        if isinstance(inner, (dict, list)):
            yield from _members(inner)
