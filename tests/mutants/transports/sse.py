"""HTTP+SSE of 2024-11-05: a stream to read from, and an endpoint to post to that the stream announces."""

from __future__ import annotations

import queue
from typing import TYPE_CHECKING, Any

from mutants.protocol import Server
from mutants.session import Session
from mutants.transports.exchange import Exchange, Refused
from mutants.transports.listener import listen, serve
from mutants.wire import RpcError

if TYPE_CHECKING:
    from mutants.machine import Settings


class Sse:
    """The two endpoints. Each method is a seam for faults."""

    def __init__(self, server: Server, settings: Settings) -> None:
        self.server = server
        self.sessions: dict[str, Session] = {}
        self.listener = listen(settings.port, lambda exchange: self.exchange(exchange))
        self.port: int = self.listener.server_address[1]

    def run(self) -> None:
        """Serve until SIGTERM."""
        serve(self.listener, f"http://127.0.0.1:{self.port}/sse", lambda: None)

    def exchange(self, exchange: Exchange) -> None:
        """Answer one HTTP request."""
        try:
            self.admit(exchange)
            self.route(exchange)
        except Refused as refusal:
            exchange.close_connection = True
            self.reply(exchange, refusal.status)

    def admit(self, exchange: Exchange) -> None:
        """Only pages of this very server may call it from a browser; raises `Refused`."""
        own = (None, f"http://127.0.0.1:{self.port}", f"http://localhost:{self.port}")
        if exchange.header("Origin") not in own:
            raise Refused(403)

    def route(self, exchange: Exchange) -> None:
        """Go by method and path; raises `Refused`."""
        path = exchange.path.partition("?")[0]
        if path not in ("/sse", "/messages"):
            raise Refused(404)
        expected = "GET" if path == "/sse" else "POST"
        if exchange.command != expected:
            raise Refused(405)
        if path == "/sse":
            self.connect(exchange)
        else:
            self.post(exchange)

    def reply(self, exchange: Exchange, status: int) -> None:
        """Send an answer without a body: all messages travel on the stream."""
        exchange.reply(status, {"Connection": "close"} if exchange.close_connection else {}, b"")

    def connect(self, exchange: Exchange) -> None:
        """Open a stream, announce where to post, and pass on messages until the client hangs up."""
        mail: queue.Queue[Any] = queue.Queue()
        session = Session(mail.put, exchange.gone)
        self.sessions[session.id] = session
        self.server.sessions.append(session)
        try:
            self.open(exchange, session)
            while not exchange.gone():
                self.forward(exchange, mail)
        finally:
            self.disconnect(session)

    def open(self, exchange: Exchange, session: Session) -> None:
        """Begin the stream with the endpoint event."""
        exchange.start_stream({"Content-Type": "text/event-stream", "Cache-Control": "no-cache"})
        exchange.stream(self.frame("endpoint", self.endpoint(session).encode()))

    def endpoint(self, session: Session) -> str:
        """Where this client is to post."""
        return f"/messages?session={session.id}"

    def forward(self, exchange: Exchange, mail: queue.Queue[Any]) -> None:
        """Pass on the next message, if one comes soon."""
        try:
            message = mail.get(timeout=0.05)
        except queue.Empty:
            return
        exchange.stream(self.frame("message", self.server.encode(message)))

    def frame(self, event: str, data: bytes) -> bytes:
        """Make an event."""
        return b"event: %s\ndata: %s\n\n" % (event.encode(), data)

    def disconnect(self, session: Session) -> None:
        """The stream is the session: both end together."""
        session.close()
        self.sessions.pop(session.id, None)
        self.server.sessions.remove(session)

    def post(self, exchange: Exchange) -> None:
        """Take a message; what it earns is sent on the stream. Raises `Refused`."""
        body = exchange.body()
        session = self.sessions.get(exchange.path.partition("?session=")[2])
        if session is None:
            raise Refused(404)
        self.reply(exchange, 202)
        try:
            self.message(session, self.server.decode(body))
        except RpcError as error:
            self.server.deliver(session.send, self.server.failure(None, error))

    def message(self, session: Session, message: Any) -> None:
        """Serve one message or, where the revision has them, a batch."""
        if isinstance(message, list) and self.server.batches(session):
            replies = self.server.batch(session, message, session.send)
            if replies:
                self.server.deliver(session.send, replies if message else replies[0])
        else:
            self.server.receive(session, message, session.send)
