"""HTTP+SSE of 2024-11-05 for old clients: a GET opens the stream of a session, and POSTs bring what the client says.

Each stream is a conversation of its own, under the same rules as one over stdio, and ends with its connection. The
URI for POSTs holds an id that nobody can guess, and is of use only with the credential that opened the stream.
"""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial
from urllib.parse import parse_qs

import anyio
from anyio import CancelScope
from anyio.abc import ObjectReceiveStream, ObjectSendStream
from mcp.shared.message import ServerMessageMetadata, SessionMessage
from starlette.requests import Request

from smcp.conversation import Conversation
from smcp.envelope import INVALID_REQUEST, PARSE_ERROR, UNREADABLE, error_response
from smcp.server import Service
from smcp.web import asgi, body
from smcp.web.asgi import Header, Receive, Rejected, Scope, Send
from smcp.web.authentication import PRINCIPAL

STREAM_PATH = "/sse"
POST_PATH = "/messages/"

MAX_STREAMS = 1_000
"""Streams that may be open at once."""

KEEP_ALIVE = 15.0
"""Seconds of silence after which a comment shows proxies that the stream lives."""

DRAIN = 2.0
"""Seconds that requests in flight have when the server ends; with what a plugin takes to end, less than uvicorn's."""

_HEADERS: tuple[Header, ...] = (
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
)
_HINT = "Method Not Allowed: GET opens the event stream here, whose first event says where to POST; or POST to /mcp"


@dataclass
class _Session:
    principal: str | None
    to_server: ObjectSendStream[SessionMessage | Exception]
    conversation: Conversation = field(default_factory=Conversation)
    closing: anyio.Event = field(default_factory=anyio.Event)


class EventStreams:
    """The two endpoints: `stream` and `post` are ASGI applications that raise `Rejected` for what they refuse."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._sessions: dict[str, _Session] = {}

    def close(self) -> None:
        """End every stream once the requests in flight on it are answered."""
        for session in self._sessions.values():
            session.closing.set()

    async def stream(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Open a session and serve it until the client leaves or the server ends."""
        if scope["method"] != "GET":
            raise Rejected(405, error_response(INVALID_REQUEST, _HINT, UNREADABLE), (b"allow", b"GET"))
        if len(self._sessions) >= MAX_STREAMS:
            raise Rejected(503, error_response(INVALID_REQUEST, "Service Unavailable: too many streams", UNREADABLE))
        to_server, from_client = anyio.create_memory_object_stream[SessionMessage | Exception](0)
        to_client, from_server = anyio.create_memory_object_stream[SessionMessage](0)
        session = _Session(scope[PRINCIPAL], to_server)
        name = secrets.token_urlsafe(32)
        await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
        self._sessions[name] = session
        try:
            with to_server, from_server:
                async with anyio.create_task_group() as tasks:
                    tasks.start_soon(_end, partial(_gone, receive), from_server, tasks.cancel_scope)
                    tasks.start_soon(_end, partial(_closed, session), from_server, tasks.cancel_scope)
                    tasks.start_soon(self._service.server.run, from_client, to_client, self._service.initialization)
                    where = f"{scope.get('root_path', '')}{POST_PATH}?session_id={name}"
                    await _send(send, b"event: endpoint\ndata: %s\n\n" % where.encode("ascii"))
                    await _tell(session.conversation, from_server, send)
        finally:
            del self._sessions[name]
        await send({"type": "http.response.body", "body": b""})

    async def post(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Take one message, or a batch where the revision has batches, for a session whose stream is open."""
        if scope["method"] != "POST":
            raise Rejected(405, None, (b"allow", b"POST"))
        session = self._session(scope)
        content = await body.read(scope, receive)
        if not content.strip():
            raise Rejected(400, error_response(PARSE_ERROR, "Parse error: not JSON", UNREADABLE))
        received = session.conversation.receive(content)
        context = ServerMessageMetadata(request_context=Request(scope))
        try:
            for message in received.deliver:
                await session.to_server.send(SessionMessage(message, metadata=context))
        except (anyio.BrokenResourceError, anyio.ClosedResourceError):
            raise _no_session() from None
        if received.answer is None:
            await asgi.answer(send, 202)
        else:
            await asgi.answer_json(send, 400, received.answer)

    def _session(self, scope: Scope) -> _Session:
        query = parse_qs(scope.get("query_string", b"").decode("latin-1"))
        session = self._sessions.get(query.get("session_id", [""])[0])
        # With another credential it must look as if there were none.
        if session is None or session.principal != scope[PRINCIPAL]:
            raise _no_session()
        return session


async def _tell(conversation: Conversation, from_server: ObjectReceiveStream[SessionMessage], send: Send) -> None:
    """Write what the server says, and a comment now and then when it has nothing to say."""
    while True:
        line: bytes | None = None
        with anyio.move_on_after(KEEP_ALIVE) as waited:
            try:
                line = conversation.send((await from_server.receive()).message)
            except (anyio.EndOfStream, anyio.ClosedResourceError):
                return
        if waited.cancelled_caught:
            await _send(send, b": still here\n\n")
        elif line is not None:
            await _send(send, b"event: message\ndata: %s\n\n" % line)


async def _send(send: Send, part: bytes) -> None:
    await send({"type": "http.response.body", "body": part, "more_body": True})


async def _end(
    awaited: Callable[[], Awaitable[None]], from_server: ObjectReceiveStream[SessionMessage], scope: CancelScope
) -> None:
    """End the session when the time has come. Nobody listens any more: the SDK needn't try to say goodbye."""
    await awaited()
    await from_server.aclose()
    scope.cancel()


async def _gone(receive: Receive) -> None:
    """Wait until the client has left."""
    while (await receive())["type"] != "http.disconnect":
        continue


async def _closed(session: _Session) -> None:
    """Wait until the server is about to end and what is in flight is answered, or won't be."""
    await session.closing.wait()
    with anyio.move_on_after(DRAIN):
        while not session.conversation.idle:
            await anyio.sleep(0.01)


def _no_session() -> Rejected:
    return Rejected(404, error_response(INVALID_REQUEST, "Session not found", UNREADABLE))
