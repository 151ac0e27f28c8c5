"""One conformance run: what was discovered, the legs at work, and the hooks that need them.

On xdist the controller discovers once and each worker gets the findings in `workerinput`, so that all collect alike.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

import pytest

from smcp_conformance.allowance import Allowance
from smcp_conformance.checks import all_checks
from smcp_conformance.collect import StartItem, TargetCollector, escape, node_ids
from smcp_conformance.detect import discover
from smcp_conformance.host import Host
from smcp_conformance.judge import Judgement
from smcp_conformance.launch import stop_all
from smcp_conformance.leg import Leg
from smcp_conformance.memory import Memory
from smcp_conformance.offer import Discovery, Offer
from smcp_conformance.options import PLUGINS, Options
from smcp_conformance.report.context import Context
from smcp_conformance.report.desertion import Desertion
from smcp_conformance.report.failures import FailuresInShort
from smcp_conformance.report.hooks import RunReports
from smcp_conformance.report.items import ItemReports
from smcp_conformance.report.late import NOTHING_VERIFIED
from smcp_conformance.report.replay import find_replay, narrowed
from smcp_conformance.search.searches import Searches
from smcp_conformance.standing_in import StandingIn

if TYPE_CHECKING:
    from smcp_conformance.cli.command import Described

WORKER_KEY = "smcp_conformance"


class ConformanceRun:
    """The plugin that `--smcp-conformance` registers."""

    def __init__(self, config: pytest.Config, options: Options) -> None:
        here = config.invocation_params.dir
        replay = find_replay(options.replay, here, config.rootpath) if options.replay else None
        self.config = config
        self.replay = replay
        self.options = narrowed(options, replay, config.option.smcp_header) if replay else options
        self.strict = options.strict
        self._hosts: dict[str, Host] = {}
        self._legs: dict[str, Leg] = {}
        self.selected = self._take_ids(replay.items if replay else [])
        self._context = context = Context(config, self.options, replay)
        self.item_reports = ItemReports(context)
        config.pluginmanager.register(self.item_reports, "smcp-conformance-item-reports")
        config.pluginmanager.register(RunReports(self, context), "smcp-conformance-run-reports")
        self.memory = Memory(config, self._given["seen_during"] if self._given else None)
        config.pluginmanager.register(self.memory, "smcp-conformance-memory")
        self._standing_in = StandingIn(self.options)
        config.pluginmanager.register(self._standing_in, "smcp-conformance-standing-in")
        if context.is_worker:
            config.pluginmanager.register(Desertion(), "smcp-conformance-desertion")
        elif not replay:
            config.pluginmanager.register(Allowance(self), "smcp-conformance-allowance")
        config.pluginmanager.register(FailuresInShort(self.groups), "smcp-conformance-failures")

    @cached_property
    def discoveries(self) -> tuple[Discovery, ...]:
        """One per target, in the order given."""
        if self._given is not None:
            return tuple(Discovery.from_json(found) for found in self._given["discoveries"])
        with ThreadPoolExecutor(max_workers=4) as pool:
            found = pool.map(lambda target: discover(target, self.options.revisions), self.options.targets)
            return tuple(self.searches.apply(discovery) for discovery in found)

    @cached_property
    def plugins(self) -> tuple[Described, ...]:
        """The plugins, by name, with what they described; of a replay only the one concerned."""
        if not self.options.plugins:
            return ()
        from smcp_conformance.cli import discovery  # brings what only plugins need

        if self._given is not None:
            return tuple(discovery.from_json(found) for found in self._given["plugins"])
        found = discovery.find_plugins(self.options.plugins, self.options.plugin_settings)
        asked = self.replay.leg if self.replay else None
        return discovery.describe_all(each for each in found if asked in (None, escape(each.name)))

    @cached_property
    def node_ids(self) -> tuple[str, ...]:
        """The ids of all items that there are."""
        ids = node_ids(self.discoveries)
        if not self.options.plugins:
            return ids
        from smcp_conformance.cli.collect import plugin_ids  # brings hypothesis, which a server's run can spare

        return (*ids, *plugin_ids(self.plugins))

    @cached_property
    def groups(self) -> frozenset[str]:
        """The first parts of our node ids."""
        plugins = {PLUGINS} if self.options.plugins else set[str]()
        return frozenset({target.group for target in self.options.targets} | plugins)

    @cached_property
    def searches(self) -> Searches:
        """What generated inputs are searched with in this process."""
        return Searches(self)

    def known(self, nodeid: str) -> bool:
        """Tell whether the item may fail, because the user knows of it."""
        return bool(self._context.known.excuse(nodeid))

    def recorded_inputs(self, nodeid: str) -> Mapping[str, Any] | None:
        """The inputs that an item is to be repeated with; None: it is to search for some."""
        return self.replay.inputs if self.replay and nodeid in (self.replay.item, self.replay.during) else None

    def leg(self, offer: Offer) -> Leg:
        """The leg of `offer` in this process, made when first asked for."""
        if offer.id not in self._legs:
            monitors = tuple(check for check in all_checks() if check.monitor)
            self._legs[offer.id] = Leg(offer, self._host(offer.target), monitors)
        return self._legs[offer.id]

    def chosen(self, nodeid: str) -> bool:
        """Tell whether the user asked for an item, if for any at all."""
        return not self.selected or any(nodeid == id or nodeid.startswith(id + "::") for id in self.selected)

    def explain(self, nodeid: str, judgement: Judgement, call: Sequence[str] = ()) -> str:
        """What a failing item shows; `call` are lines on the call that failed."""
        return self.item_reports.explain(nodeid, judgement, call)

    def pytest_sessionstart(self) -> None:
        """Raise pytest.UsageError for settings of tools that can't be followed."""
        self.searches.refuse_wrong_settings()

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Give an xdist worker what the controller found out."""
        found = {"discoveries": [d.to_json() for d in self.discoveries], "selected": self.selected}
        more = {"plugins": self._plugins_to_json(), "seen_during": self.memory.seen_during}
        node.workerinput[WORKER_KEY] = json.dumps({**found, **more})

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, session: pytest.Session, items: list[pytest.Item]) -> None:
        """Add the conformance items before anything is deselected."""
        groups: dict[str, list[Discovery]] = {}
        for discovery in self.discoveries:
            groups.setdefault(discovery.group, []).append(discovery)
        for name, discoveries in groups.items():
            collector = TargetCollector.from_parent(
                session, name=name, nodeid=name, run=self, discoveries=tuple(discoveries)
            )
            for item in session.genitems(collector):
                items.extend((item, *self._standing_in.missing(item)) if isinstance(item, StartItem) else (item,))
        if self.options.plugins:
            items.extend(session.genitems(self._collector(session)))

    def pytest_keyboard_interrupt(self) -> None:
        """End the servers at once: nobody is interested any more in how their conversations end."""
        stop_all()
        self._legs.clear()

    def pytest_unconfigure(self) -> None:
        """End every process that this run started."""
        for leg in self._legs.values():
            leg.close()
        for host in self._hosts.values():
            host.close()
        stop_all()

    @cached_property
    def _given(self) -> dict[str, Any] | None:
        """What the controller told this worker; None in any other process."""
        given = getattr(self.config, "workerinput", {}).get(WORKER_KEY)
        return None if given is None else dict(json.loads(given))

    def _plugins_to_json(self) -> list[dict[str, Any]]:
        if not self.options.plugins:
            return []
        from smcp_conformance.cli.discovery import to_json

        return [to_json(found) for found in self.plugins]

    def _collector(self, session: pytest.Session) -> pytest.Collector:
        from smcp_conformance.cli.collect import PluginsCollector  # brings hypothesis, which a server's run can spare

        return PluginsCollector.from_parent(session, name=PLUGINS, nodeid=PLUGINS, run=self, plugins=self.plugins)

    def _host(self, name: str) -> Host:
        if name not in self._hosts:
            (target,) = (target for target in self.options.targets if target.name == name)
            self._hosts[name] = Host(target, spare=True)
        return self._hosts[name]

    def _take_ids(self, replayed: list[str]) -> list[str]:
        """Take our node ids out of pytest's path arguments, which would look for files of that name."""
        if self._given is not None:
            ids = list(self._given["selected"])
        else:
            ids = replayed or [id for arg in self.config.args if (id := self._own_id(arg))]
        rest = [arg for arg in self.config.args if not self._own_id(arg)]
        if self.options.only and self.config.args_source is pytest.Config.ArgsSource.ARGS:
            self._refuse_strangers(rest)
        alone = bool(ids) and (not rest or self.config.args_source is not pytest.Config.ArgsSource.ARGS)
        self.config.args[:] = [] if self.options.only or alone else rest
        return ids

    def _refuse_strangers(self, arguments: list[str]) -> None:
        """Refuse ids that are neither ours nor a file's; raises pytest.UsageError."""
        for argument in arguments:
            path, separator, _ = argument.partition("::")
            if separator and not (self.config.invocation_params.dir / path).exists():
                names = ", ".join(sorted(self.groups)) or "none"
                raise pytest.UsageError(f"not found: {argument!r}; no target is called {path!r}, there is {names}")

    def _own_id(self, argument: str) -> str | None:
        """The node id that `argument` is, if it is ours: from a subfolder pytest writes `../` before it."""
        path, separator, rest = argument.partition("::")
        name = PurePath(path).name
        if not separator or name not in self.groups:
            return None
        return f"{name}::{rest}".removesuffix(f"::{NOTHING_VERIFIED}")  # which stands for a whole leg
