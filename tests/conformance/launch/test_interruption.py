"""Nothing is left when the run ends, however it ends."""

import io
import signal
import subprocess
import sys

import psutil
import pytest
from launching import (
    DEAF,
    ESCAPE,
    PATIENCE,
    READ_TO_END,
    SLEEP,
    Launch,
    gone,
    line,
    posix,
    python,
    with_child,
)

from smcp_conformance.launch import process, resolve, start, stop_all
from smcp_conformance.launch.escaped import MARKER
from smcp_conformance.launch.guard import Guard
from smcp_conformance.launch.watchdog import main, watch

STARTS = """
import signal
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background jobs begin deaf to it
from smcp_conformance.launch import resolve, start
from smcp_conformance.target import Target
server = start(resolve(Target('x', {command})))
"""


def test_stop_all_ends_everything_and_the_guard() -> None:
    servers = [start(resolve(python(READ_TO_END))) for _ in range(3)]
    stop_all()
    assert None not in [server.poll() for server in servers]
    assert not process._running


@posix
def test_a_fork_of_ours_ends_nothing_of_ours() -> None:
    script = STARTS.format(command=python(READ_TO_END).command) + (
        "import os\n"
        "from smcp_conformance.launch import stop_all\n"
        "if os.fork() == 0:\n"
        "    stop_all()\n"
        "    os._exit(7)\n"
        "assert os.waitstatus_to_exitcode(os.wait()[1]) == 7\n"
        "print(server.poll())\n"
    )
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=PATIENCE)
    assert result.stdout == "None\n", result.stderr


@posix
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL], ids=lambda number: number.name)
def test_nothing_is_left_when_we_are_ended(number: signal.Signals) -> None:
    """Interrupted, terminated or killed: the server, its child and an escaped child end, too."""
    script = STARTS.format(command=with_child(ESCAPE, DEAF, last=SLEEP).command) + (
        "print(server.pid, server.stdout.readline().decode().strip(), flush=True)\nimport time\ntime.sleep(600)\n"
    )
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as run:
        assert run.stdout
        pids = [int(pid) for pid in run.stdout.readline().split()]
        run.send_signal(number)
        assert run.wait(PATIENCE) != 0
    assert len(pids) == 2
    assert all(gone(pid) for pid in pids)


@posix
def test_the_guard_ends_when_it_is_told_to_and_starts_again_when_needed(launch: Launch) -> None:
    launch(python(READ_TO_END))
    first = Guard.shared()._process
    assert first
    Guard.shared().end()
    assert first.returncode == 0
    launch(python(READ_TO_END))
    assert Guard.shared()._process not in (None, first)


@posix
def test_a_killed_guard_disturbs_nobody(launch: Launch) -> None:
    launch(python(READ_TO_END))
    guard = Guard.shared()._process
    assert guard
    guard.kill()
    guard.wait(PATIENCE)
    server = launch(python(READ_TO_END))
    server.stop(grace=PATIENCE)
    Guard.shared().end()
    assert server.poll() == 0


def test_the_watchdog_watches_what_it_was_not_told_to_forget() -> None:
    assert watch(["watch 10 a\n", "watch 11 b\n", "forget 10 -\n", "forget 12 -\n"]) == {11: "b"}


@posix
def test_the_watchdog_kills_groups_and_bearers_of_the_marker(launch: Launch, monkeypatch: pytest.MonkeyPatch) -> None:
    server = launch(with_child(ESCAPE, last=SLEEP))
    child, marker = int(line(server)), psutil.Process(server.pid).environ()[MARKER].rpartition("/")[2]
    monkeypatch.setattr(sys, "path", [*sys.path])
    monkeypatch.setattr(sys, "argv", ["watchdog.py", *sys.path])
    gone_already = launch(python(""))
    gone_already.wait(PATIENCE)
    told = f"watch {gone_already.pid} nobody\nwatch {server.pid} {marker}\n"
    monkeypatch.setattr(sys, "stdin", io.StringIO(told))
    deaf_to: set[int] = set()
    monkeypatch.setattr(signal, "signal", lambda number, _: deaf_to.add(number))
    main()
    assert deaf_to == {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}
    assert (server.wait(PATIENCE), gone(child)) == (-signal.SIGKILL, True)
