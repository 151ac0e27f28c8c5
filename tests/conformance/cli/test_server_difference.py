"""The comparison of tool calls with the command line: how arguments are spelt, and which differences are seen."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from smcp.arguments import normalised
from smcp.discovery import Command as Served
from smcp_conformance.cli import bundled as keeping
from smcp_conformance.cli import server_difference
from smcp_conformance.cli.answer import Violation
from smcp_conformance.cli.command import Command
from smcp_conformance.cli.inputs import valid_arguments
from smcp_conformance.cli.runner import Plugin
from smcp_conformance.cli.server_difference import server_answers_like_the_command_line
from smcp_conformance.cli.spelling import meant, spelt_arguments, words
from smcp_conformance.launch import StartError
from smcp_conformance.requirement import NotApplicable, NotVerified
from smcp_conformance.wire.errors import NoAnswer

from .conftest import Writer

RICH: dict[str, Any] = {
    "name": "c",
    "description": "",
    "parameters": [
        {"name": "max_length", "type": "integer", "required": True},
        {"name": "how-much", "type": "number"},
        {"name": "text", "type": "string"},
        {"name": "is_on", "type": "boolean"},
        {"name": "fast", "type": "boolean", "action": "store_true"},
        {"name": "tags", "type": "array", "items": {"type": "string"}},
        {"name": "counts", "type": "array", "items": {"type": "integer"}},
        {"name": "points", "type": "array", "items": {"type": "object"}},
        {"name": "any_thing", "type": "object"},
    ],
}
UNREAL = Command(Plugin("p", Path(), (sys.executable, "cli.py")), RICH)
SERVED = Served("p", Path("cli.py"), RICH)
many = settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


@many
@given(valid_arguments(UNREAL))
def test_both_renderings_of_a_command_line_agree(arguments: dict[str, Any]) -> None:
    """The one that is written down by the contract's page, and the server's own."""
    assert words(UNREAL, arguments) == UNREAL.words(arguments)


@many
@given(spelt_arguments(UNREAL))
def test_spellings_mean_what_the_server_makes_of_them(sent: dict[str, Any]) -> None:
    """Other names, items and nulls are put straight alike, by two that know nothing of each other."""
    assert meant(UNREAL, sent) == normalised(SERVED, sent)


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        ({"max_length": 5.0}, ["--max-length=5"]),
        ({"how-much": 5.0, "is_on": False, "fast": True}, ["--how-much=5.0", "--is-on=false", "--fast"]),
        ({"fast": False, "tags": []}, []),
        (
            {"tags": ["a", "-b", ""], "counts": [1, 2.0]},
            ["--tags=a", "--tags=-b", "--tags=", "--counts=1", "--counts=2"],
        ),
        ({"points": [{"a": None}], "any_thing": {}}, ['--points=[{"a":null}]', "--any-thing={}"]),
        ({"text": "日本 🙂"}, ["--text=日本 🙂"]),
    ],
)
def test_words_follow_the_table_of_the_contract(arguments: dict[str, Any], line: list[str]) -> None:
    """Row by row."""
    assert list(words(UNREAL, arguments)) == ["c", *line]


class Fake:
    """A server that answers as it is told."""

    revision = "2025-11-25"
    env: Mapping[str, str] = {}

    def __init__(self, result: Mapping[str, Any], error: Any = None, raises: Exception | None = None) -> None:
        self.place = SimpleNamespace(cwd=None)
        self._reply = SimpleNamespace(result=result, error=error)
        self._raises = raises

    def call(self, tool: str, arguments: Mapping[str, Any], timeout: float) -> Any:
        """Answer."""
        if self._raises:
            raise self._raises
        return self._reply


def compare(plugin: Plugin, command: Mapping[str, Any], server: Fake, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the comparison with a server of our own."""
    monkeypatch.setattr(server_difference, "bundled", lambda _: server)
    server_answers_like_the_command_line(Command(plugin, {"name": "c", "description": "", **command}), {})


def text(said: str) -> dict[str, Any]:
    """A text block."""
    return {"type": "text", "text": said}


RESULT = {"result": {"type": "object"}}
SHOWS = {"content": True}
REFUSED = {"code": "plugin_error", "message": "no", "exit_code": 1, "plugin_code": "x"}
BARE = {"code": "plugin_error", "exit_code": 3}
SOUND = {"type": "audio", "data": "AAAA", "mimeType": "audio/wav", "annotations": {"priority": 1.0}}


@pytest.mark.parametrize(
    ("answer", "command", "result"),
    [
        ("print('{}')", {}, {"content": [text("{}")]}),
        ("print('{\"a\": 1}')", RESULT, {"content": [text('{"a":1}')], "structuredContent": {"a": 1.0}}),
        ('print(\'{"error": "no", "code": "x"}\'); sys.exit(1)', {}, {"error": REFUSED}),
        ('print(\'{"error": {"message": "no", "code": "x"}}\'); sys.exit(1)', {}, {"error": REFUSED}),
        ("sys.exit(3)", {}, {"error": {**BARE, "message": "the plugin exited with code 3 (no output)"}}),
        ("print('{\"error\": [1]}'); sys.exit(3)", {}, {"error": {**BARE, "message": "[1]"}}),
        (
            "print(json.dumps({'content': [{'type': 'audio', 'data': 'AAAA', 'mimeType': 'audio/wav',"
            " 'annotations': {'priority': 1}}]}))",
            SHOWS,
            {"content": [SOUND]},
        ),
    ],
)
def test_answers_that_say_the_same_pass(
    answer: str, command: dict[str, Any], result: Any, write_plugin: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Texts, results, errors and blocks; numbers are compared as JSON's, in which 1 is 1.0."""
    plugin = write_plugin.described({"name": "c", "description": ""}, answer=answer)
    if "error" in result:
        result = {"isError": True, "structuredContent": result}
    compare(plugin, command, Fake(result), monkeypatch)


@pytest.mark.parametrize(
    ("answer", "command", "result", "error"),
    [
        ("print('{}')", {}, {"content": [text("{} ")]}, None),
        ("print('{}')", {}, {"content": [text("{}")], "structuredContent": {}}, None),
        ("print('{\"a\": 1}')", RESULT, {"content": [text('{"a":1}')], "structuredContent": {"a": True}}, None),
        ("print('{\"a\": 1}')", RESULT, {"content": [text("a=1")], "structuredContent": {"a": 1}}, None),
        ("print('{}')", {}, {"isError": True, "structuredContent": {"error": REFUSED}}, None),
        ("print('no'); sys.exit(1)", {}, {"isError": True, "structuredContent": {"error": REFUSED}}, None),
        ("print('no'); sys.exit(1)", {"deterministic": False}, {"content": [text("no")]}, None),
        ("print('{}')", {}, {}, {"code": -32602, "message": "Unknown tool"}),
    ],
)
def test_answers_that_differ_are_found(
    answer: str, command: dict[str, Any], result: Any, error: Any, write_plugin: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where only the text, or only the structured content, is another."""
    plugin = write_plugin.described({"name": "c", "description": ""}, answer=answer)
    with pytest.raises(Violation, match="from the server"):
        compare(plugin, command, Fake(result, error), monkeypatch)


def test_a_server_that_gives_no_answer_is_found(write_plugin: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command line had one."""
    plugin = write_plugin.described({"name": "c", "description": ""})
    with pytest.raises(Violation, match="from the server"):
        compare(plugin, {}, Fake({}, raises=NoAnswer("no answer within 15 s")), monkeypatch)


def test_a_plugin_run_by_other_words_is_not_served(write_plugin: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    """The server would run its cli.py, which may be none."""
    plugin = write_plugin("")
    other = Plugin(plugin.name, plugin.folder, ("node", "cli.js"))
    with pytest.raises(NotApplicable, match="run by 'node'"):
        compare(other, {}, Fake({}), monkeypatch)


def test_a_tool_with_too_long_a_name_is_not_served(write_plugin: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another check reports it."""
    plugin = write_plugin("", name="p" * 63)
    with pytest.raises(NotApplicable, match="too long"):
        compare(plugin, {}, Fake({}), monkeypatch)


def test_a_server_that_cannot_start_accuses_nobody(write_plugin: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is said."""

    def broken(_: Path) -> Any:
        raise StartError("smcp: no such thing\nand more")

    plugin = write_plugin.described({"name": "c", "description": ""})
    monkeypatch.setattr(server_difference, "bundled", broken)
    with pytest.raises(NotVerified, match=r"could not be started: smcp: no such thing$"):
        server_answers_like_the_command_line(Command(plugin, {"name": "c", "description": ""}), {})


def test_without_the_extra_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """Plugins can be tested without the server's packages."""
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None if name == "uvicorn" else name)
    with pytest.raises(NotVerified, match=r'not installed: uvicorn .*"smcp-conformance\[server\]"'):
        keeping.bundled(Path())


def test_one_server_runs_at_a_time(write_plugin: Writer, tmp_path: Path) -> None:
    """The one of the folder that was asked for last; its answers are the plugin's."""
    plugin = write_plugin.described({"name": "c", "description": ""}, answer="print(sys.argv[1:])")
    first = keeping.bundled(plugin.folder.parent)
    try:
        assert keeping.bundled(plugin.folder.parent) is first
        assert first.call("sample__c", {}, 30).result["content"] == [text("['c']")]
        second = keeping.bundled(tmp_path)
        assert second is not first
        assert not first.place.folder.exists()
        assert second.call("sample__c", {}, 30).error is not None
        second.close()
        assert keeping.bundled(tmp_path) is not second
    finally:
        keeping.end_bundled()
    assert keeping._running == []


@given(st.data())
@settings(max_examples=20)
def test_every_spelling_is_generated(data: st.DataObject) -> None:
    """Whatever is drawn is meant to be sent as arguments of the command."""
    sent = data.draw(spelt_arguments(UNREAL))
    names = {str(one["name"]).replace("-", "_") for one in UNREAL.parameters}
    assert {name.replace("-", "_") for name in sent} <= names
