"""One HTTP request and all that came back for it, frame by frame."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import httpx2

from smcp_conformance.wire.framing import Event, EventParser
from smcp_conformance.wire.inbox import Inbox
from smcp_conformance.wire.transcript import Conversation, Frame

EVENT_STREAM = "text/event-stream"


class HttpExchange:
    """One request on a thread of its own.

    `opened` is set when the response's headers are there, `finished` when its body has ended or broke. Until then
    `status` is 0 and `headers` is empty. `headers` are (lower-case name, value) pairs in the order received, `body`
    the bytes of a response that is no event stream, `events` those of one that is, `error` says why no or only half
    a response came.
    """

    def __init__(self, number: int, method: str, conversation: Conversation, inbox: Inbox, limit: int) -> None:
        self.number = number
        self.channel = f"{method} {number}"
        self.status = 0
        self.headers: tuple[tuple[str, str], ...] = ()
        self.body = b""
        self.frames: list[Frame] = []
        self.events: list[Event] = []
        self.error = ""
        self.opened = threading.Event()
        self.finished = threading.Event()
        self.on_event: Callable[[Event], bool] = lambda event: False
        self._conversation = conversation
        self._inbox = inbox
        self._limit = limit
        self._response: httpx2.Response | None = None

    def header(self, name: str) -> str | None:
        """Return the first header of that name, compared without case."""
        return next((value for key, value in self.headers if key == name.lower()), None)

    @property
    def content_type(self) -> str:
        """The media type without parameters, lower case; "" if none was named."""
        return (self.header("content-type") or "").partition(";")[0].strip().lower()

    @property
    def streaming(self) -> bool:
        """True if the response is a server-sent event stream."""
        return self.content_type == EVENT_STREAM

    def wait(self, timeout: float) -> bool:
        """Wait until the response has ended; tell whether it has."""
        return self.finished.wait(timeout)

    def run(self, client: httpx2.Client, request: httpx2.Request) -> None:
        """Send the request and read the response to its end; every failure ends up in `error`."""
        try:
            self._receive(client.send(request, stream=True))
        except (httpx2.HTTPError, httpx2.StreamError, OSError, ValueError, RuntimeError) as error:
            self.error = f"{type(error).__name__}: {error}"
        finally:
            self.opened.set()
            self.finished.set()
            self._inbox.put(self._conversation.note(self._outcome(), exchange=self))

    def abort(self) -> None:
        """Close the connection under the response: how a client drops a stream."""
        network = self._response.extensions.get("network_stream") if self._response else None
        raw = network.get_extra_info("socket") if network else None
        if raw is not None and not self.finished.is_set():
            try:
                raw.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass  # the peer was quicker

    def _receive(self, response: httpx2.Response) -> None:
        self._response = response
        self.status = response.status_code
        self.headers = tuple((k.decode("latin-1").lower(), v.decode("latin-1")) for k, v in response.headers.raw)
        self.opened.set()
        try:
            (self._read_stream if self.streaming else self._read_body)(response.iter_raw(2**16))
        finally:
            response.close()

    def _read_body(self, chunks: Iterator[bytes]) -> None:
        parts: list[bytes] = []
        size = 0
        for chunk in chunks:
            size += len(chunk)
            parts.append(chunk)
            if size > self._limit:
                self.abort()
                break
        self.body = b"".join(parts)[: self._limit]
        if self.body:
            self._deliver(self.body, size, size > self._limit, {})

    def _read_stream(self, chunks: Iterator[bytes]) -> None:
        parser = EventParser(self._limit)
        for chunk in chunks:
            for event in parser.feed(chunk):
                self._take(event)

    def _take(self, event: Event) -> None:
        self.events.append(event)
        if event.data and not self.on_event(event):
            facts = {"event": event.event, "event-id": event.id}
            self._deliver(event.data, event.size, event.too_large, facts)

    def _deliver(self, raw: bytes, size: int, too_large: bool, facts: Mapping[str, Any]) -> None:
        known = {"status": self.status, "content-type": self.content_type, "exchange": self, **facts}
        frame = self._conversation.received(raw, self.channel, size, too_large, known)
        self.frames.append(frame)
        self._inbox.put(frame)

    def _outcome(self) -> str:
        if self.error:
            return f"{self.channel}: {self.error}"
        return f"{self.channel}: HTTP {self.status}, {'stream' if self.streaming else 'body'} ended"
