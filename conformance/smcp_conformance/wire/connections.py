"""HTTP connections that can be cut at any moment, also while nothing has come back yet.

HTTP libraries lend the socket of a request out only with the response's headers. A server that never sends any would
keep our thread for ever, so the stream that each exchange writes to is noted on the way, at the library's own seam
for network backends.
"""

from __future__ import annotations

import contextlib
import logging
import socket
import threading
from collections.abc import Iterable
from functools import cache
from ssl import SSLContext
from typing import Any, Protocol

import httpcore2
import httpx2

CONNECT_TIMEOUT = 10.0  # seconds, for writing too; reading is bounded by those who wait
IDLE = 2.0  # seconds after which an unused connection is closed, sooner than servers do, so that none is cut in use

LOGGERS = ("httpx2", *(f"httpcore2.{part}" for part in ("connection", "http11", "http2", "proxy", "socks")))


class Cuttable(Protocol):
    """Who uses a connection: is told which one, and may have been cut already."""

    def uses(self, stream: httpcore2.NetworkStream) -> None:
        """Note the stream, and cut it if nothing is to be sent any more."""
        ...


class Current(threading.local):
    """Who is at work on this thread."""

    user: Cuttable | None = None


current = Current()


def _unheard(record: logging.LogRecord) -> bool:
    """Keep from all handlers what the libraries log of our exchanges: it holds headers in clear."""
    return current.user is None


for logger in LOGGERS:
    logging.getLogger(logger).addFilter(_unheard)


def new_client() -> httpx2.Client:
    """A client without proxies, redirects, cookies, retries and headers of its own."""
    timeout = httpx2.Timeout(CONNECT_TIMEOUT, read=None)
    client = httpx2.Client(transport=_Transport(), trust_env=False, follow_redirects=False, timeout=timeout)
    client.headers.clear()
    return client


def cut(stream: httpcore2.NetworkStream) -> None:
    """Shut a connection down under whoever reads from it."""
    raw = stream.get_extra_info("socket")
    with contextlib.suppress(OSError):  # the peer was quicker
        socket.socket.shutdown(raw, socket.SHUT_RDWR)


class _Transport(httpx2.HTTPTransport):
    """httpx's own transport on a pool with our backend, which httpx itself has no parameter for."""

    def __init__(self) -> None:
        super().__init__(verify=_tls(), trust_env=False)
        self._pool = httpcore2.ConnectionPool(
            ssl_context=_tls(),
            max_connections=None,
            max_keepalive_connections=20,
            keepalive_expiry=IDLE,
            network_backend=_Backend(),
        )


@cache
def _tls() -> SSLContext:
    """Made once, for reading the certificates takes longer than many an exchange."""
    return httpx2.create_ssl_context(trust_env=False)


class _Backend(httpcore2.NetworkBackend):
    def __init__(self) -> None:
        self._backend = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.NetworkStream:
        """Connect as usual."""
        return _Stream(self._backend.connect_tcp(host, port, timeout, local_address, socket_options))


class _Stream(httpcore2.NetworkStream):
    def __init__(self, stream: httpcore2.NetworkStream) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Read as usual."""
        return self._stream.read(max_bytes, timeout)

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Write, after telling the one at work what it writes to."""
        if current.user is not None:
            current.user.uses(self)
        self._stream.write(buffer, timeout)

    def close(self) -> None:
        """Close as usual."""
        self._stream.close()

    def start_tls(
        self, ssl_context: SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        """Go on encrypted."""
        return _Stream(self._stream.start_tls(ssl_context, server_hostname, timeout))

    def get_extra_info(self, info: str) -> Any:
        """What the stream knows."""
        return self._stream.get_extra_info(info)
