"""The checks of one tool as pytest items: functions that wrap a Hypothesis test, made when their turn comes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from smcp_conformance.collect import CheckFailed, CheckItem
from smcp_conformance.launch import StartError
from smcp_conformance.offer import Offer
from smcp_conformance.reply import HandshakeRefused, brief
from smcp_conformance.requirement import Check, NotApplicable, NotVerified, not_verified
from smcp_conformance.search.listing import Listed
from smcp_conformance.search.tool_check import PAGE, ToolCheck
from smcp_conformance.wire.errors import WireError
from smcp_conformance.wording import enumerated

if TYPE_CHECKING:
    from smcp_conformance.run import ConformanceRun
    from smcp_conformance.search.hunt import Hunt

WITHHELD = "tools_that_may_not_be_called"
NAMES_SHOWN = 10
OTHERS_SHOWN = 50
LONGEST = 4000  # characters of arguments or of an answer that are shown
OUT = (NotVerified, NotApplicable, WireError, HandshakeRefused, StartError)


def _not_yet() -> None:
    """Stands where the Hypothesis test will: it is made in the item's setup."""


class ToolItem(CheckItem, pytest.Function):
    """A check of one tool on one leg."""

    def __init__(self, *, run: ConformanceRun, offer: Offer, tool_check: ToolCheck, tool: Listed, **node: Any) -> None:
        check = tool_check.on(node["parent"].name, self._attempt)
        super().__init__(run=run, offer=offer, check=check, callobj=_not_yet, **node)
        self.tool_check = tool_check
        self.tool = tool
        self.hunt: Hunt | None = None
        self.hints: tuple[str, ...] = ()
        self._out: BaseException | None = None

    def setup(self) -> None:
        """Read the tool's schema and make the test; what is in the way of that is told when it runs."""
        leg = self.run.leg(self.offer)
        leg.begin(self.check.id)
        try:
            self.hunt = self.run.searches.hunt(self.tool_check, self.offer, self.tool.name, self.nodeid)
            self.obj = self.hunt.test
        except OUT as out:
            self._out = out
        super().setup()

    def runtest(self) -> None:
        """Judge, and say it in pytest's way."""
        try:
            super().runtest()
        finally:
            self._note_hints()

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Show the violation, and the call that shows it, in place of a traceback."""
        if isinstance(excinfo.value, CheckFailed):
            return self.run.explain(self.nodeid, excinfo.value.judgement, list(self._call_lines()))
        return super().repr_failure(excinfo)

    @property
    def inputs(self) -> dict[str, Any] | None:
        """What a replay file holds of the call that showed a violation."""
        from smcp_conformance.search.hunt import to_json  # brings hypothesis, which only those who run need

        return to_json(self.hunt.violation.case) if self.hunt and self.hunt.violation else None

    def _attempt(self, leg: object) -> None:
        if self._out is not None:
            raise self._out
        assert self.hunt is not None
        self.hunt.attempt(lambda: pytest.Function.runtest(self))

    def _call_lines(self) -> Iterator[str]:
        violation = self.hunt.violation if self.hunt else None
        if violation is None:
            return
        found = self.inputs or {}
        yield f"tool:      {self.tool.name}"
        yield f"arguments: {brief(json.dumps(found['arguments'], ensure_ascii=False), LONGEST)}"
        if "fault" in found:
            yield f"fault:     {getattr(violation.case, 'id', '')}"
        yield f"answer:    {brief(violation.got, LONGEST)}"
        yield from (f"also:      {id}" for id in violation.others[:OTHERS_SHOWN])
        if len(violation.others) > OTHERS_SHOWN:
            yield f"also:      {len(violation.others) - OTHERS_SHOWN} more"

    def _note_hints(self) -> None:
        """Keep what is worth telling though no violation."""
        trial = self.hunt.trial if self.hunt else None
        if trial is not None:
            shares = trial.hints.items()
            self.hints = tuple(f"{self.tool.name}: {n} of {trial.judged} valid calls {text}" for text, n in shares)


class WithheldItem(CheckItem):
    """Stands for the tools of a leg that inputs are not generated for."""

    def __init__(self, *, run: ConformanceRun, offer: Offer, **node: Any) -> None:
        check = Check(WITHHELD, PAGE, ("tools.call.inputs-validated",), self._say, "leg")
        super().__init__(run=run, offer=offer, check=check, **node)

    def _say(self, leg: object) -> None:
        """Say which, why, and what would enable it."""
        not_verified("; ".join(withheld(self.offer)))


def withheld(offer: Offer) -> Iterator[str]:
    """Why there are tools of a leg that inputs are not generated for; nothing if there are none."""
    if offer.more_tools is None:
        yield "the tools could not be listed when the server was found"
    names = [tool.name for tool in offer.tools if not tool.allowed]
    if names:
        yield f"not called: {enumerated(names, NAMES_SHOWN)} (--smcp-allow-tools 'GLOB' allows it)"
    yield from (f"skipped: {tool.name} ({tool.skip})" for tool in offer.tools if tool.allowed and tool.skip)
    if offer.more_tools:
        yield f"{offer.more_tools} more tools than inputs are generated for"
