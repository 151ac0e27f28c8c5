"""The checks of tools in pytest's tree: leg, `generated/tools`, tool, check. Nothing is generated to collect them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from smcp_conformance.offer import Offer
from smcp_conformance.search.listing import Listed
from smcp_conformance.search.tool_check import PAGE, TOOL_CHECKS, ToolCheck

if TYPE_CHECKING:
    from smcp_conformance.run import ConformanceRun

UNFIT = re.compile(r"[%:\[\]\s\x00-\x1f\x7f-\x9f\ud800-\udfff]")


def component(name: str) -> str:
    """Make a tool's name fit for a node id."""
    return UNFIT.sub(lambda match: "".join(f"%{byte:02X}" for byte in match[0].encode("utf-8", "surrogatepass")), name)


def checks() -> tuple[ToolCheck, ...]:
    """All checks of tools, in the order of their files."""
    from smcp_conformance.search import tool_checks  # registers them; imports this package's checks of tools

    assert tool_checks.__name__
    return tuple(TOOL_CHECKS.values())


def tools_of(offer: Offer) -> Iterator[tuple[Listed, list[ToolCheck]]]:
    """The tools of a leg that may be called, each with the checks that concern it."""
    for tool in offer.tools:
        if tool.called:
            yield tool, [check for check in checks() if check.concerns(tool, offer)]


def tool_ids(offer: Offer) -> Iterator[str]:
    """The ids of all items that the collectors below make of `offer`, in their order."""
    for tool, concerned in tools_of(offer):
        yield from (f"{offer.id}::{PAGE}::{component(tool.name)}::{check.name}" for check in concerned)
    if _lacks(offer):
        from smcp_conformance.search.tool_items import WITHHELD

        yield f"{offer.id}::{PAGE}::{WITHHELD}"


def _lacks(offer: Offer) -> bool:
    return bool(offer.more_tools is None or offer.more_tools or not all(tool.called for tool in offer.tools))


class ToolsCollector(pytest.Collector):
    """The tools of one leg."""

    def __init__(self, *, run: ConformanceRun, offer: Offer, **node: Any) -> None:
        super().__init__(**node)
        self.run = run
        self.offer = offer

    def collect(self) -> Iterator[pytest.Item | pytest.Collector]:
        """A collector per tool, then what stands for those that may not be called."""
        from smcp_conformance.search.tool_items import WITHHELD, WithheldItem

        for tool, concerned in tools_of(self.offer):
            more = {"run": self.run, "offer": self.offer, "tool": tool, "tool_checks": concerned}
            yield ToolCollector.from_parent(self, name=component(tool.name), **more)
        if _lacks(self.offer) and self.run.chosen(f"{self.nodeid}::{WITHHELD}"):
            yield WithheldItem.from_parent(self, name=WITHHELD, run=self.run, offer=self.offer)


class ToolCollector(pytest.Collector):
    """One tool."""

    def __init__(
        self, *, run: ConformanceRun, offer: Offer, tool: Listed, tool_checks: list[ToolCheck], **node: Any
    ) -> None:
        super().__init__(**node)
        self.run = run
        self.offer = offer
        self.tool = tool
        self.tool_checks = tool_checks

    def collect(self) -> Iterator[pytest.Item]:
        """One item per check that was asked for."""
        from smcp_conformance.search.tool_items import ToolItem

        for check in self.tool_checks:
            if self.run.chosen(f"{self.nodeid}::{check.name}"):
                more = {"run": self.run, "offer": self.offer, "tool_check": check, "tool": self.tool}
                yield ToolItem.from_parent(self, name=check.name, **more)
