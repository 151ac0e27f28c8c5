"""Tools, arguments: what `tools/call` does with arguments that are no object at all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from smcp_conformance.leg import Leg
from smcp_conformance.reply import brief
from smcp_conformance.requirement import check, not_applicable
from smcp_conformance.toolbox import call

UNKNOWN: Mapping[str, Any] = {"name": "conformance_no_such_tool"}
WRONG: tuple[object, ...] = (["conformance"], "conformance", 7)


def addressed(leg: Leg) -> Iterator[Mapping[str, Any]]:
    """A name that is not listed, and a tool that may be called and can't do anything without arguments."""
    yield UNKNOWN
    yield from [made.tool for made in leg.calls if made.arguments][:1]


@check("jsonrpc.invalid-params", silence=True)
def arguments_that_are_no_object_are_refused(leg: Leg) -> None:
    """Calls with an array, a string and a number for arguments; each must be refused, and the server live on."""
    if not leg.offer.declares("tools"):
        not_applicable("tools is not declared")
    tools = list(addressed(leg))
    with leg.fresh() as session:
        session.ping()
        session.conversation.malformed = True
        for tool, wrong in ((tool, wrong) for tool in tools for wrong in WRONG):
            reply = call(session, tool, wrong)
            refused = reply.error is not None or reply.is_error_result
            shown = f"got {reply} for {tool['name']!r} with the arguments {brief(wrong)}"
            assert refused, f"{shown}, must be an error or an isError result"
        assert session.ping().succeeded, "got an error to a harmless request after that, must be a result"
