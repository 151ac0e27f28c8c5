"""Calls in volume: warm where nothing speaks against it, compared with cold starts, and given up on a difference."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from smcp_conformance.cli import warm
from smcp_conformance.cli.command import Command
from smcp_conformance.cli.discovery import describe
from smcp_conformance.cli.runner import Plugin, Run
from smcp_conformance.cli.warm import FIRST, Difference, WarmRuns, close_all
from smcp_conformance.launch.escaped import MARKER
from smcp_conformance.requirement import Verdict

from .conftest import SEEDED, Runner, Writer

pytest_plugins = ["pytester"]
pytestmark = pytest.mark.skipif(sys.platform not in ("linux", "darwin"), reason="there are fork servers on POSIX only")
NUMBER = {"name": "n", "type": "integer"}
GO = {"name": "go", "description": "", "parameters": [NUMBER]}
LOOSE = {**GO, "deterministic": False}
PARENT = "print(json.dumps({'parent': os.getppid()}))"
COUNT = "open(os.environ['OF_THE_TEST'], 'a').write('x'); print('{}')"


@pytest.fixture(autouse=True)
def unmeasured(monkeypatch: pytest.MonkeyPatch) -> None:
    """Coverage's start in each interpreter would keep plugins cold."""
    for name in [name for name in os.environ if name.startswith("COV")]:
        monkeypatch.delenv(name)


@pytest.fixture(autouse=True)
def ended() -> object:
    """Fork servers go with the test."""
    yield
    close_all()


def first_command(plugin: Plugin) -> Command:
    """The only command of a plugin, cold."""
    (command,) = describe(plugin).commands
    return command


def runs_of(command: Command) -> WarmRuns:
    """How its plugin is run."""
    assert command.runs is not None
    return command.runs


def calls(file: Path) -> int:
    """How often a plugin that counts was called."""
    return file.stat().st_size if file.exists() else 0


def counting(write_plugin: Writer, file: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    """A command that counts its calls in `file`."""
    monkeypatch.setenv("OF_THE_TEST", str(file))
    return first_command(write_plugin.described(GO, answer=COUNT))


def test_a_warm_command_is_forked_and_the_same_command_cold_is_not(write_plugin: Writer) -> None:
    """Which one is asked decides; what isn't deterministic is compared by its form alone."""
    command = first_command(write_plugin.described(LOOSE, answer=PARENT))
    parents = [one.call({}).document["parent"] for one in (command.warm, command)]
    assert parents[0] != os.getpid()
    assert parents[1] == os.getpid()
    assert runs_of(command).why_cold == ""


def test_the_first_calls_are_made_both_ways_and_few_of_the_others(
    write_plugin: Writer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Which ones follows from their words, so each run compares the same."""
    file = tmp_path / "count"
    command = counting(write_plugin, file, monkeypatch)
    for number in range(FIRST):
        command.warm.call({"n": number})
    assert calls(file) == 2 * FIRST
    assert runs_of(command).compared == {"go": FIRST}
    for number in range(100, 220):
        command.warm.call({"n": number})
    compared = runs_of(command).compared["go"]
    assert FIRST < compared < FIRST + 10
    assert calls(file) == FIRST + 120 + compared


def test_a_plugin_that_answers_otherwise_warm_is_run_cold_from_then_on(write_plugin: Writer) -> None:
    """The cold answer is what counts, and the difference is kept to be told."""
    command = first_command(write_plugin.described(GO, answer=PARENT))
    answers = [command.warm.call({"n": number}).document["parent"] for number in range(3)]
    assert answers == [os.getpid()] * 3
    runs = runs_of(command)
    assert runs.difference is not None
    assert runs.difference.command == "go"
    assert f'where a cold start gives exit code 0 with \'{{"parent": {os.getpid()}}}' in runs.difference.told
    assert runs.why_cold == "go answers otherwise when it is run warm"


@pytest.mark.parametrize("answer", ["print(json.dumps(os.urandom(8).hex()))", "sys.exit(os.urandom(1)[0] % 2 + 3)"])
def test_a_plugin_that_is_not_steady_is_no_reason_to_run_it_cold(answer: str, write_plugin: Writer) -> None:
    """Cold starts that differ among themselves say nothing about warm ones."""
    command = first_command(write_plugin.described(GO, answer=answer))
    for number in range(6):
        command.warm.call({"n": number})
    assert runs_of(command).difference is None
    assert runs_of(command).why_cold == ""


@pytest.mark.parametrize(
    ("plugin", "why"),
    [
        (Plugin("p", Path(), ("/bin/sh", "x.js")), "its command is not an interpreter"),
        (Plugin("p", Path(), (sys.executable, "/x/cli.py"), warm=False), "its configuration says so"),
    ],
)
def test_what_cannot_be_run_warm_says_why(plugin: Plugin, why: str) -> None:
    """Another language, or the author's own word."""
    assert WarmRuns(plugin).why_cold.startswith(why)


def test_warm_calls_find_home_cwd_and_temporary_folder_empty(write_plugin: Writer) -> None:
    """As cold ones do; what a call leaves is gone before the next."""
    look = "places = [os.getcwd(), os.environ['HOME'], os.environ['TMPDIR']]; found = [os.listdir(p) for p in places]"
    leave = "[open(os.path.join(p, 'left'), 'w').close() for p in places]"
    command = first_command(write_plugin.described(GO, answer=f"{look}; {leave}; print(json.dumps(found))"))
    assert [command.warm.call({"n": number}).document for number in range(6)] == [[[], [], []]] * 6
    assert runs_of(command).difference is None


def test_nothing_outlives_the_runs(write_plugin: Writer) -> None:
    """Neither fork servers, nor what a command sent into a session of its own."""
    child = "import subprocess; p = subprocess.Popen(['sleep', '600'], start_new_session=True, stdout=2)"
    command = first_command(write_plugin.described(LOOSE, answer=f"{child}; print(json.dumps([p.pid, os.getppid()]))"))
    started = [psutil.Process(pid) for pid in command.warm.call({}).document]
    assert all(process.is_running() for process in started)
    close_all()
    _, alive = psutil.wait_procs(started, timeout=20)
    assert not [process for process in alive if process.status() != psutil.STATUS_ZOMBIE]


def test_runs_that_were_closed_begin_again(write_plugin: Writer) -> None:
    """With another fork server."""
    command = first_command(write_plugin.described(LOOSE, answer=PARENT))
    before = command.warm.call({}).document["parent"]
    close_all()
    after = command.warm.call({"n": 1}).document["parent"]
    assert len({before, after, os.getpid()}) == 3


def test_calls_bear_a_mark(write_plugin: Writer) -> None:
    """By which what they leave behind is found, whatever the plugin's environment was before."""
    command = first_command(write_plugin.described(GO, answer=f"print(json.dumps(os.environ[{MARKER!r}]))"))
    assert command.call({}).document == command.warm.call({}).document


@pytest.mark.parametrize("compared", [True, False])
def test_a_failure_that_only_warm_runs_show_is_not_reported(
    compared: bool, write_plugin: Writer, run_plugins: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its least arguments are tried cold; then the plugin is run cold, the search is made again, and all is told.

    Whether it is seen by comparing, or by confirming what was found.
    """
    monkeypatch.setattr(warm, "FIRST", FIRST if compared else 0)
    monkeypatch.setattr(warm, "SHARE", 100 if compared else 0)
    answer = f"print('{{}}' if os.getppid() == {os.getpid()} or int(sys.argv[2][4:]) < 1000 else 'no')"
    required = {**GO, "parameters": [{**NUMBER, "required": True}]}
    write_plugin.described(required, answer=answer)
    args = (*SEEDED, "-k", "valid_arguments_are_answered or warm_and_cold")
    outcome = run_plugins(write_plugin.shelf, args=args)
    assert outcome.named(Verdict.PASSED) == {"valid_arguments_are_answered"}
    (warned,) = [one for one in outcome.judgements.values() if one and one.verdict is Verdict.WARNED]
    assert "from then on the plugin was run cold" in warned.got


def test_a_failure_is_shown_by_the_cold_run(write_plugin: Writer, run_plugins: Runner) -> None:
    """What is reported happened in a real interpreter start: its parent is us."""
    described = describe(write_plugin.described(LOOSE, answer="print('no', os.getppid())"))
    outcome = run_plugins(described=(described,), args=(*SEEDED, "-k", "valid_arguments_are_answered"))
    (failed,) = [one for one in outcome.judgements.values() if one is not None]
    assert failed.verdict is Verdict.FAILED
    assert f"no {os.getpid()}" in failed.got


def test_more_is_tried_warm_than_cold(
    write_plugin: Writer, run_plugins: Runner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """25 examples by default, ten where each is an interpreter start."""
    file = tmp_path / "count"
    command = counting(write_plugin, file, monkeypatch)
    made = []
    for plugin in (replace(command.plugin, warm=False), command.plugin):
        run_plugins(described=(describe(plugin),), args=(*SEEDED, "-k", "valid_arguments_are_answered"))
        made.append(calls(file))
        file.unlink()
    assert made[0] == 10
    assert 25 + FIRST <= made[1] <= 25 + FIRST + 5


def test_a_command_that_was_never_compared_is_compared_by_its_own_check(
    write_plugin: Writer, run_plugins: Runner
) -> None:
    """Selected alone, the check makes the call itself."""
    write_plugin.described(GO, answer=PARENT)
    outcome = run_plugins(write_plugin.shelf, args=("-k", "warm_and_cold_agree"))
    assert outcome.broken == {"warm_and_cold_agree"}


def test_a_plugin_that_is_run_cold_has_nothing_to_compare(write_plugin: Writer, run_plugins: Runner) -> None:
    """Not applicable, with the reason."""
    described = describe(replace(write_plugin.described(GO), warm=False))
    outcome = run_plugins(described=(described,), args=("-k", "warm_and_cold_agree", "-rs"))
    assert outcome.named(Verdict.NOT_APPLICABLE) == {"warm_and_cold_agree"}
    assert "it is run cold: its configuration says so" in outcome.result.stdout.str()


def test_calls_that_time_out_are_not_compared(write_plugin: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    """How long something takes differs between both by nature; a hang is confirmed cold before it is reported."""
    command = first_command(write_plugin.described(GO))
    slow = Run(("x",), -9, b"", b"", timed_out=True, seconds=9)
    monkeypatch.setattr(warm, "run", lambda *_, **__: slow)
    assert command.warm.call({}).run is slow
    assert (runs_of(command).compared, runs_of(command).difference) == ({}, None)


def test_a_difference_of_a_command_is_no_others(write_plugin: Writer, run_plugins: Runner) -> None:
    """The plugin is run cold as a whole, but only the command that showed it is told."""
    described = describe(write_plugin.described(GO, {**GO, "name": "other"}))
    described.runs.difference = Difference("go", "something")
    outcome = run_plugins(described=(described,), args=("-k", "warm_and_cold_agree"))
    verdicts = {id.rpartition("-")[2]: one.verdict for id, one in outcome.judgements.items() if one is not None}
    assert verdicts == {"go": Verdict.WARNED, "other": Verdict.NOT_VERIFIED}


def test_nothing_is_searched_when_the_time_is_used_up(write_plugin: Writer, run_plugins: Runner) -> None:
    """It is not verified, with the option that says how much time there is."""
    write_plugin.described(GO)
    outcome = run_plugins(write_plugin.shelf, args=("-k", "valid_arguments_are_answered", "-rs"), time_budget=0)
    assert outcome.named(Verdict.NOT_VERIFIED) == {"valid_arguments_are_answered"}
    assert "the time budget (--smcp-time-budget) was used up" in outcome.result.stdout.str()


@pytest.mark.parametrize(("excused", "smallest"), [("plugins::", False), ("", True)])
def test_a_failure_that_is_known_is_not_made_smaller(
    excused: str, smallest: bool, write_plugin: Writer, run_plugins: Runner
) -> None:
    """That would cost calls, and nobody is going to look at it."""
    required = {**GO, "parameters": [{**NUMBER, "required": True}]}
    write_plugin.described(required, answer="print('{}' if abs(int(sys.argv[2][4:])) < 1000 else 'no')")
    outcome = run_plugins(write_plugin.shelf, args=(*SEEDED, "-k", "valid_arguments_are_answered"), excused=excused)
    (failed,) = [one for one in outcome.judgements.values() if one is not None]
    assert failed.verdict is Verdict.FAILED
    assert ('{"n": 1000}' in failed.got) is smallest


def test_a_failure_that_came_once_and_not_cold_is_not_verified(
    write_plugin: Writer, run_plugins: Runner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody is accused of what can't be shown again, and it isn't hidden either."""
    monkeypatch.setenv("OF_THE_TEST", str(tmp_path / "seen"))
    first = f"os.getppid() != {os.getpid()} and not os.path.exists(os.environ['OF_THE_TEST'])"
    write_plugin.described(GO, answer=f"print('no' if {first} else '{{}}'); open(os.environ['OF_THE_TEST'], 'w')")
    args = (*SEEDED, "-k", "valid_arguments_are_answered", "-rs")
    monkeypatch.setattr(warm, "FIRST", 0)
    outcome = run_plugins(write_plugin.shelf, args=args)
    assert outcome.named(Verdict.NOT_VERIFIED) == {"valid_arguments_are_answered"}
    assert "neither again nor when it was run cold" in outcome.result.stdout.str()
