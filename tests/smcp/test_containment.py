"""Faults of the server itself: the client learns that there was one, and nothing else."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn

import anyio
import pytest
from mcp.shared.message import SessionMessage
from mcp_types import JSONRPCError, JSONRPCNotification, JSONRPCRequest
from smcp_clients import META, hello

from smcp.discovery import Command, Discovery
from smcp.server import Service
from smcp.toolset import Answer, Toolset


class Broken(Toolset):
    """A toolset that doesn't know what it has."""

    async def commands(self) -> NoReturn:
        """Fail."""
        raise ValueError("secret /etc/path")


class Deep(Toolset):
    """A toolset with one command, whose result nobody can write."""

    async def commands(self) -> tuple[Command, ...]:
        """One command."""
        return (Command("p", Path("cli.py"), {"name": "go", "description": "goes"}),)

    async def call(self, tool_name: str, arguments: Mapping[str, Any]) -> Answer:
        """Nest without end; "secret" is at the bottom."""
        nested: Any = "secret"
        for _ in range(5000):
            nested = [nested]
        return Answer("x", structured={"nested": nested})


def answered(service: Service, *messages: dict[str, Any]) -> Any:
    """Send messages to the SDK's server in memory and return the answer to the last one."""

    async def conversation() -> Any:
        answer: Any = None
        to_server, from_client = anyio.create_memory_object_stream[SessionMessage | Exception](10)
        to_client, from_server = anyio.create_memory_object_stream[SessionMessage](10)
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(service.server.run, from_client, to_client, service.initialization)
            with anyio.fail_after(60), to_server, from_server:
                for message in messages:
                    kind = JSONRPCRequest if "id" in message else JSONRPCNotification
                    await to_server.send(SessionMessage(kind.model_validate(message, by_name=False)))
                    answer = (await from_server.receive()).message if "id" in message else None
            tasks.cancel_scope.cancel()
        return answer

    return anyio.run(conversation)


@pytest.mark.parametrize(
    ("fault", "method", "params"),
    [
        (Broken, "tools/list", {}),
        (Broken, "tools/call", {"name": "x"}),
        (Deep, "tools/call", {"name": "p__go"}),
    ],
)
@pytest.mark.parametrize("era", ["handshake", "stateless"])
def test_a_fault_is_an_internal_error_and_its_text_stays_here(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, fault: type[Toolset], method: str, params: Any, era: str
) -> None:
    """Also one that shows only when the result is written. It is logged, and counted."""
    service = Service(fault(Discovery([tmp_path])))
    opening = [hello(), {"jsonrpc": "2.0", "method": "notifications/initialized"}] if era == "handshake" else []
    meta = {} if era == "handshake" else {"_meta": META}
    request = {"jsonrpc": "2.0", "id": 1, "method": method, "params": {**params, **meta}}
    with caplog.at_level(logging.ERROR):
        answer = answered(service, *opening, request)
    assert isinstance(answer, JSONRPCError)
    assert (answer.error.code, answer.error.message, answer.error.data) == (-32603, "Internal error", None)
    assert "request failed" in caplog.text
    assert service.metrics.errors == 1
