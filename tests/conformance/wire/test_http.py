"""The Streamable HTTP transport on real sockets: headers, bodies, streams, and how exchanges are cut."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from scripted import PATIENCE, Scripted, answer, serving, stream

from smcp_conformance.wire.errors import NoAnswer, Unreachable
from smcp_conformance.wire.exchange import HttpExchange
from smcp_conformance.wire.http import HttpTransport
from smcp_conformance.wire.transcript import Conversation, Direction

PING = b'{"jsonrpc":"2.0","id":1,"method":"ping"}'
PONG = b'{"jsonrpc":"2.0","id":1,"result":{}}'


@contextmanager
def client(url: str, revision: str = "", limit: int = 2**20, **more: object) -> Iterator[HttpTransport]:
    """A transport to `url`, closed at the end with nothing left behind."""
    transport = HttpTransport(url, Conversation("http", revision), limit, **more)  # type: ignore[arg-type]  # by name
    try:
        yield transport
    finally:
        transport.close()
        assert not [thread for thread in transport._threads if thread.is_alive()]


def pong(server: Scripted, connection: socket.socket, request: bytes) -> None:
    """Answer a ping."""
    connection.sendall(answer(PONG, more="X-Odd: \xe4\r\n".encode("latin-1").decode("latin-1")))


def until_over(server: Scripted, connection: socket.socket, request: bytes) -> None:
    """Say nothing until the test is over."""
    server.over.wait(PATIENCE)


def test_a_post_is_answered_and_recorded() -> None:
    """The answer arrives as a frame with its exchange, in the inbox and in the transcript."""
    with serving(pong) as server, client(server.url) as transport:
        frame, exchange = transport.post(PING)
        assert transport.settle(exchange, PATIENCE) is exchange
        assert (exchange.status, exchange.content_type, exchange.body) == (200, "application/json", PONG)
        assert exchange.header("X-ODD") == "Ã¤"
        assert exchange.header("absent") is None
        got = transport.inbox.get(time.monotonic() + PATIENCE)
        assert got is not None
        assert got is exchange.frames[0]
        assert got.facts["exchange"] is exchange is frame.facts["exchange"]
        note = transport.inbox.get(time.monotonic() + PATIENCE)
        assert note is not None
        assert (note.direction, note.text) == (Direction.NOTE, "POST 1: HTTP 200, body ended")


def test_a_connection_is_used_again() -> None:
    """Two exchanges in a row cost one connection."""
    with serving(pong) as server, client(server.url) as transport:
        for _ in range(3):
            transport.exchange(PING, PATIENCE)
        assert len(server.connections) == 1


@pytest.mark.parametrize(
    ("revision", "has", "lacks"),
    [
        ("", b"accept: application/json, text/event-stream", b"\nmcp-"),
        ("2025-03-26", b"mcp-session-id: s-1", b"mcp-protocol-version"),
        ("2025-06-18", b"mcp-protocol-version: 2025-06-18", b"mcp-method"),
        ("2026-07-28", b"mcp-method: ping", b"mcp-name"),
    ],
)
def test_headers_are_those_of_a_conforming_client(revision: str, has: bytes, lacks: bytes) -> None:
    """Each revision has its own; nothing is added by the library underneath."""
    with serving(pong) as server, client(server.url, revision) as transport:
        transport.session_id = "s-1" if revision == "2025-03-26" else None
        transport.exchange(PING, PATIENCE)
        head = server.requests[0].lower()
        assert has in head
        assert lacks not in head
        assert b"content-type: application/json" in head
        assert b"accept-encoding" not in head


def test_headers_can_be_overridden_and_removed_and_hold_any_byte() -> None:
    """Names compare without case; None removes; surrogates stand for raw bytes."""
    with serving(pong) as server, client(server.url, headers=[("Authorization", "Bearer x")]) as transport:
        transport.exchange(PING, PATIENCE, {"ACCEPT": None, "authorization": "Bearer y", "X-Raw": "a\udcff"})
        head = server.requests[0].lower()
        assert b"accept:" not in head
        assert b"bearer x" not in head
        assert b"authorization: bearer y" in head
        assert b"x-raw: a\xff\r\n" in head


def test_a_stream_is_read_event_by_event_while_it_is_open() -> None:
    """Frames come as soon as their events are complete; comments and empty events are no frames."""

    def script(server: Scripted, connection: socket.socket, request: bytes) -> None:
        connection.sendall(stream(b": hi\n\nid: 1\ndata:\n\nevent: message\ndata: ", PONG, b"\n\n"))

    with serving(script) as server, client(server.url) as transport:
        exchange = transport.request("GET", {"Accept": "text/event-stream"})
        frame = transport.inbox.get(time.monotonic() + PATIENCE)
        assert frame is not None
        assert frame.raw == PONG
        assert not exchange.finished.is_set()
        assert exchange.streaming
        assert [event.event for event in exchange.events] == [":", "message", "message"]
        exchange.abort()
        assert exchange.wait(PATIENCE)
        assert server.hung_up.wait(PATIENCE)


def test_an_event_that_the_end_cuts_off_is_kept_apart() -> None:
    """It is no event by the standard, but evidence."""

    def script(server: Scripted, connection: socket.socket, request: bytes) -> None:
        connection.sendall(stream(b"data: {}\n\ndata: half"))
        connection.shutdown(socket.SHUT_RDWR)

    with serving(script) as server, client(server.url) as transport:
        exchange = transport.exchange(PING, PATIENCE)
        assert [event.data for event in exchange.events] == [b"{}"]
        assert exchange.unfinished == (b"data: half",)


def drip(head: bytes) -> object:
    """A script that sends `head` and then a byte now and then."""

    def script(server: Scripted, connection: socket.socket, request: bytes) -> None:
        connection.sendall(head)
        while not server.over.wait(0.01):
            connection.sendall(b" ")

    return script


@pytest.mark.parametrize(
    ("head", "missing"),
    [
        (b"HTTP/1.1 200 OK\r\nX-Slow:", "no HTTP response"),
        (b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1000000\r\n\r\n", "no end"),
        (b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata:", "no end"),
    ],
    ids=["headers", "body", "stream"],
)
def test_a_response_that_drips_is_dropped_when_time_is_up(head: bytes, missing: str) -> None:
    """However little comes, as long as something does: the deadline holds, and the thread ends."""
    with serving(drip(head)) as server, client(server.url) as transport:  # type: ignore[arg-type]  # a script
        _, exchange = transport.post(PING)
        with pytest.raises(NoAnswer, match=missing):
            transport.settle(exchange, 0.3)
        assert exchange.wait(PATIENCE)


def test_a_server_that_says_nothing_at_all_is_left_on_closing() -> None:
    """Not even a status line: the connection is cut under the waiting thread."""
    with serving(until_over) as server, client(server.url) as transport:
        _, exchange = transport.post(PING)
        assert not exchange.opened.wait(0.2)
    assert exchange.finished.is_set()
    assert exchange.status == 0


def test_cutting_a_reused_connection_before_its_response_reaches_the_server() -> None:
    """How a client drops a request: also on the second use of a connection."""

    def script(server: Scripted, connection: socket.socket, request: bytes) -> None:
        if len(server.requests) == 1:
            connection.sendall(answer(PONG))

    with serving(script) as server, client(server.url) as transport:
        transport.exchange(PING, PATIENCE)
        _, exchange = transport.post(PING)
        while len(server.requests) < 2:
            assert not exchange.wait(0.01)
        exchange.abort()
        assert server.hung_up.wait(PATIENCE)
        assert exchange.wait(PATIENCE)
        assert len(server.connections) == 1


def test_an_exchange_that_was_cut_before_it_began_sends_nothing() -> None:
    """Dropping is final."""
    with serving(pong) as server, client(server.url) as transport:
        exchange = transport._exchange("POST")
        exchange.abort()
        transport._start(exchange, "POST", {}, PING, None)
        assert exchange.wait(PATIENCE)
        assert exchange.status == 0
        assert server.requests == []


def test_no_server_is_unreachable() -> None:
    """Refused connections are no silence."""
    with serving(pong) as server:
        url = server.url
    with client(url) as transport, pytest.raises(Unreachable, match="ConnectError"):
        transport.exchange(PING, PATIENCE)


def test_a_response_that_breaks_off_says_so() -> None:
    """Half a body has a status, an error and no end in order."""

    def script(server: Scripted, connection: socket.socket, request: bytes) -> None:
        connection.sendall(answer(PONG)[:-5])
        connection.shutdown(socket.SHUT_RDWR)

    with serving(script) as server, client(server.url) as transport:
        exchange = transport.exchange(PING, PATIENCE)
        assert exchange.status == 200
        assert "without sending complete message body" in exchange.error


def test_a_body_over_the_limit_is_marked_and_dropped() -> None:
    """Its beginning is shown, its end is not waited for."""

    def script(server: Scripted, connection: socket.socket, request: bytes) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n")
        while True:
            connection.sendall(b"x" * 65536)

    with serving(script) as server, client(server.url, limit=200_000) as transport:
        exchange = transport.exchange(PING, PATIENCE)
        assert exchange.frames[0].too_large
        assert len(exchange.frames[0].raw) < 5000
        assert exchange.body == b""


def test_a_flood_of_events_waits_for_its_reader_and_is_kept_in_part() -> None:
    """The inbox holds the server back; the exchange keeps the beginning only."""

    def script(server: Scripted, connection: socket.socket, request: bytes) -> None:
        connection.sendall(stream())
        while True:
            connection.sendall(b"data: {}\n\n" * 1000)

    with serving(script) as server, client(server.url) as transport:
        _, exchange = transport.post(PING)
        for _ in range(20_000):
            assert transport.inbox.get(time.monotonic() + PATIENCE) is not None
        assert exchange.weight < 9 * 2**20
        assert len(exchange.frames) < 10_000
        assert not exchange.whole
    assert exchange.finished.is_set()


def test_old_exchanges_let_their_content_go(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tester's memory doesn't grow with the number of large answers."""
    monkeypatch.setattr("smcp_conformance.wire.http.BYTES_KEPT", 1000)
    with (
        serving(lambda s, c, r: c.sendall(answer(b'"' + b"x" * 600 + b'"'))) as server,
        client(server.url) as transport,
    ):
        found: list[HttpExchange] = [transport.exchange(PING, PATIENCE) for _ in range(5)]
        assert [bool(exchange.body) for exchange in found] == [False, False, False, False, True]
        assert all(exchange.status == 200 for exchange in found)
        assert [exchange.whole for exchange in found] == [False, False, False, False, True]


def test_parallel_exchanges_do_not_wait_for_each_other() -> None:
    """Ten requests are all at the server before the first is answered."""
    together = threading.Barrier(10)

    def script(server: Scripted, connection: socket.socket, request: bytes) -> None:
        together.wait(PATIENCE)
        connection.sendall(answer(PONG))

    with serving(script) as server, client(server.url) as transport:
        exchanges = [transport.post(PING)[1] for _ in range(10)]
        assert all(transport.settle(exchange, PATIENCE).body == PONG for exchange in exchanges)


def test_headers_alone_can_be_waited_for() -> None:
    """A stream that stays open has a status at once."""

    def script(server: Scripted, connection: socket.socket, request: bytes) -> None:
        connection.sendall(stream())

    with serving(script) as server, client(server.url) as transport:
        exchange = transport.settle(transport.request("GET"), PATIENCE, headers_only=True)
        assert (exchange.status, exchange.finished.is_set()) == (200, False)
