"""The arguments that a tool's inputSchema names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def properties(tool: Mapping[str, Any]) -> Mapping[str, Any]:
    """The schemas of a tool's arguments, by name."""
    schema = tool.get("inputSchema")
    found = schema.get("properties") if isinstance(schema, dict) else None
    return found if isinstance(found, dict) else {}
