"""Mutants that misbehave as a process or with connections, each shown from outside."""

from __future__ import annotations

import contextlib
import http.client
import json
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from typing import Any

import psutil
import pytest
from mutants import command
from mutants.faults import override
from mutants.peers import PATIENCE, initialize, peer, started
from mutants.web_conversation import LIST, SLOW, Caller, serving

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
PING = b'{"jsonrpc":"2.0","id":1,"method":"ping"}\n'
GRACE = 2.0  # seconds that a process which should end is given before it counts as staying


def ends(process: subprocess.Popen[bytes]) -> bool:
    """Tell whether a process ends by itself within the grace."""
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(GRACE)
    return process.poll() is not None


@pytest.mark.parametrize("fault", ["ignores-eof", "needs-sigkill"])
def test_mutant_outlives_its_input(fault: str) -> None:
    """The process is still there after stdin was closed."""
    with peer("stdio", "2025-11-25", fault) as talk:
        talk.begin()
        talk.process.stdin.close()
        assert not ends(talk.process)


@pytest.mark.parametrize("fault", ["ignores-sigterm", "needs-sigkill"])
def test_mutant_outlives_sigterm(fault: str) -> None:
    """The process is still there, and unless deaf still answers, after SIGTERM."""
    with peer("stdio", "2025-11-25", fault) as talk:
        talk.begin()
        talk.process.send_signal(signal.SIGTERM)
        assert talk.request("ping")["result"] == {}
        assert talk.process.poll() is None


def test_mutant_leaves_a_child() -> None:
    """A child is alive when the server has ended."""
    with peer("stdio", "2025-11-25", "leaves-a-child") as talk:
        talk.begin()
        (child,) = psutil.Process(talk.process.pid).children()
        try:
            assert talk.end() == 0
            assert child.is_running()
        finally:
            child.kill()


def test_mutant_closes_stdout_and_lives() -> None:
    """After the first answer stdout is at its end and the process is not."""
    with started(*command("closes-stdout-and-lives")) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(PING)
        process.stdin.flush()
        assert json.loads(process.stdout.readline())["result"] == {}
        assert process.stdout.read() == b""
        assert process.poll() is None


@pytest.mark.parametrize(("fault", "answers"), [(None, 2), ("one-message-per-read", 1)])
def test_mutant_serves_one_message_per_read(fault: str | None, answers: int) -> None:
    """Of two messages in one write the mutant answers the first only."""
    done = subprocess.run(command(fault), input=PING * 2, capture_output=True, timeout=PATIENCE, check=True)
    assert done.stdout.count(b"\n") == answers


def eventually(condition: Callable[[], bool], patience: float) -> bool:
    """Tell whether a condition becomes true in time."""
    pause = threading.Event()
    return any(condition() or pause.wait(0.01) for _ in range(int(patience * 100)))


@pytest.mark.parametrize(("fault", "ended"), [(None, True), ("disconnect-ignored", False)])
def test_mutant_goes_on_after_its_client_hung_up(fault: str | None, ended: bool) -> None:
    """A subscription whose client hung up ends; the mutant keeps it."""
    params = {"notifications": {"toolsListChanged": True}, "_meta": LIST["params"]["_meta"]}
    listen = {**LIST, "method": "subscriptions/listen", "params": params}
    with serving("http", fault) as made:
        caller = Caller(made.http.port, "2026-07-28")
        with caller.closing:
            caller.send(json.dumps(listen).encode(), caller.headers(listen))
            assert eventually(lambda: bool(made.server.listening), PATIENCE)
        assert eventually(lambda: not made.server.listening, PATIENCE if ended else GRACE) is ended


@pytest.mark.parametrize(("fault", "finished"), [(None, True), ("disconnect-cancels", False)])
def test_mutant_cancels_when_its_client_hangs_up(fault: str | None, finished: bool) -> None:
    """In the handshake era a call goes on when its client hangs up; the mutant drops it."""
    call = {**SLOW, "params": {"name": "slow", "arguments": {"steps": 100, "milliseconds": 5}}}
    results: list[object] = []

    def run(original: Any, *args: Any) -> Any:
        results.append(original(*args))
        return results[-1]

    with serving("http", fault) as made:
        override(made.server.tools, "run", run)
        caller = Caller(made.http.port, "2025-11-25")
        with caller.closing:
            caller.say(initialize("2025-11-25"))
        (session,) = made.server.sessions
        connection = http.client.HTTPConnection("127.0.0.1", made.http.port)
        connection.request("POST", "/mcp", json.dumps(call), caller.headers(call))
        assert eventually(lambda: bool(session.calls), PATIENCE)
        connection.close()
        assert eventually(lambda: not session.calls, PATIENCE)
    assert bool(results) is finished
