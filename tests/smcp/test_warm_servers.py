"""Fork servers: how many there are, and what becomes of calls when one is lost."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
from warm_plugins import SHOW_PARENT, call, gone, parent_shown, plugin, server_of

from smcp.runner import End, Outcome, Runs, warm
from smcp.runner.servers import REPLACEMENTS

pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="fork servers are POSIX"),
    pytest.mark.usefixtures("unmeasured"),
]


def test_only_so_many_fork_servers_are_kept(runs: Runs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first one goes when there are too many, and is back when it is needed."""
    monkeypatch.setattr("smcp.runner.servers.MOST", 2)
    folders = [tmp_path / str(number) for number in range(3)]
    for folder in folders:
        folder.mkdir()
    clis = [plugin(folder, SHOW_PARENT) for folder in folders]
    pids = [server_of(runs, cli).pid for cli in clis]
    assert len(set(pids)) == 3
    assert gone(pids[0])
    assert [server_of(runs, cli).pid for cli in clis[1:]] == pids[1:]
    assert server_of(runs, clis[0]).pid not in (os.getpid(), *pids)


def test_variables_that_interpreters_read_have_a_fork_server_of_their_own(runs: Runs, tmp_path: Path) -> None:
    """Others are set in the child."""
    cli = plugin(tmp_path, "print(os.getppid(), hash('x'), os.environ['OTHER'])")
    settings = [("1", "a"), ("2", "a"), ("1", "b"), ("2", "b")]
    shown = [
        runs.finish(call(cli, env={**os.environ, "PYTHONHASHSEED": seed, "OTHER": other})).stdout.split()
        for seed, other in settings
    ]
    assert len({pid for pid, _, _ in shown}) == 2
    assert len({seeded for _, seeded, _ in shown}) == 2
    assert [other for _, _, other in shown] == [b"a", b"a", b"b", b"b"]


def test_a_lost_fork_server_is_replaced(runs: Runs, tmp_path: Path, told: Callable[[], list[str]]) -> None:
    """So often, then the plugin is run cold; no call is lost."""
    cli = plugin(tmp_path, SHOW_PARENT)
    for _ in range(REPLACEMENTS + 1):
        server = server_of(runs, cli)
        assert server.pid != os.getpid()
        server.kill()
        gone(server.pid)
    assert parent_shown(runs.finish(call(cli))) == os.getpid()
    assert "fork servers were lost" in told()[-1]


def test_a_lost_spare_child_is_replaced(runs: Runs, tmp_path: Path) -> None:
    """Whoever killed it."""
    cli = plugin(tmp_path, SHOW_PARENT)
    server = server_of(runs, cli)
    while not (spares := server.children()):
        pass
    spares[0].kill()
    outcome = runs.finish(call(cli))
    if outcome.exit_code == 0:  # else the call had just been handed to it, and was killed with it
        assert parent_shown(outcome) == server.pid
    assert parent_shown(runs.finish(call(cli))) == server.pid


def test_a_call_that_loses_its_server_is_over_and_not_begun_again(runs: Runs, tmp_path: Path) -> None:
    """What it did may not be done twice."""
    body = "open(sys.argv[1], 'a').write('began\\n')\nif len(sys.argv) > 2:\n    time.sleep(600)\nprint(os.getppid())"
    cli = plugin(tmp_path, body)
    note = tmp_path / "note"
    server = psutil.Process(parent_shown(runs.finish(call(cli, str(note)))))
    outcomes: list[Outcome] = []
    thread = threading.Thread(target=lambda: outcomes.append(runs.finish(call(cli, str(note), "linger"))))
    thread.start()
    while note.read_text().count("began") < 2:
        pass
    family = server.children()
    server.kill()
    thread.join(60)
    assert [(outcome.end, outcome.exit_code) for outcome in outcomes] == [(End.EXITED, -signal.SIGKILL)]
    assert note.read_text().count("began") == 2
    assert [gone(one.pid) for one in family]


def test_a_silent_fork_server_is_given_up(
    runs: Runs, tmp_path: Path, told: Callable[[], list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The call goes cold, and the next has a new fork server."""
    cli = plugin(tmp_path, SHOW_PARENT)
    server = server_of(runs, cli)
    server.suspend()
    monkeypatch.setattr(warm, "ANSWER_LIMIT", 0.5)
    assert parent_shown(runs.finish(call(cli))) == os.getpid()
    assert gone(server.pid)
    assert "its fork server was lost" in told()[0]
    monkeypatch.undo()
    assert parent_shown(runs.finish(call(cli))) not in (os.getpid(), server.pid)
