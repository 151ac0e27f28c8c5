"""The conformance items in pytest's tree: target, leg, page, check."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pytest

from smcp_conformance.checks import all_checks
from smcp_conformance.judge import Judgement, applicable, judge, primary, rehearse
from smcp_conformance.offer import Discovery, Offer
from smcp_conformance.requirement import Check, Requirement, Verdict
from smcp_conformance.search.protocol.collect import ProtocolCollector, protocol_ids
from smcp_conformance.search.protocol.protocol_check import PAGE as PROTOCOL_PAGE
from smcp_conformance.search.sequences import PAGE as SEQUENCES_PAGE
from smcp_conformance.search.sequences import sequence_ids
from smcp_conformance.search.tool_check import PAGE
from smcp_conformance.search.tool_collect import ToolsCollector, tool_ids

if TYPE_CHECKING:
    from smcp_conformance.run import ConformanceRun

ESCAPED = {"%": "%25", "[": "%5B", "]": "%5D", "::": "%3A%3A"}


def escape(component: str) -> str:
    """Make `component` fit for a node id: `[`, `]` and `::` would break --lf and copied ids."""
    for plain, escaped in ESCAPED.items():
        component = component.replace(plain, escaped)
    return component


def node_ids(discoveries: Iterable[Discovery]) -> tuple[str, ...]:
    """The ids of all items that the collectors below make of `discoveries`, in their order."""
    groups: dict[str, list[Offer]] = {}
    for discovery in discoveries:
        groups.setdefault(discovery.group, []).extend(discovery.offers)
    return tuple(id for group, offers in groups.items() for id in (f"{group}::start", *check_ids(offers)))


def check_ids(offers: Iterable[Offer]) -> Iterator[str]:
    """The ids of the check items of `offers`."""
    for offer in offers:
        checks = checks_of(offer)
        yield from (f"{offer.id}::{check.id}" for check in checks if not check.monitor)
        yield from tool_ids(offer)
        yield from protocol_ids(offer)
        yield from sequence_ids(offer)
        yield from (f"{offer.id}::{check.id}" for check in checks if check.monitor)


def checks_of(offer: Offer) -> list[Check]:
    """The checks that concern a leg, a page's monitors after all active checks."""
    return [check for check in all_checks() if applicable(check, offer.transport, offer.revision)]


class CheckFailed(Exception):
    """A verdict that fails the item."""

    def __init__(self, judgement: Judgement) -> None:
        super().__init__(judgement.got)
        self.judgement = judgement


class TargetCollector(pytest.Collector):
    """One configured server with its legs over all transports."""

    def __init__(self, *, run: ConformanceRun, discoveries: tuple[Discovery, ...], **node: Any) -> None:
        super().__init__(**node)
        self.run = run
        self.discoveries = discoveries

    def collect(self) -> Iterator[pytest.Item | pytest.Collector]:
        """The start item, then a collector per leg."""
        start = StartItem.from_parent(self, name="start", target=self)
        if self.run.chosen(start.nodeid) or self._explains():
            yield start
        for discovery in self.discoveries:
            for offer in discovery.offers:
                yield LegCollector.from_parent(self, name=offer.leg, run=self.run, offer=offer)

    def _explains(self) -> bool:
        """Tell whether the start's failure is why there are none of the items that were asked for."""
        failed = any(discovery.failure for discovery in self.discoveries)
        return failed and any(id.startswith(f"{self.name}::") for id in self.run.selected)


class LegCollector(pytest.Collector):
    """One leg."""

    def __init__(self, *, run: ConformanceRun, offer: Offer, **node: Any) -> None:
        super().__init__(**node)
        self.run = run
        self.offer = offer

    def collect(self) -> Iterator[pytest.Collector]:
        """A collector per spec page, one for generated inputs, and a second one for each page that has monitors."""
        checks = checks_of(self.offer)
        yield from self._pages(check for check in checks if not check.monitor)
        yield ToolsCollector.from_parent(self, name=PAGE, run=self.run, offer=self.offer)
        yield ProtocolCollector.from_parent(self, name=PROTOCOL_PAGE, run=self.run, offer=self.offer)
        yield self._sequences()
        yield from self._pages(check for check in checks if check.monitor)

    def _sequences(self) -> pytest.Collector:
        from smcp_conformance.search.sequences.items import SequencesCollector  # whose item is one of those below

        return SequencesCollector.from_parent(self, name=SEQUENCES_PAGE, run=self.run, offer=self.offer)

    def _pages(self, checks: Iterable[Check]) -> Iterator[pytest.Collector]:
        for page, group in itertools.groupby(checks, key=lambda check: check.page):
            yield PageCollector.from_parent(self, name=page, run=self.run, offer=self.offer, checks=tuple(group))


class PageCollector(pytest.Collector):
    """The checks of one spec page."""

    def __init__(self, *, run: ConformanceRun, offer: Offer, checks: tuple[Check, ...], **node: Any) -> None:
        super().__init__(**node)
        self.run = run
        self.offer = offer
        self.checks = checks

    def collect(self) -> Iterator[pytest.Item]:
        """One item per check that was asked for."""
        for check in self.checks:
            item = CheckItem.from_parent(self, name=check.name, run=self.run, offer=self.offer, check=check)
            if self.run.chosen(item.nodeid):
                yield item


class ConformanceItem(pytest.Item):
    """What all our items share: the marker, and how they are shown."""

    def __init__(self, **node: Any) -> None:
        super().__init__(**node)
        self.add_marker("conformance")

    @property
    def plugin_record(self) -> dict[str, Any] | None:
        """What a replay file holds of a plugin and its call, not yet masked; None for the items of servers."""
        return None

    @property
    def inputs(self) -> dict[str, Any] | None:
        """The generated inputs that showed a violation; None where there are none."""
        return None

    @property
    def retold(self) -> str:
        """What a replay shows in place of all frames; "" where nothing tells it better than they do."""
        return ""

    @cached_property
    def location(self) -> tuple[str, int | None, str]:
        """Where pytest says it is: our items stand in no file, so it is their target."""
        return self.nodeid.partition("::")[0], None, self.nodeid


class StartItem(ConformanceItem):
    """That the target starts and speaks MCP in some revision."""

    def __init__(self, *, target: TargetCollector, **node: Any) -> None:
        super().__init__(**node)
        self.add_marker("must")
        self.target = target
        self.discoveries = target.discoveries

    def runtest(self) -> None:
        """Fail with what was found out at the start, if that was no server."""
        failures = [discovery.failure for discovery in self.discoveries if discovery.failure]
        if failures:
            pytest.fail("\n\n".join(failures), pytrace=False)


class CheckItem(ConformanceItem):
    """One check on one leg. `judgement` is there once it ran."""

    def __init__(self, *, run: ConformanceRun, offer: Offer, check: Check, **node: Any) -> None:
        super().__init__(**node)
        self.run = run
        self.offer = offer
        self.check = check
        self.judgement: Judgement | None = None
        self._mark(primary(check, offer.transport, offer.revision))

    def runtest(self) -> None:
        """Judge, and say it in pytest's way."""
        leg = self.run.leg(self.offer)
        rehearse(self._reminders(), leg)
        self.judgement = found = judge(self.check, leg)
        if found.internal or found.verdict is Verdict.FAILED or (self.run.strict and found.verdict is Verdict.WARNED):
            raise CheckFailed(found)
        if found.verdict in (Verdict.NOT_VERIFIED, Verdict.NOT_APPLICABLE):
            pytest.skip(f"{found.verdict.value}: {found.reason}")

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Show the four lines of a violation in place of a traceback."""
        if isinstance(excinfo.value, CheckFailed):
            return self.run.explain(self.nodeid, excinfo.value.judgement)
        return super().repr_failure(excinfo)

    def _reminders(self) -> list[Check]:
        """The checks of this leg during which this monitor had something to complain of in an earlier run."""
        kept = self.run.memory.seen_during.get(self.nodeid, []) if self.check.monitor else []
        return [check for check in checks_of(self.offer) if check.id in kept and not check.monitor]

    def _mark(self, rule: Requirement) -> None:
        self.add_marker(rule.level.value.partition(" ")[0].lower())
        self.add_marker(pytest.mark.area(rule.area))
