"""The HTTP+SSE transport of 2024-11-05: one event stream for all that the server says, POSTs for what we say."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from urllib.parse import urljoin, urlsplit

from smcp_conformance.launch import ServerProcess
from smcp_conformance.wire.errors import NoAnswer, Unreachable
from smcp_conformance.wire.framing import Event
from smcp_conformance.wire.http import USER_AGENT, Headers, HttpTransport
from smcp_conformance.wire.transcript import Conversation, Frame

LOOPBACK = ("localhost", "127.0.0.1", "::1")


class SseTransport(HttpTransport):
    """An open stream and the endpoint that its first event named."""

    name = "sse"

    def __init__(
        self,
        url: str,
        conversation: Conversation,
        max_message: int,
        headers: Sequence[tuple[str, str]] = (),
        process: ServerProcess | None = None,
    ) -> None:
        super().__init__(url, conversation, max_message, headers, process)
        self.endpoint: str | None = None
        self._named = threading.Event()
        self.stream = self._exchange("GET")
        self.stream.on_event = self._hear
        self.stream.on_end = self._ended
        self._start(self.stream, "GET", {**self.session_headers(), "Accept": "text/event-stream"}, b"", None)

    def send(self, raw: bytes, timeout: float, headers: Headers | None = None) -> Frame:
        """POST `raw` to the endpoint; the answer arrives on the stream.

        Waits up to `timeout` seconds for the POST's status, for what is posted at once arrives in any order.

        Raises `NoAnswer` if the server named no endpoint within `timeout` seconds, `Unreachable` if the stream broke.
        """
        frame, exchange = self.post(raw, headers, self.wait_for_endpoint(timeout))
        exchange.opened.wait(timeout)
        return frame

    def wait_for_endpoint(self, timeout: float) -> str:
        """Return the absolute URL for POSTs that the server's first event names."""
        if not self._named.wait(timeout) or self.endpoint is None:
            if self.stream.error and not self.stream.status:
                raise Unreachable(self.stream.error)
            raise NoAnswer(f"no `endpoint` event within {timeout:g} s (HTTP status {self.stream.status or 'none'})")
        return self.endpoint

    def headers_for(self, message: object) -> dict[str, str | None]:
        """The headers of a POST in 2024-11-05: no version, no session; credentials only for the host they are for."""
        known = self.session_headers() if same_origin(self.url, self.endpoint or self.url) else {}
        return {**known, "Content-Type": "application/json"}

    def session_headers(self) -> dict[str, str | None]:
        """Our name, and what the user gave."""
        return {"User-Agent": USER_AGENT, **dict(self.user_headers)}

    @property
    def alive(self) -> bool:
        """True while the stream is open."""
        return not self.stream.finished.is_set()

    def _ended(self) -> None:
        self._named.set()
        self.inbox.end()

    def _hear(self, event: Event) -> bool:
        if event.event != "endpoint" or event.data is None:
            return False
        if self.endpoint is None:
            self.endpoint = urljoin(self.url, event.data.decode("utf-8", "replace"))
        self.conversation.note(f"endpoint event: {event.data.decode('utf-8', 'replace')}", event=event)
        self._named.set()
        return True


def same_origin(one: str, other: str) -> bool:
    """Tell whether two URLs lead to the same server; the names of this machine's loopback are one."""
    return _origin(one) == _origin(other)


def _origin(url: str) -> tuple[str, str, int | None]:
    parts = urlsplit(url)
    host = parts.hostname or ""
    return parts.scheme, "localhost" if host in LOOPBACK else host, parts.port
