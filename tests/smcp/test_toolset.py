"""Calls that fail inside the server: the client learns that, and nothing else."""

from __future__ import annotations

import sys
from pathlib import Path

import anyio
import pytest
from odd_plugin import ODD_PLUGIN, write_plugin

from smcp.discovery import Command, Discovery
from smcp.runner import Call, End, Outcome, Runs
from smcp.toolset import Answer, Toolset, UnknownTool


@pytest.fixture
def toolset(tmp_path: Path) -> Toolset:
    """The commands of the odd plugin, found."""
    discovery = Discovery([write_plugin(tmp_path, "odd", ODD_PLUGIN)]).start()
    discovery.commands.result(120)
    return Toolset(discovery)


def test_a_plugin_that_cannot_be_started_is_an_internal_error(
    toolset: Toolset, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Where the interpreter was looked for stays in the log."""
    monkeypatch.setattr(sys, "executable", str(tmp_path / "no-python"))
    answer = anyio.run(toolset.call, "odd__silent", {})
    assert answer.error == {"code": "internal_error", "message": "odd__silent can't be started"}


def test_an_unknown_tool_is_no_answer(toolset: Toolset) -> None:
    """But an exception of its own, which becomes a protocol error."""
    with pytest.raises(UnknownTool):
        anyio.run(toolset.call, "odd__none", {})


def test_the_older_name_of_a_tool(toolset: Toolset) -> None:
    """It leads to the same command; the first dot is the separator."""
    assert anyio.run(toolset.command, "odd.plain").tool_name == "odd__plain"


class Noted(Runs):
    """Runs that remember the calls, and whether they were closed."""

    calls: list[Call]
    closed = False

    async def run(self, call: Call) -> Outcome:
        """Run nothing."""
        self.calls = [call]
        return Outcome(End.EXITED, 0, b"ran", b"")

    def close(self) -> None:
        """Remember it."""
        self.closed = True


def test_calls_go_to_the_runs_that_were_given(tmp_path: Path) -> None:
    """With this interpreter, the time limit and the environment of plugins; they end with the toolset."""
    discovery = Discovery([write_plugin(tmp_path, "odd", ODD_PLUGIN)]).start()
    runs = Noted()
    toolset = Toolset(discovery, 7.5, runs)
    assert anyio.run(toolset.call, "odd__argv", {"text": "x"}) == Answer("ran")
    [call] = runs.calls
    assert call.argv == (sys.executable, str(tmp_path / "odd" / "cli.py"), "argv", "--text=x")
    assert call.timeout == 7.5
    assert call.env is not None
    assert call.env["PYTHONUNBUFFERED"] == "1"
    toolset.close()
    assert runs.closed


def test_plugins_that_are_not_offered_have_a_reason(tmp_path: Path) -> None:
    """By name."""
    discovery = Discovery([write_plugin(tmp_path, "bad", "print('{}')")], 60, lambda _: None).start()
    discovery.commands.result(120)
    skipped = Toolset(discovery).skipped()
    assert skipped == {"bad": "plugin: is missing, but required; commands: is missing, but required"}


def test_a_command_knows_its_tool() -> None:
    """Name and schema follow from the description."""
    command = Command("p", Path("cli.py"), {"name": "c", "description": ""})
    assert (command.tool_name, command.parameters) == ("p__c", ())
    assert command.input_schema["properties"] == {}
