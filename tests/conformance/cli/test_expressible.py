"""Values that a command must refuse: what a command line can say of them, and what nobody can take for a valid one."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from smcp_conformance.cli.command import Command
from smcp_conformance.cli.expressible import broken_constraints, wrong_values
from smcp_conformance.cli.runner import Plugin


def tried(**parameter: Any) -> dict[str, list[Any]]:
    """The values that are tried for a parameter, by the keyword that they break."""
    found: dict[str, list[Any]] = {}
    for wrong in wrong_values({"name": "p", **parameter}):
        found.setdefault(wrong.keyword, []).append(wrong.value)
    return found


@pytest.mark.parametrize(
    ("parameter", "keywords"),
    [
        ({"type": "integer", "minimum": 1, "maximum": 9}, {"minimum", "maximum"}),
        ({"type": "integer", "exclusiveMinimum": 0, "multipleOf": 5}, {"exclusiveMinimum", "multipleOf"}),
        ({"type": "number", "exclusiveMaximum": 1.5}, {"exclusiveMaximum"}),
        ({"type": "string", "enum": ["si", "iec"]}, {"enum"}),
        ({"type": "string", "pattern": "^[A-Z]{2,4}$"}, {"pattern"}),
        ({"type": "string", "minLength": 3, "maxLength": 5}, {"minLength", "maxLength"}),
        ({"type": "string", "const": "yes"}, {"const"}),
        (
            {"type": "array", "items": {"type": "integer"}, "minItems": 2, "maxItems": 3},
            {"type", "minItems", "maxItems"},
        ),
        ({"type": "array", "items": {"type": "string", "enum": ["a"]}}, {"enum", "type"}),
        ({"type": "array", "items": {"type": "boolean"}, "uniqueItems": True}, {"type", "uniqueItems"}),
        ({"type": "object", "properties": {"a": {"type": "integer", "maximum": 4}}}, {"type", "maximum"}),
        ({"type": "object", "allOf": [{"required": ["a"]}]}, {"required"}),
    ],
)
def test_each_constraint_is_tried(parameter: dict[str, Any], keywords: set[str]) -> None:
    """Every keyword that a command line can break gets a value."""
    assert set(tried(**parameter)) == keywords


@pytest.mark.parametrize(
    "parameter",
    [
        {"type": "string"},
        {"type": "boolean"},
        {"type": "integer"},
        {"type": "number"},
        {"type": "object"},
        {"type": "array"},
        {"type": "array", "items": {"type": "string"}},
        {"type": "string", "format": "date"},
        {"type": "string", "minLength": 1},
        {"type": "array", "items": {"type": "string"}, "minItems": 1},
        {"type": "string", "minLength": 0, "default": "x"},
    ],
)
def test_nothing_is_tried_that_a_text_may_rightly_mean(parameter: dict[str, Any]) -> None:
    """A text is a text whatever it looks like; an empty one, and an empty array, may mean "not given"."""
    assert tried(**parameter) == {}


def test_an_empty_text_is_tried_where_one_is_required() -> None:
    """There nobody can take it for an argument that wasn't given."""
    assert tried(type="string", minLength=1, required=True) == {"minLength": [""]}


@pytest.mark.parametrize("schema", [{"enum": ["Metric", "imperial"]}, {"pattern": "^[a-z]+$"}])
def test_readers_that_trim_ignore_case_or_take_beginnings_are_not_accused(schema: dict[str, Any]) -> None:
    """What they make of a text is not valid either."""
    (values,) = tried(type="string", **schema).values()
    lower = [value.strip().lower() for value in values]
    assert values
    assert not any("metric".startswith(value) or "imperial".startswith(value) for value in lower)
    assert "" not in lower


def test_only_types_that_no_reader_can_put_right_are_tried_within_objects() -> None:
    """A lenient reader takes "1" for 1 and null for nothing, but an object for no number."""
    parameter = {"type": "object", "properties": {"a": {"type": "integer"}}}
    assert tried(**parameter) == {"type": [{"a": {}}]}


def test_a_schema_that_cannot_be_judged_gives_nothing() -> None:
    """Nobody is accused for want of a dialect."""
    assert tried(type="object", properties={"a": {"$ref": "#/nowhere"}}) == {}


def test_a_wrong_call_says_what_it_breaks() -> None:
    """All other arguments are the valid ones that it was made from."""
    size = {"name": "max_size", "type": "integer", "maximum": 9}
    command = Command(Plugin("p", Path(), (sys.executable, "cli.py")), {"name": "c", "parameters": [size]})
    first, *_ = broken_constraints(command, {"max_size": 3})
    assert first.words == ("c", "--max-size=10")
    assert first.fault == "where 10 breaks 'maximum' of 'max_size'"
    assert first.arguments == {"max_size": 10}


def test_a_long_value_is_shown_in_short() -> None:
    """And one that no command line can carry is left out."""
    text = {"name": "t", "type": "string", "maxLength": 200}
    command = Command(Plugin("p", Path(), (sys.executable, "cli.py")), {"name": "c", "parameters": [text]})
    first, *_ = broken_constraints(command, {})
    assert first.fault == f"where {repr('a' * 201)[:60]}… breaks 'maxLength' of 't'"
    unsayable = {"name": "t", "type": "string", "maxLength": 200_000}
    too_long = Command(Plugin("p", Path(), (sys.executable, "cli.py")), {"name": "c", "parameters": [unsayable]})
    assert list(broken_constraints(too_long, {})) == []
