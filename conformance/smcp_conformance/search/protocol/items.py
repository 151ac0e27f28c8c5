"""The checks with generated values as pytest items: functions that wrap a Hypothesis test, made when it is run."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from smcp_conformance.collect import CheckFailed, CheckItem
from smcp_conformance.launch import StartError
from smcp_conformance.offer import Offer
from smcp_conformance.reply import HandshakeRefused, brief
from smcp_conformance.requirement import NotApplicable, NotVerified
from smcp_conformance.search.protocol.probe import Probe
from smcp_conformance.search.protocol.protocol_check import NO_VALUE, ProtocolCheck
from smcp_conformance.wire.errors import WireError

if TYPE_CHECKING:
    from smcp_conformance.run import ConformanceRun
    from smcp_conformance.search.protocol.inquiry import Inquiry

LONGEST = 4000  # characters of a value that are shown
OUT = (NotVerified, NotApplicable, WireError, HandshakeRefused, StartError)


def _not_yet() -> None:
    """Stands where the Hypothesis test will: it is made in the item's setup."""


class ProtocolItem(CheckItem, pytest.Function):
    """A check with generated values on one leg."""

    def __init__(self, *, run: ConformanceRun, offer: Offer, protocol_check: ProtocolCheck, **node: Any) -> None:
        check = protocol_check.on(self._attempt)
        super().__init__(run=run, offer=offer, check=check, callobj=_not_yet, **node)
        self.protocol_check = protocol_check
        self.inquiry: Inquiry | None = None
        self._out: BaseException | None = None

    def setup(self) -> None:
        """Ask what the server lists and make the test; what is in the way of that is told when it runs."""
        probe = Probe(self.run.leg(self.offer))
        probe.leg.begin(self.check.id)
        try:
            self.inquiry = self._inquiry(probe)
            self.obj = self.inquiry.test
        except OUT as out:
            probe.close()
            self._out = out
        super().setup()

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Show the violation, and the value that shows it, in place of a traceback."""
        if isinstance(excinfo.value, CheckFailed):
            return self.run.explain(self.nodeid, excinfo.value.judgement, list(self._value_lines()))
        return super().repr_failure(excinfo, style)

    @property
    def inputs(self) -> dict[str, Any] | None:
        """What a replay file holds of the value that showed a violation."""
        return {"value": self.inquiry.violation.value} if self.inquiry and self.inquiry.violation else None

    def _inquiry(self, probe: Probe) -> Inquiry:
        from smcp_conformance.search.protocol.inquiry import Inquiry, Plan  # they bring hypothesis

        recorded = self.run.recorded_inputs(self.nodeid)
        plan = Plan(
            self.nodeid,
            self.run.options.max_examples,
            self.run.config.getoption("--hypothesis-seed", None),
            shrink=not self.run.known(self.nodeid),
            recorded=NO_VALUE if recorded is None else recorded["value"],
            over=self.run.searches.over,
        )
        return Inquiry(self.protocol_check, probe, plan)

    def _attempt(self, leg: object) -> None:
        if self._out is not None:
            raise self._out
        assert self.inquiry is not None
        self.inquiry.attempt(lambda: pytest.Function.runtest(self))

    def _value_lines(self) -> Iterator[str]:
        found = self.inputs
        if found is not None:
            yield f"value:     {brief(json.dumps(found['value'], ensure_ascii=False), LONGEST)}"
