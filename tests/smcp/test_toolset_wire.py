"""Described results, put-straight arguments and scraped commands, seen by a client over stdio."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from odd_plugin import write_plugin
from smcp_clients import META, Pipe, call, request

STRICT = """
import json, sys
RESULT = {"type": "object", "properties": {"argv": {"type": "array", "items": {"type": "string"}}},
          "required": ["argv"], "additionalProperties": False}
PARAMETERS = [
    {"name": "use_ssl", "type": "boolean", "arg_style": "flag"},
    {"name": "tags", "type": "array", "items": {"type": "string"}},
    {"name": "points", "type": "array", "items": {"type": "object"}},
    {"name": "level", "type": "integer", "minimum": 1, "maximum": 5, "default": 3},
]
SAY = {"name": "say", "type": "string", "required": True}
COMMANDS = [
    {"name": "argv", "title": "Arguments", "description": "", "parameters": PARAMETERS, "result": RESULT,
     "examples": [{"level": 1}], "annotations": {"readOnlyHint": True, "unknown": 1}, "deterministic": True},
    {"name": "liar", "description": "", "parameters": [SAY], "result": RESULT},
]
words = sys.argv[1:]
if words == ["--describe"]:
    print(json.dumps({"contract_version": "1.1", "plugin": {"name": "strict"}, "commands": COMMANDS}))
elif words[0] == "argv":
    print(json.dumps({"argv": words[1:]}))
else:
    print(words[1].partition("=")[2])
"""
UNDESCRIBED = """
import argparse, json
parser = argparse.ArgumentParser()
greet = parser.add_subparsers(required=True).add_parser("greet", help="Greet somebody.")
greet.add_argument("--user-name")
greet.add_argument("--tag", action="append")
greet.add_argument("--loud", action="store_true")
print(json.dumps(vars(parser.parse_args())))
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A plugins directory with one plugin that describes results, and one that describes nothing."""
    made = write_plugin(tmp_path_factory.mktemp("plugins"), "strict", STRICT)
    return write_plugin(made, "undescribed", UNDESCRIBED)


@pytest.fixture(scope="module", params=["2024-11-05", "2025-06-18", "2025-11-25"])
def pipe(folder: Path, request: pytest.FixtureRequest) -> Iterator[Pipe]:
    """A server over that directory, in a session of each kind."""
    server = Pipe("--plugins-dir", str(folder)).listen()
    yield server.open(request.param)
    server.stop()


def tools(pipe: Pipe) -> dict[str, dict[str, Any]]:
    """The tools as listed, by name."""
    return {one["name"]: one for one in pipe.ask(request("list", "tools/list"))["result"]["tools"]}


def test_everything_described_is_listed(pipe: Pipe) -> None:
    """Title, hints, constraints, examples and the result."""
    listed = tools(pipe)["strict__argv"]
    assert listed["title"] == "Arguments"
    assert listed["annotations"] == {"readOnlyHint": True}
    assert listed["inputSchema"]["properties"]["level"] == {
        "type": ["integer", "null"],
        "minimum": 1,
        "maximum": 5,
        "default": 3,
    }
    assert listed["inputSchema"]["examples"] == [{"level": 1}]
    assert listed["outputSchema"]["type"] == "object"
    assert listed["outputSchema"]["anyOf"][0]["required"] == ["argv"]


@pytest.mark.parametrize(
    ("arguments", "argv"),
    [
        ({"use-ssl": True}, ["--use-ssl"]),
        ({"use_ssl": {"item": True}, "level": None}, ["--use-ssl"]),
        ({"tags": {"item": ["a", "b"]}}, ["--tags=a", "--tags=b"]),
        ({"tags": "-a"}, ["--tags=-a"]),
        ({"points": [{"x": 1}, {"y": "é"}]}, ['--points=[{"x":1},{"y":"é"}]']),
        ({"level": 5.0}, ["--level=5"]),
    ],
)
@pytest.mark.parametrize("name", ["strict__argv", "strict.argv"])
def test_arguments_as_clients_of_the_older_server_send_them(
    pipe: Pipe, name: str, arguments: dict[str, Any], argv: list[str]
) -> None:
    """Other spellings, wrappers, arrays of objects and the older name of a tool reach the plugin."""
    result = pipe.ask(call(1, name, arguments))["result"]
    assert result["structuredContent"] == {"argv": argv}
    assert json.loads(result["content"][0]["text"]) == {"argv": argv}
    assert result["isError"] is False


@pytest.mark.parametrize(
    "arguments", [{"use-ssl": "yes"}, {"level": {"item": 6}}, {"tags": [1]}, {"points": "x"}, {"other": None}]
)
def test_putting_straight_lets_nothing_wrong_through(pipe: Pipe, arguments: dict[str, Any]) -> None:
    """What the schema forbids is refused in any wrapping."""
    result = pipe.ask(call(1, "strict__argv", arguments))["result"]
    assert result["isError"] is True
    assert result["structuredContent"]["error"]["code"] == "invalid_arguments"


@pytest.mark.parametrize("said", ["prose", '{"argv": "no"}', '{"argv": [], "more": 1}', "[]", '{"argv": [NaN]}'])
def test_a_false_result_never_reaches_a_client(pipe: Pipe, said: str) -> None:
    """It gets an error instead that its copy of the output schema allows."""
    result = pipe.ask(call(1, "strict__liar", {"say": said}))["result"]
    assert result["isError"] is True
    assert result["structuredContent"]["error"]["code"] == "invalid_result"
    assert said not in json.dumps(result["content"])


def test_a_result_with_a_lone_surrogate_is_sent_without(pipe: Pipe) -> None:
    """In text and in structure alike."""
    result = pipe.ask(call(1, "strict__liar", {"say": '{"argv": ["\\ud800"]}'}))["result"]
    assert result["structuredContent"] == {"argv": ["?"]}
    assert json.loads(result["content"][0]["text"]) == {"argv": ["?"]}


def test_a_scraped_command_takes_flags(pipe: Pipe) -> None:
    """Texts, arrays and switches, by names in any spelling."""
    assert tools(pipe)["undescribed__greet"]["description"] == "Greet somebody."
    arguments = {"user_name": "-Ada", "tag": ["a", "b"], "loud": True}
    result = pipe.ask(call(1, "undescribed__greet", arguments))["result"]
    assert json.loads(result["content"][0]["text"]) == {"user_name": "-Ada", "tag": ["a", "b"], "loud": True}
    assert "structuredContent" not in result


def test_a_scraped_command_that_refuses_is_a_plugin_error(pipe: Pipe) -> None:
    """Though argparse says why on stderr only."""
    result = pipe.ask(call(1, "undescribed__greet", {"unknown": 1}))["result"]
    assert result["structuredContent"]["error"]["code"] == "plugin_error"


def test_the_stateless_revision_gets_the_same(folder: Path) -> None:
    """Structured content there, too."""
    pipe = Pipe("--plugins-dir", str(folder)).listen()
    try:
        result = pipe.ask(call(1, "strict__argv", {"level": 2}, _meta=META))["result"]
    finally:
        pipe.stop()
    assert result["structuredContent"] == {"argv": ["--level=2"]}


def test_a_plugin_that_appears_is_served_without_a_restart(tmp_path: Path) -> None:
    """The client is told so, and the next list has it."""
    directory = tmp_path / "plugins"
    directory.mkdir()
    pipe = Pipe("--plugins-dir", str(directory)).listen().open("2025-11-25")
    try:
        assert "strict__argv" not in tools(pipe)
        write_plugin(tmp_path / "made", "strict", STRICT)
        os.replace(tmp_path / "made" / "strict", directory / "strict")
        assert pipe.read()["method"] == "notifications/tools/list_changed"
        assert "strict__argv" in tools(pipe)
        assert pipe.ask(call(1, "strict__argv", {}))["result"]["isError"] is False
    finally:
        pipe.stop()


DEEP = """
import sys
deep = "[" * 300 + "]" * 300
default = deep if "{name}" == "far" else "[]"
if sys.argv[1:] == ["--describe"]:
    print('{{"plugin": {{"name": "x"}}, "commands": [{{"name": "go", "description": "", "result": {{"type": "object"}},'
          ' "parameters": [{{"name": "p", "type": "array", "default": ' + default + '}}]}}]}}')
else:
    print('{{"x": ' + deep + '}}')
"""


def test_what_is_too_deep_to_be_sent_harms_no_other_tool(tmp_path: Path) -> None:
    """Neither a description, which isn't offered, nor a result, which is an error."""
    for name in ("far", "near"):
        write_plugin(tmp_path, name, DEEP.format(name=name))
    pipe = Pipe("--plugins-dir", str(tmp_path)).listen().open("2025-11-25")
    try:
        assert {name for name in tools(pipe) if "__" in name and "go" in name} == {"near__go"}
        result = pipe.ask(call(1, "near__go", {}))["result"]
    finally:
        pipe.stop()
    assert result["structuredContent"]["error"]["code"] == "invalid_result"
