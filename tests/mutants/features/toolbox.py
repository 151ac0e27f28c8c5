"""The tools: quick and slow, read-only and writing, plain and structured, failing, asking back."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, NamedTuple

from mutants import revisions
from mutants.session import Call
from mutants.wire import Json

READ_ONLY = {"readOnlyHint": True, "openWorldHint": False}
PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="  # 1×1 pixel
WAV = "UklGRiQAAABXQVZFZm10IBAAAAABAAEAQB8AAEAfAAABAAgAZGF0YQAAAAA="  # no samples


class Tool(NamedTuple):
    """A tool: what the list says of it beside its name, what runs it, and in which revisions it exists."""

    name: str
    definition: Json
    run: Callable[[Call, Json], Json]
    revisions: tuple[str, ...] = revisions.ALL


def text(words: str, **more: Any) -> Json:
    """A tool result with one text item."""
    return {"content": [{"type": "text", "text": words}], **more}


def structured(value: Json) -> Json:
    """A tool result with structured content, repeated as text."""
    return text(json.dumps(value, ensure_ascii=False), structuredContent=value)


def takes(properties: Json, *required: str) -> Json:
    """An input schema that allows nothing else."""
    schema: Json = {"type": "object", "properties": properties, "additionalProperties": False}
    return {**schema, "required": list(required)} if required else schema


def echo(call: Call, arguments: Json) -> Json:
    """Give the text back."""
    return text(arguments["text"])


def add(call: Call, arguments: Json) -> Json:
    """Add two integers."""
    return structured({"sum": int(arguments["a"]) + int(arguments["b"])})


def fail(call: Call, arguments: Json) -> Json:
    """Fail, as tools do: in the result."""
    call.log("error", {"reason": "told to fail"})
    return text("this tool always fails", isError=True)


def count(call: Call, arguments: Json) -> Json:
    """Count letters by kind: nested structure in, nested structure out."""
    words = arguments.get("words", [])
    lengths = [{"word": word, "length": len(word)} for word in words]
    return structured({"words": lengths, "style": arguments.get("style", "plain")})


def slow(call: Call, arguments: Json) -> Json:
    """Take `steps` times `milliseconds`, reporting progress, until cancelled."""
    steps = int(arguments.get("steps", 3))
    for step in range(steps):
        call.pause(arguments.get("milliseconds", 20) / 1000)
        call.progress(step + 1, steps, f"step {step + 1} of {steps}")
        call.log("info", {"step": step + 1})
    return text(f"{steps} steps taken")


def media(call: Call, arguments: Json) -> Json:
    """Return one item of each kind that the revision knows."""
    items: list[Json] = [{"type": "image", "data": PNG, "mimeType": "image/png"}]
    if call.revision >= "2025-03-26":
        items.append({"type": "audio", "data": WAV, "mimeType": "audio/wav"})
    note = {"uri": "note://fixture/plain", "mimeType": "text/plain", "text": "a plain note"}
    dated = {"lastModified": "2026-01-02T03:04:05Z"} if call.revision >= "2025-06-18" else {}
    items.append(
        {"type": "resource", "resource": note, "annotations": {"audience": ["user"], "priority": 0.5, **dated}}
    )
    if call.revision >= "2025-06-18":
        items.append({"type": "resource_link", "uri": "note://fixture/plain", "name": "plain"})
    return {"content": items}


def forget(call: Call, arguments: Json) -> Json:
    """Pretend to delete something."""
    return text(f"forgot {arguments['topic']}")


def route(call: Call, arguments: Json) -> Json:
    """Say where a query would go."""
    return text(f"{arguments['region']}: {arguments.get('query', '')}")


SUM = {"type": "object", "properties": {"sum": {"type": "integer"}}, "required": ["sum"]}
TERM = {"type": "integer", "minimum": -1_000_000_000, "maximum": 1_000_000_000}
COUNTED = {
    "type": "object",
    "properties": {
        "words": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"word": {"type": "string"}, "length": {"type": "integer", "minimum": 0}},
                "required": ["word", "length"],
            },
        },
        "style": {"type": "string", "enum": ["plain", "fancy"]},
    },
    "required": ["words", "style"],
}

TOOLS = (
    Tool(
        "echo",
        {
            "title": "Echo",
            "description": "Gives the text back.",
            "inputSchema": takes({"text": {"type": "string", "maxLength": 10_000}}, "text"),
            "annotations": {"title": "Echo", **READ_ONLY},
        },
        echo,
    ),
    Tool(
        "add",
        {
            "description": "Adds two integers.",
            "inputSchema": takes({"a": TERM, "b": TERM}, "a", "b"),
            "outputSchema": SUM,
            "annotations": READ_ONLY,
        },
        add,
    ),
    Tool(
        "count",
        {
            "description": "Measures words.",
            "inputSchema": takes(
                {
                    "words": {"type": "array", "items": {"type": "string", "minLength": 1}, "maxItems": 20},
                    "style": {"type": "string", "enum": ["plain", "fancy"]},
                }
            ),
            "outputSchema": COUNTED,
            "annotations": READ_ONLY,
        },
        count,
    ),
    Tool(
        "fail",
        {"description": "Always fails.", "inputSchema": takes({}), "annotations": READ_ONLY},
        fail,
    ),
    Tool(
        "slow",
        {
            "description": "Takes its time, reports progress, can be cancelled.",
            "inputSchema": takes(
                {
                    "steps": {"type": "integer", "minimum": 1, "maximum": 1000},
                    "milliseconds": {"type": "integer", "minimum": 0, "maximum": 1000},
                }
            ),
            "annotations": {"readOnlyHint": True, "openWorldHint": True},  # keeps generated arguments away
            "execution": {"taskSupport": "optional"},
        },
        slow,
    ),
    Tool(
        "media",
        {"description": "One item of each kind.", "inputSchema": takes({}), "annotations": READ_ONLY},
        media,
    ),
    Tool(
        "forget",
        {
            "description": "Pretends to delete a topic.",
            "inputSchema": takes({"topic": {"type": "string", "pattern": "^[a-z]+$"}}, "topic"),
            "annotations": {"readOnlyHint": False, "destructiveHint": True, "idempotentHint": True},
        },
        forget,
    ),
    Tool(
        "route",
        {
            "description": "Says where a query would go; intermediaries see the region in a header.",
            "inputSchema": takes(
                {
                    "region": {"type": "string", "x-mcp-header": "Region"},
                    "priority": {"type": "integer", "minimum": 0, "maximum": 9, "x-mcp-header": "Priority"},
                    "query": {"type": "string"},
                },
                "region",
            ),
            "annotations": READ_ONLY,
        },
        route,
        revisions.STATELESS,
    ),
)
SLOW = {"slow", "ask"}
