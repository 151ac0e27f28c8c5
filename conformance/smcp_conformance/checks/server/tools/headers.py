"""Tools, `x-mcp-header`: parameters that travel as HTTP headers too (2026-07-28)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from smcp_conformance.checks.server.tools.schemas import objects
from smcp_conformance.leg import Leg
from smcp_conformance.reply import brief
from smcp_conformance.requirement import check, not_applicable

KEYWORD = "x-mcp-header"
TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")


@dataclass(frozen=True)
class Annotated:
    """One annotated property: the tool, the path of keywords to it, its schema, and the header's name."""

    tool: str
    path: tuple[str, ...]
    schema: dict[str, Any]

    @property
    def header(self) -> Any:
        """The annotation's value."""
        return self.schema[KEYWORD]

    @property
    def where(self) -> str:
        """For people: tool and JSON pointer."""
        return f"{self.tool!r} at /{'/'.join(self.path)}"


def annotated(leg: Leg) -> list[Annotated]:
    """All annotated properties, or out: not applicable."""
    found = [one for name, schema in objects(leg, "inputSchema") for one in walk(name, schema, ())]
    return found or not_applicable("no tool uses x-mcp-header")


def walk(tool: str, node: Any, path: tuple[str, ...]) -> Iterator[Annotated]:
    """Find the annotation anywhere below `node`, but not inside a property of that very name."""
    if isinstance(node, dict):
        if KEYWORD in node and path[-1:] != ("properties",):
            yield Annotated(tool, path, node)
        for key, below in node.items():
            yield from walk(tool, below, (*path, key))
    elif isinstance(node, list):
        for index, below in enumerate(node):
            yield from walk(tool, below, (*path, str(index)))


@check("tools.x-mcp-header.nonempty")
def header_names_are_not_empty(leg: Leg) -> None:
    """Looks at each x-mcp-header; it must not be the empty string."""
    for one in annotated(leg):
        assert one.header != "", f"got an empty x-mcp-header in {one.where}, must be a header's name"


@check("tools.x-mcp-header.token", "tools.x-mcp-header.no-control")
def header_names_are_tokens(leg: Leg) -> None:
    """Looks at each x-mcp-header that is not empty; it must have the syntax of an HTTP field name."""
    for one in annotated(leg):
        token = one.header == "" or (isinstance(one.header, str) and TOKEN.fullmatch(one.header))
        assert token, f"got x-mcp-header {brief(one.header)} in {one.where}, must be an HTTP token"


@check("tools.x-mcp-header.unique")
def header_names_are_unique_within_a_tool(leg: Leg) -> None:
    """Compares the names within each tool without regard to case."""
    counts = Counter((one.tool, str(one.header).lower()) for one in annotated(leg))
    twice = [f"{header} in {tool}" for (tool, header), count in counts.items() if count > 1]
    assert not twice, f"got x-mcp-header twice: {twice}, must be unique within a tool"


@check("tools.x-mcp-header.primitive")
def only_primitive_parameters_are_headers(leg: Leg) -> None:
    """Looks at the type of each annotated property; string, integer and boolean can travel in a header."""
    for one in annotated(leg):
        kind = one.schema.get("type")
        assert kind in ("string", "integer", "boolean"), (
            f"got type {brief(kind)} in {one.where}, must be string, integer or boolean"
        )


@check("tools.x-mcp-header.statically-reachable")
def annotated_parameters_are_reached_through_properties_only(leg: Leg) -> None:
    """Looks at the way to each annotated property; only `properties` may lie on it."""
    for one in annotated(leg):
        reached = len(one.path) % 2 == 0 and all(step == "properties" for step in one.path[::2])
        assert reached, f"got x-mcp-header in {one.where}, must be reached through 'properties' only"
