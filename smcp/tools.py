"""How a described command and an answer look as MCP's own values."""

from __future__ import annotations

import json

from mcp_types import CallToolResult, TextContent, Tool, ToolAnnotations

from smcp.answers import Answer
from smcp.discovery import Command


def tool(command: Command) -> Tool:
    """Return the tool that a command is offered as (spec: server/tools, Tool)."""
    described = command.described
    annotations = described.get("annotations")
    return Tool(
        name=command.tool_name,
        title=described.get("title"),
        description=described["description"],
        input_schema=command.input_schema,
        output_schema=command.output_schema,
        annotations=None if annotations is None else ToolAnnotations.model_validate(annotations),
    )


def result(answer: Answer) -> CallToolResult:
    """Return the result that an answer is sent as (spec: server/tools, Tool Result)."""
    if answer.error is None:
        structured = None if answer.structured is None else dict(answer.structured)
        return CallToolResult(content=[TextContent(type="text", text=answer.text)], structured_content=structured)
    structured = {"error": dict(answer.error)}
    # Structured content is repeated as text for clients that read only text (spec: server/tools).
    text = TextContent(type="text", text=json.dumps(structured, ensure_ascii=False))
    return CallToolResult(content=[text], structured_content=structured, is_error=True)
