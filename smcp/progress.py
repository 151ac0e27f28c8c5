"""Progress of calls: that a call has begun, and that it still goes on, for clients that asked to be told.

How far a plugin has come nobody knows; so what is told is the time that has passed. It keeps a client that gives up on
silence from giving up on a slow plugin. (MCP, "Progress": the value increases, a total is optional.)
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
    """Report, until the block ends, the seconds since it began, 0 at once. Without a progress token do nothing."""
    if not ctx.meta or ctx.meta.get("progress_token") is None:
        yield
        return
    await ctx.session.report_progress(0)
    beating = asyncio.get_running_loop().create_task(_beat(ctx, time.monotonic()))
    try:
        yield
    finally:
        beating.cancel()  # at an await of its own: nothing is reported after the answer


async def _beat(ctx: ServerRequestContext[Any, Any], begun: float) -> None:
    with suppress(anyio.BrokenResourceError, anyio.ClosedResourceError):  # the client has gone
        while True:
            await asyncio.sleep(PULSE)
            await ctx.session.report_progress(round(time.monotonic() - begun, 3))
