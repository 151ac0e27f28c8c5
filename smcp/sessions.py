"""The sessions of the handshake era that are open: what each has attached, and how it hears of changes.

At 2026-07-28 there are none: every request stands alone, and changes travel on `subscriptions/listen` streams.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any

import anyio
from mcp.server.connection import Connection
from mcp.server.context import ServerRequestContext
from mcp_types.version import HANDSHAKE_PROTOCOL_VERSIONS

from smcp.governor import Attachment

LIST_CHANGED = "notifications/tools/list_changed"

PATIENCE = 5.0
"""Seconds that a session has to take a notification; then it is dropped: a client may not read at all."""

_ATTACHMENT = "smcp.attachment"


def stateful(ctx: ServerRequestContext[Any, Any]) -> bool:
    """True if the request belongs to a session, which is so in the handshake era alone."""
    return ctx.protocol_version in HANDSHAKE_PROTOCOL_VERSIONS


class Sessions:
    """All open sessions. Each begins with the attachment `start`."""

    def __init__(self, start: Attachment) -> None:
        self.start = start
        self._open: set[Connection] = set()
        self._telling: dict[Connection, asyncio.Task[None]] = {}

    def join(self, ctx: ServerRequestContext[Any, Any]) -> None:
        """Take in the session that has just said that it is initialized, until its connection ends."""
        connection = _connection(ctx)
        if connection not in self._open:
            self._open.add(connection)
            connection.exit_stack.callback(self._leave, connection)

    def attachment(self, ctx: ServerRequestContext[Any, Any]) -> Attachment:
        """Return what the caller has attached."""
        return self._of(_connection(ctx)) if stateful(ctx) else self.start

    def attach(self, ctx: ServerRequestContext[Any, Any], attachment: Attachment) -> None:
        """Change what the caller's session has attached."""
        _connection(ctx).state[_ATTACHMENT] = attachment

    def tell(self, concerned: Callable[[Attachment], bool]) -> None:
        """Announce a changed list to the sessions whose attachment is concerned; returns at once."""
        for connection in self._open:
            # One that waits to be read says all there is to say: the client lists anew when it comes to it.
            if concerned(self._of(connection)) and connection not in self._telling:
                task = asyncio.get_running_loop().create_task(_notify(connection))
                self._telling[connection] = task
                task.add_done_callback(partial(self._told, connection))

    def _told(self, connection: Connection, task: asyncio.Task[None]) -> None:
        self._telling.pop(connection, None)

    def _of(self, connection: Connection) -> Attachment:
        kept: Attachment = connection.state.get(_ATTACHMENT, self.start)
        return kept

    def _leave(self, connection: Connection) -> None:
        self._open.discard(connection)
        task = self._telling.pop(connection, None)
        if task is not None:
            task.cancel()


async def _notify(connection: Connection) -> None:
    with anyio.move_on_after(PATIENCE):
        await connection.notify(LIST_CHANGED, None)


def _connection(ctx: ServerRequestContext[Any, Any]) -> Connection:
    """The SDK's object for the client's session: the same for all of its requests, which `ctx.session` is not.

    The SDK has no public way to it from a request (2.3); what is used of it (state, exit_stack, notify) is public.
    """
    return ctx.session._connection
