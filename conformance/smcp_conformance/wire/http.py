"""The Streamable HTTP transport: each message is a POST, answered by a JSON object or by an event stream.

Headers follow GUIDE §3.5 and §4: what a conforming client would send for this message in this revision, unless a
check overrides them. Redirects, cookies, proxies and retries are off.
"""

from __future__ import annotations

import base64
import itertools
import re
import threading
import time
from collections import deque
from collections.abc import Mapping, Sequence
from typing import Any

from smcp_conformance.launch import ServerProcess
from smcp_conformance.revisions import STATELESS_REVISION
from smcp_conformance.wire.connections import new_client
from smcp_conformance.wire.errors import NoAnswer, Unreachable
from smcp_conformance.wire.exchange import EVENT_STREAM, HttpExchange
from smcp_conformance.wire.inbox import Inbox
from smcp_conformance.wire.transcript import BYTES_KEPT, Conversation, Frame, decode

Headers = Mapping[str, "str | None"]
VERSION_HEADER_SINCE = "2025-06-18"
NAMED_BY = {"tools/call": "name", "prompts/get": "name", "resources/read": "uri"}
USER_AGENT = "smcp-conformance"
EXCHANGES_KEPT = 2000  # of those that have finished: with their content
CLOSING_TIME = 5.0  # seconds in which the threads of cut exchanges must have ended
PLAIN_VALUE = re.compile(r"[\x21-\x7e](?:[\x20-\x7e\t]*[\x21-\x7e])?\Z")


def header_value(text: str) -> str:
    """Encode `text` for an Mcp-* header: as it is, or in the Base64 form of 2026-07-28 where ASCII can't carry it."""
    if PLAIN_VALUE.match(text) and not (text.startswith("=?base64?") and text.endswith("?=")):
        return text
    return f"=?base64?{base64.b64encode(text.encode('utf-8', 'surrogatepass')).decode()}?="


class HttpTransport:
    """A client of one endpoint. `session_id` and `revision` shape the headers once they are known."""

    name = "http"

    def __init__(
        self,
        url: str,
        conversation: Conversation,
        max_message: int,
        headers: Sequence[tuple[str, str]] = (),
        process: ServerProcess | None = None,
    ) -> None:
        self.url = url
        self.conversation = conversation
        self.process = process
        self.inbox = Inbox()
        self.session_id: str | None = None
        self.user_headers = tuple(headers)
        self.exchanges: list[HttpExchange] = []
        self._finished: deque[HttpExchange] = deque()
        self._threads: list[threading.Thread] = []
        self._limit = max_message
        self._numbers = itertools.count(1)
        self._client = new_client()

    def send(self, raw: bytes, timeout: float, headers: Headers | None = None) -> Frame:
        """POST `raw`; what comes back arrives in the inbox. `headers` override the usual ones, None removes one."""
        return self.post(raw, headers)[0]

    def post(self, raw: bytes, headers: Headers | None = None, url: str | None = None) -> tuple[Frame, HttpExchange]:
        """POST `raw` and return the recorded frame with the exchange it began."""
        usual = self.headers_for(decode(raw))
        exchange = self._exchange("POST")
        merged = merge(usual, headers)
        frame = self.conversation.sent(raw, exchange.channel, {"headers": merged, "exchange": exchange})
        self._start(exchange, "POST", merged, raw, url)
        return frame, exchange

    def request(
        self, method: str, headers: Headers | None = None, raw: bytes = b"", url: str | None = None
    ) -> HttpExchange:
        """Make any other HTTP request: GET for a stream, DELETE to end the session, something odd on purpose."""
        exchange = self._exchange(method)
        merged = merge(self.session_headers() | {"Accept": EVENT_STREAM}, headers)
        facts = {"headers": merged, "exchange": exchange}
        self.conversation.note(f"{exchange.channel} {self.url}", **facts)
        self._start(exchange, method, merged, raw, url)
        return exchange

    def exchange(self, raw: bytes, timeout: float, headers: Headers | None = None) -> HttpExchange:
        """POST `raw` and wait for the response's end.

        Raises `Unreachable` if there was no HTTP response, `NoAnswer` if it didn't end within `timeout` seconds.
        """
        return self.settle(self.post(raw, headers)[1], timeout)

    def settle(self, exchange: HttpExchange, timeout: float, *, headers_only: bool = False) -> HttpExchange:
        """Wait until `exchange` has ended, or only its headers have come; what takes longer is dropped.

        Raises as the method `exchange` does.
        """
        waited = exchange.opened if headers_only else exchange.finished
        if not waited.wait(timeout):
            exchange.abort()
            missing = "no end of the HTTP response" if exchange.status else "no HTTP response"
            raise NoAnswer(f"{missing} to {exchange.channel} within {timeout:g} s")
        if exchange.error and not exchange.status:
            raise Unreachable(exchange.error)
        return exchange

    def headers_for(self, message: Any) -> dict[str, str | None]:
        """The headers that a conforming client sends with this message."""
        usual: dict[str, str | None] = {
            "Content-Type": "application/json",
            "Accept": f"application/json, {EVENT_STREAM}",
        }
        usual |= self.session_headers()
        if self.conversation.revision == STATELESS_REVISION and isinstance(message, dict):
            usual |= routing_headers(message)
        return usual

    def session_headers(self) -> dict[str, str | None]:
        """Version and session headers, and those the user gave."""
        found: dict[str, str | None] = {"User-Agent": USER_AGENT, **dict(self.user_headers)}
        if self.conversation.revision >= VERSION_HEADER_SINCE:
            found["MCP-Protocol-Version"] = self.conversation.revision
        if self.session_id is not None:
            found["Mcp-Session-Id"] = self.session_id
        return found

    def close(self) -> None:
        """Drop every open stream; a handshake-era session is ended with DELETE by the session, not here."""
        self.inbox.close()
        for exchange in self.exchanges:
            exchange.abort()
        deadline = time.monotonic() + CLOSING_TIME
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        self._client.close()

    @property
    def alive(self) -> bool:
        """True while the server's process runs, if we started one."""
        return self.process is None or self.process.poll() is None

    def _exchange(self, method: str) -> HttpExchange:
        exchange = HttpExchange(next(self._numbers), method, self.conversation, self.inbox, self._limit)
        self._finished.extend(e for e in self.exchanges if e.finished.is_set())
        self.exchanges = [e for e in self.exchanges if not e.finished.is_set()] + [exchange]
        self._threads = [thread for thread in self._threads if thread.is_alive()]
        self._forget_old()
        return exchange

    def _forget_old(self) -> None:
        """Keep no more content of past exchanges than the transcript does."""
        while sum(e.weight for e in self._finished) > BYTES_KEPT or len(self._finished) > EXCHANGES_KEPT:
            self._finished.popleft().forget()

    def _start(self, exchange: HttpExchange, method: str, headers: Headers, raw: bytes, url: str | None) -> None:
        pairs = [(k.encode("ascii"), v.encode("utf-8", "surrogateescape")) for k, v in headers.items() if v is not None]
        request = self._client.build_request(method, url or self.url, headers=pairs, content=raw or None)
        arguments = (self._client, request)
        thread = threading.Thread(target=exchange.run, args=arguments, name=exchange.channel, daemon=True)
        self._threads.append(thread)
        thread.start()


def merge(usual: Headers, overriding: Headers | None) -> dict[str, str | None]:
    """Lay `overriding` over `usual`, names compared without case."""
    merged = dict(usual)
    for name, value in (overriding or {}).items():
        for known in [k for k in merged if k.lower() == name.lower()]:
            del merged[known]
        merged[name] = value
    return merged


def routing_headers(message: Mapping[str, Any]) -> dict[str, str | None]:
    """Mcp-Method and Mcp-Name as 2026-07-28 wants them for this message."""
    method = message.get("method")
    if not isinstance(method, str) or "id" not in message:
        return {}
    params = message.get("params")
    name = params.get(NAMED_BY.get(method, "")) if isinstance(params, dict) else None
    named = {"Mcp-Name": header_value(name)} if isinstance(name, str) else {}
    return {"Mcp-Method": header_value(method), **named}
