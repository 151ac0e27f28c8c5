"""How a described command and an answer look as MCP's own values."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from mcp_types import (
    AudioContent,
    CallToolResult,
    ContentBlock,
    EmbeddedResource,
    ImageContent,
    ResourceLink,
    TextContent,
    Tool,
    ToolAnnotations,
)

from smcp import content
from smcp.answers import Answer
from smcp.discovery import Command

_KINDS: Mapping[str, type[ContentBlock]] = {
    "text": TextContent,
    "image": ImageContent,
    "audio": AudioContent,
    "resource": EmbeddedResource,
    "resource_link": ResourceLink,
}


def tool(command: Command) -> Tool:
    """Return the tool that a command is offered as (spec: server/tools, Tool)."""
    described = command.described
    annotations = described.get("annotations")
    return Tool(
        name=command.tool_name,
        title=described.get("title"),
        description=described["description"],
        input_schema=_offered(command.input_schema),
        output_schema=command.output_schema,
        annotations=None if annotations is None else ToolAnnotations.model_validate(annotations),
    )


def _offered(schema: Mapping[str, Any]) -> dict[str, Any]:
    """The schema of a command's arguments, with null for each that isn't required: it is taken for leaving it out."""
    required = schema.get("required", ())
    members = schema.get("properties", {}).items()
    return {**schema, "properties": {k: v if k in required else _nullable(v) for k, v in members}}


def _nullable(schema: Mapping[str, Any]) -> dict[str, Any]:
    choices = {"enum": [*schema["enum"], None]} if "enum" in schema else {}
    return {**schema, "type": [schema["type"], "null"], **choices}


def result(answer: Answer, revision: str) -> CallToolResult:
    """Return the result that an answer is sent as to a client of that revision (spec: server/tools, Tool Result)."""
    if answer.error is None:
        structured = None if answer.structured is None else dict(answer.structured)
        return CallToolResult(content=list(_content(answer, revision)), structured_content=structured)
    structured = {"error": dict(answer.error)}
    # Structured content is repeated as text for clients that read only text (spec: server/tools).
    text = TextContent(type="text", text=json.dumps(structured, ensure_ascii=False))
    return CallToolResult(content=[text], structured_content=structured, is_error=True)


def _content(answer: Answer, revision: str) -> Iterator[ContentBlock]:
    """The answer's text, but for one that has nothing except blocks, and then the blocks."""
    if answer.blocks is None or answer.structured is not None:
        yield TextContent(type="text", text=answer.text)
    for block in content.suited(answer.blocks or (), revision):
        yield _KINDS[block["type"]].model_validate(block)
