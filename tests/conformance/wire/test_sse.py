"""The HTTP+SSE transport of 2024-11-05 on real sockets."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from scripted import PATIENCE, Script, Scripted, answer, serving, stream

from smcp_conformance.session import Session
from smcp_conformance.wire.errors import NoAnswer, Unreachable
from smcp_conformance.wire.sse import SseTransport, same_origin
from smcp_conformance.wire.transcript import Conversation

PING = b'{"jsonrpc":"2.0","id":1,"method":"ping"}'
PONG = b'{"jsonrpc":"2.0","id":1,"result":{}}'


@contextmanager
def client(url: str) -> Iterator[SseTransport]:
    """A transport whose stream is opened at once."""
    transport = SseTransport(url, Conversation("sse"), 2**20, [("Authorization", "Bearer secret")])
    try:
        yield transport
    finally:
        transport.close()
        assert not [thread for thread in transport._threads if thread.is_alive()]


def announcing(endpoint: bytes) -> Script:
    """A server whose stream names `endpoint`; what is posted there is answered on the stream."""

    def script(server: Scripted, connection: socket.socket, request: bytes) -> None:
        if request.startswith(b"GET"):
            connection.sendall(stream(b"event: endpoint\r\ndata: ", endpoint, b"\r\n\r\n"))
        else:
            connection.sendall(answer(b"", status="202 Accepted"))
            server.connections[0].sendall(b"event: message\r\ndata: " + PONG + b"\r\n\r\n")

    return script


def test_messages_are_posted_to_the_endpoint_and_answered_on_the_stream() -> None:
    """The announced reference is resolved against the stream's URL."""
    with serving(announcing(b"/messages?session=1")) as server, client(server.url) as transport:
        transport.send(PING, PATIENCE)
        frames = iter(lambda: transport.inbox.get(time.monotonic() + PATIENCE), None)
        found = next(frame for frame in frames if frame.is_response)
        assert (found.raw, found.channel, found.facts["event"]) == (PONG, "GET 1", "message")
        assert transport.endpoint == f"http://127.0.0.1:{server.port}/messages?session=1"
        assert server.requests[1].startswith(b"POST /messages?session=1 HTTP/1.1")
        assert b"authorization: bearer secret" in server.requests[1].lower()
        assert transport.alive


@pytest.mark.parametrize(("status", "seen"), [("400 Bad Request", 400), ("202 Accepted", None)])
def test_a_refused_post_is_a_reaction_and_an_accepted_one_says_nothing(status: str, seen: int | None) -> None:
    """What a malformed message earns may come as the status of its POST; acceptance promises an answer elsewhere."""
    usual = announcing(b"/messages")

    def script(server: Scripted, connection: socket.socket, request: bytes) -> None:
        if request.startswith(b"GET") or PING in request:
            usual(server, connection, request)
        else:
            connection.sendall(answer(b"no message", status=status))

    with serving(script) as server, client(server.url) as transport:
        reaction = Session(transport=transport, revision="2024-11-05", reply_timeout=PATIENCE).provoke(b"{")
        assert (reaction.status, reaction.answers) == (seen, ())
        assert str(reaction) == ("HTTP 400 no message" if seen else "no answer")


def test_messages_are_posted_one_after_the_other() -> None:
    """The next one goes out when the status of the last is there, so that they arrive in order."""
    overtaken, seen = threading.Event(), []
    usual = announcing(b"/messages")

    def script(server: Scripted, connection: socket.socket, request: bytes) -> None:
        if b"second" in request:
            overtaken.set()
        elif b"first" in request:
            seen.append(overtaken.wait(0.2))
        usual(server, connection, request)

    with serving(script) as server, client(server.url) as transport:
        transport.send(b'"first"', PATIENCE)
        transport.send(b'"second"', PATIENCE)
        assert overtaken.is_set()
        assert seen == [False]


def test_credentials_are_not_sent_to_another_host() -> None:
    """An endpoint elsewhere is spoken to, but not with the user's headers."""
    with serving(announcing(b"")) as other, serving(announcing(other.url.encode())) as server, client(server.url) as us:
        us.send(PING, PATIENCE)
        while not other.requests:
            assert us.alive
        assert b"secret" not in other.requests[0]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("http://127.0.0.1:80/sse", "http://localhost:80/x", True),
        ("http://[::1]:80/sse", "http://localhost:80/x", True),
        ("http://a.example/sse", "http://a.example/m?x=1", True),
        ("http://a.example/sse", "http://b.example/sse", False),
        ("http://a.example/sse", "https://a.example/sse", False),
        ("http://a.example:1/sse", "http://a.example:2/sse", False),
    ],
)
def test_origins_are_told_apart(one: str, other: str, same: bool) -> None:
    """Scheme, host and port; this machine has several names."""
    assert same_origin(one, other) is same


def test_a_stream_that_never_names_an_endpoint_is_no_answer() -> None:
    """The wait is bounded and says what there was."""

    def script(server: Scripted, connection: socket.socket, request: bytes) -> None:
        connection.sendall(stream(b": hello\n\n"))

    expected = pytest.raises(NoAnswer, match=r"no `endpoint` event within 0.2 s \(HTTP status 200\)")
    with serving(script) as server, client(server.url) as transport, expected:
        transport.send(PING, 0.2)


def test_a_refused_stream_is_told_at_once() -> None:
    """Nobody waits for an endpoint on a stream that has ended."""
    refusal = answer(b"no", status="404 Not Found")
    expected = pytest.raises(NoAnswer, match="HTTP status 404")
    with serving(lambda s, c, r: c.sendall(refusal)) as server, client(server.url) as transport, expected:
        transport.send(PING, PATIENCE * 10)


def test_no_server_is_unreachable() -> None:
    """Refused connections are no silence."""
    with serving(announcing(b"")) as server:
        url = server.url
    with client(url) as transport, pytest.raises(Unreachable, match="ConnectError"):
        transport.send(PING, PATIENCE)


def test_the_end_of_the_stream_ends_the_inbox() -> None:
    """The stream is the session: nobody waits for an answer after its end."""

    def script(server: Scripted, connection: socket.socket, request: bytes) -> None:
        connection.sendall(stream(b"event: endpoint\ndata: /m\n\nevent: endpoint\ndata: /other\n\n"))
        connection.shutdown(socket.SHUT_RDWR)

    with serving(script) as server, client(server.url) as transport:
        while transport.inbox.get(time.monotonic() + PATIENCE) is not None:
            pass
        assert transport.inbox.ended
        assert not transport.alive
        assert transport.endpoint is not None
        assert transport.endpoint.endswith("/m")
