"""The search for a call of one tool that violates what one check demands, from the first call to the judgement."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from hypothesis.errors import FailedHealthCheck, Flaky, Unsatisfiable

from smcp_conformance.generate.faults import Fault
from smcp_conformance.requirement import not_applicable, not_verified
from smcp_conformance.search.examples import entitled, searched_on, searching, within
from smcp_conformance.search.inputs import corners_of, faults_of
from smcp_conformance.search.strategies import valid_inputs, wrong_inputs
from smcp_conformance.search.tool_check import ToolCheck
from smcp_conformance.search.trial import NOT_STEADY, Case, Trial, Violation, arguments_of
from smcp_conformance.wire.errors import WireError


@dataclass(frozen=True)
class Search:
    """How to search: `owner` is the item's id, `alike` what those share that try the same; seeds as in `examples`.

    `recorded` is a case to be repeated instead (None: search).
    """

    owner: str
    alike: str
    max_examples: int
    cli_seed: object = None
    usual_seed: object = None
    shrink: bool = True
    recorded: Case | None = None
    inputs: Any = None


class Hunt:
    """One check of one tool. `test` is the Hypothesis test, to be run within `attempt`."""

    def __init__(self, trial: Trial, search: Search) -> None:
        self.trial = trial
        self.check: ToolCheck = trial.check
        self.search = search
        self.violation: Violation | None = None
        self.test = self._test() if self.check.random and search.recorded is None else _nothing

    def attempt(self, run_test: Callable[[], None]) -> None:
        """Search; raises `Violation`, and `NotVerified` where nothing, or not all, could be seen."""
        self.trial.subject.begin(self.check.silence)
        try:
            self._search(run_test)
        except Violation as found:
            raise self._believed(found) from None
        except Flaky as flaky:
            raise self._believed(within(flaky, Violation)) from None
        except (FailedHealthCheck, Unsatisfiable) as reason:
            not_verified(f"arguments of this kind can't be generated: {' '.join(str(reason).split())[:200]}")
        self._conclude()

    def _search(self, run_test: Callable[[], None]) -> None:
        if self.search.recorded is not None:
            self.trial.judge(self.search.recorded)
            return
        if self.check.grid:
            self._try_grid()
        seen = self._seen_at_a_corner()
        if seen is not None and not self.search.shrink:
            raise seen
        searched_on(run_test if self.check.random else _nothing, seen, Violation, _size)

    def _seen_at_a_corner(self) -> Violation | None:
        """What the first corner shows that violates; the search may find something smaller then."""
        if self.check.inputs != "valid" or self.search.inputs is not None:
            return None
        corners = corners_of(self.trial.tool)
        if self.check.rarely > 1:  # calls cost more there: the one with the most members has to do
            corners = tuple(sorted(corners, key=len)[-1:])
        shown = (self.trial.violation(corner) for corner in corners)
        return next((violation for violation in shown if violation), None)

    def _try_grid(self) -> None:
        """Try every fault; the first that violates is told in detail, the others by name."""
        faults = faults_of(self.trial.tool)
        found = [violation for fault in faults if (violation := self.trial.violation(fault))]
        if found:
            worst = found[0].noted(f" (so it is with {len(found)} of {len(faults)} faults)")
            worst.others = tuple(each.case.id for each in found[1:] if isinstance(each.case, Fault))
            raise worst

    def _test(self) -> Callable[[], None]:
        search, check = self.search, self.check
        strategy = search.inputs if check.inputs == "valid" else None
        if strategy is None:
            strategy = (valid_inputs if check.inputs == "valid" else wrong_inputs)(self.trial.tool)

        def body(case: Case) -> None:
            if not isinstance(case, (Fault, dict)):
                not_verified(f"the strategy of {self.trial.subject.name!r} made {case!r:.100}, must be an object")
            self.trial.judge(case)

        return searching(
            entitled(body, f"{check.name}_{self.trial.subject.name}", check.story),
            strategy,
            search.owner,
            max(1, search.max_examples // check.rarely),
            cli_seed=search.cli_seed,
            usual_seed=search.usual_seed,
            shrink=search.shrink,
            alike=search.alike,
        )

    def _believed(self, found: Violation) -> Violation:
        """The violation as it was seen again, of the smallest arguments or else of the first ones."""
        leg = self.trial.subject.leg
        first = self.trial.first
        for candidate in (found, first) if first is not None and first.case is not found.case else (found,):
            leg.begin(leg.probe)  # what is shown is this call alone
            again = self.trial.confirmed(candidate)
            if again is not None:
                self.violation = again.noted(candidate.note)
                self.violation.others = found.others
                return self.violation
        if self.check.silence and not found.requirement:
            not_verified(f"{found}{NOT_STEADY}: slow, or never?")
        self.violation = found.noted(found.note + NOT_STEADY)
        return self.violation

    def _conclude(self) -> None:
        trial = self.trial
        closed = trial.subject.closed
        if closed:
            not_verified(f"{closed}; {trial.judged} calls were judged before that")
        if not trial.judged and trial.unsteady:
            not_applicable(trial.unsteady)
        if not trial.judged:
            not_verified(trial.unjudged or "nothing was generated")
        if self.check.silence:
            self._ping()

    def _ping(self) -> None:
        session = self.trial.subject.leg.session
        try:
            session.ping()
        except WireError as error:
            calls = f"after {self.trial.judged} generated calls of {self.trial.subject.name!r}"
            raise AssertionError(f"got {error} {calls}, must be a server that goes on serving") from None


def _nothing() -> None:
    """Stands where there is no Hypothesis test."""


def _size(violation: Violation) -> int:
    return len(json.dumps(arguments_of(violation.case)))


def to_json(case: Case) -> dict[str, Any]:
    """Plain JSON of a case, for replay files."""
    if not isinstance(case, Fault):
        return {"arguments": case}
    described = {"operator": case.operator, "path": list(case.path), "pointer": case.pointer, "keyword": case.keyword}
    return {"arguments": arguments_of(case), "fault": described}


def from_json(data: Mapping[str, Any]) -> Case:
    """Undo `to_json`; raises KeyError or TypeError if it is damaged."""
    arguments, fault = dict(data["arguments"]), data.get("fault")
    if fault is None:
        return arguments
    return Fault(arguments, fault["operator"], tuple(fault["path"]), fault["pointer"], fault["keyword"])
