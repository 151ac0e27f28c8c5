"""A fork server's dealings with callers and children that are gone, step by step and in this process."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import TypeAlias

import pytest

from smcp.runner import calls

Child: TypeAlias = "subprocess.Popen[bytes]"
Pair: TypeAlias = tuple[socket.socket, socket.socket]

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="fork servers are POSIX")


@pytest.fixture
def child() -> Iterator[subprocess.Popen[bytes]]:
    """A process with a group of its own that does nothing."""
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], start_new_session=True)
    yield process
    process.kill()
    process.wait(30)


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    """Two ends of a line."""
    one, other = socket.socketpair()
    yield one, other
    one.close()
    other.close()


def server() -> calls.Calls:
    """Calls without a control socket: this process is no fork server."""
    made = calls.Calls.__new__(calls.Calls)
    made.live, made.over, made.waiting, made.spare = {}, set(), [], None
    return made


def exit_code(pid: int) -> int:
    """Wait until a child is over, as the server sees it."""
    while (code := calls.ended(pid)) is None:
        time.sleep(0.01)
    return code


@pytest.mark.parametrize("reaping", [False, True], ids=["waitid", "waitpid"])
def test_the_end_of_a_child_is_seen(child: Child, reaping: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """With its signal, also where children can't be looked at without reaping them."""
    if reaping:
        monkeypatch.delattr(os, "waitid")
    assert calls.ended(child.pid) is None
    calls.signalled(child.pid, signal.SIGTERM)
    assert exit_code(child.pid) == -signal.SIGTERM


def test_a_call_for_a_dead_child_is_over(child: Child, pair: Pair) -> None:
    """The caller knows its number and hears of its end: the call was begun as far as anybody knows."""
    ours, caller = pair
    line, far = socket.socketpair()
    far.close()
    made = server()
    made.spare = calls.Spare(child.pid, line)
    made.hand_over(ours, b"request", [])
    assert caller.recv(4) == calls.number(child.pid)
    assert made.live == {child.pid: ours}
    assert exit_code(child.pid) == -signal.SIGKILL
    made.notice_ends()
    assert caller.recv(4) == calls.number(-signal.SIGKILL)


def test_a_call_whose_caller_is_gone_is_buried(child: Child, pair: Pair) -> None:
    """When the server tries to tell it of the end."""
    ours, caller = pair
    caller.close()
    made = server()
    made.live[child.pid] = ours
    child.kill()
    assert exit_code(child.pid) == -signal.SIGKILL
    made.notice_ends()
    assert (made.live, made.over) == ({}, set())


def test_a_caller_that_hangs_up_ends_its_call(child: Child, pair: Pair) -> None:
    """As one that says so."""
    ours, caller = pair
    made = server()
    made.live[child.pid] = ours
    caller.close()
    made.obey(child.pid)
    assert made.live == {}
    with pytest.raises(ChildProcessError):
        os.waitpid(child.pid, os.WNOHANG)


def test_a_signal_for_nobody_is_no_error() -> None:
    """The group and its child may be gone."""
    process = subprocess.Popen(["true"])
    process.wait(30)
    calls.signalled(process.pid, signal.SIGTERM)


def test_a_message_that_ends_early_is_none(pair: Pair) -> None:
    """In its length or in its body."""
    ours, caller = pair
    caller.sendall(calls.number(5) + b"abc")
    caller.shutdown(socket.SHUT_WR)
    assert calls.framed(ours) is None
    assert calls.framed(ours) is None
