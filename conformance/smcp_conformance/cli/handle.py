"""A handle on one plugin's CLI, for tests that are not ours."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from smcp_conformance.cli.answer import Answer
from smcp_conformance.cli.command import Command, Described
from smcp_conformance.cli.discovery import describe
from smcp_conformance.cli.runner import Plugin, Run, run
from smcp_conformance.target import TargetError


class PluginCli:
    """The CLI of one plugin, started afresh for each call, in an empty folder and with a HOME of its own."""

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder).absolute()
        if not (self.folder / "cli.py").is_file():
            raise TargetError(f"plugin folder {str(folder)!r} must hold a cli.py")

    @property
    def commands(self) -> tuple[str, ...]:
        """The names of its commands; raises ValueError if what it describes breaks the contract."""
        return tuple(command.name for command in self._commands)

    def run(self, *words: str, **surroundings: Any) -> Run:
        """Run it with these words and wait for its end.

        `stdin` (bytes), `env` (changes; None removes), `cwd` and `timeout` (seconds) may be given.
        """
        return run(self._plugin, words, **surroundings)

    def call(self, command: str, arguments: Mapping[str, Any] | None = None, **surroundings: Any) -> Answer:
        """Call a command as the server would; `document` of what is returned is the JSON it printed.

        Raises ValueError if the plugin does not describe such a command.
        """
        __tracebackhide__ = True
        found = {one.name: one for one in self._commands}
        if command not in found:
            raise ValueError(f"unknown command {command!r}; {self.folder.name} describes {', '.join(found)}")
        given = arguments or {}
        return Answer(self.run(*found[command].words(given), **surroundings), command, given)

    @cached_property
    def _plugin(self) -> Plugin:
        return Plugin(self.folder.name, self.folder, (sys.executable, str(self.folder / "cli.py")))

    @cached_property
    def _described(self) -> Described:
        return describe(self._plugin)

    @property
    def _commands(self) -> tuple[Command, ...]:
        __tracebackhide__ = True
        described = self._described
        if described.problems is None:
            raise ValueError(f"{self.folder.name}: --describe printed no JSON: {described.answer.run}")
        if described.problems:
            raise ValueError(f"{self.folder.name}: --describe breaks the contract: {'; '.join(described.problems)}")
        return described.commands
