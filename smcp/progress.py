"""Progress of calls: that one has begun, still goes on, and is over, for clients that asked to be told.

How far a plugin has come nobody knows; so what is told is the time that has passed. It keeps a client that gives up on
silence from giving up on a slow plugin. The total is known in the end, and brings a client's bar to its own. (MCP,
"Progress": the value increases, a total is optional.)
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import anyio
from mcp.server.context import ServerRequestContext

PULSE = 5.0
"""Seconds between two reports."""


@asynccontextmanager
async def reported(ctx: ServerRequestContext[Any, Any]) -> AsyncIterator[None]:
    """Report the seconds since the block began: 0 at once, then now and then, and in the end what it took as the total.

    Without a progress token do nothing.
    """
    if not ctx.meta or ctx.meta.get("progress_token") is None:
        yield
        return
    await ctx.session.report_progress(0)
    begun = time.monotonic()
    beating = asyncio.get_running_loop().create_task(_beat(ctx, begun))
    try:
        yield
    finally:
        beating.cancel()  # at an await of its own: nothing is reported after the answer
    with suppress(anyio.BrokenResourceError, anyio.ClosedResourceError):  # as below
        await ctx.session.report_progress(took := _seconds(begun), took)


async def _beat(ctx: ServerRequestContext[Any, Any], begun: float) -> None:
    with suppress(anyio.BrokenResourceError, anyio.ClosedResourceError):  # the client has gone
        while True:
            await asyncio.sleep(PULSE)
            await ctx.session.report_progress(_seconds(begun))


def _seconds(begun: float) -> float:
    """The time since then, never 0, which was told already."""
    return round(time.monotonic() - begun, 6) or 1e-6
