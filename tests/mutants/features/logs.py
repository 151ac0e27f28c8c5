"""Logging: a level per session in the handshake era, per request in the stateless one."""

from __future__ import annotations

from mutants import revisions, wire
from mutants.protocol import Server
from mutants.session import LEVELS, Call
from mutants.wire import Json, RpcError


def set_level(call: Call) -> Json:
    """Serve logging/setLevel; raises `RpcError` for anything but the eight levels."""
    level = wire.member(call.params, "level", str)
    if level not in LEVELS:
        raise RpcError(wire.INVALID_PARAMS, "unknown log level")
    call.session.level = level
    return {}


def install(server: Server) -> None:
    """Offer logging."""
    server.declare("logging", {})
    server.method("logging/setLevel", set_level, revisions.HANDSHAKE)
