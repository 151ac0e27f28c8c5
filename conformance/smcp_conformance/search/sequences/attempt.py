"""One item's work: repeat a recorded sequence, or one that was remembered, or search; and tell what came of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from hypothesis import settings
from hypothesis.database import ExampleDatabase

from smcp_conformance.judge import Judgement, end_of
from smcp_conformance.leg import Leg
from smcp_conformance.masking import masked
from smcp_conformance.requirement import Breach, Verdict, not_verified
from smcp_conformance.search.examples import Corner, derived_seed
from smcp_conformance.search.sequences.performance import Performance, Theatre, perform
from smcp_conformance.search.sequences.plan import plan_of
from smcp_conformance.search.sequences.record import Remembered
from smcp_conformance.search.sequences.script import script
from smcp_conformance.search.sequences.search import search
from smcp_conformance.search.sequences.shorten import Steps

NONE_IGNORED: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Order:
    """What to do: `owner` is the item's id, `check` the name of its check, `cli_seed` what `--hypothesis-seed` says.

    `recorded` are steps to be repeated instead of a search; `shrink` says whether to make what is found shorter.
    `over` tells that the time budget is used up.
    """

    owner: str
    check: str
    max_examples: int
    cli_seed: object = None
    recorded: Steps | None = None
    shrink: bool = True
    over: Callable[[], bool] = bool


class Attempt:
    """One search, or one repetition, on a leg. `shown` is the sequence that showed a violation, if any."""

    def __init__(self, order: Order) -> None:
        self.order = order
        self.shown: Performance | None = None
        self.stderr = ""

    def run(self, leg: Leg) -> None:
        """Do what is ordered; raises `Breach` for a violation, and `NotVerified` if nothing could be seen."""
        if self.order.over():
            not_verified("the time budget (--smcp-time-budget) was used up")
        plan = plan_of(leg)
        leg.begin(leg.probe)  # what is asked to make the plan is no part of what is shown
        theatre = Theatre(leg.host.target, plan)
        try:
            self.shown = self._perform(theatre)
            self.stderr = theatre.stderr() if self.shown else ""
        finally:
            theatre.close()
        if self.shown and self.shown.violation:
            violation = self.shown.violation
            raise Breach(f"got {violation.got}, must be {violation.must_be}", violation.requirement)

    def told(self, found: Judgement, leg: Leg) -> Judgement:
        """The judgement of a violation with the script that shows it."""
        shown = self.shown.shown if self.shown else None
        if self.shown is None or shown is None or found.verdict not in (Verdict.FAILED, Verdict.WARNED):
            return found
        return replace(
            found,
            exchange=script(shown.steps, self.shown.stage.conversations, lambda text: _hidden(text, leg)),
            stderr=end_of(_hidden(self.stderr, leg)),
        )

    def _perform(self, theatre: Theatre) -> Performance | None:
        if self.order.recorded is not None:
            return self._repeated(theatre, self.order.recorded)
        remembered = Remembered(self._database())
        return self._recalled(theatre, remembered) or self._searched(theatre, remembered)

    def _repeated(self, theatre: Theatre, steps: Steps) -> Performance | None:
        """Play the recorded steps and no others."""
        played = perform(theatre, steps, NONE_IGNORED)
        if not played.stage.played:
            not_verified("none of the recorded steps can be taken any more: the server doesn't offer what they ask for")
        return played if played.violation else None

    def _recalled(self, theatre: Theatre, remembered: Remembered) -> Performance | None:
        """The first of the remembered sequences that still shows a violation."""
        for steps in remembered:
            played = perform(theatre, steps, NONE_IGNORED)
            if played.violation:
                return played
            remembered.forget(steps)
        return None

    def _searched(self, theatre: Theatre, remembered: Remembered) -> Performance | None:
        order = self.order
        found = search(theatre, order.check, order.max_examples, self._seed(), shrink=order.shrink, late=order.over)
        if found.lost:
            seen = f"{found.lost.requirement}: got {found.lost.got}, must be {found.lost.must_be}"
            not_verified(f"not reproducible: {seen}; it was not so when the same was done again on a fresh server")
        if found.cut:
            not_verified(f"the time budget (--smcp-time-budget) was used up after {found.played} steps")
        if not found.played:
            not_verified("not a single step could be taken")
        if found.shown and found.shown.shown:
            remembered.keep(found.shown.shown.steps)
        return found.shown

    def _seed(self) -> int | None:
        if self.order.cli_seed is not None:
            return derived_seed(self.order.cli_seed, self.order.owner)
        return 0 if settings().derandomize else None

    def _database(self) -> ExampleDatabase | None:
        """Where sequences are remembered: nowhere if a seed was given, for the same seed is to do the same."""
        whole = settings().database
        return None if whole is None or self.order.cli_seed is not None else Corner(whole, self.order.owner)


def _hidden(text: str, leg: Leg) -> str:
    return masked(text, leg.host.target.secrets, leg.policy.mask)
