"""One HTTP exchange: the request that came in, and the ways to answer it."""

from __future__ import annotations

import contextlib
import select
import socket
import threading
from http.server import BaseHTTPRequestHandler
from typing import Any

MAX_BODY = 64 * 1024 * 1024


class Refused(Exception):
    """The request is refused with an HTTP `status`, a JSON body (None for none) and extra headers."""

    def __init__(self, status: int, body: Any = None, headers: dict[str, str] | None = None) -> None:
        super().__init__(status)
        self.status = status
        self.body = body
        self.headers = headers or {}


class Exchange(BaseHTTPRequestHandler):
    """What the HTTP library makes of a request; subclasses say in `exchange` what answers it."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server_version = "fixture"
    sys_version = ""
    streaming = False

    def exchange(self) -> None:
        """Answer the request."""
        raise NotImplementedError

    def setup(self) -> None:
        super().setup()
        self.lock = threading.Lock()

    def answer(self) -> None:
        """Answer the request; a client that hangs up is nothing to report."""
        self.streaming = False
        with contextlib.suppress(ConnectionError):
            self.exchange()

    do_GET = do_POST = do_DELETE = do_PUT = do_PATCH = do_OPTIONS = do_HEAD = answer

    def log_message(self, format: str, *args: Any) -> None:
        """Keep stderr quiet."""

    def header(self, name: str) -> str | None:
        """The value of a header without the whitespace around it; repeated headers are joined by commas."""
        values = self.headers.get_all(name)
        return None if values is None else ", ".join(value.strip(" \t") for value in values)

    def accepts(self, *types: str) -> bool:
        """Tell whether the client takes one of these media types."""
        accept = self.header("Accept")
        offered = {part.split(";")[0].strip().lower() for part in (accept or "*/*").split(",")}
        return bool(offered & {"*/*", *types, *(type_.split("/")[0] + "/*" for type_ in types)})

    def body(self) -> bytes:
        """Read the body; raises `Refused` if its length is unknown or excessive."""
        length = self.header("Content-Length") or ""
        if not length.isdecimal():
            self.close_connection = True
            raise Refused(411)
        if int(length) > MAX_BODY:
            self.close_connection = True
            raise Refused(413)
        return self.rfile.read(int(length))

    def reply(self, status: int, headers: dict[str, str], body: bytes) -> None:
        """Send a whole answer."""
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def start_stream(self, headers: dict[str, str]) -> None:
        """Begin an answer that ends when the connection closes."""
        self.streaming = True
        self.close_connection = True
        self.send_response(200)
        for name, value in {**headers, "Connection": "close"}.items():
            self.send_header(name, value)
        self.end_headers()

    def stream(self, data: bytes) -> None:
        """Send a piece of a stream."""
        with self.lock:
            self.wfile.write(data)

    def gone(self) -> bool:
        """Tell whether the client has hung up."""
        try:
            readable, _, _ = select.select([self.connection], [], [], 0)
            return bool(readable) and not self.connection.recv(1, socket.MSG_PEEK)
        except (OSError, ValueError):
            return True
