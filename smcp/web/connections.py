"""uvicorn's HTTP/1.1 connection with the limits it lacks: on the size of a request's head, and on its time."""

from __future__ import annotations

import asyncio
import sys

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from smcp.envelope import INVALID_REQUEST, UNREADABLE, encode, error_response

HEAD_TIME = 30.0
"""Seconds in which the head of a request must have come."""

_PHRASES = {400: "Bad Request: not HTTP/1.1", 431: "Request Header Fields Too Large"}


class Connection(H11Protocol):
    """One connection. A head that doesn't come costs HEAD_TIME, one that is no head gets 400 or 431."""

    _overdue: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """Expect the first request."""
        super().connection_made(transport)
        self._watch(expecting=True)

    def data_received(self, data: bytes) -> None:
        """Take what came, and go on watching if a head has begun and isn't complete."""
        super().data_received(data)
        self._watch(expecting=self.conn.their_state is h11.IDLE and bool(self.conn.trailing_data[0]))

    def connection_lost(self, exc: Exception | None) -> None:
        """Expect nothing any more."""
        self._watch(expecting=False)
        super().connection_lost(exc)

    def send_400_response(self, msg: str) -> None:
        """Answer what can't be read, if the answer can still be told from another one, and hang up."""
        error = sys.exc_info()[1]  # uvicorn calls this where it caught what h11 found
        status = 431 if isinstance(error, h11.RemoteProtocolError) and error.error_status_hint == 431 else 400
        if self.conn.our_state in (h11.IDLE, h11.SEND_RESPONSE):
            content = encode(error_response(INVALID_REQUEST, _PHRASES[status], UNREADABLE))
            headers = [("content-type", "application/json"), ("content-length", str(len(content)))]
            head = h11.Response(status_code=status, headers=[*headers, ("connection", "close")])
            parts = (head, h11.Data(data=content), h11.EndOfMessage())
            self.transport.write(b"".join(self.conn.send(part) or b"" for part in parts))
        self.transport.close()

    def _watch(self, *, expecting: bool) -> None:
        if expecting and self._overdue is None:
            self._overdue = self.loop.call_later(HEAD_TIME, self.transport.close)
        elif not expecting and self._overdue is not None:
            self._overdue.cancel()
            self._overdue = None
