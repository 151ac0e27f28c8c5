"""What the server offers, and what a call of it comes to. Nothing here knows MCP's messages."""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any

from smcp.answers import Answer, failed, judged, unstarted
from smcp.arguments import argv, faults, normalised
from smcp.discovery import Command, Discovery, plugin_environment
from smcp.runner import MAX_OUTPUT, Call, Runs
from smcp.watching import Watch

__all__ = ["Answer", "Toolset", "UnknownTool"]


AHEAD = 8
"""Plugins whose fork server is started before they are called; the memory of more may never be needed."""


class UnknownTool(LookupError):
    """There is no tool of that name.

    `code` says why: "invalid_tool_name" for one that names no plugin and command, else "plugin_not_found".
    """

    @property
    def code(self) -> str:
        """The stable code of the reason."""
        plugin, separator, command = str(self.args[0]).replace(".", "__", 1).partition("__")
        return "plugin_not_found" if plugin and separator and command else "invalid_tool_name"


class Toolset:
    """The commands a discovery finds, by tool name. Waits for the discovery when first asked.

    `timeout` is what a call may take, in seconds, None for no limit. `runs` runs them; it is closed with the toolset.
    """

    def __init__(self, discovery: Discovery, timeout: float | None = None, runs: Runs | None = None) -> None:
        self._discovery = discovery
        self._timeout = timeout
        self._runs = Runs() if runs is None else runs
        self._callbacks: list[Callable[[], None]] = []
        self._loop: asyncio.AbstractEventLoop | None = None
        self._watch = Watch(discovery, self._announce)

    async def commands(self) -> tuple[Command, ...]:
        """All commands, always in the same order."""
        self._loop = asyncio.get_running_loop()
        await asyncio.shield(asyncio.wrap_future(self._discovery.commands))
        return self._discovery.offered

    async def command(self, tool_name: str) -> Command:
        """The command of that name, or of its older spelling "plugin.command". Raises `UnknownTool`."""
        names = (tool_name, tool_name.replace(".", "__", 1))
        found = next((one for one in await self.commands() if one.tool_name in names), None)
        if found is None:
            raise UnknownTool(tool_name)
        return found

    async def call(self, tool_name: str, arguments: Mapping[str, Any]) -> Answer:
        """Run a command in a process of its own. Raises `UnknownTool`.

        Cancelling the caller stops the process and all it started.
        """
        command = await self.command(tool_name)
        meant = normalised(command, arguments)
        if found := faults(command, meant):
            return failed("invalid_arguments", "; ".join(found))
        words = (sys.executable, str(command.cli), *argv(command, meant))
        try:
            outcome = await self._runs.run(Call(words, timeout=self._timeout, env=plugin_environment()))
        except OSError as error:
            return unstarted(command, error)
        return judged(command, outcome, self._timeout, MAX_OUTPUT)

    def skipped(self) -> Mapping[str, str]:
        """Why plugins that were found aren't offered, by name."""
        return self._discovery.skipped

    @property
    def discovered(self) -> bool:
        """True when the first search for plugins is over."""
        return self._discovery.commands.done()

    def offered(self) -> tuple[Command, ...]:
        """The commands known by now, without waiting."""
        return self._discovery.offered

    def prepare(self) -> None:
        """Expect calls of what is offered: pay for the plugins' imports in the background, one after the other."""
        clis = dict.fromkeys(str(command.cli) for command in self._discovery.offered)
        words = (list(clis)[:AHEAD],)
        threading.Thread(target=self._prepare, args=words, name="smcp prepare", daemon=True).start()

    def _prepare(self, clis: Sequence[str]) -> None:
        for cli in clis:
            self._runs.prepare(Call((sys.executable, cli), env=plugin_environment())).wait()

    def on_change(self, callback: Callable[[], None]) -> None:
        """Have `callback` called on the event loop whenever other tools are offered than before, and begin to watch.

        The loop is the one that asked for the commands last: as long as nobody did, nobody has to be told.
        """
        self._callbacks.append(callback)
        self._watch.start()

    def close(self) -> None:
        """End what still runs: the watch, the discovery, and calls whose callers are gone."""
        self._watch.stop()
        self._discovery.stop()
        self._runs.close()

    def _announce(self) -> None:
        if self._loop is None:
            return
        with suppress(RuntimeError):  # the loop is closed
            for callback in self._callbacks:
                self._loop.call_soon_threadsafe(callback)
