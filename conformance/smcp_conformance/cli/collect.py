"""Plugins in pytest's tree: plugins, plugin, page, check."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from smcp_conformance.cli import behaviour, contract, demos  # they register their checks
from smcp_conformance.cli.check import COMMAND_CHECKS, PLUGIN_CHECKS, CommandCheck
from smcp_conformance.cli.command import Command, Described
from smcp_conformance.cli.discovery import describe_all, find_plugins
from smcp_conformance.cli.generated import hypothesis_test
from smcp_conformance.cli.items import GeneratedItem, PlainItem
from smcp_conformance.cli.verdict import Case
from smcp_conformance.collect import escape
from smcp_conformance.requirement import not_verified

if TYPE_CHECKING:
    from smcp_conformance.run import ConformanceRun

PAGES = ("contract", "behaviour")
CHECK_MODULES = (contract, behaviour, demos)


class PluginsCollector(pytest.Collector):
    """All plugins of the folders. They are asked what they offer when they are collected."""

    def __init__(self, *, run: ConformanceRun, folders: tuple[Path, ...], **node: Any) -> None:
        super().__init__(**node)
        self.run = run
        self.folders = folders

    def collect(self) -> Iterator[pytest.Collector]:
        """A collector per plugin, by name."""
        for described in describe_all(find_plugins(self.folders)):
            name = escape(described.plugin.name)
            yield PluginCollector.from_parent(self, name=name, run=self.run, described=described)


class PluginCollector(pytest.Collector):
    """One plugin."""

    def __init__(self, *, run: ConformanceRun, described: Described, **node: Any) -> None:
        super().__init__(**node)
        self.run = run
        self.described = described

    def collect(self) -> Iterator[pytest.Collector]:
        """A collector per page."""
        for page in PAGES:
            yield PluginPageCollector.from_parent(self, name=page, run=self.run, described=self.described)


class PluginPageCollector(pytest.Collector):
    """The checks of one page on one plugin."""

    def __init__(self, *, run: ConformanceRun, described: Described, **node: Any) -> None:
        super().__init__(**node)
        self.run = run
        self.described = described

    def collect(self) -> Iterator[pytest.Item]:
        """The items that were asked for."""
        return (item for item in self._all() if self.run.chosen(item.nodeid))

    def _all(self) -> Iterator[pytest.Item]:
        """The plugin's own items, then those of each command."""
        for check in PLUGIN_CHECKS:
            if check.page == self.name:
                case = Case(check, self.described.plugin.name)
                yield self._plain(case, partial(check.function, self.described))
        for command in self.described.commands:
            for command_check in COMMAND_CHECKS:
                if command_check.page == self.name and command_check.concerns(command):
                    yield self._of_command(command_check, command)

    def _of_command(self, check: CommandCheck, command: Command) -> pytest.Item:
        case = Case(check, command.plugin.name, command.name)
        unwelcome = command.unwelcome(self.run.options.policy.allow_tools)
        if unwelcome:
            return self._plain(case, partial(not_verified, unwelcome))
        if check.inputs is None:
            return self._plain(case, partial(check.function, command))
        name = escape(case.name)
        cli_seed = self.config.getoption("--hypothesis-seed", None)
        test = hypothesis_test(check, command, check.inputs(command), f"{self.nodeid}::{name}", cli_seed)
        return GeneratedItem.from_parent(self, name=name, callobj=test, run=self.run, case=case)

    def _plain(self, case: Case, attempt: Any) -> pytest.Item:
        return PlainItem.from_parent(self, name=escape(case.name), run=self.run, case=case, attempt=attempt)
