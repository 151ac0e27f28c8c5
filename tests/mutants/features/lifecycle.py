"""The handshake, ping, discovery and cancellation."""

from __future__ import annotations

from mutants import revisions, wire
from mutants.protocol import Server
from mutants.session import Call, Session
from mutants.wire import Json, RpcError


def initialize(call: Call) -> Json:
    """Agree on a revision; raises `RpcError` for malformed, repeated and unservable handshakes."""
    server, session = call.server, call.session
    requested = wire.member(call.params, "protocolVersion", str)
    client = wire.member(call.params, "capabilities", dict)
    info = wire.member(call.params, "clientInfo", dict)
    wire.member(info, "name", str)
    wire.member(info, "version", str)
    if session.revision is not None:
        raise RpcError(wire.INVALID_REQUEST, "already initialized")
    revision: str = requested if requested in server.handshake else server.handshake[-1]
    session.revision = revision
    session.capabilities = client
    return welcome(server, revision)


def welcome(server: Server, revision: str) -> Json:
    """The result of a handshake that settled on `revision`."""
    return {
        "protocolVersion": revision,
        "capabilities": server.capabilities(revision),
        "serverInfo": server.info,
        "instructions": server.instructions,
    }


def ping(call: Call) -> Json:
    """Answer with nothing."""
    return {}


def discover(call: Call) -> Json:
    """Tell what is spoken and offered."""
    server = call.server
    return {
        "supportedVersions": list(server.stateless),
        "capabilities": server.capabilities(call.revision),
        "instructions": server.instructions,
    }


def initialized(session: Session, params: Json) -> None:
    """The client is ready for messages that belong to no request."""
    session.ready = session.revision is not None


def cancelled(session: Session, params: Json) -> None:
    """Cancel the request that is named, except the handshake; unknown and malformed ids are ignored."""
    if wire.is_id(params.get("requestId")):
        session.cancel(params["requestId"])


def install(server: Server) -> None:
    """Serve the handshake (where spoken), ping and discovery."""
    server.method("initialize", initialize, revisions.HANDSHAKE)
    server.method("ping", ping, revisions.HANDSHAKE)
    server.method("server/discover", discover, revisions.STATELESS)
    server.declare("extensions", {"com.example/fixture": {"loud": False}}, revisions.STATELESS)
    server.notifications["notifications/initialized"] = initialized
    server.notifications["notifications/cancelled"] = cancelled
