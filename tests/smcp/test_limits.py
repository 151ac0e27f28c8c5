"""How much, and for how long, a client may keep the HTTP side busy."""

from __future__ import annotations

import socket
import sys
from typing import Any

import anyio
import pytest
import smcp_clients
from smcp_clients import TIMEOUT, Web, request

from smcp.web import body, connections
from smcp.web.asgi import Disconnected, Rejected
from smcp.web.gate import MAX_HEAD, check_size

JSON = [(b"content-type", b"application/json")]


def spoken(web: Web, *parts: bytes) -> bytes:
    """Say something on a bare connection and return all that comes back until the server hangs up."""
    with socket.create_connection(web.address) as connection:
        connection.settimeout(TIMEOUT)
        for part in parts:
            try:
                connection.sendall(part)
            except ConnectionError:
                break
        answer = bytearray()
        try:
            while chunk := connection.recv(65536):
                answer += chunk
        except ConnectionError:
            pass
        return bytes(answer)


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (b"GET /health HTTP/1.1\r\nHost: localhost\r\nX: " + b"x" * (MAX_HEAD - 100) + b"\r\nY: " + b"y" * 100, 431),
        (b"GET /health HTTP/1.1\r\nHost: localhost\r\n" + b"X: x\r\n" * 12_000 + b"Y: y", 431),
        (b"GET /" + b"x" * MAX_HEAD + b" HTTP/1.1\r\nHost: localhost", 431),
        (b"GET /health HTTP/1.1\r\nHost: localhost\r\n: x", 400),
        (b"GET /health FTP/1.1\r\nHost: localhost", 400),
        (b"\x16\x03\x01 hello", 400),
        (b"GET /health HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1", 400),
        (b"GET /health HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2", 400),
        (b"GET /health HTTP/1.1\r\nX: \x00", 400),
    ],
)
def test_heads_that_are_too_large_or_none_are_refused(web: Web, head: bytes, status: int) -> None:
    """With the status that says which, in JSON, and then the server hangs up."""
    answer = spoken(web, head + b"\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 %d " % status)
    assert b"connection: close" in answer.lower()
    assert b'"error"' in answer


def test_a_head_without_an_end_is_refused_once_it_is_too_large(web: Web) -> None:
    """However it comes, nobody collects it for ever."""
    answer = spoken(web, b"GET /health HTTP/1.1\r\nHost: localhost\r\n", *[b"X: " + b"x" * 1000 + b"\r\n"] * 200)
    assert answer == b"" or answer.startswith(b"HTTP/1.1 431 ")
    assert web.client.get(f"{web.base}/health").status_code == 200


def test_garbage_behind_a_request_ends_the_connection(web: Web) -> None:
    """The request itself is answered, the rest isn't taken for another."""
    answer = spoken(web, b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n\x00garbage\r\n\r\n")
    assert answer.count(b"HTTP/1.1 ") <= 2
    assert web.client.get(f"{web.base}/health").status_code == 200


def test_a_large_body_is_refused_by_its_announcement(web: Web) -> None:
    """Before it comes: also one whose length no machine has room for."""
    for length in (b"4194305", b"9" * 15, b"9" * 19):
        head = b"POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nConnection: close\r\n"
        answer = spoken(web, head + b"Content-Length: " + length + b"\r\n\r\n{}")
        assert answer.startswith(b"HTTP/1.1 413 ")


def test_a_large_body_in_chunks_is_refused_when_it_is_too_large(web: Web) -> None:
    """Nothing announces it."""

    def chunks() -> Any:
        for _ in range(65):
            yield b" " * 65536

    headers = {"content-type": "application/json", "accept": "application/json, text/event-stream"}
    assert web.client.post(web.url, content=chunks(), headers=headers).status_code == 413


def test_two_content_types_are_none(web: Web) -> None:
    """Who would say which one counts?"""
    headers = [("content-type", "application/json"), ("content-type", "application/json")]
    assert web.client.post(web.url, content=b"{}", headers=headers).status_code == 415


async def _never() -> dict[str, Any]:
    await anyio.sleep_forever()
    raise AssertionError("unreachable")


async def _gone() -> dict[str, Any]:
    return {"type": "http.disconnect"}


def test_a_body_that_doesnt_come_is_given_up() -> None:
    """With 408, and the connection ends; a client that leaves is no fault."""

    async def play() -> Rejected:
        with pytest.raises(Disconnected):
            await body.read({"headers": JSON}, _gone)
        with pytest.raises(Rejected) as rejected:
            await body.read({"headers": JSON}, _never, seconds=0.01)
        return rejected.value

    rejected = anyio.run(play)
    assert (rejected.status, rejected.headers) == (408, ((b"connection", b"close"),))


def test_the_size_of_a_head_counts_all_of_it() -> None:
    """Target and headers together."""
    check_size({"raw_path": b"/", "query_string": b"", "headers": [(b"x", b"y" * (MAX_HEAD - 6))]})
    with pytest.raises(Rejected) as rejected:
        check_size({"raw_path": b"/", "query_string": b"?", "headers": [(b"x", b"y" * (MAX_HEAD - 6))]})
    assert rejected.value.status == 431


HASTY = "import smcp.web.connections as c; c.HEAD_TIME = 0.2; from smcp.__main__ import main; main()"


@pytest.mark.parametrize("begun", [b"", b"GET /health HTTP/1.1\r\nHost:"])
def test_a_head_that_doesnt_come_is_given_up(monkeypatch: pytest.MonkeyPatch, begun: bytes) -> None:
    """A connection that says nothing, or half of something, ends; a busy one and a served one don't."""

    def command(transport: str, *more: str) -> list[str]:
        return [sys.executable, "-c", HASTY, "--transport", transport, *more]

    monkeypatch.setattr(smcp_clients, "arguments_for", command)
    web = Web("--plugins-dir", "nowhere")
    try:
        served = b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n"
        assert spoken(web, begun) == b""
        if begun:
            assert spoken(web, served, begun).startswith(b"HTTP/1.1 200 ")
        session = web.open()
        with web.client.stream("GET", web.url, headers={**session, "accept": "text/event-stream"}) as stream:
            assert spoken(web, begun) == b""  # this took longer than the head may
            assert web.ask(request(1, "ping"), session)["result"] == {}
            assert stream.status_code == 200
    finally:
        web.stop()
    assert connections.HEAD_TIME > 1
