"""The health tool: is the server well, what does it serve, and what has it done."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from mcp_types import Tool, ToolAnnotations

from smcp import __version__
from smcp.discovery import Command
from smcp.metrics import Metrics

NAME = "health"
"""The tool's name. No plugin's tool can have it: theirs hold two underscores."""

INPUT_SCHEMA: dict[str, Any] = {"type": "object", "properties": {}, "additionalProperties": False}
"""The JSON Schema of its arguments: there are none."""

_COUNT = {"type": "integer", "minimum": 0}
_SECONDS = {"type": "number", "minimum": 0}


def _object(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties)}


_CALLS = _object(
    count=_COUNT,
    errors=_COUNT,
    timeouts=_COUNT,
    cancelled=_COUNT,
    running=_COUNT,
    seconds_total=_SECONDS,
    seconds_max=_SECONDS,
)

OUTPUT_SCHEMA: dict[str, Any] = _object(
    status={
        "type": "string",
        "enum": ["starting", "ok", "degraded"],
        "description": "starting: plugins are still being asked what they offer; degraded: a plugin is skipped",
    },
    version={"type": "string", "description": "the server's version"},
    uptime_seconds=_SECONDS,
    plugins={"type": "object", "additionalProperties": _COUNT, "description": "tools by plugin"},
    skipped={"type": "object", "additionalProperties": {"type": "string"}, "description": "why, by plugin"},
    tools={**_COUNT, "description": "tools of all plugins"},
    metrics=_object(requests=_COUNT, errors=_COUNT, calls={"type": "object", "additionalProperties": _CALLS}),
)
"""The JSON Schema of a report."""


def tool() -> Tool:
    """Return the tool as it is listed."""
    return Tool(
        name=NAME,
        title="Server health",
        description="Report the server's status, version, uptime, plugins, and counters of requests and calls.",
        input_schema=INPUT_SCHEMA,
        output_schema=OUTPUT_SCHEMA,
        annotations=ToolAnnotations(read_only_hint=True, open_world_hint=False),
    )


def report(
    commands: Iterable[Command], skipped: Mapping[str, str], metrics: Metrics, starting: bool = False
) -> dict[str, Any]:
    """Return the report: JSON that fits `OUTPUT_SCHEMA`.

    `skipped` says which plugins aren't served, and why; while `starting`, not all of them have answered.
    """
    plugins = Counter(command.plugin for command in commands)
    settled = "degraded" if skipped else "ok"
    return {
        "status": "starting" if starting else settled,
        "version": __version__,
        "uptime_seconds": round(metrics.uptime, 3),
        "plugins": dict(plugins),
        "skipped": dict(skipped),
        "tools": plugins.total(),
        "metrics": metrics.snapshot(),
    }
