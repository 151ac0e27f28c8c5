"""A small HTTP server on real sockets that answers each connection by a script: raw bytes out, as it likes."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

PATIENCE = 30.0


@dataclass
class Scripted:
    """The server: `url`, what it was sent (`requests`), the open connections, and an event that ends all scripts."""

    port: int
    requests: list[bytes] = field(default_factory=list)
    connections: list[socket.socket] = field(default_factory=list)
    hung_up: threading.Event = field(default_factory=threading.Event)
    over: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}/mcp"


Script = Callable[[Scripted, socket.socket, bytes], None]


def answer(body: bytes, content_type: str = "application/json", status: str = "200 OK", more: str = "") -> bytes:
    """A whole response."""
    head = f"HTTP/1.1 {status}\r\nContent-Type: {content_type}\r\nContent-Length: {len(body)}\r\n{more}\r\n"
    return head.encode() + body


def stream(*pieces: bytes) -> bytes:
    """The beginning of an event stream that lasts as long as its connection."""
    return b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\n\r\n" + b"".join(pieces)


@contextmanager
def serving(script: Script) -> Iterator[Scripted]:
    """A server that runs `script` for every request that comes in; all is closed at the end."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = Scripted(listener.getsockname()[1])
    threads = [threading.Thread(target=_accept, args=(listener, server, script), daemon=True)]
    threads[0].start()
    try:
        yield server
    finally:
        server.over.set()
        for open_socket in (listener, *server.connections):
            with suppress(OSError):
                open_socket.shutdown(socket.SHUT_RDWR)
            open_socket.close()
        threads[0].join(PATIENCE)


def _accept(listener: socket.socket, server: Scripted, script: Script) -> None:
    with suppress(OSError):
        while True:
            connection, _ = listener.accept()
            server.connections.append(connection)
            threading.Thread(target=_serve, args=(server, connection, script), daemon=True).start()


def _serve(server: Scripted, connection: socket.socket, script: Script) -> None:
    with suppress(OSError), connection:
        while request := _read(connection):
            server.requests.append(request)
            script(server, connection, request)
        server.hung_up.set()


def _read(connection: socket.socket) -> bytes:
    data = b""
    while b"\r\n\r\n" not in data:
        chunk = connection.recv(65536)
        if not chunk:
            return b""
        data += chunk
    head, _, body = data.partition(b"\r\n\r\n")
    lengths = [line.partition(b":")[2] for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    while lengths and len(body) < int(lengths[0]):
        body += connection.recv(65536)
    return head + b"\r\n\r\n" + body
