"""What a user reads about a value that doesn't fit."""

from __future__ import annotations

import tracemalloc
from typing import Any

import pytest

from smcp_conformance.shapes import Problem, input_required_problems, problems
from smcp_conformance.shapes.wording import shown

NOV_25, JUL_26 = "2025-11-25", "2026-07-28"


def said(definition: str, value: Any, revision: str = NOV_25, *, formats: bool = False) -> list[str]:
    """Return the problems as the lines that a user reads."""
    return [str(problem) for problem in problems(revision, definition, value, formats=formats)]


@pytest.mark.parametrize(
    ("definition", "value", "lines"),
    [
        ("Tool", 3, ["3 must be an object"]),
        ("Tool", None, ["null must be an object"]),
        ("Prompt", {"name": True}, ["/name: true must be a string"]),
        ("Prompt", {"name": "p", "description": None}, ["/description: null must be a string"]),
        ("Prompt", {"title": "T"}, ['{"title": "T"} must have the member "name"']),
        ("Implementation", {}, ['{} must have the members "name", "version"']),
        ("RequestId", 1.5, ["1.5 must be a string or an integer"]),
        ("Role", "system", ['"system" must be one of "assistant", "user"']),
        ("Annotations", {"priority": 2}, ["/priority: 2 must be at most 1"]),
        ("Annotations", {"priority": -1}, ["/priority: -1 must be at least 0"]),
        ("Tool", {"name": "t", "inputSchema": {"type": "array"}}, ['/inputSchema/type: "array" must be "object"']),
    ],
)
def test_a_problem_starts_with_the_value_and_says_what_is_required(
    definition: str, value: Any, lines: list[str]
) -> None:
    assert said(definition, value) == lines


def test_too_many_items_are_counted() -> None:
    value = {"resultType": "complete", "completion": {"values": ["a"] * 101}}
    assert said("CompleteResult", value, JUL_26) == [
        '/completion/values: ["a", "a", "a", …] must have at most 100 items, has 101'
    ]


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ({"type": "text", "text": 5}, "/content/0/text: 5 must be a string"),
        ({"type": "text"}, '/content/0: {"type": "text"} must have the member "text"'),
        ({"text": "x"}, '/content/0: {"text": "x"} must have the member "type"'),
        (
            {"type": "video"},
            '/content/0/type: "video" must be one of "text", "image", "audio", "resource_link", "resource"',
        ),
        ("x", '/content/0: "x" must be an object'),
        (
            {"type": "resource", "resource": {"uri": "a:b"}},
            '/content/0/resource: {"uri": "a:b"} must fit TextResourceContents or BlobResourceContents',
        ),
        ({"type": "resource", "resource": {"uri": 4, "blob": ""}}, "/content/0/resource/uri: 4 must be a string"),
    ],
)
def test_of_a_union_only_the_branch_that_was_meant_is_held_against_the_value(content: Any, line: str) -> None:
    """The branch is told by its tag, the kind of value, or what is nearest; if none is, all that were possible."""
    assert said("CallToolResult", {"content": [content]}) == [line]


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ("hello", '/content: "hello" must be an object or an array'),
        ([{"type": "text"}], '/content/0: {"type": "text"} must have the member "text"'),
    ],
)
def test_a_union_of_objects_and_arrays_is_told_apart_by_the_kind_of_value(content: Any, line: str) -> None:
    assert said("SamplingMessage", {"role": "user", "content": content}) == [line]


@pytest.mark.parametrize(
    ("field", "line"),
    [
        ({"type": "strin"}, '/f/type: "strin" must be one of "string", "integer", "number", "boolean", "array"'),
        (
            {"type": "string", "format": "x"},
            '/f/format: "x" must be one of "date", "date-time", "email", "uri"',
        ),
        ({"type": "integer", "minimum": "0"}, '/f/minimum: "0" must be a number'),
        ({"type": "array", "items": {"enum": [1]}}, '/f/items: {"enum": [1]} must have the member "anyOf"'),
    ],
)
def test_unions_within_unions_read_like_one(field: Any, line: str) -> None:
    """The kinds of form fields are a union of which some branches are unions themselves."""
    form = {"message": "m", "requestedSchema": {"type": "object", "properties": {"f": field}}}
    assert said("ElicitRequestFormParams", form) == [f"/requestedSchema/properties{line}"]


def test_a_union_whose_only_fault_is_one_tag_asks_for_that_tag() -> None:
    request = {"method": "elicitation/create", "params": {"mode": "form", "message": "m", "requestedSchema": {}}}
    value = {"resultType": "input_required", "inputRequests": {"k": request}}
    assert said("InputRequiredResult", value, JUL_26) == [
        '/inputRequests/k/params/requestedSchema: {} must have the members "properties", "type"'
    ]


def test_pointers_escape_what_json_pointer_escapes() -> None:
    assert said("InputRequests", {"a/b~c": 5}, JUL_26) == ["/a~1b~0c: 5 must be an object"]


def test_problems_come_in_order_of_place_and_at_most_twenty() -> None:
    """The order doesn't depend on the interpreter's hash seed."""
    found = problems(JUL_26, "InputRequests", {f"key{number:02}": number for number in reversed(range(30))})
    assert [problem.pointer for problem in found] == [f"/key{number:02}" for number in range(20)]


def test_equal_problems_are_one() -> None:
    assert problems(NOV_25, "Implementation", {}) == (Problem("", '{} must have the members "name", "version"'),)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("x" * 50, '"' + "x" * 40 + '…"'),
        ({"a": {"b": {"c": 1}}}, '{"a": {"b": {…}}}'),
        ({"a": 1, "b": 2, "c": 3, "d": 4}, '{"a": 1, "b": 2, "c": 3, …}'),
        ([[], [[1]], 1e400], "[[], [[…]], Infinity]"),
        ("\ud800é\n", '"\\ud800é\\n"'),
    ],
)
def test_big_values_are_shortened(value: Any, text: str) -> None:
    """What is shown can be printed, too: a lone surrogate is escaped."""
    assert shown(value) == text
    shown(value).encode()


def test_nothing_shown_is_longer_than_a_hundred_characters() -> None:
    text = shown({letter * 40: letter * 40 for letter in "abc"})
    assert len(text) == 100
    assert text.endswith("…")


def test_a_million_wrong_items_cost_little_memory() -> None:
    """A hostile server can put them into one message, inside a union, where each branch complains of each item."""
    value = {"content": [{"type": "text", "text": "", "annotations": {"audience": [5] * 1_000_000}}]}
    tracemalloc.start()
    found = problems(NOV_25, "CallToolResult", value)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [str(problem) for problem in found][:1] == [
        '/content/0/annotations/audience/0: 5 must be one of "assistant", "user"'
    ]
    assert len(found) == 20
    assert peak < 4_000_000


def test_deep_nesting_where_anything_goes_is_no_problem() -> None:
    nested: list[Any] = []
    for _ in range(900):
        nested = [nested]
    assert said("ServerCapabilities", {"experimental": {"x": {"deep": nested}}}, JUL_26) == []


@pytest.mark.parametrize(
    ("definition", "value", "line"),
    [
        ("Root", {"uri": "not a uri"}, '/uri: "not a uri" must be an absolute URI (RFC 3986)'),
        ("Root", {"uri": "file:///x\n"}, '/uri: "file:///x\\n" must be an absolute URI (RFC 3986)'),
        ("Root", {"uri": "my_scheme://x"}, '/uri: "my_scheme://x" must be an absolute URI (RFC 3986)'),
        (
            "ResourceTemplate",
            {"name": "n", "uriTemplate": "file:///{path"},
            '/uriTemplate: "file:///{path" must be a URI template (RFC 6570)',
        ),
        (
            "ResourceTemplate",
            {"name": "n", "uriTemplate": "a b/{x}"},
            '/uriTemplate: "a b/{x}" must be a URI template (RFC 6570)',
        ),
        (
            "ResourceTemplate",
            {"name": "n", "uriTemplate": "x/{a b}"},
            '/uriTemplate: "x/{a b}" must be a URI template (RFC 6570)',
        ),
        ("BlobResourceContents", {"uri": "a:b", "blob": "QQ"}, '/blob: "QQ" must be Base64 (RFC 4648)'),
        ("BlobResourceContents", {"uri": "a:b", "blob": "Q_=="}, '/blob: "Q_==" must be Base64 (RFC 4648)'),
        ("BlobResourceContents", {"uri": "a:b", "blob": "é"}, '/blob: "é" must be Base64 (RFC 4648)'),
    ],
)
def test_formats_are_checked_only_when_asked_for(definition: str, value: Any, line: str) -> None:
    assert said(definition, value) == []
    assert said(definition, value, formats=True) == [line]


@pytest.mark.parametrize(
    ("definition", "value"),
    [
        ("Root", {"uri": "file:///a%20b"}),
        ("Root", {"uri": "urn:x:y"}),
        ("ResourceTemplate", {"name": "n", "uriTemplate": "file:///{+path}{?q,r*}/%20"}),
        ("BlobResourceContents", {"uri": "a:b", "blob": "QUI="}),
        ("BlobResourceContents", {"uri": "a:b", "blob": ""}),
    ],
)
def test_strings_of_the_right_format_pass(definition: str, value: Any) -> None:
    assert said(definition, value, formats=True) == []


@pytest.mark.parametrize(
    ("definition", "value", "line"),
    [
        ("Root", {"uri": 5}, "/uri: 5 must be a string"),
        ("ResourceTemplate", {"name": "n", "uriTemplate": None}, "/uriTemplate: null must be a string"),
        ("BlobResourceContents", {"uri": "a:b", "blob": []}, "/blob: [] must be a string"),
    ],
)
def test_what_is_no_string_is_told_its_kind_alone(definition: str, value: Any, line: str) -> None:
    assert said(definition, value, formats=True) == [line]


def test_a_result_that_asks_for_input_must_ask_for_something_or_keep_state() -> None:
    """The text demands it, the schema cannot say it."""
    empty = {"resultType": "input_required"}
    assert problems(JUL_26, "InputRequiredResult", empty) == ()
    assert [str(problem) for problem in input_required_problems(empty)] == [
        '{"resultType": "input_required"} must have "inputRequests" or "requestState" or both'
    ]
    assert input_required_problems({**empty, "requestState": ""}) == ()
    assert input_required_problems({**empty, "inputRequests": {}}) == ()
