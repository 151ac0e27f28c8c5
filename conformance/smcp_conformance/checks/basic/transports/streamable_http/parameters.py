"""Mcp-Param-… of 2026-07-28: the arguments of a tool that its schema wants in headers, too."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from smcp_conformance.checks.basic.transports.streamable_http.headers import must_be_refused
from smcp_conformance.checks.basic.transports.streamable_http.traffic import served, shown
from smcp_conformance.codes import HEADER_MISMATCH
from smcp_conformance.leg import Leg
from smcp_conformance.reply import Reaction
from smcp_conformance.requirement import check, not_applicable, not_verified
from smcp_conformance.toolbox import Call
from smcp_conformance.wire.parameters import KEYWORD, PREFIX, parameter_headers

Tool = Mapping[str, Any]


def annotated(tool: Tool) -> dict[str, Mapping[str, Any]]:
    """The outermost properties of a tool's input that travel in headers, with their schemas."""
    schema = tool.get("inputSchema")
    properties = schema.get("properties") if isinstance(schema, dict) else None
    found = properties.items() if isinstance(properties, dict) else ()
    return {name: member for name, member in found if isinstance(member, dict) and isinstance(member.get(KEYWORD), str)}


def calls(leg: Leg) -> list[Call]:
    """The calls that were made of tools with such properties; or out."""
    if not any(annotated(tool) for tool in leg.require_tools()):
        not_applicable("no tool uses x-mcp-header")
    if not any(annotated(tool) for tool in leg.callable_tools):
        not_verified("no tool with x-mcp-header may be called; allow one with --smcp-allow-tools 'GLOB'")
    return [made for made in leg.calls if annotated(made.tool)]


def call(leg: Leg, tool: Tool, arguments: Mapping[str, Any], headers: Mapping[str, str | None]) -> Reaction:
    """Call the tool with parameter headers as a conforming client sends them, except for `headers`."""
    params = {"name": tool["name"], "arguments": dict(arguments)}
    with leg.fresh() as session:
        all_headers = {**parameter_headers(tool, arguments), **headers}
        return session.provoke(session.message("tools/call", params), headers=all_headers)


def mirrored(leg: Leg) -> tuple[Tool, dict[str, Any], str]:
    """A tool, arguments that are served, and the name of a header that mirrors one of them; or out."""
    for made in calls(leg):
        for header in parameter_headers(made.tool, made.arguments) if made.succeeded else ():
            return made.tool, dict(made.arguments), header
    return not_applicable("no tool that may be called needs an argument that travels in a header")


@check("http.header.param-validated")
def parameter_header_that_contradicts_the_argument_is_refused(leg: Leg) -> None:
    """Calls a tool with another value in an Mcp-Param header than in the body; it must get 400 and -32020."""
    tool, arguments, header = mirrored(leg)
    must_be_refused(call(leg, tool, arguments, {header: "conformance-other"}), f"{header} with another value")


@check("http.header.param-missing")
def argument_without_its_parameter_header_is_refused(leg: Leg) -> None:
    """Calls a tool without the Mcp-Param header of an argument that is there; it must get 400 and -32020."""
    tool, arguments, header = mirrored(leg)
    must_be_refused(call(leg, tool, arguments, {header: None}), f"a call without {header}")


@check("http.header.param-absent-value")
def no_parameter_header_is_needed_for_an_absent_argument(leg: Leg) -> None:
    """Calls tools without an optional argument and without its header; none may be refused for a header."""
    made = [made for made in calls(leg) if annotated(made.tool).keys() - made.arguments.keys()]
    if not made:
        not_applicable("every argument that travels in a header is required")
    for one in made:
        reaction = call(leg, one.tool, one.arguments, {})
        refused = reaction.code == HEADER_MISMATCH
        assert not refused, f"got {shown(reaction)} for a call without an optional argument, must be a result"


@check("http.header.param-numeric-compare")
def integers_in_headers_are_compared_as_numbers(leg: Leg) -> None:
    """Calls a tool with 7 in the body and 7.0 in the header, or the like; it should be served."""
    integers = ((made, name, schema) for made in calls(leg) for name, schema in annotated(made.tool).items())
    for made, name, schema in integers:
        if schema.get("type") == "integer":
            value = schema.get("minimum", 1)
            header, arguments = PREFIX + schema[KEYWORD], {**made.arguments, name: value}
            if not served(call(leg, made.tool, arguments, {})):
                not_verified(f"{made.name} does not serve {name} {value} with the same in its header")
            reaction = call(leg, made.tool, arguments, {header: f"{value}.0"})
            assert served(reaction), f"got {shown(reaction)} for {value} as {value}.0, must be a result"
            return
    not_applicable("no integer travels in a header")
