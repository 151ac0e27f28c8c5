"""The HTTP side put together on uvicorn: Streamable HTTP at /mcp, HTTP+SSE at /sse and /messages/, and /health."""

from __future__ import annotations

import asyncio
import signal
import socket
from types import FrameType

import uvicorn
from mcp.server.auth.middleware.bearer_auth import AuthenticatedUser
from mcp.server.auth.provider import AccessToken
from mcp.server.transport_security import TransportSecuritySettings
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from smcp.discovery import notice
from smcp.server import Service
from smcp.settings import Settings
from smcp.web.asgi import App, Message, Receive, Scope, Send
from smcp.web.authentication import PRINCIPAL, Authentication
from smcp.web.connections import Connection
from smcp.web.gate import MAX_HEAD, Gate
from smcp.web.guard import Guard
from smcp.web.listening import url
from smcp.web.sse import POST_PATH, STREAM_PATH, EventStreams

PATH = "/mcp"

LAST_CALLS = 5
"""Seconds that requests in flight have after a signal."""


def application(service: Service, settings: Settings, streams: EventStreams) -> App:
    """Return the ASGI application of the whole HTTP side."""

    async def health(request: Request) -> JSONResponse:
        return JSONResponse(service.health())

    inner = service.server.streamable_http_app(
        streamable_http_path=PATH,
        # The gate looks at Host and Origin, and on every other path too.
        transport_security=TransportSecuritySettings(enable_dns_rebinding_protection=False),
        custom_starlette_routes=[Route("/health", health, methods=["GET"])],
    )
    paths: dict[str, App] = {
        PATH: Guard(_owned(_ended(inner))),
        STREAM_PATH: streams.stream,
        POST_PATH: streams.post,
        POST_PATH.rstrip("/"): streams.post,
    }
    return Gate(inner, paths, Authentication.of(settings), settings.host)


def serve(service: Service, settings: Settings, listener: socket.socket) -> int:
    """Serve on a bound socket until a signal comes; return the exit code."""
    seen = [0]

    def remember(number: int, frame: FrameType | None) -> None:
        seen[0] = 128 + number

    # uvicorn raises its signals again after a graceful end: with this they become an exit code.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, remember)
    streams = EventStreams(service)
    config = uvicorn.Config(
        application(service, settings, streams),
        loop="asyncio",
        http=Connection,
        ws="none",
        # The peer is who connected: what a header says of it is for the authentication to judge.
        proxy_headers=False,
        server_header=False,
        h11_max_incomplete_event_size=MAX_HEAD,
        log_config=None,
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=LAST_CALLS,
    )
    asyncio.run(_Uvicorn(config, service, streams, listener).serve(sockets=[listener]))
    return seen[0]


class _Uvicorn(uvicorn.Server):
    """uvicorn, saying when it listens and ending open streams when it is told to stop."""

    def __init__(
        self, config: uvicorn.Config, service: Service, streams: EventStreams, listener: socket.socket
    ) -> None:
        super().__init__(config)
        self._service = service
        self._streams = streams
        self._listener = listener

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._loop = asyncio.get_running_loop()
        notice(f"listening on {url(self._listener)}{PATH}")

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self._loop.call_soon_threadsafe(self._service.close_streams)
        self._loop.call_soon_threadsafe(self._streams.close)
        super().handle_exit(sig, frame)


def _owned(app: App) -> App:
    """Let the SDK bind a session to the credential that opened it: any other finds no such session."""

    async def owned(scope: Scope, receive: Receive, send: Send) -> None:
        principal = scope[PRINCIPAL]
        if principal is not None:
            token = AccessToken(token=principal, client_id=principal, scopes=[])
            scope = {**scope, "user": AuthenticatedUser(token)}
        await app(scope, receive, send)

    return owned


def _ended(app: App) -> App:
    """Complete the streams that the SDK leaves without an end when the server stops."""

    async def ended(scope: Scope, receive: Receive, send: Send) -> None:
        more = False

        async def watched(part: Message) -> None:
            nonlocal more
            more = part["type"] == "http.response.start" or part.get("more_body", False)
            await send(part)

        await app(scope, receive, watched)
        if more:
            await send({"type": "http.response.body", "body": b""})

    return ended
