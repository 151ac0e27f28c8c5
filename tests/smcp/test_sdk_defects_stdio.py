"""The SDK's reproduced defects, row by row, as they would show over stdio. The number in a name is the row's."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest
import smcp_canary as canary
from smcp_clients import META, STATELESS, TIMEOUT, Pipe, arguments_for, call, hello, notification, request

posix = pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals and pipes")


@pytest.fixture
def said(tmp_path: Path) -> Callable[..., list[Any]]:
    """Say lines to a new server, close its input, and return what it said; the canary leaves traces in tmp_path."""

    def conversation(*lines: bytes | dict[str, Any], program: str = "") -> list[Any]:
        opening = [hello(), notification("notifications/initialized")]
        written = [one if isinstance(one, bytes) else json.dumps(one).encode() for one in (*opening, *lines)]
        words = ["--plugins-dir", str(canary.plugins(tmp_path)), "--plugin-runner", "cold"]
        command = arguments_for("stdio", *words)
        if program:
            command = [sys.executable, "-c", program, "--transport", "stdio", *words]
        environ = {**os.environ, "CANARY_TRACES": str(canary.traces(tmp_path))}
        done = subprocess.run(
            command, input=b"\n".join(written), capture_output=True, timeout=TIMEOUT, check=True, env=environ
        )
        assert b"\r" not in done.stdout
        answers = [json.loads(line) for line in done.stdout.splitlines()]
        return [answer for answer in answers if answer.get("id") != "hello"]

    return conversation


MALFORMED = {
    "no JSON": (b"junk", -32700),
    "no envelope": (b"{}", -32600),
    "id null": (b'{"jsonrpc":"2.0","id":null,"method":"ping"}', -32600),
    "id 1.5": (b'{"jsonrpc":"2.0","id":1.5,"method":"ping"}', -32600),
    "id true": (b'{"jsonrpc":"2.0","id":true,"method":"ping"}', -32600),
    "id object": (b'{"jsonrpc":"2.0","id":{},"method":"ping"}', -32600),
    "jsonrpc 1.0": (b'{"jsonrpc":"1.0","id":1,"method":"ping"}', -32600),
    "params array": (b'{"jsonrpc":"2.0","id":1,"method":"ping","params":[]}', -32602),
    "5000 deep": (b'{"jsonrpc":"2.0","id":1,"method":"ping","params":' + b"[" * 5000 + b"]" * 5000 + b"}", -32602),
    "100000 deep": (b"[" * 100_000 + b"]" * 100_000, -32700),
    "lone surrogate": (b'{"jsonrpc":"2.0","id":1,"method":"ping","params":{"x":"\\ud800"}}', -32602),
    "batch": (b'[{"jsonrpc":"2.0","id":1,"method":"ping"}]', -32600),
}


def test_row_01_malformed_messages_are_answered(said: Callable[..., list[Any]]) -> None:
    """Each with one error of its code, and the session goes on."""
    errors = said(*(line for line, _ in MALFORMED.values()), request("end", "ping"))
    by_name = dict(zip(MALFORMED, [error["error"]["code"] for error in errors if "error" in error], strict=True))
    expected = {name: code for name, (_, code) in MALFORMED.items()}
    # How deep is too deep is the parser's to say: between it and the params rule both answers are right.
    assert by_name.pop("5000 deep") in (-32700, -32602)
    expected.pop("5000 deep")
    assert by_name == expected
    assert {"jsonrpc": "2.0", "id": "end", "result": {}} in errors


def test_row_02_what_is_not_utf8_is_never_executed(said: Callable[..., list[Any]], tmp_path: Path) -> None:
    """A call with one bad byte anywhere is a parse error; without it, the same call runs."""
    good = json.dumps(call(1, canary.TOOL, {"token": "good"})).encode()
    bad = good.replace(b"good", b"b\xffd"), good.replace(b"2.0", b"2.0\xc0\x80"), b"\xfe" + good
    answers = said(*bad, good)
    assert sorted(answer.get("error", {}).get("code", 0) for answer in answers) == [-32700, -32700, -32700, 0]
    assert canary.marked(tmp_path) == ['"good"']


def test_row_03_batches_are_served_at_2025_03_26(batching: Pipe) -> None:
    """With one array for the requests in them."""
    batching.write(b'[{"jsonrpc":"2.0","id":1,"method":"ping"},7,{"jsonrpc":"2.0","method":"x"}]\n')
    assert sorted(str(answer["id"]) for answer in batching.read()) == ["1", "None"]


def test_row_04_half_a_character_from_a_plugin_is_harmless(said: Callable[..., list[Any]]) -> None:
    """Structured or not, the call is answered and the server goes on."""
    answers = said(call(1, "canary__surrogate"), request(2, "ping"))
    by_id = {answer["id"]: answer for answer in answers}
    assert set(by_id) == {1, 2}
    assert "ud800" not in json.dumps(by_id[1])


@pytest.mark.parametrize("era", ["handshake", "stateless"])
def test_row_05_work_in_flight_at_the_end_of_input_is_answered(tmp_path: Path, era: str) -> None:
    """A call and the end of the input in one write: its result comes, and no -32000."""
    opening = [hello(), notification("notifications/initialized")] if era == "handshake" else []
    meta = {} if era == "handshake" else {"_meta": META}
    lines = [*opening, *(call(number, canary.TOOL, {"token": str(number)}, **meta) for number in range(3))]
    done = subprocess.run(
        arguments_for("stdio", "--plugins-dir", str(canary.plugins(tmp_path))),
        input=b"\n".join(json.dumps(line).encode() for line in lines),
        capture_output=True,
        timeout=TIMEOUT,
        check=True,
        env={**os.environ, "CANARY_TRACES": str(canary.traces(tmp_path))},
    )
    answers = {answer["id"]: answer for answer in map(json.loads, done.stdout.splitlines())}
    assert [answers[number]["result"]["isError"] for number in range(3)] == [False] * 3
    assert b"-32000" not in done.stdout


@posix
def test_row_06_sigint_ends_a_server_that_waits_for_input(start: Callable[..., Pipe]) -> None:
    """Nothing more has to be written for it."""
    pipe = start().listen().open("2025-11-25")
    pipe.process.send_signal(signal.SIGINT)
    assert pipe.wait() == 130


@posix
@pytest.mark.parametrize("runner", ["cold", "warm"])
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_row_07_a_signal_leaves_no_process_of_a_plugin(start: Callable[..., Pipe], number: int, runner: str) -> None:
    """Neither one that ignores SIGTERM nor a fork server."""
    pipe = start("--plugin-runner", runner).listen().open("2025-11-25")
    parent = psutil.Process(pipe.process.pid)
    pipe.send(call(1, "odd__stubborn"), call(2, "odd__nap", {"seconds": 600}))
    while len(running := parent.children(recursive=True)) < 2:
        assert pipe.process.poll() is None
    pipe.process.send_signal(number)
    assert pipe.wait() == 128 + number
    assert psutil.wait_procs(running, TIMEOUT)[1] == []


@posix
def test_row_08_a_client_that_stops_reading_ends_the_server_cleanly(start: Callable[..., Pipe]) -> None:
    """Exit code 0 and nothing on stderr that looks like a fault."""
    pipe = start()
    pipe.stdout.close()
    pipe.send(hello())
    assert pipe.wait() == 0
    assert "Error" not in pipe.stderr()


DEEP = """
import smcp.server as server
def result(*words):
    deep = {}
    for _ in range(300):
        deep = {"secret": deep}
    return server.CallToolResult(content=[], structured_content=deep)
server.result = result
from smcp.__main__ import main
main()
"""
FAILING = """
import smcp.toolset
async def call(self, *words):
    raise RuntimeError("secret /etc/path")
smcp.toolset.Toolset.call = call
from smcp.__main__ import main
main()
"""


def test_row_18_an_exceptions_text_stays_inside(said: Callable[..., list[Any]]) -> None:
    """The client hears -32603 and nothing else, in either era."""
    [answer] = said(call(1, canary.TOOL, {"token": "x"}), program=FAILING)
    assert (answer["id"], answer["error"]["code"]) == (1, -32603)
    assert "secret" not in json.dumps(answer)


def test_row_18_a_result_that_cannot_be_written_is_an_internal_error(said: Callable[..., list[Any]]) -> None:
    """What the SDK says of it stays inside as well."""
    [answer] = said(call(1, canary.TOOL, {"token": "x"}), program=DEEP)
    assert answer == {"jsonrpc": "2.0", "id": 1, "error": {"code": -32603, "message": "Internal error"}}


@pytest.mark.parametrize("number", [b"NaN", b"Infinity", b"-Infinity", b"1e999", b"-1e999"])
def test_row_19_numbers_that_json_lacks_are_refused(
    said: Callable[..., list[Any]], tmp_path: Path, number: bytes
) -> None:
    """In arguments, in _meta and beside them; nothing runs."""
    params = b'{"name":"canary__mark","arguments":{"token":"x"%s}%s}%s}'
    head = b'{"jsonrpc":"2.0","id":1,"method":"tools/call","params":'
    places = [
        (b',"y":%s' % number, b"", b""),
        (b"", b',"_meta":{"y":%s}' % number, b""),
        (b"", b"", b',"y":%s' % number),
    ]
    answers = said(*(head + params % place for place in places))
    assert [answer["error"]["code"] in (-32700, -32602) for answer in answers] == [True] * 3
    assert canary.marked(tmp_path) == []


def test_row_20_only_the_exact_id_cancels(start: Callable[..., Pipe]) -> None:
    """ "1" isn't 1; the cancelled request is never answered, with -32800 least of all."""
    pipe = start("--plugin-runner", "cold").listen().open("2025-11-25")
    pipe.send(call(1, "odd__nap", {"seconds": 1}), notification("notifications/cancelled", {"requestId": "1"}))
    assert pipe.read()["result"]["content"][0]["text"] == "slept"
    pipe.send(call(1, "odd__nap", {"seconds": 600}), notification("notifications/cancelled", {"requestId": 1}))
    assert pipe.ask(request(2, "ping"))["id"] == 2
    pipe.close_stdin()
    assert pipe.rest() == []


def test_row_20_a_second_initialize_is_refused(said: Callable[..., list[Any]]) -> None:
    """And discovery is no method of a session."""
    answers = said(hello(request_id="again"), request(2, "server/discover"))
    assert {answer["id"]: answer["error"]["code"] for answer in answers} == {"again": -32600, 2: -32601}


def test_row_21_plugins_read_nothing_and_lines_end_in_newlines(said: Callable[..., list[Any]]) -> None:
    """Even a plugin that reads stdin gets its end, not the client's next message. (`said` looks for returns.)"""
    answers = said(call(1, "canary__listen"), request(2, "ping"))
    [text] = [answer["result"]["content"][0]["text"] for answer in answers if answer["id"] == 1]
    assert json.loads(text) == {"read": ""}


def test_row_22_a_plugins_flood_is_an_error(start: Callable[..., Pipe]) -> None:
    """Told as one, short, while the server's memory stays where it was."""
    pipe = start().listen().open("2025-11-25")
    answer = pipe.ask(call(1, "odd__flood"))
    assert answer["result"]["structuredContent"]["error"]["code"] == "output_too_large"
    assert len(json.dumps(answer)) < 1000


def test_the_stateless_versions_are_what_discovery_lists(start: Callable[..., Pipe]) -> None:
    """Row 20 counts it as a defect that handshake revisions are missing there; none of them can be chosen there."""
    discovered = start().listen().ask(request(1, "server/discover", {"_meta": META}))
    assert discovered["result"]["supportedVersions"] == [STATELESS]
