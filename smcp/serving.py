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

    toolset = Toolset(discovery, timeout)

    async def session() -> int:
        return await serve(Service(toolset), Wire.claim())

    try:
        return anyio.run(session)
    finally:
        toolset.close()


def serve_http(discovery: Discovery, timeout: float | None, listener: socket.socket) -> int:
    """Serve any number of clients on a bound socket; return the exit code. `timeout` is in seconds."""
    from smcp.streamable import serve

    toolset = Toolset(discovery, timeout)
    try:
        return serve(Service(toolset), listener)
    finally:
        toolset.close()
