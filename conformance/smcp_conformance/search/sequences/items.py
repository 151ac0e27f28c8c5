"""The sequences of a leg as one pytest item."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from smcp_conformance.collect import CheckFailed, CheckItem
from smcp_conformance.judge import judge
from smcp_conformance.offer import Offer
from smcp_conformance.requirement import Check, Verdict, not_verified
from smcp_conformance.search.sequences import NAME, PAGE, sequence_ids
from smcp_conformance.search.sequences.violation import UNANSWERED

if TYPE_CHECKING:
    from smcp_conformance.run import ConformanceRun
    from smcp_conformance.search.sequences.attempt import Attempt


class SequencesCollector(pytest.Collector):
    """The sequences of one leg."""

    def __init__(self, *, run: ConformanceRun, offer: Offer, **node: Any) -> None:
        super().__init__(**node)
        self.run = run
        self.offer = offer

    def collect(self) -> Iterator[pytest.Item]:
        """One item, if it was asked for."""
        if any(map(self.run.chosen, sequence_ids(self.offer))):
            yield SequenceItem.from_parent(self, name=NAME, run=self.run, offer=self.offer)


class SequenceItem(CheckItem):
    """The search for a sequence of requests in which the server loses its way, or the repetition of one."""

    def __init__(self, *, run: ConformanceRun, offer: Offer, **node: Any) -> None:
        check = Check(NAME, PAGE, (UNANSWERED,), self._try, "leg", refusal=True)
        super().__init__(run=run, offer=offer, check=check, **node)
        self._attempt: Attempt | None = None

    def runtest(self) -> None:
        """Judge, and say it in pytest's way."""
        leg = self.run.leg(self.offer)
        found = judge(self.check, leg)
        self.judgement = found = self._attempt.told(found, leg) if self._attempt else found
        if found.internal or found.verdict is Verdict.FAILED or (self.run.strict and found.verdict is Verdict.WARNED):
            raise CheckFailed(found)
        if found.verdict in (Verdict.NOT_VERIFIED, Verdict.NOT_APPLICABLE):
            pytest.skip(f"{found.verdict.value}: {found.reason}")

    @property
    def inputs(self) -> dict[str, Any] | None:
        """What a replay file holds of the sequence that showed a violation."""
        from smcp_conformance.search.sequences.record import to_json  # brings hypothesis, which collecting can spare

        shown = self._attempt.shown.shown if self._attempt and self._attempt.shown else None
        return to_json(shown.steps) if shown else None

    @property
    def retold(self) -> str:
        """The sequence as a replay shows it; "" if there is none that shows a violation."""
        return self.judgement.exchange if self.judgement and self.inputs else ""

    def _try(self, leg: Any) -> None:
        from smcp_conformance.search.sequences.attempt import Attempt, Order  # they bring hypothesis
        from smcp_conformance.search.sequences.record import from_json

        recorded = self.run.recorded_inputs(self.nodeid)
        try:
            steps = None if recorded is None else from_json(recorded)
        except ValueError as damaged:
            not_verified(str(damaged))
        order = Order(
            self.nodeid,
            NAME,
            self.run.options.max_examples,
            self.run.config.getoption("--hypothesis-seed", None),
            steps,
            shrink=not self.run.known(self.nodeid),
            over=self.run.searches.over,
        )
        self._attempt = Attempt(order)
        self._attempt.run(leg)
