"""Put the parts together and run them until the end."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import anyio

from smcp import letta
from smcp.discovery import Discovery
from smcp.governor import Governor
from smcp.profiles import Unreadable
from smcp.runner import Runs
from smcp.server import Service
from smcp.settings import Settings
from smcp.toolset import Toolset


def serve_stdio(discovery: Discovery, settings: Settings) -> int:
    """Serve one client over this process's stdin and stdout; return the exit code."""
    from smcp.stdio import Wire, serve

    with _service(discovery, settings) as service:

        async def session() -> int:
            return await serve(service, Wire.claim())

        return anyio.run(session)


def serve_http(discovery: Discovery, settings: Settings, listener: socket.socket) -> int:
    """Serve any number of clients on a bound socket; return the exit code."""
    from smcp.web.streamable import serve

    with _service(discovery, settings) as service:
        return serve(service, settings, listener)


@contextmanager
def _service(discovery: Discovery, settings: Settings) -> Iterator[Service]:
    toolset = Toolset(discovery, settings.plugin_timeout, Runs(settings.plugin_runner))
    try:
        yield Service(toolset, _governor(), letta.start(os.environ, Path.home()))
    finally:
        toolset.close()


def _governor() -> Governor:
    """What SMCP_PROFILES and its companions say; profiles that can't be used end the server: exit code 2."""
    try:
        return Governor.configured(os.environ)
    except Unreadable as error:
        print(f"smcp: {error}", file=sys.stderr)
        sys.exit(2)
