"""From what a check raises to a judgement, and what is said of commands that hang."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis.errors import Flaky

from smcp_conformance.cli import command as commands
from smcp_conformance.cli import verdict
from smcp_conformance.cli.answer import Answer, Violation
from smcp_conformance.cli.check import CommandCheck
from smcp_conformance.cli.command import Command, HangsTooOften
from smcp_conformance.cli.runner import Run
from smcp_conformance.cli.verdict import Case
from smcp_conformance.judge import Judgement
from smcp_conformance.requirement import Level, Verdict

from .conftest import Writer


def promise() -> None:
    """A promise
    over two lines."""


CASE = Case(CommandCheck("promise", "behaviour", Level.MUST, promise), "sample", "go")
RUN = Run(("python", "cli.py", "go"), 3, b"out", b"x" * 5000 + b"end", timed_out=False, seconds=0.1)


def judge(case: Case, attempt: Callable[[], None]) -> Judgement:
    """The judgement alone."""
    return verdict.judge(case, attempt).judgement


def raising(error: Exception) -> None:
    """Raise it."""
    raise error


def test_returning_is_passing() -> None:
    """The judgement carries the check's address, its text on one line, and where the contract stands."""
    found = judge(CASE, lambda: None)
    assert found.verdict is Verdict.PASSED
    assert (found.check, found.requirement) == ("plugins/behaviour::promise", "plugins/behaviour/promise")
    assert (found.level, found.text) == ("MUST", "A promise over two lines.")
    assert found.link.endswith("plugin-contract.md")


def test_a_violation_carries_the_call_and_no_more_than_fits() -> None:
    """Long arguments are shortened in the line and whole in the call; stderr is its tail."""
    answer = Answer(RUN, "go", {"text": "y" * 1000}, "without the required 'n'")
    found = judge(CASE, lambda: answer.broke("this", "that"))
    assert (found.verdict, found.must_be) == (Verdict.FAILED, "that")
    assert found.got.startswith('this for {"text": "yyy')
    assert found.got.endswith("y… without the required 'n'")
    assert '"' + "y" * 1000 + '"' in found.exchange
    assert "call:      python cli.py go\n" in found.exchange
    assert "exit code: 3\n" in found.exchange
    assert len(found.exchange) < 2000


def test_the_last_lines_of_stderr_are_shown_as_lines() -> None:
    """The cause of a failure stands at the end, and is no Python string."""
    written = "".join(f"line {number}\n" for number in range(30)).encode()
    answer = Answer(replace(RUN, stderr=written + b"x" * 1000), "go", {})
    shown = judge(CASE, lambda: answer.broke("this", "that")).exchange.splitlines()
    start = shown.index("stderr (its last 20 lines):")
    assert shown[start + 1 : start + 3] == ["  | line 11", "  | line 12"]
    assert shown[-1] == f"  | {'x' * 200} …"


def test_a_violation_without_a_call_names_plugin_and_command() -> None:
    """As for a name that is too long."""
    assert judge(CASE, lambda: raising(Violation("a", "b"))).exchange == "plugin:    sample\ncommand:   go"


def test_a_command_that_hangs_too_often_is_not_verified() -> None:
    """With the reason."""
    found = judge(CASE, lambda: raising(HangsTooOften()))
    assert (found.verdict, found.reason) == (
        Verdict.NOT_VERIFIED,
        "4 calls ran into the time limit, so it is not called any more",
    )


def test_flakiness_without_a_violation_is_passed_on() -> None:
    """It is no verdict on the plugin."""
    with pytest.raises(Flaky):
        judge(CASE, lambda: raising(Flaky("inconsistent")))


def test_a_hanging_command_costs_bounded_time(write_plugin: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    """A call that hung is not made again, others get less time, and after a few the command isn't called any more."""
    monkeypatch.setattr(commands, "PATIENCE_AFTER_HANG", 0.25)
    plugin = write_plugin("import threading\nthreading.Event().wait()\n")
    command = Command(replace(plugin, timeout=0.5), {"name": "go", "description": ""})
    first = command.call({})
    assert first.run.timed_out
    assert command.call({}).run is first.run
    assert [command.call({}, f"--{number}").run.timed_out for number in range(3)] == [True] * 3
    with pytest.raises(HangsTooOften):
        command.call({}, "--another")
    assert "none, ended by us" in judge(CASE, first.must_have_ended).exchange
