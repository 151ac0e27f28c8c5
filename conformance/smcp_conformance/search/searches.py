"""All searches of one run: what they share, and what was asked for."""

from __future__ import annotations

import random
import time
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from smcp_conformance.launch import StartError
from smcp_conformance.leg import Leg
from smcp_conformance.offer import Discovery, Offer
from smcp_conformance.reply import HandshakeRefused
from smcp_conformance.requirement import not_verified
from smcp_conformance.search.subject import MOST_LOSSES, Subject
from smcp_conformance.target import TargetError
from smcp_conformance.tool_configuration import ToolSettings, settings_of
from smcp_conformance.wire.errors import WireError

if TYPE_CHECKING:
    from smcp_conformance.run import ConformanceRun
    from smcp_conformance.search.hunt import Hunt
    from smcp_conformance.search.tool_check import ToolCheck


class Searches:
    """A run's searches in one process; the time budget runs from when this is made."""

    def __init__(self, run: ConformanceRun) -> None:
        budget = run.options.time_budget
        self._run = run
        self._until = None if budget is None else time.monotonic() + budget
        self._usual_seed = random.SystemRandom().getrandbits(32)
        self._subjects: dict[tuple[str, str], Subject] = {}
        self._losses: dict[str, list[str]] = {}

    def over(self) -> bool:
        """Tell whether the time budget is used up."""
        return self._until is not None and time.monotonic() > self._until

    def hunt(self, check: ToolCheck, offer: Offer, tool: str, nodeid: str) -> Hunt:
        """The search that an item makes; out where there is nothing to be made of the tool."""
        from smcp_conformance.search.hunt import Hunt, Search, from_json  # they bring hypothesis
        from smcp_conformance.search.overrides import strategy_of
        from smcp_conformance.search.trial import Trial

        if self.over():
            not_verified("the time budget (--smcp-time-budget) was used up")
        recorded = self._run.recorded_inputs(nodeid)
        settings = self._settings(tool)
        search = Search(
            nodeid,
            f"{offer.id}::{tool}::{check.inputs}",
            settings.max_examples or self._run.options.max_examples,
            self._run.config.getoption("--hypothesis-seed", None),
            self._usual_seed,
            shrink=not self._run.known(nodeid),
            recorded=None if recorded is None else from_json(recorded),
            inputs=strategy_of(settings, self._run.config.rootpath),
        )
        return Hunt(Trial(check, self.subject(self._run.leg(offer), tool)), search)

    def refuse_wrong_settings(self) -> None:
        """Raise pytest.UsageError for a strategy of the user's that isn't one."""
        for settings in self._run.options.tools:
            if settings.arguments:
                from smcp_conformance.search.overrides import strategy_of  # brings hypothesis

                try:
                    strategy_of(settings, self._run.config.rootpath)
                except TargetError as error:
                    raise pytest.UsageError(str(error)) from None

    def apply(self, discovery: Discovery) -> Discovery:
        """Note in what was found which tools the user wants to be left alone."""
        return replace(discovery, offers=tuple(map(self._applied, discovery.offers)))

    def _applied(self, offer: Offer) -> Offer:
        return replace(offer, tools=tuple(replace(tool, skip=self._settings(tool.name).skip) for tool in offer.tools))

    def _settings(self, tool: str) -> ToolSettings:
        return settings_of(tool, self._run.options.tools)

    def subject(self, leg: Leg, name: str) -> Subject:
        """The tool `name` of a leg, with all that is known of it; out if it can't be called after all."""
        key = leg.offer.id, name
        if key not in self._subjects:
            losses = self._losses.setdefault(leg.offer.id, [])
            tool = self._listed(leg, name, losses)
            self._subjects[key] = Subject(leg, tool, self._settings(name).timeout, self.over, losses)
        return self._subjects[key]

    def _listed(self, leg: Leg, name: str, losses: list[str]) -> Mapping[str, Any]:
        if leg.torrent.reason or len(losses) >= MOST_LOSSES:
            not_verified(leg.torrent.reason or losses[-1])
        try:
            return listed(leg, name)
        except (WireError, HandshakeRefused, StartError) as error:
            losses.append(f"the tools could not be listed again: {error}")
            raise


def listed(leg: Leg, name: str) -> Mapping[str, Any]:
    """The tool of that name as it is listed now, or out: not verified."""
    tool = next((tool for tool in leg.tools if tool.get("name") == name), None)
    if tool is None:
        not_verified(f"the tool {name!r} is not listed any more")
    execution = tool.get("execution")
    if isinstance(execution, dict) and execution.get("taskSupport") == "required":
        not_verified(f"the tool {name!r} can be called as a task only, which is not done yet")
    return tool
