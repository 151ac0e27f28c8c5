"""Put the parts together and run them until the end."""

from __future__ import annotations

import socket

import anyio

from smcp.discovery import Discovery
from smcp.server import Service
from smcp.toolset import Toolset


def serve_stdio(discovery: Discovery, timeout: float | None) -> int:
    """Serve one client over this process's stdin and stdout; return the exit code. `timeout` is in seconds."""
    from smcp.stdio import Wire, serve

    async def session() -> int:
        try:
            return await serve(Service(Toolset(discovery, timeout)), Wire.claim())
        finally:
            discovery.stop()

    return anyio.run(session)


def serve_http(discovery: Discovery, timeout: float | None, listener: socket.socket) -> int:
    """Serve any number of clients on a bound socket; return the exit code. `timeout` is in seconds."""
    from smcp.streamable import serve

    try:
        return serve(Service(Toolset(discovery, timeout)), listener)
    finally:
        discovery.stop()
