"""The two eras behind one synchronous API.

A `Session` speaks one revision over one transport. In the handshake era it opens with `initialize`; at 2026-07-28 each
request carries its `_meta`. It keeps nothing from the one who asks: `Reply` holds the answer as it came, the frames
that came before it, and the HTTP exchange. Requests that the server makes meanwhile are answered politely.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from smcp_conformance.client import answer_to
from smcp_conformance.reply import HandshakeRefused, Pending, Reaction, Reply, encode
from smcp_conformance.silence import silence
from smcp_conformance.speaker import Speaker, members
from smcp_conformance.tracebacks import ours
from smcp_conformance.wire.errors import Flooded, WireError
from smcp_conformance.wire.exchange import HttpExchange
from smcp_conformance.wire.http import HttpTransport
from smcp_conformance.wire.stdio import StdioTransport
from smcp_conformance.wire.transcript import Conversation, Direction, Frame

__tracebackhide__ = ours
Transport = StdioTransport | HttpTransport
FLOOD = 32 * 2**20  # bytes of other traffic after which an answer is no longer awaited
AFTERTHOUGHT = 0.15  # seconds that a server which answers out of order gets to react after all


@dataclass(kw_only=True)
class Session(Speaker):
    """One conversation with a server in one revision.

    `reply_timeout` and `start_timeout` are seconds; the first answer of a process may take the longer one.
    `story` makes the text of the errors that are raised, for those who see nothing but them.
    """

    transport: Transport
    reply_timeout: float = 5.0
    start_timeout: float = 15.0
    initialize_reply: Reply | None = None
    story: Callable[[WireError], str] = str
    _heard: bool = False
    _aside: list[Frame] = field(default_factory=list)
    _unclaimed: list[Frame] = field(default_factory=list)

    @property
    def conversation(self) -> Conversation:
        """The record of everything said."""
        return self.transport.conversation

    @property
    def http(self) -> HttpTransport:
        """The HTTP transport; raises TypeError on stdio."""
        if not isinstance(self.transport, HttpTransport):
            raise TypeError("this session does not speak HTTP: declare transports=('http',) on the check")
        return self.transport

    @property
    def stdio(self) -> StdioTransport:
        """The stdio transport; raises TypeError on HTTP."""
        if not isinstance(self.transport, StdioTransport):
            raise TypeError("this session does not speak stdio: declare transports=('stdio',) on the check")
        return self.transport

    @property
    def alive(self) -> bool:
        """True while the server can still be spoken to."""
        return self.transport.alive

    def open(self) -> Session:
        """Do the handshake where the revision has one; raise `HandshakeRefused` if it fails."""
        self.conversation.client_capabilities = self.client_capabilities
        if self.stateless:
            self.conversation.revision = self.revision
        else:
            self.shake_hands()
        return self

    def shake_hands(self) -> Reply:
        """Send `initialize` and, when answered with our revision, `notifications/initialized`."""
        reply = self.request("initialize", self.initialize_params())
        self.initialize_reply = reply
        offered = reply.result.get("protocolVersion")
        if offered != self.revision:
            raise HandshakeRefused(f"initialize at {self.revision} was answered with {reply}", reply)
        self.conversation.revision = self.revision
        if isinstance(self.transport, HttpTransport) and reply.exchange:
            self.transport.session_id = reply.exchange.header("mcp-session-id")
        self.notify("notifications/initialized")
        return reply

    def request(
        self,
        method: str,
        params: Mapping[str, Any] | None = None,
        *,
        meta: Mapping[str, Any] | None = None,
        timeout: float | None = None,
        headers: Mapping[str, str | None] | None = None,
        **more: Any,
    ) -> Reply:
        """Send a request and wait for its answer (`id=` overrides the id).

        Raises `NoAnswer`, `Died`, `TooLarge` or `Unreachable`; an error response is an answer and raises nothing.
        """
        return self.start(method, params, meta=meta, headers=headers, **more).wait(timeout)

    def start(
        self,
        method: str,
        params: Mapping[str, Any] | None = None,
        *,
        meta: Mapping[str, Any] | None = None,
        headers: Mapping[str, str | None] | None = None,
        **more: Any,
    ) -> Pending:
        """Send a request and go on; `wait()` on what is returned gets its answer."""
        message = self.message(method, params, meta=meta, **more)
        frame = self.send(message, headers=headers)
        return Pending(self, message, frame)

    def notify(self, method: str, params: Mapping[str, Any] | None = None) -> None:
        """Send a notification (over HTTP: wait for the end of its POST, as a client that minds the order would)."""
        message: dict[str, Any] = {"jsonrpc": "2.0", "method": method}
        frame = self.send(message if params is None else {**message, "params": members(method, params)})
        exchange = frame.facts.get("exchange")
        if isinstance(exchange, HttpExchange):
            exchange.opened.wait(self.reply_timeout)

    def send(self, message: object, *, headers: Mapping[str, str | None] | None = None) -> Frame:
        """Send any JSON value as it is."""
        return self._transmit(encode(message), headers)

    def send_malformed(self, raw: bytes, *, headers: Mapping[str, str | None] | None = None) -> Frame:
        """Send bytes that no conforming client sends; from here on monitors know not to blame the server for it."""
        self.conversation.malformed = True
        return self._transmit(raw, headers)

    def receive(self, timeout: float) -> Frame | None:
        """The next frame from the server, oldest first; None if `timeout` seconds bring none or the stream ended."""
        if self._aside:
            return self._aside.pop(0)
        return self._next(time.monotonic() + timeout)

    def listen(self, timeout: float, until: Callable[[Frame], bool] = lambda frame: False) -> tuple[Frame, ...]:
        """Collect frames until one satisfies `until` (it is the last), or `timeout` seconds have passed."""
        deadline = time.monotonic() + timeout
        found: list[Frame] = []
        weight = 0
        while weight < FLOOD and (frame := self.receive(deadline - time.monotonic())) is not None:
            found.append(frame)
            weight += frame.weight
            if until(frame):
                break
        return tuple(found)

    def drain(self) -> tuple[Frame, ...]:
        """Everything that has come since, up to the answer of a harmless request: a barrier, no fixed wait.

        Raises `NoAnswer` or `Died` if the server does not answer that request.
        """
        earlier, self._aside = tuple(self._aside), []
        return (*earlier, *self.ping().before)

    def ping(self) -> Reply:
        """The most harmless request of the era: `ping`, or `server/discover` at 2026-07-28."""
        return self.request(self.ping_method)

    def provoke(
        self, sent: object, *, malformed: bool = True, headers: Mapping[str, str | None] | None = None
    ) -> Reaction:
        """Send bytes (or a JSON value) that deserve a reaction and gather it, whatever it is.

        Over HTTP that is the whole response to the POST; on stdio all that comes until a harmless request sent after
        it is answered, and a moment more if nothing did; over HTTP+SSE that and the response to the POST, if it is a
        refusal. Raises `Died` or `NoAnswer` if the server does not survive, `Unreachable` if there is no HTTP
        response. `malformed=False` says that a conforming client may send this.
        """
        self.conversation.malformed |= malformed
        raw = sent if isinstance(sent, bytes) else encode(sent)
        frame = self._transmit(raw, headers)
        exchange = frame.facts.get("exchange")
        if isinstance(exchange, HttpExchange) and self.transport.name == "http":
            self.http.settle(exchange, self.reply_timeout)
            self._skip(exchange)
            return Reaction(tuple(exchange.frames), exchange)
        frames = self.drain()
        refusal = self._refusal(exchange) if isinstance(exchange, HttpExchange) else None
        if not refusal and not any(frame.is_response or isinstance(frame.value, list) for frame in frames):
            frames += self.listen(AFTERTHOUGHT, lambda late: late.is_response)
        return Reaction(frames, refusal)

    def _refusal(self, exchange: HttpExchange) -> HttpExchange | None:
        """`exchange`, if its POST was answered with an error status: over HTTP+SSE the rest is said on the stream."""
        exchange.finished.wait(self.reply_timeout)
        return exchange if (exchange.status or 0) >= 400 else None

    def pages(self, method: str, member: str, most: int = 100) -> Iterator[Reply]:
        """Walk a paginated list from its first page; stops after `most` pages or at a cursor seen before."""
        params: dict[str, Any] | None = None
        seen: set[str] = set()
        for _ in range(most):
            reply = self.request(method, params)
            yield reply
            cursor = reply.result.get("nextCursor")
            if not isinstance(cursor, str) or cursor in seen or not isinstance(reply.result.get(member), list):
                return
            seen.add(cursor)
            params = {"cursor": cursor}

    def list_all(self, method: str, member: str) -> tuple[dict[str, Any], ...]:
        """All objects of a paginated list: `list_all("tools/list", "tools")`."""
        found = [item for reply in self.pages(method, member) for item in reply.result.get(member) or ()]
        return tuple(item for item in found if isinstance(item, dict))

    def close(self) -> None:
        """End the conversation and, on stdio, the process."""
        if isinstance(self.transport, HttpTransport) and self.transport.session_id and self.transport.alive:
            self.transport.request("DELETE", {"Accept": None}).wait(self.reply_timeout)
        self.transport.close()

    def __enter__(self) -> Session:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def await_response(self, pending: Pending, timeout: float | None) -> Reply:
        """Wait for the response to `pending`, setting other frames aside for `receive`."""
        patience = timeout or (self.reply_timeout if self._heard else self.start_timeout)
        deadline = time.monotonic() + patience
        before: list[Frame] = []
        weight = 0
        while weight < FLOOD and (frame := self._unclaimed_answer(pending) or self._next(deadline)) is not None:
            weight += frame.weight
            if pending.answered_by(frame):
                self._heard = True
                return Reply(frame, tuple(before))
            before.append(frame)
            self._unclaimed += [frame] if frame.is_response else []
            if any(test(frame) for test in (pending.ended_by, pending.misanswered_by, pending.garbled_by)):
                break
            if not self._heard and frame.is_message and not (frame.is_request or frame.is_notification):
                deadline = min(deadline, time.monotonic() + self.reply_timeout)  # it has started, and answers amiss
        if weight >= FLOOD:
            text = f"{pending.method!r} (id {pending.id!r}) was not answered: a flood of other messages came"
            raise self._told(Flooded(text))
        self._aside += before
        raise self._told(silence(self, pending, patience, before))

    def _unclaimed_answer(self, pending: Pending) -> Frame | None:
        """The answer to `pending`, if it came while another one was awaited."""
        found = next((frame for frame in self._unclaimed if pending.answered_by(frame)), None)
        self._unclaimed = [frame for frame in self._unclaimed if frame is not found]
        return found

    def _skip(self, exchange: HttpExchange) -> None:
        """Take what `exchange` brought out of the inbox, for its frames were handed out already."""
        while (frame := self._next(0.0)) is not None:
            if frame.facts.get("exchange") is not exchange:
                self._aside.append(frame)

    def _next(self, deadline: float) -> Frame | None:
        while (frame := self.transport.inbox.get(deadline)) is not None:
            if frame.is_request and frame.direction is Direction.RECEIVED:
                self._answer(frame)
            return frame
        return None

    def _transmit(self, raw: bytes, headers: Mapping[str, str | None] | None) -> Frame:
        try:
            return self.transport.send(raw, self.reply_timeout, headers)
        except WireError as error:
            raise self._told(error) from error.__cause__

    def _told(self, error: WireError) -> WireError:
        error.args = (self.story(error),)
        return error

    def _answer(self, frame: Frame) -> None:
        self.send(answer_to(frame.message, self.client_capabilities))
