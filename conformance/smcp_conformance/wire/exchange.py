"""One HTTP request and all that came back for it, frame by frame."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import httpcore2
import httpx2

from smcp_conformance.wire.connections import current, cut
from smcp_conformance.wire.framing import KEPT_OF_TOO_LARGE, Event, EventParser
from smcp_conformance.wire.inbox import Inbox
from smcp_conformance.wire.transcript import FRAME_COST, Conversation, Frame

EVENT_STREAM = "text/event-stream"
WEIGHT_KEPT = 8 * 2**20  # bytes of events that one exchange keeps; the inbox gets all


class HttpExchange:
    """One request on a thread of its own.

    `opened` is set when the response's headers are there, `heard` at the first event of a stream, `finished` when its
    body has ended or broke. Until then `status` is 0 and `headers` is empty. `headers` are (lower-case name, value)
    pairs in the order received, `body` the bytes of a response that is no event stream, `events` those of one that is
    and `unfinished` the lines of an event that its end cut off; `error` says why no or only half a response came,
    `dropped` is true once we cut it. `whole` is false where `events` and `frames` hold only the beginning of a long
    stream, or nothing any more.
    """

    def __init__(self, number: int, method: str, conversation: Conversation, inbox: Inbox, limit: int) -> None:
        self.number = number
        self.method = method
        self.channel = f"{method} {number}"
        self.status = 0
        self.headers: tuple[tuple[str, str], ...] = ()
        self.body = b""
        self.frames: list[Frame] = []
        self.events: list[Event] = []
        self.unfinished: tuple[bytes, ...] = ()
        self.error = ""
        self.weight = 0
        self.opened = threading.Event()
        self.heard = threading.Event()
        self.finished = threading.Event()
        self.on_event: Callable[[Event], bool] = lambda event: False
        self.on_end: Callable[[], None] = lambda: None
        self._conversation = conversation
        self._inbox = inbox
        self._limit = limit
        self._stream: httpcore2.NetworkStream | None = None
        self.dropped = False
        self.whole = True

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
        current.user = self
        try:
            self._receive(client.send(request, stream=True))
        except (httpx2.HTTPError, httpx2.StreamError, OSError) as error:
            self.error = f"{type(error).__name__}: {error}"
        finally:
            self._stream = None
            self.opened.set()
            self.heard.set()
            self.finished.set()
            self._inbox.put(self._conversation.note(self._outcome(), exchange=self))
            self.on_end()

    def uses(self, stream: httpcore2.NetworkStream) -> None:
        """Note the connection that the request goes out on; one that was dropped meanwhile gets no further."""
        self._stream = stream
        if self.dropped:
            cut(stream)

    def abort(self) -> None:
        """Close the connection under the exchange: how a client drops a request or a stream."""
        self.dropped = True
        stream = self._stream
        if stream is not None and not self.finished.is_set():
            cut(stream)

    def forget(self) -> None:
        """Let go of the content, for there is newer; status and headers stay."""
        self.body, self.weight, self.whole = b"", 0, False
        self.events, self.frames = [], []

    def _receive(self, response: httpx2.Response) -> None:
        self.status = response.status_code
        self.headers = tuple((k.decode("latin-1").lower(), v.decode("latin-1")) for k, v in response.headers.raw)
        self.opened.set()
        try:
            (self._read_stream if self.streaming else self._read_body)(response.iter_raw())
        finally:
            response.close()

    def _read_body(self, chunks: Iterator[bytes]) -> None:
        body = bytearray()
        for chunk in chunks:
            body += chunk
            if len(body) > self._limit:
                self._deliver(bytes(body[:KEPT_OF_TOO_LARGE]), len(body), True, {})
                self.abort()
                return
        self.body = bytes(body)
        if body:
            self._deliver(self.body, len(body), False, {})

    def _read_stream(self, chunks: Iterator[bytes]) -> None:
        parser = EventParser(self._limit)
        for chunk in chunks:
            for event in parser.feed(chunk):
                self._take(event)
        self.unfinished = parser.end()

    def _take(self, event: Event) -> None:
        if self.weight < WEIGHT_KEPT:
            self.events.append(event)
            self.weight += FRAME_COST
        if event.event != ":":
            self.heard.set()
        if event.data and not self.on_event(event):
            facts = {"event": event.event, "event-id": event.id}
            self._deliver(event.data, event.size, event.too_large, facts)

    def _deliver(self, raw: bytes, size: int, too_large: bool, facts: Mapping[str, Any]) -> None:
        known = {"status": self.status, "content-type": self.content_type, "exchange": self, **facts}
        frame = self._conversation.received(raw, self.channel, size, too_large, known)
        if self.weight < WEIGHT_KEPT:
            self.frames.append(frame)
            self.weight += frame.weight
        else:
            self.whole = False
        self._inbox.put(frame)

    def _outcome(self) -> str:
        if self.error:
            return f"{self.channel}: {self.error}"
        return f"{self.channel}: HTTP {self.status}, {'stream' if self.streaming else 'body'} ended"
