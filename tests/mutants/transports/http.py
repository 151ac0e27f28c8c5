"""Streamable HTTP in both eras: sessions for the handshake revisions, none for the stateless one."""

from __future__ import annotations

import queue
import time
from functools import partial
from typing import TYPE_CHECKING, Any

from mutants import revisions, wire
from mutants.protocol import Server
from mutants.session import Session
from mutants.transports import authorization
from mutants.transports.exchange import Exchange, Refused
from mutants.transports.headers import Headers
from mutants.transports.listener import listen, serve
from mutants.wire import Json, RpcError

if TYPE_CHECKING:
    from mutants.machine import Settings

STATUS = {wire.METHOD_NOT_FOUND: 404, wire.INTERNAL_ERROR: 200}
JSON = {"Content-Type": "application/json"}


class Http:
    """The endpoint. Each method is a seam for faults."""

    path = "/mcp"

    def __init__(self, server: Server, settings: Settings) -> None:
        self.server = server
        self.headers = Headers()
        self.token = settings.token
        self.sessions: dict[str, Session] = {}
        self.mail: dict[str, queue.Queue[Json]] = {}
        self.events = 0
        self.listener = listen(settings.port, lambda exchange: self.exchange(exchange))
        self.port: int = self.listener.server_address[1]

    def run(self) -> None:
        """Serve until SIGTERM."""
        serve(self.listener, f"http://127.0.0.1:{self.port}{self.path}", self.stop)

    def stop(self) -> None:
        """Let open subscriptions end in order."""
        self.server.stopping.set()
        for _ in range(50):
            if self.server.listening:
                time.sleep(0.02)

    # Who is let in.

    def exchange(self, exchange: Exchange) -> None:
        """Answer one HTTP request."""
        try:
            self.admit(exchange)
            getattr(self, exchange.command.lower(), self.not_allowed)(exchange)
        except Refused as refusal:
            self.refuse(exchange, refusal)

    def admit(self, exchange: Exchange) -> None:
        """Check origin, authorization and path; raises `Refused`."""
        if not self.origin_allowed(exchange.header("Origin")):
            raise Refused(403)
        if self.token is not None:
            authorization.check(exchange, self.token, self.port, self.path)
        if exchange.path.partition("?")[0] != self.path:
            raise Refused(404)

    def origin_allowed(self, origin: str | None) -> bool:
        """Only pages of this very server may call it from a browser."""
        return origin in (None, f"http://127.0.0.1:{self.port}", f"http://localhost:{self.port}")

    def refuse(self, exchange: Exchange, refusal: Refused) -> None:
        """Answer with an error status; a body that was not read would be taken for the next request."""
        exchange.close_connection = True
        body = b"" if refusal.body is None else self.server.encode(refusal.body)
        headers = {**refusal.headers, **(JSON if body else {}), "Connection": "close"}
        self.reply(exchange, refusal.status, headers, body)

    def not_allowed(self, exchange: Exchange) -> None:
        """Refuse the HTTP method."""
        raise Refused(405, headers={"Allow": "POST, GET, DELETE" if self.server.handshake else "POST"})

    # POST.

    def post(self, exchange: Exchange) -> None:
        """Take one message (or, in 2025-03-26, a batch); raises `Refused`."""
        message = self.read(exchange)
        if isinstance(message, list):
            self.batch(exchange, message)
            return
        kind = self.kind(message)
        if self.is_stateless(exchange, message):
            self.post_stateless(exchange, kind, message)
        else:
            self.post_handshake(exchange, kind, message)

    def read(self, exchange: Exchange) -> Any:
        """Parse the body; raises `Refused`."""
        body = exchange.body()
        if (exchange.header("Content-Type") or "").split(";")[0].strip().lower() != "application/json":
            raise Refused(415)
        if not exchange.accepts("application/json", "text/event-stream"):
            raise Refused(406)
        try:
            return self.server.decode(body)
        except RpcError as error:
            raise Refused(400, self.server.failure(None, error)) from None

    def kind(self, message: Any) -> str:
        """Classify the message; raises `Refused` for what is none."""
        try:
            kind = self.server.kind(message)
            if kind == "notification" and not isinstance(message.get("params", {}), dict):
                raise RpcError(wire.INVALID_PARAMS, "params must be an object")
        except RpcError as error:
            raise Refused(400, self.server.failure(message, error)) from None
        return kind

    def is_stateless(self, exchange: Exchange, message: Json) -> bool:
        """Tell by header and body which era a message belongs to."""
        params = message.get("params")
        meta = params.get("_meta") if isinstance(params, dict) else None
        declared = isinstance(meta, dict) and revisions.VERSION_KEY in meta
        version = exchange.header("MCP-Protocol-Version")
        initializing = message.get("method") == "initialize" and not declared
        alone = not self.server.handshake and not initializing
        return bool(self.server.stateless) and (declared or alone or version in self.server.stateless)

    def post_stateless(self, exchange: Exchange, kind: str, message: Json) -> None:
        """Serve a message that stands for itself."""
        if kind == "response":
            error = RpcError(wire.INVALID_REQUEST, "responses are not accepted")
            raise Refused(400, self.server.failure(None, error))
        if kind == "notification":
            self.accepted(exchange)
            return
        try:
            self.headers.check(exchange, message, self.called_schema(message))
        except RpcError as error:
            raise Refused(400, self.server.failure(message, error)) from None
        self.request(exchange, Session(lambda sent: None, exchange.gone), message)

    def called_schema(self, message: Json) -> Json:
        """The input schema of the tool that is called; empty if none is."""
        name = message["params"].get("name") if isinstance(message.get("params"), dict) else None
        tool = self.server.tools.tools.get(name) if isinstance(name, str) else None
        schema: Json = tool.definition["inputSchema"] if tool and message["method"] == "tools/call" else {}
        return schema

    def post_handshake(self, exchange: Exchange, kind: str, message: Json) -> None:
        """Serve a message of a session, or open one."""
        if kind == "request" and message["method"] == "initialize" and exchange.header("Mcp-Session-Id") is None:
            self.initialize(exchange, message)
            return
        session = self.session(exchange)
        if kind == "request":
            self.request(exchange, session, message)
            return
        self.server.take(session, kind, message)
        self.accepted(exchange)

    def initialize(self, exchange: Exchange, message: Json) -> None:
        """Open a session if the handshake succeeds."""
        mail: queue.Queue[Json] = queue.Queue()
        session = Session(mail.put)
        response = self.server.answer(session, message, exchange.stream)
        headers = {}
        if session.revision is not None:
            self.sessions[session.id], self.mail[session.id] = session, mail
            self.server.sessions.append(session)
            headers = {"Mcp-Session-Id": session.id}
        self.answer_json(exchange, response, headers, 200 if self.server.handshake else 400)

    def session(self, exchange: Exchange) -> Session:
        """The session that a request belongs to; raises `Refused`."""
        id_ = exchange.header("Mcp-Session-Id")
        if id_ is None:
            raise Refused(400, self.server.failure(None, RpcError(wire.INVALID_REQUEST, "session id is required")))
        session = self.sessions.get(id_)
        if session is None:
            raise Refused(404, self.server.failure(None, RpcError(wire.INVALID_REQUEST, "no such session")))
        self.check_version(exchange.header("MCP-Protocol-Version"), session)
        return session

    def check_version(self, version: str | None, session: Session) -> None:
        """From 2025-06-18 on a version that is not spoken is refused; none at all is fine."""
        wrong = version is not None and version not in self.server.handshake
        if wrong and str(session.revision) >= "2025-06-18":
            error = RpcError(wire.INVALID_REQUEST, "unsupported MCP-Protocol-Version")
            raise Refused(400, self.server.failure(None, error))

    def batch(self, exchange: Exchange, messages: list[Any]) -> None:
        """Serve a batch where the revision has them; raises `Refused` elsewhere."""
        session = self.sessions.get(exchange.header("Mcp-Session-Id") or "")
        if session is None or not self.server.batches(session) or not messages:
            error = RpcError(wire.INVALID_REQUEST, "not a JSON-RPC 2.0 message")
            raise Refused(400, self.server.failure(None, error))
        replies = self.server.batch(session, messages, lambda sent: None)
        self.answer_json(exchange, replies, {}, 200) if replies else self.accepted(exchange)

    # Answers.

    def accepted(self, exchange: Exchange) -> None:
        """A notification or response was taken in."""
        self.reply(exchange, 202, {}, b"")

    def request(self, exchange: Exchange, session: Session, message: Json) -> None:
        """Serve a request: JSON, or a stream if it calls a tool or something precedes the response."""
        response = self.server.answer(session, message, partial(self.event, exchange, session))
        tool_called = response is not None and "result" in response and message["method"] == "tools/call"
        if exchange.streaming or response is None or (tool_called and exchange.accepts("text/event-stream")):
            self.end_stream(exchange, session, response)
        else:
            self.answer_json(exchange, response, {}, self.status(session, response))

    def status(self, session: Session, response: Json) -> int:
        """The HTTP status of a JSON answer: errors of the stateless era are client errors."""
        if session.revision is not None or "error" not in response:
            return 200
        return STATUS.get(response["error"]["code"], 400)

    def answer_json(self, exchange: Exchange, response: Any, headers: dict[str, str], status: int) -> None:
        """Answer with one JSON document."""
        self.server.deliver(
            lambda sent: self.reply(exchange, status, {**JSON, **headers}, self.server.encode(sent)), response
        )

    def reply(self, exchange: Exchange, status: int, headers: dict[str, str], body: bytes) -> None:
        """Send status, headers and body."""
        exchange.reply(status, headers, body)

    # Streams.

    def event(self, exchange: Exchange, session: Session, message: Json) -> None:
        """Send a message on the request's stream, opening it first."""
        self.open_stream(exchange, session)
        exchange.stream(self.frame(self.server.encode(message), session))

    def open_stream(self, exchange: Exchange, session: Session) -> None:
        """Turn the answer into a stream; 2025-11-25 wants an event with an id and no data first."""
        if exchange.streaming:
            return
        exchange.start_stream(self.stream_headers(session))
        if session.revision == "2025-11-25":
            exchange.stream(self.frame(b"", session))

    def stream_headers(self, session: Session) -> dict[str, str]:
        """The headers of a stream."""
        return {"Content-Type": "text/event-stream", "Cache-Control": "no-cache", "X-Accel-Buffering": "no"}

    def frame(self, data: bytes, session: Session) -> bytes:
        """Make an event; only 2025-11-25 gets ids."""
        self.events += 1
        id_ = b"id: %d\n" % self.events if session.revision == "2025-11-25" else b""
        kind = b"event: message\n" if data else b""
        return id_ + kind + b"data: " + data + b"\n\n"

    def end_stream(self, exchange: Exchange, session: Session, response: Json | None) -> None:
        """Send the response, if there is one, as the last event."""
        self.open_stream(exchange, session)
        if response is not None:
            self.server.deliver(partial(self.event, exchange, session), response)

    # GET and DELETE.

    def get(self, exchange: Exchange) -> None:
        """Open a stream for what belongs to no request; raises `Refused`."""
        session = self.handshake_session(exchange)
        if not exchange.accepts("text/event-stream"):
            raise Refused(406)
        self.open_stream(exchange, session)
        mail = self.mail[session.id]
        while not (session.closed or exchange.gone() or self.server.stopping.is_set()):
            self.forward(exchange, session, mail)

    def forward(self, exchange: Exchange, session: Session, mail: queue.Queue[Json]) -> None:
        """Pass on the next message, if one comes soon; each goes to one stream only."""
        try:
            self.event(exchange, session, mail.get(timeout=0.1))
        except queue.Empty:
            return

    def handshake_session(self, exchange: Exchange) -> Session:
        """The session of a GET or DELETE, which the stateless era does not have; raises `Refused`."""
        stateless = exchange.header("MCP-Protocol-Version") in self.server.stateless
        if stateless or not self.server.handshake:
            self.not_allowed(exchange)
        return self.session(exchange)

    def delete(self, exchange: Exchange) -> None:
        """End a session."""
        session = self.handshake_session(exchange)
        session.close()
        del self.sessions[session.id]
        self.server.sessions.remove(session)
        self.reply(exchange, 200, {}, b"")
