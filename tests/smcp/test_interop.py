"""The SDK's own client, as most hosts have it, talks to smcp in both eras and over both transports."""

from __future__ import annotations

import json
import sys
from typing import Any

import anyio
import pytest
from mcp import Client, StdioServerParameters
from mcp.client.stdio import stdio_client
from smcp_clients import Web, arguments_for


async def talk(target: Any, mode: Any) -> None:
    """List the tools and call four: a success, content of every kind, a plugin's error, arguments that don't fit."""
    async with Client(target, mode=mode) as client:
        names = [tool.name for tool in (await client.list_tools()).tools]
        assert "demo_math__calculate" in names
        sum_of_two = await client.call_tool("demo_math__calculate", {"operation": "add", "a": 1, "b": 2})
        assert json.loads(sum_of_two.content[0].text)["result"] == 3  # type: ignore[union-attr]  # asserted by being JSON
        shown = await client.call_tool("demo_text__morse", {"text": "SOS"})
        assert [block.type for block in shown.content] == ["text", "image", "audio", "resource", "resource_link"]
        failed = await client.call_tool("demo_math__calculate", {"operation": "divide", "a": 1, "b": 0})
        assert failed.is_error
        assert (await client.call_tool("demo_math__calculate", {"operation": "add"})).is_error


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_stdio(mode: str) -> None:
    """Over stdio, finding out the era or insisting on the handshake."""
    command, *words = arguments_for("stdio")
    assert command == sys.executable
    anyio.run(talk, stdio_client(StdioServerParameters(command=command, args=words)), mode)


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_http(web: Web, mode: str) -> None:
    """Over Streamable HTTP, likewise."""
    anyio.run(talk, web.url, mode)
