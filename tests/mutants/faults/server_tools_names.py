"""Faults of the names of tools and of their headers (server/tools)."""

from __future__ import annotations

from typing import Any

from mutants import revisions
from mutants.faults import fault, override
from mutants.faults.tampering import add_tool, redefine
from mutants.features.toolbox import takes
from mutants.machine import Machine

STATELESS = revisions.STATELESS
NAMES = revisions.since("2025-11-25")


@fault("tool-name-too-long", breaks=("tool-names.length",), summary="a tool's name has 129 characters", revisions=NAMES)
def tool_name_too_long(machine: Machine) -> None:
    add_tool(machine, "x" * 129)


@fault("tool-name-not-ascii", breaks=("tool-names.charset",), summary="a tool's name has an umlaut", revisions=NAMES)
def tool_name_not_ascii(machine: Machine) -> None:
    add_tool(machine, "grüße")


@fault(
    "tool-name-with-space",
    breaks=("tool-names.no-special", "tool-names.charset"),
    summary="a tool's name has a space",
    revisions=NAMES,
)
def tool_name_with_space(machine: Machine) -> None:
    add_tool(machine, "do it")


@fault(
    "tool-names-twice",
    breaks=("tool-names.unique", "tool-names.unique.legacy", "pagination.no-duplicates-or-gaps"),
    summary="two tools have one name",
)
def tool_names_twice(machine: Machine) -> None:
    override(
        machine.server.tools, "available", lambda available, revision: [*available(revision), available(revision)[0]]
    )


@fault(
    "tool-names-any-case",
    breaks=("tool-names.case-sensitive",),
    summary="tool names are found in any case",
    revisions=NAMES,
)
def tool_names_any_case(machine: Machine) -> None:
    override(machine.server.tools, "find", lambda find, name, revision: find(name.lower(), revision))


def _annotate(machine: Machine, **properties: Any) -> None:
    redefine(machine, "route", inputSchema=takes({"region": {"type": "string"}, **properties}, "region"))


@fault(
    "header-name-empty",
    breaks=("tools.x-mcp-header.nonempty", "tools.x-mcp-header.token"),
    summary="an x-mcp-header is empty",
    revisions=STATELESS,
)
def header_name_empty(machine: Machine) -> None:
    _annotate(machine, query={"type": "string", "x-mcp-header": ""})


@fault(
    "header-name-no-token",
    breaks=("tools.x-mcp-header.token",),
    summary="an x-mcp-header has a space",
    revisions=STATELESS,
)
def header_name_no_token(machine: Machine) -> None:
    _annotate(machine, query={"type": "string", "x-mcp-header": "My Query"})


@fault(
    "header-name-with-newline",
    breaks=("tools.x-mcp-header.no-control", "tools.x-mcp-header.token"),
    summary="an x-mcp-header has a line break",
    revisions=STATELESS,
)
def header_name_with_newline(machine: Machine) -> None:
    _annotate(machine, query={"type": "string", "x-mcp-header": "Query\r\nX-Evil"})


@fault(
    "header-names-clash",
    breaks=("tools.x-mcp-header.unique",),
    summary="two x-mcp-header differ in case only",
    revisions=STATELESS,
)
def header_names_clash(machine: Machine) -> None:
    named = {"type": "string"}
    _annotate(machine, query={**named, "x-mcp-header": "Query"}, other={**named, "x-mcp-header": "QUERY"})


@fault(
    "header-on-number",
    breaks=("tools.x-mcp-header.primitive",),
    summary="an x-mcp-header is on a number",
    revisions=STATELESS,
)
def header_on_number(machine: Machine) -> None:
    _annotate(machine, weight={"type": "number", "x-mcp-header": "Weight"})


@fault(
    "header-on-huge-integer",
    breaks=("tools.x-mcp-header.safe-integers",),
    summary="an annotated integer may exceed 2^53",
    revisions=STATELESS,
)
def header_on_huge_integer(machine: Machine) -> None:
    _annotate(machine, serial={"type": "integer", "maximum": 2**60, "x-mcp-header": "Serial"})


@fault(
    "header-in-array",
    breaks=("tools.x-mcp-header.statically-reachable",),
    summary="an x-mcp-header is below items",
    revisions=STATELESS,
)
def header_in_array(machine: Machine) -> None:
    _annotate(machine, parts={"type": "array", "items": {"type": "string", "x-mcp-header": "Part"}})


@fault(
    "header-with-secret",
    breaks=("tools.x-mcp-header.not-sensitive",),
    summary="an x-mcp-header exposes a password",
    revisions=STATELESS,
)
def header_with_secret(machine: Machine) -> None:
    _annotate(machine, password={"type": "string", "x-mcp-header": "Password"})
