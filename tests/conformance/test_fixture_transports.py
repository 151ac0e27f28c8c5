"""The fixture server keeps the rules of each transport, and its command line says what it can't do."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from mutants import command
from mutants.peers import PATIENCE, Http, Stdio, initialize, metadata, peer
from mutants.wire import Json

STATELESS = "2026-07-28"
PING: Json = {"jsonrpc": "2.0", "id": 1, "method": "ping"}
LIST: Json = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {"_meta": metadata()}}
ROUTE: Json = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "tools/call",
    "params": {"name": "route", "arguments": {"region": "eu", "priority": 7}, "_meta": metadata()},
}
READ: Json = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "resources/read",
    "params": {"uri": "note://fixture/plain", "_meta": metadata()},
}
ENCODED = "=?base64?bm90ZTovL2ZpeHR1cmUvcGxhaW4=?="  # note://fixture/plain


# stdio.


def test_stdout_holds_nothing_but_messages_and_the_end_of_input_ends_the_process() -> None:
    """An idle server writes nothing, and exits with status 0 when stdin ends."""
    done = subprocess.run(command(), input=b"", capture_output=True, timeout=PATIENCE, check=True)
    assert (done.stdout, done.stderr) == (b"", b"")


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
def test_sigterm_ends_the_process_in_order() -> None:
    """SIGTERM during a slow call ends the process with status 0."""
    with peer("stdio", "2025-11-25") as talk:
        talk.begin()
        talk.post(slow("s", steps=1000))
        talk.request("ping")
        talk.process.send_signal(signal.SIGTERM)
        assert talk.process.wait(PATIENCE) == 0


def slow(id_: object, steps: int, token: object = "t") -> Json:
    """A call of the slow tool."""
    arguments = {"steps": steps, "milliseconds": 20}
    params = {"name": "slow", "arguments": arguments, "_meta": {"progressToken": token}}
    return {"jsonrpc": "2.0", "id": id_, "method": "tools/call", "params": params}


def test_slow_call_does_not_hold_up_others_and_falls_silent_when_cancelled() -> None:
    """Beside a slow call ping is answered; after its cancellation nothing more is said of it."""
    with peer("stdio", "2025-11-25") as talk:
        talk.begin()
        talk.post(slow("1", steps=1000))
        talk.post(slow(1, steps=3, token="u"))
        assert talk.request("ping", _meta={})["result"] == {}
        talk.post({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": "1"}})
        assert answer_to(1, talk)["result"]["content"][0]["text"] == "3 steps taken"
        assert talk.end() == 0
        rest = [json.loads(line) for line in iter(talk.lines.get, b"")]
        assert not [message for message in rest if message.get("id") == "1"]


def answer_to(id_: object, talk: Stdio) -> Any:
    """The next response to `id_`, whatever precedes it."""
    heard = iter(talk.hear, None)
    return next(message for message in heard if message.get("id") == id_ and "result" in message)


@pytest.mark.parametrize("early", ["tools/list", "no/such/method"])
def test_first_request_of_a_handshake_server_is_initialize(early: str) -> None:
    """Other requests before the handshake get an error, ping gets its answer."""
    with peer("stdio", "2025-11-25", revisions=("2025-11-25",)) as talk:
        assert talk.ask({"jsonrpc": "2.0", "id": 1, "method": early})["error"]["code"] in (-32600, -32601)
        assert talk.ask(PING)["result"] == {}
        assert talk.begin()["protocolVersion"] == "2025-11-25"
        assert talk.ask(initialize("2025-11-25", 2))["error"]["code"] == -32600


@pytest.mark.parametrize("asked", ["1999-01-01", STATELESS, "2024-11-05"])
def test_unspoken_revision_gets_the_newest_handshake_revision(asked: str) -> None:
    """A handshake that asks for what is not spoken gets another offer."""
    with peer("stdio", asked, revisions=("2025-03-26", "2025-06-18", STATELESS)) as talk:
        assert talk.ask(initialize(asked))["result"]["protocolVersion"] == "2025-06-18"


@pytest.mark.parametrize("transport", ["stdio", "http"])
def test_stateless_server_names_its_revisions_to_who_shakes_hands(transport: str) -> None:
    """Without the handshake era, initialize is refused with the revisions that are spoken."""
    with peer(transport, "2025-11-25", revisions=(STATELESS,)) as talk:
        error = talk.ask(initialize("2025-11-25"))["error"]
        assert (error["code"], error["data"]["supported"]) == (-32022, [STATELESS])


@pytest.mark.parametrize(
    ("meta", "expected"),
    [
        (None, -32602),
        ({}, -32602),
        ([], -32602),
        ({**metadata(), "progressToken": 1.5}, -32602),
        ({**metadata(), "io.modelcontextprotocol/clientCapabilities": []}, -32602),
        ({**metadata(), "io.modelcontextprotocol/logLevel": "loud"}, -32602),
        (metadata("2999-01-01"), -32022),
    ],
)
def test_stateless_metadata_is_demanded(meta: Any, expected: int) -> None:
    """A request without proper metadata is refused, whatever was sent before."""
    with peer("stdio", STATELESS) as talk:
        assert "result" in talk.request("tools/list")
        params = {} if meta is None else {"_meta": meta}
        assert (
            talk.ask({"jsonrpc": "2.0", "id": 9, "method": "tools/list", "params": params})["error"]["code"] == expected
        )


# Streamable HTTP.


@pytest.fixture
def session() -> Iterator[Http]:
    """A session of 2025-11-25."""
    with peer("http", "2025-11-25") as client:
        client.begin()
        yield client


def changed(usual: dict[str, str], headers: dict[str, str | None]) -> dict[str, str]:
    """The usual headers, some of them changed (None: left out)."""
    sent = {**usual, **{name.replace("_", "-"): value for name, value in headers.items()}}
    return {name: value for name, value in sent.items() if value is not None}


def status(client: Http, message: Any, http_method: str = "POST", **headers: Any) -> int:
    """The status of a message sent with the usual headers, some of them changed (None: left out)."""
    body = message if isinstance(message, bytes) else json.dumps(message).encode()
    return client.send(body, changed(client.headers(message), headers), http_method).status


def test_sessions_are_kept_apart_and_end(session: Http) -> None:
    """Without id 400, with an unknown or ended one 404; ending one leaves another alone."""
    other = Http(session.port, "2025-11-25")
    with other.closing:
        other.begin()
        assert other.session != session.session
        assert status(session, PING) == 200
        assert status(session, PING, Mcp_Session_Id=None) == 400
        assert status(session, PING, Mcp_Session_Id="unknown") == 404
        assert status(session, b"", "DELETE") == 200
        assert status(session, PING) == 404
        assert status(other, PING) == 200


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://127.0.0.1.evil.example"}, 403),
        ({"MCP_Protocol_Version": "bogus"}, 400),
        ({"MCP_Protocol_Version": None}, 200),
        ({"Content_Type": "text/plain"}, 415),
        ({"Accept": "text/html"}, 406),
    ],
)
def test_headers_of_a_session_are_checked(session: Http, headers: dict[str, str | None], expected: int) -> None:
    """Origin, version, content type and accept decide; the server's own origin is fine."""
    assert status(session, PING, "POST", **headers) == expected
    assert status(session, PING, Origin=f"http://127.0.0.1:{session.port}") == 200


@pytest.mark.parametrize(("body", "expected"), [(b"{", 400), (b"[]", 400), (b"[1]", 400), (b'{"id":1}', 400)])
def test_malformed_bodies_are_refused(session: Http, body: bytes, expected: int) -> None:
    """What is no message gets 400, also as an array."""
    assert status(session, body) == expected
    assert status(session, {"jsonrpc": "2.0", "method": "x", "params": []}) == 400


def test_get_stream_carries_what_belongs_to_no_request(session: Http) -> None:
    """An update of a watched resource comes on the GET stream."""
    session.request("resources/subscribe", uri="note://fixture/board")
    stream = session.send(b"", {**session.headers(None), "Accept": "text/event-stream"}, "GET")
    assert stream.getheader("Content-Type") == "text/event-stream"
    session.call("write_note", text="new")
    lines = [stream.readline() for _ in range(7)]
    assert any(b"notifications/resources/updated" in line for line in lines)
    assert status(session, b"", "GET", Accept="application/json") == 406
    assert status(session, b"", "PUT") == 405


def test_stream_of_2025_11_25_begins_with_an_id_and_no_data(session: Http) -> None:
    """A tool call is answered by a stream whose first event has an id and empty data."""
    call = {"jsonrpc": "2.0", "id": 5, "method": "tools/call", "params": {"name": "fail"}}
    stream = session.send(json.dumps(call).encode(), session.headers(call))
    first = [stream.readline() for _ in range(3)]
    assert first[0].startswith(b"id: ")
    assert first[1:] == [b"data: \n", b"\n"]


def test_batch_over_http_is_served_in_the_one_revision_that_has_them() -> None:
    """2025-03-26: an array for an array, 202 for notifications alone."""
    with peer("http", "2025-03-26") as client:
        client.begin()
        batch = [PING, {"jsonrpc": "2.0", "method": "x"}]
        answer = client.send(json.dumps(batch).encode(), client.headers(batch))
        assert json.loads(answer.read()) == [{"jsonrpc": "2.0", "id": 1, "result": {}}]
        assert status(client, batch[1:]) == 202
        assert status(client, []) == 400


@pytest.fixture(scope="module")
def modern() -> Iterator[Http]:
    """A client of the stateless era."""
    with peer("http", STATELESS) as client:
        yield client


@pytest.mark.parametrize(
    ("message", "headers", "expected"),
    [
        (LIST, {}, 200),
        (LIST, {"MCP_Protocol_Version": None}, 400),
        (LIST, {"MCP_Protocol_Version": "2025-11-25"}, 400),
        (LIST, {"Mcp_Method": None}, 400),
        (LIST, {"Mcp_Method": "TOOLS/LIST"}, 400),
        (LIST, {"Mcp_Session_Id": "whatever", "Last_Event_ID": "7", "Mcp_Param_X": "1"}, 200),
        ({**LIST, "method": "no/such/method"}, {}, 404),
        ({**LIST, "params": {"_meta": metadata("2999-01-01")}}, {}, 400),
        (READ, {}, 200),
        (READ, {"Mcp_Name": None}, 400),
        (READ, {"Mcp_Name": "note://fixture/other"}, 400),
        (READ, {"Mcp_Name": f"  {READ['params']['uri']}\t"}, 200),
        (READ, {"Mcp_Name": ENCODED}, 200),
        (READ, {"Mcp_Name": ENCODED.replace("base64", "BASE64")}, 400),
        (READ, {"Mcp_Name": "=?base64?%%?="}, 400),
        (READ, {"Mcp_Name": "n\xf6te"}, 400),
        (ROUTE, {"Mcp_Param_Region": "eu", "Mcp_Param_Priority": "7.0"}, 200),
        (ROUTE, {"Mcp_Param_Region": "us", "Mcp_Param_Priority": "7"}, 400),
        (ROUTE, {"Mcp_Param_Region": "eu", "Mcp_Param_Priority": "seven"}, 400),
        (ROUTE, {"Mcp_Param_Region": "eu"}, 400),
        ({"jsonrpc": "2.0", "method": "notifications/x"}, {"MCP_Protocol_Version": STATELESS}, 202),
        ({"jsonrpc": "2.0", "id": 1, "result": {}}, {"MCP_Protocol_Version": STATELESS}, 400),
    ],
)
def test_headers_of_the_stateless_era_mirror_the_body(
    modern: Http, message: Json, headers: dict[str, str | None], expected: int
) -> None:
    """Each header that is missing, malformed or differs from the body is refused; the rest is served."""
    usual = modern.headers(message if "params" in message else None)
    sent = {**usual, **{name.replace("_", "-"): value for name, value in headers.items()}}
    answer = modern.send(
        json.dumps(message).encode(), {name: value for name, value in sent.items() if value is not None}
    )
    assert answer.status == expected
    body = answer.read()
    if expected == 400 and "method" in message and "2999" not in str(message):
        assert json.loads(body)["error"]["code"] == -32020
    assert answer.getheader("Mcp-Session-Id") is None
