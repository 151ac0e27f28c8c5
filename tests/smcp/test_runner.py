"""The runner: one process per call, bounded, and nothing left of it."""

from __future__ import annotations

import sys
import threading
from typing import Any

import anyio
import psutil
import pytest

from smcp.runner import STDERR_TAIL, Call, End, Outcome, Run, Runs

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="process groups are POSIX")


def python(source: str, **more: Any) -> Run:
    """A run of Python source."""
    return Run(Call((sys.executable, "-c", source), **more))


def test_a_finished_command_is_reported_as_it_was() -> None:
    """Both streams and the exit code."""
    outcome = python("import sys; print('out'); print('err', file=sys.stderr); sys.exit(7)").finish()
    assert (outcome.end, outcome.exit_code, outcome.stdout, outcome.stderr) == (End.EXITED, 7, b"out\n", b"err\n")


def test_environment_and_folder_are_the_callers(tmp_path: Any) -> None:
    """Given ones are used, stdin is empty."""
    source = "import os, sys; print(os.getcwd(), os.environ['X'], repr(sys.stdin.read()))"
    outcome = python(source, cwd=str(tmp_path), env={"X": "y"}).finish()
    assert outcome.stdout.decode().split() == [str(tmp_path.resolve()), "y", "''"]


def test_large_streams_are_read_at_once() -> None:
    """Neither stream can block the other, and of stderr the end is kept."""
    loop = "for _ in range(100): sys.stderr.write('e' * 9999); sys.stdout.write('o' * 9999)"
    source = f"import sys\n{loop}\nsys.stderr.write('end')"
    outcome = python(source).finish()
    assert len(outcome.stdout) == 999_900
    assert len(outcome.stderr) == STDERR_TAIL
    assert outcome.stderr.endswith(b"end")


def test_output_beyond_the_limit_ends_the_command() -> None:
    """What was read is cut to the limit."""
    outcome = python("while True: print('x' * 1000)", max_output=5000).finish()
    assert (outcome.end, len(outcome.stdout)) == (End.TOO_MUCH_OUTPUT, 5000)


def test_a_timeout_ends_the_command_and_keeps_what_it_wrote() -> None:
    """Partial output is part of the outcome."""
    outcome = python("import time; print('begun', flush=True); time.sleep(600)", timeout=1.0).finish()
    assert outcome.end is End.TIMED_OUT
    assert outcome.stdout in (b"begun\n", b"")
    assert outcome.exit_code < 0


def test_a_timeout_holds_for_a_command_that_closed_its_streams() -> None:
    """There is nothing more to read, but the process lives on."""
    source = "import os, time; os.close(1); os.close(2); time.sleep(600)"
    assert python(source, timeout=0.5).finish().end is End.TIMED_OUT


def test_descendants_do_not_outlive_the_command() -> None:
    """Nor do they hold up its outcome by keeping its streams open."""
    source = (
        "import subprocess, sys; print(subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)']).pid)"
    )
    outcome = python(source).finish()
    assert (outcome.end, outcome.exit_code) == (End.EXITED, 0)
    left = int(outcome.stdout)
    if psutil.pid_exists(left):
        psutil.Process(left).wait(30)


def test_stop_may_come_at_any_time() -> None:
    """Before the start, in the middle, twice, and when all is over."""
    early = python("import time; time.sleep(600)")
    early.stop()
    assert early.finish().end is End.STOPPED
    middle = python("import time; time.sleep(600)")
    ended: list[End] = []
    thread = threading.Thread(target=lambda: ended.append(middle.finish().end))
    thread.start()
    middle.stop()
    middle.stop()
    thread.join(60)
    assert ended == [End.STOPPED]
    over = python("pass")
    assert over.finish().end is End.EXITED
    over.stop()


@pytest.mark.parametrize("argv", [("/no/such/program",), (sys.executable, "x\0y")])
def test_what_cannot_be_started_is_an_error_of_the_system(argv: tuple[str, ...]) -> None:
    """The same error from both ways to run."""
    with pytest.raises((OSError, ValueError)):
        Run(Call(argv)).finish()
    with pytest.raises((OSError, ValueError)):
        anyio.run(Runs().run, Call(argv))


def test_cancelling_waits_until_the_command_is_gone() -> None:
    """The awaiting task ends only when no process is left."""

    before = set(psutil.Process().children())

    async def cancelled() -> tuple[bool, set[psutil.Process]]:
        with anyio.CancelScope() as scope:
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(Runs().run, Call((sys.executable, "-c", "import time; time.sleep(600)")))
                while not set(psutil.Process().children()) - before:
                    await anyio.sleep(0.01)
                scope.cancel()
        return scope.cancel_called, set(psutil.Process().children()) - before

    assert anyio.run(cancelled) == (True, set())


def test_closing_kills_what_still_runs() -> None:
    """At once, and also what ignores polite requests."""
    runs = Runs()

    async def closed() -> None:
        async with anyio.create_task_group() as tasks:
            source = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)"
            tasks.start_soon(close_soon, runs, set(psutil.Process().children()))
            outcomes.append(await runs.run(Call((sys.executable, "-c", source))))

    outcomes: list[Outcome] = []
    anyio.run(closed)
    assert [outcome.exit_code for outcome in outcomes] == [-9]


async def close_soon(runs: Runs, before: set[psutil.Process]) -> None:
    """Close as soon as there is a process to kill."""
    while not set(psutil.Process().children()) - before:
        await anyio.sleep(0.01)
    runs.close()


def test_running_from_async_code_gives_the_same_outcome() -> None:
    """And lets others run meanwhile."""
    outcome = anyio.run(Runs().run, Call((sys.executable, "-c", "print(1)")))
    assert (outcome.end, outcome.stdout) == (End.EXITED, b"1\n")
