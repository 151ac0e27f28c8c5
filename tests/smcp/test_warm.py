"""Warm runs: bounded like cold ones, and nothing is left of them or of their fork servers."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import anyio
import psutil
import pytest
from warm_plugins import LINGER, SHOW_PARENT, call, gone, parent_shown, plugin, server_of

from smcp.runner import End, Outcome, Runs
from smcp.runner.servers import Servers

pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="fork servers are POSIX"),
    pytest.mark.usefixtures("unmeasured"),
]


def test_a_warm_call_is_a_grandchild(runs: Runs, tmp_path: Path) -> None:
    """And all calls of a plugin have the same fork server."""
    cli = plugin(tmp_path, SHOW_PARENT)
    parents = {parent_shown(runs.finish(call(cli))) for _ in range(5)}
    assert len(parents) == 1
    assert parents != {os.getpid()}


def test_cold_is_cold(tmp_path: Path) -> None:
    """No fork server is started, not even when one is asked for ahead."""
    cli = plugin(tmp_path, SHOW_PARENT)
    runs = Runs("cold")
    runs.prepare(call(cli))
    assert parent_shown(runs.finish(call(cli))) == os.getpid()
    assert not [child for child in psutil.Process().children() if str(cli) in child.cmdline()]


def test_auto_is_cold_until_its_fork_server_is_up(tmp_path: Path) -> None:
    """The first call doesn't wait, a later one is warm."""
    cli = plugin(tmp_path, SHOW_PARENT)
    runs = Runs("auto")
    try:
        parents = [parent_shown(runs.finish(call(cli)))]
        while parents[-1] == os.getpid():
            assert len(parents) < 1000
            parents.append(parent_shown(runs.finish(call(cli))))
    finally:
        runs.close()
    assert parents[0] == os.getpid()


def test_auto_is_warm_at_once_when_prepared(tmp_path: Path) -> None:
    """A server may expect calls, and pay for them before they come."""
    cli = plugin(tmp_path, SHOW_PARENT)
    runs = Runs("auto")
    try:
        runs.prepare(call(cli))
        (server,) = runs._servers._servers.values()
        assert server.settled.wait(60)
        assert parent_shown(runs.finish(call(cli))) == server.pid
    finally:
        runs.close()


def test_an_unknown_mode_is_refused() -> None:
    """By a message with the known ones."""
    with pytest.raises(ValueError, match="'hot' is no way to run plugins: one of auto, cold, warm is required"):
        Runs("hot")


def test_a_timeout_ends_the_group_and_the_next_call_works(runs: Runs, tmp_path: Path) -> None:
    """Also what the command has started, also if neither listens to SIGTERM."""
    body = (
        "import signal, subprocess\nif len(sys.argv) > 1:\n    signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "    child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        "    print(child.pid, flush=True)\n    time.sleep(600)\nprint('works')"
    )
    cli = plugin(tmp_path, body)
    runs.finish(call(cli))
    outcome = runs.finish(call(cli, "x", timeout=1.5))
    assert (outcome.end, outcome.exit_code) == (End.TIMED_OUT, -signal.SIGKILL)
    assert gone(int(outcome.stdout))
    assert runs.finish(call(cli)).stdout == b"works\n"


def test_output_is_capped(runs: Runs, tmp_path: Path) -> None:
    """As in cold runs."""
    cli = plugin(tmp_path, "while True: print('x' * 1000)")
    outcome = runs.finish(call(cli, max_output=5000))
    assert (outcome.end, len(outcome.stdout)) == (End.TOO_MUCH_OUTPUT, 5000)


def test_descendants_do_not_outlive_the_call(runs: Runs, tmp_path: Path) -> None:
    """Nor do they hold up its outcome."""
    cli = plugin(
        tmp_path,
        "import subprocess\nprint(subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)']).pid)",
    )
    outcome = runs.finish(call(cli))
    assert (outcome.end, outcome.exit_code) == (End.EXITED, 0)
    assert gone(int(outcome.stdout))


def test_cancelling_waits_until_the_command_is_gone(runs: Runs, tmp_path: Path) -> None:
    """And leaves the fork server to the next call."""
    cli = plugin(
        tmp_path,
        "if len(sys.argv) > 1:\n    open(sys.argv[1], 'w').write(str(os.getpid()))\n    time.sleep(600)\n"
        + SHOW_PARENT,
    )
    server = server_of(runs, cli)
    note = tmp_path / "note"

    async def cancelled() -> None:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(runs.run, call(cli, str(note)))
            while not (note.exists() and note.read_text()):
                await anyio.sleep(0.01)
            tasks.cancel_scope.cancel()

    anyio.run(cancelled)
    assert gone(int(note.read_text()))
    assert parent_shown(runs.finish(call(cli))) == server.pid


def test_closing_leaves_nothing(tmp_path: Path) -> None:
    """Running calls, spare children and fork servers end, and later calls are cold."""
    cli = plugin(tmp_path, f"if len(sys.argv) > 1:\n    {LINGER.replace(chr(10), chr(10) + '    ')}\n{SHOW_PARENT}")
    runs = Runs("warm")
    server = server_of(runs, cli)
    outcomes: list[Outcome] = []
    thread = threading.Thread(target=lambda: outcomes.append(runs.finish(call(cli, "x", timeout=600))))
    thread.start()
    while len(server.children()) < 2:
        pass
    family = [server, *server.children()]
    runs.close()
    thread.join(60)
    assert [gone(process.pid) for process in family]
    assert [outcome.exit_code for outcome in outcomes] == [-signal.SIGKILL]
    assert parent_shown(runs.finish(call(cli))) == os.getpid()


def test_a_killed_parent_leaves_nothing(tmp_path: Path) -> None:
    """Fork servers and what they run end when their socket closes."""
    cli = plugin(tmp_path, "import threading\n" + LINGER)
    source = (
        "import sys\nfrom smcp.runner import Call, Runs\n"
        "Runs('warm').finish(Call((sys.executable, sys.argv[1]), timeout=600))"
    )
    process = subprocess.Popen([sys.executable, "-c", source, str(cli)])
    parent = psutil.Process(process.pid)
    while len(family := parent.children(recursive=True)) < 3:  # the server, the call, the next spare child
        assert process.poll() is None
    process.kill()
    process.wait(30)
    assert [gone(one.pid) for one in family]


def test_a_killed_parent_leaves_nothing_while_a_server_starts(tmp_path: Path) -> None:
    """Not even if the plugin hangs in its `--describe`."""
    cli = tmp_path / "cli.py"
    cli.write_text("import time\ntime.sleep(600)\n", encoding="utf-8")
    source = "import sys\nfrom smcp.runner import Call, Runs\nRuns('warm').finish(Call((sys.executable, sys.argv[1])))"
    process = subprocess.Popen([sys.executable, "-c", source, str(cli)])
    parent = psutil.Process(process.pid)
    while len(family := parent.children(recursive=True)) < 2:  # the server, its run with --describe
        assert process.poll() is None
    process.kill()
    process.wait(30)
    assert [gone(one.pid) for one in family]


def test_calls_at_the_same_time_keep_their_own(runs: Runs, tmp_path: Path) -> None:
    """Words, streams and exit codes."""
    cli = plugin(
        tmp_path, "print(sys.argv[1] * 10000)\nprint(sys.argv[1], file=sys.stderr)\nsys.exit(int(sys.argv[1]))"
    )
    outcomes: dict[int, Outcome] = {}

    def work(first: int) -> None:
        for number in range(first, first + 10):
            outcomes[number] = runs.finish(call(cli, str(number)))

    threads = [threading.Thread(target=work, args=(first,)) for first in range(0, 80, 10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert sorted(outcomes) == list(range(80))
    for number, outcome in outcomes.items():
        shown = (outcome.exit_code, outcome.stdout.decode(), outcome.stderr.decode())
        assert shown == (number, f"{str(number) * 10000}\n", f"{number}\n")


def test_hundreds_of_calls_leave_no_descriptor_and_no_process(runs: Runs, tmp_path: Path) -> None:
    """Neither here nor in the fork server."""
    cli = plugin(
        tmp_path,
        "import subprocess as s\ns.Popen(['sleep', '600'], stdout=s.DEVNULL, stderr=s.DEVNULL)\n" + SHOW_PARENT,
    )
    server = server_of(runs, cli)
    me = psutil.Process()
    for _ in range(10):
        runs.finish(call(cli))
    before = me.num_fds(), server.num_fds(), len(me.children())
    for _ in range(300):
        runs.finish(call(cli))
    assert (me.num_fds(), server.num_fds(), len(me.children())) == before
    assert len(server.children(recursive=True)) <= 1
    assert runs._live == set()


def test_a_failed_start_leaves_no_descriptor(runs: Runs, tmp_path: Path) -> None:
    """Neither refused plugins nor calls that can't be made."""
    bad = tmp_path / "bad.py"
    bad.write_text("x = = 1", encoding="utf-8")
    cli = plugin(tmp_path, "print(1)")
    me = psutil.Process()
    counts = []
    for _ in range(3):
        for _ in range(5):
            runs.finish(call(bad))
            with pytest.raises(ValueError, match="null"):
                runs.finish(call(cli, "\0"))
        counts.append(me.num_fds())
    assert counts[0] == counts[1] == counts[2]


def test_servers_are_not_started_where_forks_are_not_safe(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Elsewhere all plugins are run cold."""
    monkeypatch.setattr("smcp.runner.servers._POSIX", False)
    servers = Servers("warm")
    cli = plugin(tmp_path, "print(1)")
    started = servers.start(call(cli))
    started.reap()
    assert servers._servers == {}
