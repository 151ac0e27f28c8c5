"""Tool arguments that travel as HTTP headers too: `x-mcp-header` of 2026-07-28."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from smcp_conformance.wire.http import header_value

KEYWORD = "x-mcp-header"
PREFIX = "Mcp-Param-"


def parameter_headers(tool: Mapping[str, Any], arguments: object) -> dict[str, str | None]:
    """The headers that a client sends with this call: one per annotated argument that is there and not null."""
    return dict(_headers(tool.get("inputSchema"), arguments))


def _headers(schema: object, arguments: object) -> Iterator[tuple[str, str]]:
    properties = schema.get("properties") if isinstance(schema, dict) else None
    if not isinstance(properties, dict) or not isinstance(arguments, dict):
        return
    for name, member in properties.items():
        value = arguments.get(name)
        header = member.get(KEYWORD) if isinstance(member, dict) else None
        if isinstance(header, str) and isinstance(value, (str, int)):
            yield PREFIX + header, header_value(_text(value))
        yield from _headers(member, value)


def _text(value: str | int) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
