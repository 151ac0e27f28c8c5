"""The MCP server itself: a toolset behind the SDK's low-level server, the same for every transport."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any, TypeVar

from mcp.server.context import CallNext, HandlerResult, ServerRequestContext
from mcp.server.lowlevel import Server
from mcp.server.models import InitializationOptions
from mcp.server.subscriptions import InMemorySubscriptionBus, ListenHandler
from mcp.shared.exceptions import MCPError
from mcp_types import (
    INTERNAL_ERROR,
    INVALID_PARAMS,
    METHOD_NOT_FOUND,
    CallToolRequestParams,
    CallToolResult,
    ListToolsResult,
    PaginatedRequestParams,
    SubscriptionFilter,
    SubscriptionsListenRequestParams,
    SubscriptionsListenResult,
)

from smcp import __version__
from smcp.tools import result, tool
from smcp.toolset import Toolset, UnknownTool

log = logging.getLogger(__name__)

INSTRUCTIONS = "Each tool runs one command of a plugin; its name is the plugin's, two underscores, and the command's."

ParamsT = TypeVar("ParamsT")
ResultT = TypeVar("ResultT")


class Service:
    """One MCP server over one toolset. `server` is the SDK's object that transports drive."""

    def __init__(self, toolset: Toolset) -> None:
        self._toolset = toolset
        self._listen = ListenHandler(InMemorySubscriptionBus())
        self.server: Server[Any] = Server(
            "smcp",
            version=__version__,
            title="smcp",
            instructions=INSTRUCTIONS,
            on_list_tools=_contained(self._list_tools),
            on_call_tool=_contained(self._call_tool),
            on_subscriptions_listen=_contained(self._subscribe),
        )
        self.server.middleware.append(self._refuse_unserved)

    @property
    def initialization(self) -> InitializationOptions:
        """What the server says of itself in answer to `initialize`."""
        return self.server.create_initialization_options()

    def close_streams(self) -> None:
        """End every open `subscriptions/listen` stream with its result; otherwise they hold up a shutdown."""
        self._listen.close()

    async def _refuse_unserved(self, ctx: ServerRequestContext[Any, Any], call_next: CallNext) -> HandlerResult:
        """Say "method not found" before the SDK looks at the params of a method that isn't served anyway."""
        served = ctx.method == "initialize" or self.server.get_request_handler(ctx.method) is not None
        if ctx.request_id is not None and not served:
            raise MCPError(METHOD_NOT_FOUND, "Method not found")
        return await call_next(ctx)

    async def _list_tools(self, ctx: Any, params: PaginatedRequestParams | None) -> ListToolsResult:
        if params is not None and params.cursor is not None:
            raise MCPError(INVALID_PARAMS, "Invalid cursor")  # there is one page, so none was ever given out
        return ListToolsResult(tools=[tool(command) for command in await self._toolset.commands()])

    async def _call_tool(self, ctx: Any, params: CallToolRequestParams) -> CallToolResult:
        try:
            answer = await self._toolset.call(params.name, params.arguments or {})
        except UnknownTool:
            raise MCPError(INVALID_PARAMS, f"Unknown tool: {params.name}") from None
        return result(answer)

    async def _subscribe(self, ctx: Any, params: SubscriptionsListenRequestParams) -> SubscriptionsListenResult:
        # The SDK would acknowledge prompts and resources too, which this server doesn't have.
        served = SubscriptionFilter(tools_list_changed=params.notifications.tools_list_changed)
        return await self._listen(ctx, params.model_copy(update={"notifications": served}))


def _contained(
    serve: Callable[[Any, ParamsT], Awaitable[ResultT]],
) -> Callable[[Any, ParamsT], Awaitable[ResultT]]:
    """Turn an unforeseen exception into a plain internal error.

    In the handshake era the SDK would send the exception's text to the client.
    """

    @wraps(serve)
    async def contained(ctx: Any, params: ParamsT) -> ResultT:
        try:
            return await serve(ctx, params)
        except MCPError:
            raise
        except Exception:  # the outermost boundary: whatever it is, the log gets it and the client doesn't
            log.exception("request failed")
            raise MCPError(INTERNAL_ERROR, "Internal error") from None

    return contained
