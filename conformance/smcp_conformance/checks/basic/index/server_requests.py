"""Requests of the server to its client, which only the handshake era has: their ids, their methods, their shape."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from smcp_conformance.leg import Leg
from smcp_conformance.reply import brief
from smcp_conformance.requirement import check, not_verified
from smcp_conformance.session import Session
from smcp_conformance.shapes import problems, request_definition
from smcp_conformance.toolbox import Call, patience, start_call
from smcp_conformance.traffic import Message

MOST = 10
METHODS = {"ping", "roots/list", "sampling/createMessage", "elicitation/create"}


def client_capabilities(revision: str) -> dict[str, Any]:
    """Everything that a client of this revision can declare and our side can answer."""
    declared: dict[str, Any] = {"roots": {}, "sampling": {}}
    if revision >= "2025-11-25":
        return {**declared, "elicitation": {"form": {}, "url": {}}}
    return {**declared, "elicitation": {}} if revision == "2025-06-18" else declared


def hindered(leg: Leg) -> Sequence[Call]:
    """The calls that did not simply succeed for a client that declares nothing: what asks its client is among them."""
    calls = [one for one in leg.require_calls() if not finished(one)]
    return calls[:MOST] or not_verified("all tools that may be called do without their client")


def finished(one: Call) -> bool:
    """Tell whether a call got its final result, without an error of any kind."""
    result = one.reply.result if one.reply and one.succeeded else {"isError": True}
    return not result.get("isError") and result.get("resultType") != "input_required"


def asked(session: Session, calls: Sequence[Call]) -> Iterator[Message]:
    """What the server asks while these calls are made, each until its answer; ends where one gets none."""
    for one in calls:
        pending = start_call(session, one.tool, one.arguments)
        frames = session.listen(patience(session), pending.answered_by)
        yield from (f.message for f in frames if not str(f.message.get("method", "notifications/")).startswith("notif"))
        if not frames or not pending.answered_by(frames[-1]):
            return


@check(
    "schema.requests-validate",
    "jsonrpc.server-request.id-present",
    "jsonrpc.server-request.id-not-null",
    "jsonrpc.server-request.id-unique-in-session",
)
def requests_of_the_server_are_well_formed(leg: Leg) -> None:
    """Calls tools twice as a client that declares everything; each request must fit, under an id of its own."""
    calls = hindered(leg)
    with leg.connection(client_capabilities(leg.offer.revision)) as session:
        session.open()
        requests = list(asked(session, [*calls, *calls]))
    if not requests:
        not_verified("none of the tools that may be called asks its client for anything")
    for index, request in enumerate(requests):
        assert type(request.get("id")) in (str, int), f"got {brief(dict(request))}, must be a request with an id"
        ids = [earlier.get("id") for earlier in requests[:index]]
        assert request["id"] not in ids, f"got the id {request['id']!r} twice, must be unique within the session"
        wrong = misfit(leg.offer.revision, request)
        assert wrong is None, f"got {wrong}, must be a valid ping, sampling, roots or elicitation request"


def misfit(revision: str, request: Message) -> str | None:
    """What is wrong with a request that a server sends in this revision."""
    method = str(request["method"])
    known = method in METHODS or (method.startswith("tasks/") and revision == "2025-11-25")
    definition = request_definition(revision, method) if known else None
    found = problems(revision, definition, dict(request)) if definition else ()
    return str(found[0]) if found else None if definition else f"the request {method}"
