"""Requests of the server to its client, which only the handshake era has: their ids, their methods, their shape."""

from __future__ import annotations

from typing import Any

from smcp_conformance.leg import Leg
from smcp_conformance.reply import brief
from smcp_conformance.requirement import check, not_verified
from smcp_conformance.shapes import problems, request_definition
from smcp_conformance.toolbox import patience, start_call
from smcp_conformance.traffic import Message

MOST = 10
METHODS = {"ping", "roots/list", "sampling/createMessage", "elicitation/create"}


def client_capabilities(revision: str) -> dict[str, Any]:
    """Everything that a client of this revision can declare and our side can answer."""
    declared: dict[str, Any] = {"roots": {}, "sampling": {}}
    if revision >= "2025-11-25":
        return {**declared, "elicitation": {"form": {}, "url": {}}}
    return {**declared, "elicitation": {}} if revision == "2025-06-18" else declared


def requests_to_us(leg: Leg, rounds: int = 1) -> list[Message]:
    """What the server asks a client that declares everything and calls tools; leaves the check if that is nothing."""
    found: list[Message] = []
    with leg.connection(client_capabilities(leg.offer.revision)) as session:
        session.open()
        for one in leg.require_calls()[:MOST] * rounds:
            pending = start_call(session, one.tool, one.arguments)
            frames = session.listen(patience(session), pending.answered_by)
            found += [f.message for f in frames if not str(f.message.get("method", "notifications/")).startswith("not")]
            if not frames or not pending.answered_by(frames[-1]):
                break
    return found or not_verified("none of the tools that may be called asks its client for anything")


@check("jsonrpc.server-request.id-present", "jsonrpc.server-request.id-not-null")
def requests_of_the_server_have_an_id(leg: Leg) -> None:
    """Calls tools as a client that declares everything; each request that comes must have a string or integer id."""
    for request in requests_to_us(leg):
        assert type(request.get("id")) in (str, int), f"got {brief(dict(request))}, must be a request with an id"


@check("jsonrpc.server-request.id-unique-in-session")
def requests_of_the_server_have_different_ids(leg: Leg) -> None:
    """Calls tools twice as a client that declares everything; no id may come in two requests of one session."""
    ids = [repr(request.get("id")) for request in requests_to_us(leg, rounds=2)]
    again = [id for id in ids if ids.count(id) > 1]
    if len(ids) < 2:
        not_verified("only one request came, which shares its id with none")
    assert not again, f"got the id {again[0]} twice, must be unique within the session"


@check("schema.requests-validate")
def requests_of_the_server_fit_their_type(leg: Leg) -> None:
    """Calls tools as a client that declares everything; each request must be one of MCP's, and fit its definition."""
    revision = leg.offer.revision
    for request in requests_to_us(leg):
        method = str(request["method"])
        known = method in METHODS or (method.startswith("tasks/") and revision == "2025-11-25")
        definition = request_definition(revision, method) if known else None
        assert definition, f"got the request {method}, must be ping, sampling, roots or elicitation"
        found = problems(revision, definition, dict(request))
        assert not found, f"got {found[0]}, must be a valid {definition} of {revision}"
