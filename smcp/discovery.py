"""Find plugins on disk and ask each what it offers, all at once and while the server is still starting.

A plugin is a folder with a `cli.py`. One that can't be used costs its time limit, one line on stderr, and nothing
else.
"""

from __future__ import annotations

import json
import os
import re
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

from smcp import contract
from smcp.runner import Call, End, Outcome, Run

DESCRIBE_TIMEOUT = 10.0
"""Seconds a plugin may take to answer `--describe`."""

MAX_TOOL_NAME = 64
"""Characters; several clients refuse longer tool names."""

_NAME = re.compile(r"[a-zA-Z0-9_-]+")
_UNOFFERED = ("connect", "disconnect")  # upstream's plugins keep these to themselves


@dataclass(frozen=True)
class Command:
    """One command of one plugin: a tool. `described` is its element of the plugin's `commands`."""

    plugin: str
    cli: Path
    described: Mapping[str, Any]

    @property
    def tool_name(self) -> str:
        """The name MCP clients know it by."""
        return f"{self.plugin}__{self.described['name']}"

    @property
    def parameters(self) -> Sequence[Mapping[str, Any]]:
        """Its parameters, as described."""
        found: Sequence[Mapping[str, Any]] = self.described.get("parameters", ())
        return found

    @cached_property
    def input_schema(self) -> dict[str, Any]:
        """The JSON Schema of its arguments."""
        return contract.input_schema(self.described)

    @cached_property
    def validator(self) -> Draft202012Validator:
        """What decides whether arguments fit."""
        return Draft202012Validator(self.input_schema)


class Unusable(Exception):
    """A plugin that can't be offered; the text says why."""


def notice(line: str) -> None:
    """Tell whoever runs the server, on stderr."""
    print(f"smcp: {line}", file=sys.stderr, flush=True)


def plugin_environment() -> dict[str, str]:
    """Return the environment plugins run in: the server's, with Python's output unbuffered and UTF-8."""
    return {**os.environ, "PYTHONUNBUFFERED": "1", "PYTHONIOENCODING": "utf-8"}


def find(directories: Iterable[Path], tell: Callable[[str], None] = notice) -> dict[str, Path]:
    """Map the name of each plugin in the directories to its cli.py, sorted; of equal names the first one counts."""
    found: dict[str, Path] = {}
    for directory in directories:
        if not directory.is_dir():
            tell(f"plugins directory {str(directory)!r} does not exist")
            continue
        for cli in sorted(directory.glob("*/cli.py")):
            name = cli.parent.name
            if not _NAME.fullmatch(name):
                tell(f"plugin {name!r} skipped: a plugin's folder name must match {_NAME.pattern}")
            elif name in found:
                tell(f"plugin {name!r} in {str(directory)!r} skipped: {str(found[name])!r} has its name")
            else:
                found[name] = cli
    return found


class Discovery:
    """A search for commands that runs in the background. `commands` is a future of what was found."""

    def __init__(
        self,
        directories: Iterable[Path],
        timeout: float = DESCRIBE_TIMEOUT,
        tell: Callable[[str], None] = notice,
    ) -> None:
        self.commands: Future[tuple[Command, ...]] = Future()
        self._tell = tell
        self._clis = find(directories, tell)
        environment = plugin_environment()
        self._runs = {
            name: Run(Call((sys.executable, str(cli), "--describe"), timeout=timeout, env=environment))
            for name, cli in self._clis.items()
        }
        self._slots = threading.Semaphore(2 * (os.cpu_count() or 1))

    def start(self) -> Discovery:
        """Begin; returns at once."""
        threading.Thread(target=self._work, name="smcp discovery", daemon=True).start()
        return self

    def stop(self) -> None:
        """End the plugins that are still being asked."""
        for run in self._runs.values():
            run.stop()

    def _work(self) -> None:
        results: dict[str, tuple[Command, ...]] = {}
        threads = [
            threading.Thread(target=self._ask, args=(name, results), name=f"smcp describe {name}", daemon=True)
            for name in self._runs
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.commands.set_result(tuple(command for name in self._runs for command in results.get(name, ())))

    def _ask(self, name: str, results: dict[str, tuple[Command, ...]]) -> None:
        with self._slots:
            try:
                described = understood(answered(self._runs[name]))
            except Unusable as reason:
                self._tell(f"plugin {name!r} skipped: {reason}")
                return
        results[name] = tuple(self._offered(name, described))

    def _offered(self, plugin: str, described: Mapping[str, Any]) -> Iterator[Command]:
        for one in described["commands"]:
            command = Command(plugin, self._clis[plugin], one)
            if len(command.tool_name) > MAX_TOOL_NAME:
                self._tell(
                    f"command {command.tool_name!r} skipped: a tool's name has at most {MAX_TOOL_NAME} characters"
                )
            elif one["name"] not in _UNOFFERED:
                yield command


def answered(run: Run) -> Outcome:
    """Let a plugin describe itself. Raises `Unusable` if it can't be started."""
    try:
        return run.finish()
    except OSError as error:
        raise Unusable(f"can't be started: {error.strerror}") from error


def understood(outcome: Outcome) -> Mapping[str, Any]:
    """Read what a plugin answered to `--describe`. Raises `Unusable` if that isn't a valid description."""
    if outcome.end is not End.EXITED:
        raise Unusable(f"--describe was ended: {outcome.end.value}")
    if outcome.exit_code != 0:
        raise Unusable(f"--describe exited with code {outcome.exit_code}{_last_line(outcome.stderr)}")
    try:
        described = json.loads(outcome.stdout.decode("utf-8"))
    except (ValueError, RecursionError):
        raise Unusable("--describe printed something else than one JSON object in UTF-8") from None
    if found := contract.problems(described):
        raise Unusable("; ".join(found))
    checked: Mapping[str, Any] = described
    return checked


def _last_line(stderr: bytes) -> str:
    lines = stderr.decode("utf-8", "replace").strip().splitlines()
    return f": {lines[-1]}" if lines else ""
