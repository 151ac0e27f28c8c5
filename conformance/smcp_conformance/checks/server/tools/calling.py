"""Tools, calling: what `tools/call` does with right, wrong and missing names and arguments.

Only tools that the policy allows are called. Wrong arguments are sent to those as well, for a server that takes them
for right executes the tool.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from smcp_conformance.codes import HEADER_MISMATCH, INTERNAL_ERROR, INVALID_PARAMS
from smcp_conformance.generate.faults import Fault
from smcp_conformance.leg import Leg
from smcp_conformance.reply import Reply, brief
from smcp_conformance.requirement import ENDED, Breach, check, not_applicable, not_verified
from smcp_conformance.search.inputs import handful
from smcp_conformance.session import Session
from smcp_conformance.toolbox import call, patience
from smcp_conformance.wire.errors import Died

MOST_TOOLS = 8
ODD_VALUES: tuple[Any, ...] = ("\0", "x" * 5_000, "🙂\u2028--flag", -(2**63), {"__proto__": {}}, [[[[[[[[]]]]]]]])
UNKNOWN = "conformance_no_such_tool"
REFUSED = "an isError result or the error -32602"


def call_unlisted(leg: Leg, name: str) -> Reply:
    """Call a name that is not listed."""
    return leg.session.request("tools/call", {"name": name, "arguments": {}})


def faulty(leg: Leg) -> Iterator[tuple[Mapping[str, Any], Fault]]:
    """Tools with wrong arguments, or out: not applicable, or not verified."""
    leg.require_calls()
    found = [(tool, wrong) for tool in leg.callable_tools for wrong in handful(tool)]
    return iter(found or not_applicable("no tool that may be called can be given wrong arguments"))


def refused(reply: Reply) -> bool:
    """Tell whether arguments were refused: a wrong value may already contradict the header that it should travel in."""
    return reply.is_error_result or reply.code in (INVALID_PARAMS, HEADER_MISMATCH)


@check("tools.call.never-unanswered", ENDED, silence=True)
def calls_are_answered_whatever_the_arguments(leg: Leg) -> None:
    """Calls each tool that may be called with valid, wrong and odd arguments; each call must get some answer."""
    silent = [made.name for made in leg.require_calls() if made.reply is None]
    with leg.fresh() as session:
        for tool in leg.callable_tools[:MOST_TOOLS]:
            for odd in (*(wrong.value for wrong in handful(tool)[:1]), *odd_arguments(tool)):
                _survived(session, tool, odd)
        assert session.ping().succeeded, "got an error after odd arguments, must be a server that lives on"
    if silent:
        not_verified(f"no answer in time to valid calls of {silent}: slow, or never?")


def _survived(session: Session, tool: Mapping[str, Any], arguments: Mapping[str, Any]) -> None:
    """Call a tool; the end of the server breaks more than slowness does."""
    try:
        call(session, tool, arguments)
    except Died as end:
        shown = f"from {tool['name']!r} with {brief(arguments)}: {end}"
        raise Breach(f"got {shown}, must be an answer", ENDED) from None


def odd_arguments(tool: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Arguments that break careless code: each in place of all that the tool requires."""
    schema = tool.get("inputSchema")
    required = schema.get("required") if isinstance(schema, dict) else None
    names = required if isinstance(required, list) and required else ["conformance"]
    for value in ODD_VALUES:
        yield {str(name): value for name in names}


@check("tools.call.unknown-tool.protocol-error")
def unknown_tool_is_a_protocol_error(leg: Leg) -> None:
    """Calls a tool that is not listed; the answer should be a JSON-RPC error, not a result."""
    reply = call_unlisted(leg, UNKNOWN)
    assert reply.error is not None, f"got {reply}, must be a JSON-RPC error"


@check("tools.call.unknown-tool.code")
def unknown_tool_has_code_invalid_params(leg: Leg) -> None:
    """Calls a tool that is not listed; a JSON-RPC error should have the code -32602."""
    reply = call_unlisted(leg, UNKNOWN)
    if reply.error is None:
        not_applicable("an unknown tool is answered with a result")
    assert reply.code == INVALID_PARAMS, f"got {reply}, must be the error -32602"


@check("tool-names.case-sensitive")
def tool_names_are_case_sensitive(leg: Leg) -> None:
    """Calls a tool that may be called by its name in the other case; it must be as unknown as any other."""
    names = {tool["name"] for tool in leg.tools if isinstance(tool.get("name"), str)}
    for made in leg.require_calls():
        swapped = made.tool["name"].swapcase()
        if swapped not in names:
            reply = call(leg.session, {**made.tool, "name": swapped}, made.arguments)
            unknown = reply.error is not None or reply.is_error_result
            assert unknown, f"got {reply} for {swapped!r}, must be refused: only {made.tool['name']!r} is listed"
            return
    not_applicable("no name has letters whose case could be swapped")


@check("tools.call.malformed-request")
def malformed_call_is_a_protocol_error(session: Session) -> None:
    """Calls without a name, with a number for a name, with an array for arguments; each should be an error."""
    malformed: tuple[dict[str, object], ...] = (
        {"arguments": {}},
        {"name": 1, "arguments": {}},
        {"name": UNKNOWN, "arguments": []},
    )
    for params in malformed:
        reply = session.request("tools/call", params)
        assert reply.error is not None, f"got {reply} for params {brief(params)}, must be a JSON-RPC error"


@check("tools.call.inputs-validated")
def wrong_arguments_are_refused(leg: Leg) -> None:
    """Calls with arguments that violate the inputSchema in one way each; every call must be refused."""
    for tool, wrong in faulty(leg):
        reply = call(leg.session, tool, wrong.value)
        if reply.result.get("resultType") != "input_required":
            shown = f"got {reply} for {tool['name']!r} with {brief(wrong.value)} ({wrong.id})"
            assert refused(reply), f"{shown}, must be {REFUSED}"


@check("tools.call.input-validation.is-error")
def wrong_arguments_are_refused_in_the_result(leg: Leg) -> None:
    """Calls with arguments that violate the inputSchema; from 2025-11-25 the refusal should be an isError result."""
    for tool, wrong in faulty(leg):
        reply = call(leg.session, tool, wrong.value)
        if refused(reply) and reply.code != HEADER_MISMATCH:
            said = reply.is_error_result
            shown = f"got {reply} for {tool['name']!r} with {brief(wrong.value)} ({wrong.id})"
            assert said, f"{shown}, must be a result with isError true"


@check("tools.call.invalid-arguments.protocol-error")
def wrong_arguments_are_no_internal_error(leg: Leg) -> None:
    """Calls with arguments that violate the inputSchema; the refusal should not read like a fault of the server."""
    for tool, wrong in faulty(leg):
        reply = call(leg.session, tool, wrong.value)
        shown = f"got {reply} for {tool['name']!r} with {brief(wrong.value)} ({wrong.id})"
        assert reply.code != INTERNAL_ERROR, f"{shown}, must be {REFUSED}"


@check("tools.call.valid-inputs-accepted")
def valid_arguments_are_not_called_invalid(leg: Leg) -> None:
    """Looks at the answers to valid calls; none should be refused with -32602."""
    for made in leg.require_calls():
        if made.reply is not None:
            shown = f"got {made.reply} for {made.tool['name']!r} with {brief(made.arguments)}"
            assert made.reply.code != INVALID_PARAMS, f"{shown}, must be accepted: valid under its inputSchema"


@check("tools.call.execution-errors-in-result")
def errors_of_tools_are_results(leg: Leg) -> None:
    """Looks at the answers to valid calls; a tool that fails should do so with isError, not with -32603."""
    for made in leg.require_calls():
        if made.reply is not None:
            shown = f"got {made.reply} for {made.tool['name']!r} with {brief(made.arguments)}"
            assert made.reply.code != INTERNAL_ERROR, f"{shown}, must be a result with isError true"


@check("tools.call.arguments-omitted")
def arguments_may_be_omitted(leg: Leg) -> None:
    """Calls a tool that requires nothing with {} and with no arguments at all; both should fare alike."""
    free = [made for made in leg.require_calls() if not made.arguments and made.reply is not None]
    for made in free or not_applicable("every tool that may be called requires arguments"):
        name = made.tool["name"]
        omitted = leg.session.request("tools/call", {"name": name}, timeout=patience(leg.session))
        if omitted.succeeded != made.succeeded:  # that was a while ago: ask again before believing it
            given = call(leg.session, made.tool, {})
            shown = f"got {omitted} for {name!r} without arguments"
            assert omitted.succeeded == given.succeeded, f"{shown}, must be like {given} with {{}}"
