"""One conformance run: what was discovered, the legs at work, and the hooks that need them.

On xdist the controller discovers once and each worker gets the findings in `workerinput`, so that all collect alike.
"""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from pathlib import PurePath
from typing import Any

import pytest

from smcp_conformance.checks import all_checks
from smcp_conformance.collect import TargetCollector
from smcp_conformance.detect import discover
from smcp_conformance.host import Host
from smcp_conformance.judge import Judgement
from smcp_conformance.launch import stop_all
from smcp_conformance.leg import Leg
from smcp_conformance.offer import Discovery, Offer
from smcp_conformance.options import PLUGINS, Options
from smcp_conformance.report.context import Context
from smcp_conformance.report.hooks import RunReports
from smcp_conformance.report.items import ItemReports
from smcp_conformance.report.replay import find_replay, narrowed

WORKER_KEY = "smcp_conformance"


class ConformanceRun:
    """The plugin that `--smcp-conformance` registers."""

    def __init__(self, config: pytest.Config, options: Options) -> None:
        here = config.invocation_params.dir
        replay = find_replay(options.replay, here, config.rootpath) if options.replay else None
        self.config = config
        self.options = narrowed(options, replay, config.option.smcp_header) if replay else options
        self.strict = options.strict
        self._hosts: dict[str, Host] = {}
        self._legs: dict[str, Leg] = {}
        self.selected = self._take_ids(replay.items if replay else [])
        context = Context(config, self.options, replay)
        self.item_reports = ItemReports(context)
        config.pluginmanager.register(self.item_reports, "smcp-conformance-item-reports")
        config.pluginmanager.register(RunReports(self, context), "smcp-conformance-run-reports")

    @cached_property
    def discoveries(self) -> tuple[Discovery, ...]:
        """One per target, in the order given."""
        given = getattr(self.config, "workerinput", {}).get(WORKER_KEY)
        if given is not None:
            return tuple(Discovery.from_json(found) for found in json.loads(given)["discoveries"])
        with ThreadPoolExecutor(max_workers=4) as pool:
            return tuple(pool.map(lambda target: discover(target, self.options.revisions), self.options.targets))

    def leg(self, offer: Offer) -> Leg:
        """The leg of `offer` in this process, made when first asked for."""
        if offer.id not in self._legs:
            monitors = tuple(check for check in all_checks() if check.monitor)
            self._legs[offer.id] = Leg(offer, self._host(offer.target), monitors)
        return self._legs[offer.id]

    def chosen(self, nodeid: str) -> bool:
        """Tell whether the user asked for an item, if for any at all."""
        return not self.selected or any(nodeid == id or nodeid.startswith(id + "::") for id in self.selected)

    def explain(self, nodeid: str, judgement: Judgement) -> str:
        """What a failing item shows."""
        return self.item_reports.explain(nodeid, judgement)

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Give an xdist worker what the controller found out."""
        found = {"discoveries": [d.to_json() for d in self.discoveries], "selected": self.selected}
        node.workerinput[WORKER_KEY] = json.dumps(found)

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
            items.extend(session.genitems(collector))
        if self.options.plugins:
            items.extend(session.genitems(self._plugins(session)))

    def pytest_unconfigure(self) -> None:
        """End every process that this run started."""
        for leg in self._legs.values():
            leg.close()
        for host in self._hosts.values():
            host.close()
        stop_all()

    def _plugins(self, session: pytest.Session) -> pytest.Collector:
        from smcp_conformance.cli.collect import PluginsCollector  # brings hypothesis, which a server's run can spare

        return PluginsCollector.from_parent(
            session, name=PLUGINS, nodeid=PLUGINS, run=self, folders=self.options.plugins
        )

    def _host(self, name: str) -> Host:
        if name not in self._hosts:
            (target,) = (target for target in self.options.targets if target.name == name)
            self._hosts[name] = Host(target, spare=True)
        return self._hosts[name]

    def _take_ids(self, replayed: list[str]) -> list[str]:
        """Take our node ids out of pytest's path arguments, which would look for files of that name."""
        given = getattr(self.config, "workerinput", {}).get(WORKER_KEY)
        if given is not None:
            ids = list(json.loads(given)["selected"])
        else:
            ids = replayed or [id for arg in self.config.args if (id := self._own_id(arg))]
        rest = [arg for arg in self.config.args if not self._own_id(arg)]
        alone = bool(ids) and (not rest or self.config.args_source is not pytest.Config.ArgsSource.ARGS)
        self.config.args[:] = [] if self.options.only or alone else rest
        return ids

    def _own_id(self, argument: str) -> str | None:
        """The node id that `argument` is, if it is ours: from a subfolder pytest writes `../` before it."""
        path, separator, rest = argument.partition("::")
        name = PurePath(path).name
        groups = {target.group for target in self.options.targets} | ({PLUGINS} if self.options.plugins else set())
        return f"{name}{separator}{rest}" if separator and name in groups else None
