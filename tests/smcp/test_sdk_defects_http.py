"""The SDK's reproduced defects, row by row, as they would show over HTTP. The number in a name is the row's."""

from __future__ import annotations

import json
import re
import signal
import socket
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
import smcp_canary as canary
from smcp_clients import META, STATELESS, TIMEOUT, OldClient, Web, call, hello, messages, notification, request

PING = json.dumps(request(1, "ping")).encode()
posix = pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals and process groups")


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the canary is, and its traces."""
    return tmp_path_factory.mktemp("canary")


@pytest.fixture(scope="module")
def mine(directory: Path, odd_plugins: Path) -> Iterator[Web]:
    """A server with the canary and the odd plugin, each call an only child."""
    words = ("--plugins-dir", str(canary.plugins(directory)), "--plugins-dir", str(odd_plugins))
    web = Web(*words, "--plugin-runner", "cold", environ={"CANARY_TRACES": str(canary.traces(directory))})
    yield web
    web.stop()


@pytest.fixture(scope="module")
def session(mine: Web) -> dict[str, str]:
    """The headers of a session at 2025-11-25."""
    return mine.open()


@pytest.fixture
def old(mine: Web) -> Iterator[OldClient]:
    """A session over HTTP+SSE."""
    client = OldClient(mine)
    yield client.open()
    client.leave()


def running_plugin(web: Web) -> psutil.Process:
    """Wait for the server to run a plugin and return its process."""
    parent = psutil.Process(web.process.pid)
    while not (found := parent.children()):
        assert web.process.poll() is None
    return found[0]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"junk", -32700),
        (b"", -32700),
        (b"[" * 100_000, -32700),
        (b"{}", -32600),
        (b"[]", -32600),
        (b'[{"jsonrpc":"2.0","id":1,"method":"ping"}]', -32600),
        (b'{"jsonrpc":"2.0","id":true,"method":"ping"}', -32600),
        (b'{"jsonrpc":"2.0","id":1,"method":"ping","params":{"x":"\\ud800"}}', -32602),
    ],
)
def test_row_01_malformed_messages_are_answered(
    mine: Web, session: dict[str, str], old: OldClient, content: bytes, code: int
) -> None:
    """With status 400 and the code, on both transports."""
    for answer in (mine.post(content, session), old.post(content)):
        assert (answer.status_code, answer.json()["error"]["code"]) == (400, code)
    assert old.ask(request(1, "ping"))["result"] == {}


def test_row_02_what_is_not_utf8_is_never_executed(
    mine: Web, session: dict[str, str], old: OldClient, directory: Path
) -> None:
    """A parse error, and no trace."""
    bad = json.dumps(call(1, canary.TOOL, {"token": "bad"})).encode().replace(b"bad", b"\xffbad")
    stateless = {"mcp-protocol-version": STATELESS, "mcp-method": "tools/call", "mcp-name": canary.TOOL}
    for answer in (mine.post(bad, session), mine.post(bad, stateless), old.post(bad)):
        assert (answer.status_code, answer.json()["error"]["code"]) == (400, -32700)
    assert canary.marked(directory) == []


def test_row_03_batches_are_served_at_2025_03_26(mine: Web) -> None:
    """As one array, on both transports; the session's revision decides, over HTTP+SSE too."""
    batch = [request(1, "ping"), notification("x"), request("1", "no/such")]
    answers = mine.post(batch, mine.open("2025-03-26")).json()
    old = OldClient(mine)
    try:
        assert old.open("2025-03-26").post(batch).status_code == 202
        assert sorted(str(one["id"]) for one in old.read()) == ["1", "1"]
    finally:
        old.leave()
    assert sorted(str(one["id"]) for one in answers) == ["1", "1"]


def test_row_04_half_a_character_from_a_plugin_is_harmless(mine: Web, session: dict[str, str], old: OldClient) -> None:
    """The call is answered, on every transport."""
    told = mine.ask(call(1, "canary__surrogate"), session), old.ask(call(1, "canary__surrogate"))
    assert [answer["id"] for answer in told] == [1, 1]
    assert mine.ask_stateless(2, "tools/call", {"name": "canary__surrogate", "arguments": {}}).json()["id"] == 2
    assert "ud800" not in json.dumps(told)


@pytest.mark.parametrize("request_id", ["null", "1.5", "true", "[1]"])
def test_row_09_requests_with_impossible_ids_are_refused(
    mine: Web, session: dict[str, str], old: OldClient, request_id: str
) -> None:
    """Not accepted and forgotten."""
    content = f'{{"jsonrpc":"2.0","id":{request_id},"method":"ping"}}'.encode()
    for answer in (mine.post(content, session), old.post(content)):
        assert (answer.status_code, answer.json()["error"]["code"]) == (400, -32600)


@pytest.mark.parametrize(
    "content", [b'{"jsonrpc":"2.0"}', b'{"id":1,"method":"ping"}', b'{"jsonrpc":"2.0","id":1,"method":{}}', b"7"]
)
def test_row_10_a_bad_envelope_is_told_in_words(mine: Web, session: dict[str, str], content: bytes) -> None:
    """With -32600, and without a validator's report."""
    error = mine.post(content, session).json()["error"]
    assert error["code"] == -32600
    assert re.fullmatch(r"Invalid Request: [^\n]{5,70}", error["message"])


def test_row_11_equal_ids_in_flight_are_never_crossed(mine: Web, session: dict[str, str]) -> None:
    """Of one session's calls at once, all with the id 1 or "1", each gets its own answer."""
    told: dict[int, Any] = {}

    def ask(number: int) -> None:
        answer = mine.ask(call(1 if number % 2 else "1", "odd__argv", {"text": str(number)}), session)
        told[number] = (answer["id"], answer["result"]["content"][0]["text"])

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(TIMEOUT)
    assert told == {number: (1 if number % 2 else "1", f'["--text={number}"]') for number in range(6)}


@pytest.mark.parametrize("method", ["GET", "DELETE"])
@pytest.mark.parametrize("version", ["1999-01-01", "2099-01-01", "2025-11-25x", "", "x" * 1000])
def test_row_12_an_unsupported_version_is_400_without_a_body_too(
    mine: Web, session: dict[str, str], method: str, version: str
) -> None:
    """Not 405."""
    headers = {**session, "accept": "text/event-stream", "mcp-protocol-version": version}
    assert mine.client.request(method, mine.url, headers=headers).status_code == 400


def test_row_13_last_event_id_asks_for_what_there_is_not(mine: Web) -> None:
    """So the stream begins anew."""
    headers = {**mine.open(), "accept": "text/event-stream", "last-event-id": "17"}
    with mine.client.stream("GET", mine.url, headers=headers) as stream:
        assert (stream.status_code, stream.headers["content-type"]) == (200, "text/event-stream")


def test_row_14_accept_is_read_as_http_says(mine: Web, session: dict[str, str]) -> None:
    """Over several lines, and with weights."""
    accepts = {
        ("application/json", "text/event-stream"): 200,
        ("text/event-stream;q=0.5", "application/json;q=0.001"): 200,
        ("application/json, text/event-stream;q=0",): 406,
        ("application/json;q=0.000, text/event-stream",): 406,
    }
    for lines, status in accepts.items():
        headers = [*session.items(), ("content-type", "application/json"), *(("accept", line) for line in lines)]
        answer = mine.client.post(mine.url, content=PING, headers=headers)
        assert (lines, answer.status_code) == (lines, status)
        assert status == 200 or answer.json()["id"] == 1


def test_row_15_an_envelope_needs_its_header_outside_a_session(mine: Web, session: dict[str, str]) -> None:
    """There it is a mismatch; within a session real clients send it, and are served."""
    message = request(1, "tools/list", {"_meta": META})
    for headers in ({}, {"mcp-protocol-version": "2025-11-25"}):
        answer = mine.post(message, headers)
        assert (answer.status_code, answer.json()["error"]["code"]) == (400, -32020)
    assert "tools" in mine.ask(message, session)["result"]


@posix
def test_row_16_leaving_cancels_a_stateless_call(mine: Web) -> None:
    """The plugin is gone soon after its client."""
    body = json.dumps(call(1, "odd__nap", {"seconds": 600}, _meta=META))
    head = [
        "POST /mcp HTTP/1.1",
        "Host: localhost",
        "Content-Type: application/json",
        "Accept: application/json, text/event-stream",
        f"MCP-Protocol-Version: {STATELESS}",
        "Mcp-Method: tools/call",
        "Mcp-Name: odd__nap",
        f"Content-Length: {len(body)}",
    ]
    with socket.create_connection(mine.address) as connection:
        connection.sendall("\r\n".join([*head, "", body]).encode())
        running = running_plugin(mine)
    running.wait(TIMEOUT)


@posix
def test_row_17_open_streams_dont_hold_up_the_end(odd_plugins: Path) -> None:
    """A subscription, a session's GET and an old client's stream all end, and the server says why it goes."""
    web = Web("--plugins-dir", str(odd_plugins))
    try:
        headers = {**web.open(), "accept": "text/event-stream"}
        old = OldClient(web).open()
        listen = request("s", "subscriptions/listen", {"notifications": {"toolsListChanged": True}, "_meta": META})
        own = {"mcp-protocol-version": STATELESS, "mcp-method": "subscriptions/listen"}
        accept = {"accept": "application/json, text/event-stream"}
        with (
            web.client.stream("GET", web.url, headers=headers) as get,
            web.client.stream("POST", web.url, json=listen, headers={**own, **accept}) as subscription,
        ):
            lines = subscription.iter_lines()
            assert any("acknowledged" in line for line in lines)
            web.process.send_signal(signal.SIGTERM)
            assert any('"resultType"' in line for line in lines)
            assert (b"".join(get.iter_bytes()).count(b"data: {"), old.read()) == (0, None)
        old.leave()
        assert web.process.wait(TIMEOUT) == 143
        assert web.stderr() == ""
    finally:
        web.stop()


@pytest.mark.parametrize("number", [b"NaN", b"-Infinity", b"1e999"])
def test_row_19_numbers_that_json_lacks_are_refused(
    mine: Web, session: dict[str, str], old: OldClient, directory: Path, number: bytes
) -> None:
    """With 400, on both transports, and nothing runs."""
    content = json.dumps(call(1, canary.TOOL, {"token": "bad"})).encode().replace(b'"bad"', b'"bad","x":' + number)
    for answer in (mine.post(content, session), old.post(content)):
        assert answer.status_code == 400
        assert answer.json()["error"]["code"] in (-32700, -32602)
    assert canary.marked(directory) == []


@posix
def test_row_20_a_cancelled_call_is_never_answered(mine: Web, session: dict[str, str]) -> None:
    """Not even with -32800; "1" isn't 1, and another session's 1 isn't either."""
    answers: list[Any] = []
    asking = threading.Thread(
        target=lambda: answers.extend(messages(mine.post(call(1, "odd__nap", {"seconds": 600}), session)))
    )
    asking.start()
    running = running_plugin(mine)
    for other in ("1", [1]):
        mine.post(notification("notifications/cancelled", {"requestId": other}), session)
    mine.post(notification("notifications/cancelled", {"requestId": 1}), mine.open())
    assert mine.ask(request(2, "ping"), session)["result"] == {}
    assert running.is_running()
    mine.post(notification("notifications/cancelled", {"requestId": 1}), session)
    asking.join(TIMEOUT)
    running.wait(TIMEOUT)
    assert answers == []


@posix
def test_row_20_over_sse_a_cancelled_call_is_never_answered(mine: Web, old: OldClient) -> None:
    """And one whose client leaves is stopped: the stream was the session."""
    assert old.post(call(1, "odd__nap", {"seconds": 600})).status_code == 202
    running = running_plugin(mine)
    old.post(notification("notifications/cancelled", {"requestId": "1"}))
    assert old.ask(request(2, "ping"))["id"] == 2
    assert running.is_running()
    old.post(notification("notifications/cancelled", {"requestId": 1}))
    running.wait(TIMEOUT)
    assert old.ask(request(3, "ping"))["id"] == 3
    leaving = OldClient(mine).open()
    leaving.post(call(1, "odd__nap", {"seconds": 600}))
    running = running_plugin(mine)
    leaving.leave()
    running.wait(TIMEOUT)


def test_row_20_a_second_initialize_is_refused(mine: Web, session: dict[str, str], old: OldClient) -> None:
    """In a session that has begun; an ended session is still 404."""
    again = mine.ask(hello("2025-06-18", request_id="again"), session)
    assert (again["id"], again["error"]["code"]) == ("again", -32600)
    assert old.post(hello("2025-06-18", request_id="again")).json()["error"]["code"] == -32600
    assert mine.post(hello(), {"mcp-session-id": "ended"}).status_code == 404
    assert old.ask(request(1, "ping"))["result"] == {}


def test_every_row_has_its_test() -> None:
    """In this file or in its neighbour for stdio."""
    here = Path(__file__).parent
    text = "".join(path.read_text(encoding="utf-8") for path in sorted(here.glob("test_sdk_defects_*.py")))
    named = {int(number) for number in re.findall(r"^def test_row_(\d\d)_", text, re.MULTILINE)}
    assert named == set(range(1, 23))
