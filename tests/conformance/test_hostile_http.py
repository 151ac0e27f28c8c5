"""HTTP servers that mean harm: discovery ends in time, says what happened, and leaves no thread behind."""

from __future__ import annotations

import socket
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from scripted import Script, Scripted, answer, serving, stream

from smcp_conformance.detect import discover
from smcp_conformance.target import Policy, Target

PATIENCE = 60.0
JSON_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n"


def says_nothing(server: Scripted, connection: socket.socket, request: bytes) -> None:
    """Accept the request and stay silent."""
    server.over.wait(PATIENCE)


def drips(head: bytes) -> Script:
    """Send `head` and then a byte at a time."""

    def script(server: Scripted, connection: socket.socket, request: bytes) -> None:
        connection.sendall(head)
        while not server.over.wait(0.02):
            connection.sendall(b" ")

    return script


def floods(head: bytes, piece: bytes) -> Script:
    """Send `head` and then `piece` without end."""

    def script(server: Scripted, connection: socket.socket, request: bytes) -> None:
        connection.sendall(head)
        while not server.over.is_set():
            connection.sendall(piece)

    return script


def answers(response: bytes) -> Script:
    """Send one response to everything."""
    return lambda server, connection, request: connection.sendall(response)


def hangs_up(server: Scripted, connection: socket.socket, request: bytes) -> None:
    """Close the connection without a word."""
    connection.shutdown(socket.SHUT_RDWR)


EVENT = b'data: {"jsonrpc":"2.0","method":"notifications/message","params":{}}\n\n' * 500

LOCKED = b"HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Bearer realm=shop\r\nContent-Length: 0\r\n\r\n"


@pytest.mark.parametrize(
    ("script", "explanation"),
    [
        pytest.param(says_nothing, "not answered within", id="silent"),
        pytest.param(drips(b"HTTP/1.1 200 OK\r\nX-Slow: "), "not answered within", id="drips-headers"),
        pytest.param(drips(JSON_HEAD), "not answered within", id="drips-body"),
        pytest.param(drips(stream(b"data: ")), "not answered within", id="drips-stream"),
        pytest.param(floods(stream(), EVENT), "flood of other messages", id="floods-stream"),
        pytest.param(floods(JSON_HEAD, b"x" * 2**16), "longer than --smcp-max-message", id="endless-body"),
        pytest.param(floods(stream(b"data: "), b"x" * 2**16), "longer than --smcp-max-message", id="endless-event"),
        pytest.param(floods(b"HTTP/1.1 200 OK\r\nX-Long: ", b"x" * 2**16), "no HTTP response", id="endless-header"),
        pytest.param(answers(b"\x00\x01\x02 this is no HTTP\r\n\r\n"), "no HTTP response", id="no-http"),
        pytest.param(answers(answer(b"<html>", "text/html", "502 Bad Gateway")), "HTTP 502", id="error-page"),
        pytest.param(answers(LOCKED), "credentials (WWW-Authenticate: Bearer realm=shop): send them with", id="locked"),
        pytest.param(hangs_up, "no HTTP response", id="hangs-up"),
    ],
)
def test_a_hostile_http_server_is_explained_in_time(script: Script, explanation: str) -> None:
    """Whatever comes back, or doesn't: no leg, a reason, and no thread of an exchange is left."""
    policy = Policy(start_timeout=2, reply_timeout=1, max_message=2**20)
    with serving(script) as server, ThreadPoolExecutor(1) as pool:
        target = Target("hostile", url=server.url, transport="http", policy=policy)
        found = pool.submit(discover, target, ("2025-11-25",)).result(PATIENCE)
        left = [thread.name for thread in threading.enumerate() if thread.name.startswith(("POST", "GET", "DELETE"))]
    assert found.offers == ()
    assert explanation in found.failure
    assert left == []
