"""Who is told of a change, how often, and that a client that doesn't read holds nobody up."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from types import SimpleNamespace
from typing import Any

import pytest
from mcp.server.connection import Connection

from smcp import sessions
from smcp.governor import Attachment
from smcp.profiles import Profile
from smcp.sessions import LIST_CHANGED, Sessions

FEW = Attachment(Profile("few", "explicit", ("a",)))


class Client:
    """The far side of a session: it takes a notification only while it `reads`."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self.begun = 0
        self.reads = asyncio.Event()
        self.connection = Connection.for_loop(self)  # type: ignore[arg-type] # it is sent notifications only
        self.context: Any = SimpleNamespace(
            protocol_version="2025-11-25", session=SimpleNamespace(_connection=self.connection)
        )

    async def notify(self, method: str, params: Any, opts: Any = None) -> None:
        """Take a notification."""
        self.begun += 1
        await self.reads.wait()
        self.told.append(method)


def everybody(attached: Attachment) -> bool:
    """Everybody is concerned."""
    return True


async def settle() -> None:
    """Let every task go on until it waits for something."""
    for _ in range(5):
        await asyncio.sleep(0)


def run(scenario: Callable[[], Awaitable[None]]) -> None:
    """Run a scenario on an event loop, at most a minute."""
    asyncio.run(asyncio.wait_for(scenario(), 60))


def test_only_those_concerned_are_told() -> None:
    """A session begins with what all begin with, keeps what it attaches, and joins once however often it says so."""

    async def scenario() -> None:
        open_sessions = Sessions(Attachment())
        one, other = Client(), Client()
        for client in (one, other, one):
            client.reads.set()
            open_sessions.join(client.context)
        open_sessions.attach(one.context, FEW)
        assert open_sessions.attachment(one.context) == FEW
        assert open_sessions.attachment(other.context) == Attachment()
        open_sessions.tell(lambda attached: attached == FEW)
        await settle()
        assert (one.told, other.told) == ([LIST_CHANGED], [])

    run(scenario)


def test_without_a_session_the_configuration_counts() -> None:
    """At 2026-07-28 the connection isn't even looked at."""
    context: Any = SimpleNamespace(protocol_version="2026-07-28")
    assert Sessions(FEW).attachment(context) == FEW


def test_what_waits_to_be_read_is_not_said_twice() -> None:
    """Once it is read, the next change is told again."""

    async def scenario() -> None:
        open_sessions, client = Sessions(Attachment()), Client()
        open_sessions.join(client.context)
        for _ in range(3):
            open_sessions.tell(everybody)
            await settle()
        assert client.begun == 1
        client.reads.set()
        await settle()
        open_sessions.tell(everybody)
        await settle()
        assert client.told == [LIST_CHANGED, LIST_CHANGED]

    run(scenario)


def test_a_session_that_ends_is_forgotten() -> None:
    """With what it was about to be told."""

    async def scenario() -> None:
        open_sessions, client = Sessions(Attachment()), Client()
        open_sessions.join(client.context)
        open_sessions.tell(everybody)
        await settle()
        await client.connection.exit_stack.aclose()
        client.reads.set()
        open_sessions.tell(everybody)
        await settle()
        assert (client.begun, client.told) == (1, [])

    run(scenario)


def test_a_notification_nobody_takes_is_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    """After that the session can be told of the next change."""
    monkeypatch.setattr(sessions, "PATIENCE", 0.001)

    async def scenario() -> None:
        open_sessions, client = Sessions(Attachment()), Client()
        open_sessions.join(client.context)
        while client.begun < 2:
            open_sessions.tell(everybody)
            await asyncio.sleep(0.001)
        assert client.told == []

    run(scenario)
