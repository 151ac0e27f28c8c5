"""Client capabilities at 2026-07-28: declared with each request, and never taken from another one."""

from __future__ import annotations

from smcp_conformance.leg import Leg
from smcp_conformance.reply import Reply, brief
from smcp_conformance.requirement import check, not_verified
from smcp_conformance.session import META
from smcp_conformance.shapes import problems
from smcp_conformance.toolbox import Call, patience, start_call

MISSING_CAPABILITY = -32021
EVERYTHING: dict[str, dict[str, dict[str, str]]] = {"roots": {}, "sampling": {}, "elicitation": {"form": {}, "url": {}}}
MOST = 10


def unasked(leg: Leg) -> list[tuple[Call, Reply]]:
    """The calls that ask for input when the client declares everything, each with its answer when it declares nothing.

    Both are made on one connection, in this order.
    """
    found: list[tuple[Call, Reply]] = []
    with leg.connection() as session:
        for one in leg.require_calls()[:MOST]:
            meta = {META + "clientCapabilities": EVERYTHING}
            declared = start_call(session, one.tool, one.arguments, meta).wait(patience(session))
            if declared.result.get("resultType") == "input_required":
                found.append((one, start_call(session, one.tool, one.arguments).wait(patience(session))))
    return found or not_verified("none of the tools that may be called asks its client for anything")


@check("capabilities.no-reliance-on-undeclared")
def client_that_declares_nothing_is_asked_nothing(leg: Leg) -> None:
    """Calls tools with and then without client capabilities; what asked for input before must not ask again."""
    for one, reply in unasked(leg):
        asks = reply.result.get("resultType") == "input_required"
        assert not asks, f"got {reply} for {one.name}, must be another result or an error"


@check("capabilities.missing-client-capability")
def missing_capability_is_named_in_the_error(leg: Leg) -> None:
    """Calls tools that ask for input without client capabilities; an error must be -32021 and name what is missing."""
    for one, reply in unasked(leg):
        if reply.error is None:
            continue
        data = reply.error.get("data")
        missing = data.get("requiredCapabilities") if isinstance(data, dict) else None
        fine = (
            reply.code == MISSING_CAPABILITY
            and missing
            and not problems(leg.offer.revision, "ClientCapabilities", missing)
        )
        assert fine, f"got {brief(reply.error)} for {one.name}, must be -32021 with data.requiredCapabilities"
