"""The Streamable HTTP transport: the SDK's endpoint at /mcp behind the guard, and /health, on uvicorn."""

from __future__ import annotations

import asyncio
import signal
import socket
from types import FrameType

import uvicorn
from mcp.server.transport_security import TransportSecuritySettings
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from smcp import __version__
from smcp.asgi import App
from smcp.discovery import notice
from smcp.guard import Guard
from smcp.listening import url
from smcp.server import Service

PATH = "/mcp"

LAST_CALLS = 5
"""Seconds that requests in flight have after a signal."""


def application(service: Service) -> App:
    """Return the ASGI application of the whole HTTP side."""
    inner = service.server.streamable_http_app(
        streamable_http_path=PATH,
        # The guard looks at Host and Origin, and at everything else besides /mcp too.
        transport_security=TransportSecuritySettings(enable_dns_rebinding_protection=False),
        custom_starlette_routes=[Route("/health", _health, methods=["GET"])],
    )
    return Guard(inner, PATH)


def serve(service: Service, listener: socket.socket) -> int:
    """Serve on a bound socket until a signal comes; return the exit code."""
    seen = [0]

    def remember(number: int, frame: FrameType | None) -> None:
        seen[0] = 128 + number

    # uvicorn raises its signals again after a graceful end: with this they become an exit code.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, remember)
    config = uvicorn.Config(
        application(service),
        loop="asyncio",
        log_config=None,
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=LAST_CALLS,
    )
    asyncio.run(_Uvicorn(config, service, listener).serve(sockets=[listener]))
    return seen[0]


class _Uvicorn(uvicorn.Server):
    """uvicorn, saying when it listens and ending listen streams when it is told to stop."""

    def __init__(self, config: uvicorn.Config, service: Service, listener: socket.socket) -> None:
        super().__init__(config)
        self._service = service
        self._listener = listener

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._loop = asyncio.get_running_loop()
        notice(f"listening on {url(self._listener)}{PATH}")

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self._loop.call_soon_threadsafe(self._service.close_streams)
        super().handle_exit(sig, frame)


async def _health(request: Request) -> JSONResponse:
    return JSONResponse({"status": "ok", "version": __version__})
