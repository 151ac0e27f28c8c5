"""What the server offers, and what a call of it comes to. Nothing here knows MCP's messages."""

from __future__ import annotations

import asyncio
import errno
import json
import logging
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from smcp.arguments import argv, faults
from smcp.discovery import Command, Discovery, plugin_environment
from smcp.runner import MAX_OUTPUT, Call, End, Outcome, Runs

log = logging.getLogger(__name__)

_PARTIAL = 200


@dataclass(frozen=True)
class Answer:
    """The end of a call: `text`, and for a call that failed the members of its error (`code`, `message` …)."""

    text: str
    error: Mapping[str, Any] | None = None


class UnknownTool(LookupError):
    """There is no tool of that name."""


class Toolset:
    """The commands a discovery finds, by tool name. Waits for the discovery when first asked."""

    def __init__(self, discovery: Discovery, timeout: float | None = None) -> None:
        self._discovery = discovery
        self._timeout = timeout
        self._runs = Runs()

    async def commands(self) -> tuple[Command, ...]:
        """All commands, always in the same order."""
        return await asyncio.shield(asyncio.wrap_future(self._discovery.commands))

    async def call(self, tool_name: str, arguments: Mapping[str, Any]) -> Answer:
        """Run a command in a process of its own. Raises `UnknownTool`.

        Cancelling the caller stops the process and all it started.
        """
        command = next((one for one in await self.commands() if one.tool_name == tool_name), None)
        if command is None:
            raise UnknownTool(tool_name)
        if found := faults(command, arguments):
            return _failed("invalid_arguments", "; ".join(found))
        words = (sys.executable, str(command.cli), *argv(command, arguments))
        try:
            outcome = await self._runs.run(Call(words, timeout=self._timeout, env=plugin_environment()))
        except OSError as error:
            return _unstarted(command, error)
        return self._judged(command, outcome)

    def close(self) -> None:
        """End what still runs: the discovery, and calls whose callers are gone."""
        self._discovery.stop()
        self._runs.close()

    def _judged(self, command: Command, outcome: Outcome) -> Answer:
        text = outcome.stdout.decode("utf-8", "replace").strip()
        if outcome.end is End.TIMED_OUT:
            message = f"{command.tool_name} was ended after {self._timeout:g} s without finishing"
            return _failed("timeout", message + (f"; it had written: {text[:_PARTIAL]}" if text else ""))
        if outcome.end is End.TOO_MUCH_OUTPUT:
            return _failed("output_too_large", f"{command.tool_name} wrote more than {MAX_OUTPUT} bytes")
        if outcome.end is End.STOPPED:  # nobody waits for this any more
            return _failed("internal_error", f"{command.tool_name} was stopped")
        if outcome.exit_code == 0:
            return Answer(text)
        # No argument values here: they may be secrets. What the plugin itself writes to stderr is its own affair.
        stderr = outcome.stderr.decode("utf-8", "replace").strip()
        log.warning("%s exited with code %d%s", command.tool_name, outcome.exit_code, stderr and f": {stderr}")
        return _complained(text, outcome.exit_code)


def _complained(text: str, exit_code: int) -> Answer:
    """The answer for a plugin that exited non-zero: its own message if it printed one as JSON."""
    try:
        printed = json.loads(text)
    except (ValueError, RecursionError):
        printed = None
    own = printed.get("error") if isinstance(printed, dict) else None
    message = own if isinstance(own, str) else text or f"the plugin exited with code {exit_code} (no output)"
    details: dict[str, Any] = {"exit_code": exit_code}
    if isinstance(printed, dict) and isinstance(printed.get("code"), str):
        details["plugin_code"] = _encodable(printed["code"])
    return _failed("plugin_error", _encodable(message), **details)


def _unstarted(command: Command, error: OSError) -> Answer:
    if error.errno == errno.E2BIG:
        return _failed("invalid_arguments", "the arguments are longer than a command line may be")
    log.error("%s can't be started: %s", command.tool_name, error)
    return _failed("internal_error", f"{command.tool_name} can't be started")


def _failed(code: str, message: str, **details: Any) -> Answer:
    return Answer(message, {"code": code, "message": message, **details})


def _encodable(text: str) -> str:
    """Without lone surrogates, which JSON can spell and UTF-8 can't."""
    return text.encode("utf-8", "replace").decode("utf-8")
