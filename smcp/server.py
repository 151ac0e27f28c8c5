"""The MCP server itself: a toolset behind the SDK's low-level server, the same for every transport."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Coroutine, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from jsonschema import Draft202012Validator
from mcp.server.context import CallNext, HandlerResult, ServerRequestContext
from mcp.server.lowlevel import NotificationOptions, Server
from mcp.server.models import InitializationOptions
from mcp.server.subscriptions import InMemorySubscriptionBus, ListenHandler, ToolsListChanged
from mcp.shared.exceptions import MCPError
from mcp_types import (
    INTERNAL_ERROR,
    INVALID_PARAMS,
    INVALID_REQUEST,
    METHOD_NOT_FOUND,
    CallToolRequestParams,
    CallToolResult,
    ListToolsResult,
    PaginatedRequestParams,
    SubscriptionFilter,
    SubscriptionsListenRequestParams,
    SubscriptionsListenResult,
    Tool,
    ToolListChangedNotification,
)
from pydantic import ValidationError

from smcp import __version__, governor, health
from smcp.answers import Answer, failed
from smcp.discovery import Command
from smcp.governor import Attachment, Governor, Refused
from smcp.letta import Loading
from smcp.metrics import Metrics
from smcp.progress import reported
from smcp.sessions import Sessions, stateful
from smcp.tools import result, tool
from smcp.toolset import Toolset, UnknownTool

log = logging.getLogger(__name__)

INSTRUCTIONS = "Each tool runs one command of a plugin; its name is the plugin's, two underscores, and the command's."

_SHOWN = 100

# What clients send before their first call: afterwards it comes at any time.
_BEFORE_CALLS = ("notifications/initialized", "tools/list")

Context = ServerRequestContext[Any, Any]


class Service:
    """One MCP server over one toolset. `server` is the SDK's object that transports drive.

    `governor` decides which tools a client sees; plugins are called after `letta` has had its time.
    """

    def __init__(self, toolset: Toolset, governor: Governor | None = None, letta: Loading | None = None) -> None:
        self.metrics = Metrics()
        self._toolset = toolset
        self._governor = governor or Governor()
        self._letta = letta
        self._sessions = Sessions(self._governor.start)
        self._bus = InMemorySubscriptionBus()
        self._listen = ListenHandler(self._bus)
        self._announcing: set[asyncio.Task[None]] = set()
        self._known: tuple[Command, ...] | None = None
        self._learning: asyncio.Task[None] | None = None
        self._expecting: asyncio.Task[None] | None = None
        self.server: Server[Any] = _Server(
            "smcp",
            version=__version__,
            title="smcp",
            instructions=INSTRUCTIONS,
            on_list_tools=self._list_tools,
            on_call_tool=self._call_tool,
            on_subscriptions_listen=self._subscribe,
            # Without this the SDK lists all tools before each call, to find headers that stand for arguments.
            # No tool of a plugin asks for such headers.
            get_tool_input_schema=lambda name: None,
        )
        self.server.middleware.append(self._attend)
        toolset.on_change(self._announce)

    @property
    def initialization(self) -> InitializationOptions:
        """What the server says of itself in answer to `initialize`."""
        return self.server.create_initialization_options()

    def health(self) -> dict[str, Any]:
        """Return the report of the health tool, for whoever asks without MCP."""
        tools = self._toolset
        return health.report(tools.offered(), tools.skipped(), self.metrics, starting=not tools.discovered)

    def close_streams(self) -> None:
        """End every open `subscriptions/listen` stream with its result; otherwise they hold up a shutdown."""
        self._listen.close()

    async def _attend(self, ctx: Context, call_next: CallNext) -> HandlerResult:
        """See every message first: count it, notice who joins, and refuse what isn't served.

        That is said here, before the SDK looks at the params of a method that isn't served anyway.
        """
        if self._learning is None:
            self._learning = _begun(self._learn())
        if ctx.method in _BEFORE_CALLS and self._expecting is None:
            self._expecting = _begun(self._expect())
        if ctx.request_id is None:
            done = await call_next(ctx)
            if ctx.method == "notifications/initialized" and stateful(ctx):
                self._sessions.join(ctx)
            return done
        with self.metrics.request(), _contained():
            self._check_served(ctx)
            return await call_next(ctx)

    def _check_served(self, ctx: Context) -> None:
        if ctx.method != "initialize" and self.server.get_request_handler(ctx.method) is None:
            raise MCPError(METHOD_NOT_FOUND, "Method not found")
        if ctx.method == "initialize" and stateful(ctx) and ctx.session.client_params is not None:
            raise MCPError(INVALID_REQUEST, "Invalid Request: already initialized")

    async def _commands(self) -> tuple[Command, ...]:
        """What plugins offer. Where there is a governor's tool, no plugin's command can have its name."""
        commands = await self._toolset.commands()
        return tuple(one for one in commands if not (self._governor.offered and one.tool_name == governor.NAME))

    async def _list_tools(self, ctx: Context, params: PaginatedRequestParams | None) -> ListToolsResult:
        if params is not None and params.cursor is not None:
            raise MCPError(INVALID_PARAMS, "Invalid cursor")  # there is one page, so none was ever given out
        commands = await self._commands()
        attached = self._sessions.attachment(ctx)
        own = [self._governor.tool(stateful(ctx))] if self._governor.offered else []
        offered = [*own, *(tool(command) for command in commands), health.tool()]
        return ListToolsResult(tools=[one for one in offered if attached.shows(one.name)])

    async def _call_tool(self, ctx: Context, params: CallToolRequestParams) -> CallToolResult:
        return result(await self._answer(ctx, params), ctx.protocol_version)

    async def _answer(self, ctx: Context, params: CallToolRequestParams) -> Answer:
        arguments = params.arguments or {}
        if params.name == governor.NAME and self._governor.offered:
            return await self._govern(ctx, arguments)
        name = await self._known_name(params.name)
        if not self._sessions.attachment(ctx).shows(name):
            raise _not_attached(name, stateful(ctx))
        if name == health.NAME:
            return await self._report(arguments)
        async with reported(ctx):
            return await self._run(name, arguments)

    async def _known_name(self, called: str) -> str:
        """The name that the tool has in the list; upstream's plugin.command is an older spelling of it."""
        try:
            return called if called == health.NAME else (await self._toolset.command(called)).tool_name
        except UnknownTool as unknown:
            raise _unknown(called, unknown) from None

    async def _run(self, name: str, arguments: Mapping[str, Any]) -> Answer:
        if self._letta is not None:
            await self._letta.wait()
        with self.metrics.call(name) as calls:
            try:
                answer = await self._toolset.call(name, arguments)
            except UnknownTool as unknown:  # gone since it was looked up
                raise _unknown(name, unknown) from None
            if answer.error is not None:
                calls.errors += 1
                calls.timeouts += answer.error["code"] == "timeout"
        return answer

    async def _report(self, arguments: Mapping[str, Any]) -> Answer:
        faults = [fault.message for fault in Draft202012Validator(health.INPUT_SCHEMA).iter_errors(arguments)]
        return failed("invalid_arguments", "; ".join(faults)) if faults else _structured(self.health())

    async def _govern(self, ctx: Context, arguments: Mapping[str, Any]) -> Answer:
        names = (*(command.tool_name for command in await self._commands()), health.NAME)
        request = governor.Request(arguments, self._sessions.attachment(ctx), names)
        try:
            reply = self._governor.act(request, stateful(ctx))
        except Refused as refused:
            return failed(refused.code, str(refused))
        if stateful(ctx) and reply.attachment != request.attachment:
            self._sessions.attach(ctx, reply.attachment)
            if request.attached() != request.attached(reply.attachment):
                # On the stream of the request that caused it, so that it also reaches a client without a GET stream.
                await ctx.session.send_notification(ToolListChangedNotification(), ctx.request_id)
        return _structured(reply.content)

    async def _subscribe(self, ctx: Context, params: SubscriptionsListenRequestParams) -> SubscriptionsListenResult:
        # The SDK would acknowledge prompts and resources too, which this server doesn't have.
        served = SubscriptionFilter(tools_list_changed=params.notifications.tools_list_changed)
        return await self._listen(ctx, params.model_copy(update={"notifications": served}))

    async def _learn(self) -> None:
        """Remember what there is at first, so that the first change can be told from it."""
        self._known = await self._commands()

    async def _expect(self) -> None:
        """Have plugins made ready for calls: by now the client has its first answer, which that shall not delay."""
        await self._toolset.commands()
        if self._letta is not None:
            await self._letta.wait()
        self._toolset.prepare()

    def _announce(self) -> None:
        """Hear, on the event loop, that there are other tools now."""
        task = asyncio.get_running_loop().create_task(self._tell())
        self._announcing.add(task)
        task.add_done_callback(self._announcing.discard)

    async def _tell(self) -> None:
        """Tell exactly those whose list is another one now."""
        if self._expecting is not None and self._expecting.done():
            self._toolset.prepare()
        new = await self._commands()
        old, self._known = self._known, new

        def concerned(attached: Attachment) -> bool:
            return old is None or _shown(old, attached) != _shown(new, attached)

        self._sessions.tell(concerned)
        if concerned(self._sessions.start):
            await self._bus.publish(ToolsListChanged())


class _Server(Server[Any]):
    """The SDK's server, which always says that its list of tools may change."""

    def create_initialization_options(
        self, notification_options: NotificationOptions | None = None, *more: Any, **named: Any
    ) -> InitializationOptions:
        options = notification_options or NotificationOptions(tools_changed=True)
        return super().create_initialization_options(options, *more, **named)


def _begun(work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
    """Have work done in the background. If the tools can't be told, whoever asks for them hears of it."""
    task = asyncio.get_running_loop().create_task(work)
    task.add_done_callback(lambda task: task.cancelled() or task.exception())
    return task


def _shown(commands: tuple[Command, ...], attached: Attachment) -> list[Tool]:
    return [tool(command) for command in commands if attached.shows(command.tool_name)]


def _unknown(called: str, unknown: UnknownTool) -> MCPError:
    return MCPError(INVALID_PARAMS, f"Unknown tool: {called[:_SHOWN]}", {"code": unknown.code})


def _not_attached(name: str, in_a_session: bool) -> MCPError:
    """For the client it is unknown, because it isn't in its list; the data says how to change that."""
    hint = f"attach it with {governor.NAME}" if in_a_session else "the server's configuration leaves it out"
    data = {"code": "tool_not_attached", "tool": name, "hint": hint}
    return MCPError(INVALID_PARAMS, f"Unknown tool: {name} (not attached: {hint})", data)


def _structured(content: Mapping[str, Any]) -> Answer:
    return Answer(json.dumps(content, ensure_ascii=False), structured=content)


@contextmanager
def _contained() -> Iterator[None]:
    """Turn an unforeseen exception, also one about writing a result, into a plain internal error.

    In the handshake era the SDK would send the exception's text to the client.
    """
    try:
        yield
    except (MCPError, ValidationError):  # the second is the SDK's word for params that don't fit
        raise
    except Exception:  # the outermost boundary: whatever it is, the log gets it and the client doesn't
        log.exception("request failed")
        raise MCPError(INTERNAL_ERROR, "Internal error") from None
