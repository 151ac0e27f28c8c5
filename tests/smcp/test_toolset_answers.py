"""What a finished command comes to, by its exit code, its output and what it describes."""

from __future__ import annotations

import errno
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from mcp_types import CallToolResult

from smcp import documents
from smcp.answers import LONGEST, Answer, judged, unstarted
from smcp.arguments import faults, normalised
from smcp.discovery import Command
from smcp.runner import End, Outcome
from smcp.tools import result, tool
from smcp.toolset import UnknownTool

RESULT = {"type": "object", "properties": {"n": {"type": "number"}}, "required": ["n"]}


def command(**more: Any) -> Command:
    """A command of plugin `p`."""
    return Command("p", Path("cli.py"), {"name": "c", "description": "", **more})


def answer(stdout: bytes, exit_code: int = 0, end: End = End.EXITED, **more: Any) -> Answer:
    """The answer to a run that came to this."""
    return judged(command(**more), Outcome(end, exit_code, stdout, b""), 1.5, 100)


def sent(answer: Answer) -> CallToolResult:
    """The result that clients of the newest revision get."""
    return result(answer, "2026-07-28")


def error(stdout: bytes, exit_code: int = 1, end: End = End.EXITED, **more: Any) -> dict[str, Any]:
    """The error that a run comes to."""
    found = answer(stdout, exit_code, end, **more).error
    assert found is not None
    return dict(found)


def test_what_succeeds_is_its_stripped_text() -> None:
    """Without a described result nothing is read into it, even if it is JSON, or no UTF-8."""
    assert answer(b' {"n": 1}\n') == Answer('{"n": 1}')
    assert answer(b"\xff") == Answer("\ufffd")


def test_a_described_result_is_structured() -> None:
    """And said as text, too."""
    found = answer('{"n": 1,\n "é": "é"}'.encode(), result=RESULT)
    assert found == Answer('{"n": 1, "é": "é"}', structured={"n": 1, "é": "é"})
    on_wire = sent(found).model_dump(by_alias=True, exclude_none=True)
    assert on_wire["structuredContent"] == json.loads(on_wire["content"][0]["text"])
    assert not on_wire.get("isError")


def test_an_empty_object_is_a_result() -> None:
    """It is sent, not left out."""
    assert sent(answer(b"{}", result={"type": "object"})).structured_content == {}


@pytest.mark.parametrize(
    ("stdout", "reason"),
    [
        (b"", "it is no strict JSON in UTF-8: Expecting value"),
        (b"done", "it is no strict JSON in UTF-8: Expecting value"),
        (b"{} {}", "it is no strict JSON in UTF-8: Extra data"),
        (b'{"n": "\xff"}', "it is no strict JSON in UTF-8: 'utf-8' codec can't decode"),
        (b'{"n": NaN}', "it is no strict JSON in UTF-8: NaN is beyond"),
        (b'{"n": 1e999}', "it is no strict JSON in UTF-8: 1e999 is beyond"),
        (b"[" * 100_000, "it is no strict JSON in UTF-8: JSON that is nested too deeply"),
        (b"[" * 101 + b"]" * 101, "it is nested in more than 100 levels"),
        (b"[" * 100 + b"]" * 100, 'the object breaks type: "object"'),
        (b"[]", 'the object breaks type: "object"'),
        (b"{}", 'the object breaks required: ["n"]'),
        (b'{"n": "secret"}', '/n breaks type: "number"'),
        (b'{"error": "e", "code": "c"}', 'the object breaks required: ["n"]'),
    ],
)
def test_a_result_that_breaks_its_description_is_not_sent(
    caplog: pytest.LogCaptureFixture, stdout: bytes, reason: str
) -> None:
    """It is an error that says why, without the value, and the log has it."""
    found = error(stdout, 0, result=RESULT)
    assert found["code"] == "invalid_result"
    assert f"p__c printed something else than the result it describes: {reason}" in found["message"]
    assert "secret" not in found["message"]
    assert found["message"] in caplog.text


def test_a_result_that_cannot_be_checked_is_invalid() -> None:
    """A number too large for the check, and a schema that leads round in circles."""
    strange = {"type": "object", "properties": {"n": {"multipleOf": 0.5}}}
    assert "it can't be checked" in error(b'{"n": 1' + b"0" * 400 + b"}", 0, result=strange)["message"]
    circle = {"type": "object", "$ref": "#/$defs/a", "$defs": {"a": {"$ref": "#/$defs/a"}}}
    assert "it can't be checked" in error(b"{}", 0, result=circle)["message"]


@pytest.mark.parametrize(
    ("stdout", "expected"),
    [
        (b'{"error": "e", "code": "c"}', {"message": "e", "plugin_code": "c"}),
        (b'{"error": {"message": "e", "code": "c"}}', {"message": "e", "plugin_code": "c"}),
        (b'{"error": {"other": 1}}', {"message": '{"other": 1}'}),
        (b'{"error": 7, "code": 8}', {"message": "7"}),
        (b'{"error": "\\ud800"}', {"message": "?"}),
        (b'{"error": null}', {"message": '{"error": null}'}),
        (b"[1]", {"message": "[1]"}),
        (b" prose \n", {"message": "prose"}),
        (b"", {"message": "the plugin exited with code 1 (no output)"}),
        (b"x" * (LONGEST + 9), {"message": "x" * LONGEST + "…"}),
    ],
)
def test_a_plugins_error(stdout: bytes, expected: dict[str, Any]) -> None:
    """Its own words if it has any, shortened, beside the stable code."""
    assert error(stdout) == {"code": "plugin_error", "exit_code": 1, **expected}


def test_a_plugins_error_needs_no_result() -> None:
    """What a command describes is its success."""
    assert error(b'{"error": "e"}', 1, result=RESULT)["code"] == "plugin_error"


@pytest.mark.parametrize(
    ("end", "stdout", "code", "message"),
    [
        (End.TIMED_OUT, b"", "timeout", "p__c was ended after 1.5 s without finishing"),
        (
            End.TIMED_OUT,
            b"y" * 500,
            "timeout",
            f"p__c was ended after 1.5 s without finishing; it had written: {'y' * 200}",
        ),
        (End.TOO_MUCH_OUTPUT, b"y", "output_too_large", "p__c wrote more than 100 bytes"),
        (End.STOPPED, b"y", "internal_error", "p__c was stopped"),
    ],
)
def test_a_command_that_was_ended(end: End, stdout: bytes, code: str, message: str) -> None:
    """Each reason has its code; of what it wrote a little is shown if time was what ran out."""
    assert error(stdout, -15, end) == {"code": code, "message": message}


def test_a_command_line_that_is_too_long_is_the_callers_fault() -> None:
    """Everything else is the server's."""
    codes = [unstarted(command(), OSError(number, "")).error for number in (errno.E2BIG, errno.ENOENT)]
    assert [one and one["code"] for one in codes] == ["invalid_arguments", "internal_error"]


def test_an_error_on_the_wire_fits_the_output_schema() -> None:
    """For clients that hold failed calls to it."""
    offered = command(result=RESULT, title="T", annotations={"title": "A", "readOnlyHint": True})
    listed = tool(offered).model_dump(by_alias=True, exclude_none=True)
    failure = sent(answer(b"", 1, result=RESULT)).model_dump(by_alias=True, exclude_none=True)
    assert failure["isError"] is True
    assert json.loads(failure["content"][0]["text"]) == failure["structuredContent"]
    assert offered.output_schema == listed["outputSchema"]
    assert (listed["title"], listed["annotations"]) == ("T", {"title": "A", "readOnlyHint": True})


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("a__b", "plugin_not_found"),
        ("a.b", "plugin_not_found"),
        ("ab", "invalid_tool_name"),
        ("__b", "invalid_tool_name"),
        ("a.", "invalid_tool_name"),
        ("", "invalid_tool_name"),
    ],
)
def test_why_a_tool_is_unknown(name: str, code: str) -> None:
    """Its name can't be any tool's, or no plugin has it."""
    assert UnknownTool(name).code == code


def test_text_that_cannot_be_carried_is_replaced_throughout() -> None:
    """In names, texts and arrays alike; pairs of surrogates are one character and stay."""
    raw = rb'{"\ud800": ["\udc00x", {"a": "\ud83d\ude00"}], "n": 1}'
    assert documents.parsed(raw) == {"?": ["?x", {"a": "\U0001f600"}], "n": 1}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()) | st.just("\ud800"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["n", "error", "code"]), inner),
    max_leaves=6,
)
PRINTED = st.binary(max_size=40) | JSON.map(lambda value: json.dumps(value).encode())
SCHEMAS = st.sampled_from(
    [None, {"type": "object"}, RESULT, {"type": "object", "properties": {"error": {"type": "null"}}}]
)


@given(printed=PRINTED, exit_code=st.sampled_from([0, 1, 2, -9]), result=SCHEMAS)
@settings(max_examples=300, deadline=None)
def test_whatever_a_plugin_prints_can_be_sent_and_keeps_the_output_schema(
    printed: bytes, exit_code: int, result: dict[str, Any] | None
) -> None:
    """Strict JSON in UTF-8, structured content valid and repeated as text; an error exactly where one is due."""
    one = command() if result is None else command(result=result)
    found = judged(one, Outcome(End.EXITED, exit_code, printed, b""), None, 100)
    on_wire = sent(found).model_dump(by_alias=True, exclude_none=True)
    json.dumps(on_wire, allow_nan=False, ensure_ascii=False).encode("utf-8")
    assert exit_code == 0 or found.error is not None
    if result is None:
        assert found.structured is None
        return
    if found.error is None:
        assert Draft202012Validator(result).is_valid(on_wire["structuredContent"])
    assert one.output_schema is not None
    assert Draft202012Validator(one.output_schema).is_valid(on_wire["structuredContent"])
    assert json.loads(on_wire["content"][0]["text"]) == on_wire["structuredContent"]


@pytest.mark.parametrize(
    "parameter",
    [
        {"type": "string", "enum": ["a", "b"], "default": "a"},
        {"type": "integer", "minimum": 3},
        {"type": "array", "items": {"type": "string"}},
        {"type": "boolean"},
    ],
)
@pytest.mark.parametrize("required", [False, True])
def test_the_input_schema_says_where_null_is_taken(parameter: dict[str, Any], required: bool) -> None:
    """It is the same as leaving the argument out, which is no fault unless that is required."""
    one = command(parameters=[{"name": "x", "required": required, **parameter}])
    offered = Draft202012Validator(tool(one).input_schema)
    Draft202012Validator.check_schema(tool(one).input_schema)
    for arguments in ({"x": None}, {}, {"x": 7}, {"x": "a"}, {"x": 1.5}):
        if parameter["type"] != "array":  # a text for an array is its one element, which is taken unannounced
            assert offered.is_valid(arguments) == (not faults(one, normalised(one, arguments))), arguments
    assert offered.is_valid({"x": None}) is not required
