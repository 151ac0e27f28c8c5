"""Plugins in pytest's tree: plugins, plugin, page, check."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis.strategies import SearchStrategy

from smcp_conformance.cli import (  # they register their checks
    agreement,
    behaviour,
    contract,
    help_texts,
    hygiene,
    optional,
    pace,
    refusals,
    server_difference,
)
from smcp_conformance.cli.check import COMMAND_CHECKS, PLUGIN_CHECKS, CommandCheck
from smcp_conformance.cli.command import Command, Described
from smcp_conformance.cli.generated import Search, repeated_test
from smcp_conformance.cli.items import GeneratedItem, PlainItem
from smcp_conformance.cli.laws import LawCheck, law_checks
from smcp_conformance.cli.verdict import Case
from smcp_conformance.cli.warm import close_all
from smcp_conformance.collect import escape
from smcp_conformance.options import PLUGINS
from smcp_conformance.requirement import not_verified

if TYPE_CHECKING:
    from smcp_conformance.run import ConformanceRun

PAGES = ("contract", "agreement", "behaviour", "server", "laws", "runs")
CHECK_MODULES = (contract, agreement, optional, help_texts, behaviour, refusals, hygiene, server_difference, pace)


def plugin_ids(plugins: Iterable[Described]) -> Iterator[str]:
    """The ids of all items that the collectors below make of `plugins`, in their order."""
    for described in plugins:
        for page in PAGES:
            yield from (
                f"{PLUGINS}::{escape(described.plugin.name)}::{page}::{escape(case.name)}"
                for case, _ in cases(described, page)
            )


def cases(described: Described, page: str) -> Iterator[tuple[Case, Command | None]]:
    """The checks of a page on the plugin itself, then those on each of its commands."""
    name = described.plugin.name
    if page == "laws":
        checks = law_checks(described)
        yield from ((Case(check, name), check.commands[0] if isinstance(check, LawCheck) else None) for check in checks)
    yield from ((Case(check, name), None) for check in PLUGIN_CHECKS if check.page == page)
    for command in described.commands:
        for check in COMMAND_CHECKS:
            if check.page == page and check.concerns(command):
                yield Case(check, name, command.name), command


class PluginsCollector(pytest.Collector):
    """All plugins, as they described themselves."""

    def __init__(self, *, run: ConformanceRun, plugins: tuple[Described, ...], **node: Any) -> None:
        super().__init__(**node)
        self.run = run
        self.plugins = plugins
        self.config.add_cleanup(close_all)

    def collect(self) -> Iterator[pytest.Collector]:
        """A collector per plugin, by name."""
        for described in self.plugins:
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
        for case, command in cases(self.described, self.name):
            nodeid = f"{self.nodeid}::{escape(case.name)}"
            if self.run.chosen(nodeid):
                yield self._item(case, command, nodeid)

    def _item(self, case: Case, command: Command | None, nodeid: str) -> pytest.Item:
        if command is None or not isinstance(case.check, CommandCheck):
            return self._plain(case, partial(case.check.function, self.described))
        called = case.check.commands if isinstance(case.check, LawCheck) else (command,)
        unwelcome = [why for one in called if (why := one.unwelcome(self.run.options.policy.allow_tools))]
        if unwelcome:
            return self._plain(case, partial(not_verified, unwelcome[0]))
        if case.check.inputs is None:
            return self._plain(case, partial(case.check.function, command))
        return self._generated(case, case.check, case.check.inputs(command), command, nodeid)

    def _generated(
        self, case: Case, check: CommandCheck, inputs: SearchStrategy[Any], command: Command, nodeid: str
    ) -> pytest.Item:
        """An item with a search, or with the arguments that were recorded."""
        recorded = self.run.recorded_inputs(nodeid)
        if recorded is not None:
            test, search = repeated_test(check, command, inputs, recorded), None
        else:
            cli_seed = self.config.getoption("--hypothesis-seed", None)
            examples, shrink = self.run.options.max_examples, not self.run.known(nodeid)
            search = Search(check, command, inputs, nodeid, examples, cli_seed, shrink)
            test = search.warm()
        more = {"callobj": test, "search": search, **self._subject(case)}
        return GeneratedItem.from_parent(self, name=escape(case.name), **more)

    def _plain(self, case: Case, attempt: Callable[[], None]) -> pytest.Item:
        return PlainItem.from_parent(self, name=escape(case.name), attempt=attempt, **self._subject(case))

    def _subject(self, case: Case) -> dict[str, Any]:
        return {"run": self.run, "case": case, "plugin": self.described.plugin}
