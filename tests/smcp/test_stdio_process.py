"""smcp's process over stdio: plugins that misbehave, and every way a conversation ends."""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable

import psutil
import pytest
from smcp_clients import META, Pipe, call, hello, notification, request

posix = pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals and pipes")


def children(pipe: Pipe) -> list[psutil.Process]:
    """Wait for the server to have a child and return all its descendants."""
    parent = psutil.Process(pipe.process.pid)
    while not (found := parent.children(recursive=True)):
        assert pipe.process.poll() is None
    return found


def wait_gone(processes: list[psutil.Process]) -> None:
    """Wait until the processes are no more, or fail."""
    _, alive = psutil.wait_procs(processes, timeout=30)
    assert not alive


@posix
def test_output_of_odd_plugins_is_contained(start: Callable[..., Pipe]) -> None:
    """Floods, leftovers, lone surrogates, plain text and silence each become an orderly answer."""
    pipe = start().listen().open("2025-11-25")
    errors = {
        name: pipe.ask(call(name, f"odd__{name}"))["result"]["structuredContent"]["error"]
        for name in ("flood", "plain", "silent", "surrogate", "killed")
    }
    assert errors["flood"]["code"] == "output_too_large"
    assert errors["plain"] == {"code": "plugin_error", "message": "something went wrong", "exit_code": 3}
    assert errors["silent"]["message"] == "the plugin exited with code 4 (no output)"
    assert errors["surrogate"] == {"code": "plugin_error", "message": "?", "exit_code": 1, "plugin_code": "odd"}
    assert errors["killed"]["exit_code"] == -9
    left = int(pipe.ask(call(1, "odd__family"))["result"]["content"][0]["text"])
    if psutil.pid_exists(left):
        wait_gone([psutil.Process(left)])
    pipe.close_stdin()
    assert pipe.wait() == 0
    assert "odd__plain exited with code 3: details" in pipe.stderr()


def test_values_reach_the_plugin_whatever_they_look_like(start: Callable[..., Pipe]) -> None:
    """A leading hyphen, an empty text and non-ASCII are values; NUL can't be passed and is refused."""
    pipe = start().listen().open("2025-11-25")
    for text in ("-x", "--help", "", "a=b", "日本 ü\n"):
        content = pipe.ask(call(1, "odd__argv", {"text": text}))["result"]["content"]
        assert json.loads(content[0]["text"]) == [f"--text={text}"]
    for text in ("a\0b", "x" * 10_000_000):
        error = pipe.ask(call(2, "odd__argv", {"text": text}))["result"]["structuredContent"]["error"]
        assert error["code"] == "invalid_arguments"


@posix
def test_a_timeout_ends_the_command(start: Callable[..., Pipe]) -> None:
    """The call comes back as an error of its own code."""
    pipe = start("--plugin-timeout", "0.2").listen().open("2025-11-25")
    error = pipe.ask(call(1, "odd__nap", {"seconds": 600}))["result"]["structuredContent"]["error"]
    assert (error["code"], error["message"]) == ("timeout", "odd__nap was ended after 0.2 s without finishing")


@posix
def test_a_cancelled_call_is_stopped_and_never_answered(start: Callable[..., Pipe]) -> None:
    """The id must match in type as well; then the plugin is gone and nothing is written."""
    pipe = start("--plugin-runner", "cold").listen().open("2025-11-25")
    pipe.send(call(5, "odd__nap", {"seconds": 600}))
    running = children(pipe)
    pipe.send(notification("notifications/cancelled", {"requestId": "5"}))
    assert pipe.ask(request(6, "ping"))["id"] == 6
    assert all(process.is_running() for process in running)
    pipe.send(notification("notifications/cancelled", {"requestId": 5}))
    wait_gone(running)
    assert pipe.ask(request(7, "ping"))["id"] == 7


def test_end_of_input_waits_for_work_in_flight(start: Callable[..., Pipe]) -> None:
    """A call that was sent just before the end, without a newline even, is answered; then the exit code is 0."""
    pipe = start().listen().open("2025-11-25")
    pipe.write(json.dumps(call(1, "odd__argv", {"text": "x"})).encode())
    pipe.close_stdin()
    assert [answer["id"] for answer in pipe.rest()] == [1]
    assert pipe.wait() == 0


def test_end_of_input_ends_subscriptions_with_their_result(start: Callable[..., Pipe]) -> None:
    """A listen stream doesn't hold the server up, and its client is told."""
    pipe = start().listen()
    pipe.send(request("sub", "subscriptions/listen", {"notifications": {"toolsListChanged": True}, "_meta": META}))
    pipe.close_stdin()
    ack, result = pipe.rest()
    assert ack["method"] == "notifications/subscriptions/acknowledged"
    assert (result["id"], result["result"]["resultType"]) == ("sub", "complete")
    assert pipe.wait() == 0


def test_nothing_said_nothing_written(start: Callable[..., Pipe]) -> None:
    """A client that leaves at once finds an empty stdout and exit code 0."""
    pipe = start().listen()
    pipe.close_stdin()
    assert pipe.rest() == []
    assert pipe.wait() == 0


@posix
@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130), (signal.SIGHUP, 129)])
def test_a_signal_takes_the_plugins_along(start: Callable[..., Pipe], number: int, code: int) -> None:
    """Even a plugin that ignores SIGTERM is gone when the server is, and no invented answer was written."""
    pipe = start().listen().open("2025-11-25")
    pipe.send(call(1, "odd__stubborn"))
    running = children(pipe)
    pipe.process.send_signal(number)
    assert pipe.wait() == code
    assert pipe.rest() == []
    wait_gone(running)


@posix
def test_a_client_that_closes_stdout_ends_the_server(start: Callable[..., Pipe]) -> None:
    """The next write finds nobody: exit code 0, no traceback."""
    pipe = start()
    pipe.stdout.close()
    pipe.send(hello())
    assert pipe.wait() == 0
    assert "Traceback" not in pipe.stderr()


@posix
def test_a_client_that_never_reads_can_still_end_the_server(start: Callable[..., Pipe]) -> None:
    """A write that blocks on a full pipe doesn't block the signal."""
    pipe = start()
    pipe.send(hello())
    os.read(pipe.stdout.fileno(), 1)
    pipe.send(*(request("x" * 1000, "no/such") for _ in range(200)))
    pipe.process.send_signal(signal.SIGTERM)
    assert pipe.wait() == 143


def test_stdout_belongs_to_the_protocol(start: Callable[..., Pipe]) -> None:
    """Without any plugin the server works, and what it has to say about that goes to stderr."""
    pipe = start("--plugins-dir", os.path.join("no", "such", "place")).listen().open("2025-11-25")
    assert len(pipe.ask(request(1, "tools/list"))["result"]["tools"]) == 10
    pipe.close_stdin()
    assert pipe.wait() == 0
    assert "does not exist" in pipe.stderr()
