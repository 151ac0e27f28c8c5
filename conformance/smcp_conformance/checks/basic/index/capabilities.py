"""Client capabilities at 2026-07-28: declared with each request, and never taken from another one."""

from __future__ import annotations

from typing import Any

from smcp_conformance.checks.basic.index.server_requests import hindered
from smcp_conformance.codes import MISSING_CAPABILITY
from smcp_conformance.leg import Leg
from smcp_conformance.reply import Reply
from smcp_conformance.requirement import check, not_verified
from smcp_conformance.shapes import problems
from smcp_conformance.speaker import META
from smcp_conformance.toolbox import patience, start_call

INPUT_REQUIRED = "input_required"
EVERYTHING: dict[str, Any] = {"roots": {}, "sampling": {}, "elicitation": {"form": {}, "url": {}}}


@check("capabilities.no-reliance-on-undeclared", "capabilities.missing-client-capability")
def client_that_declares_nothing_is_asked_nothing(leg: Leg) -> None:
    """Calls tools with, then without client capabilities; what asked before must do without, or name what it misses."""
    asking = 0
    with leg.connection() as session:
        for one in hindered(leg):
            meta = {META + "clientCapabilities": EVERYTHING}
            declared = start_call(session, one.tool, one.arguments, meta).wait(patience(session))
            if declared.result.get("resultType") == INPUT_REQUIRED:
                asking += 1
                reply = start_call(session, one.tool, one.arguments).wait(patience(session))
                assert fitting(leg, reply), f"got {reply} for {one.name}, must be -32021 with data.requiredCapabilities"
    if not asking:
        not_verified("none of the tools that may be called asks its client for anything")


def fitting(leg: Leg, reply: Reply) -> bool:
    """Tell whether this answers a client without capabilities: by doing without, or by naming what is missing."""
    if reply.error is None:
        return reply.result.get("resultType") != INPUT_REQUIRED
    data = reply.error.get("data")
    missing = data.get("requiredCapabilities") if isinstance(data, dict) else None
    fits = bool(missing) and not problems(leg.offer.revision, "ClientCapabilities", missing)
    return reply.code == MISSING_CAPABILITY and fits
