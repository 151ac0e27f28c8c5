"""The search for a value that violates what one check demands, from the first value to the judgement."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from hypothesis.errors import FailedHealthCheck, Unsatisfiable

from smcp_conformance.judge import parse
from smcp_conformance.reply import brief
from smcp_conformance.requirement import not_verified
from smcp_conformance.search.examples import entitled, searched_on, searching
from smcp_conformance.search.protocol import values
from smcp_conformance.search.protocol.probe import Probe, Unseen
from smcp_conformance.search.protocol.protocol_check import NO_VALUE, ProtocolCheck
from smcp_conformance.wire.errors import Died, TooLarge, WireError

# Each costs a start or a wait: more of them where silence is what is looked for.
MOST_DEATHS, MOST_HANGS = {True: 40, False: 3}, {True: 10, False: 2}
NOT_STEADY = "; it was not so when the same was sent again on a fresh connection"


class Violation(AssertionError):
    """A complaint with the `value` that shows it; the text reads "got … with VALUE, must be …"."""

    def __init__(self, got: str, must_be: str, value: Any, note: str = "") -> None:
        shown = f"got {got}{note} (with {brief(json.dumps(value))})"
        super().__init__(f"{shown}, must be {must_be}" if must_be else shown)
        self.got, self.must_be, self.value = got, must_be, value

    def noted(self, note: str) -> Violation:
        """The same with a remark."""
        return Violation(self.got, self.must_be, self.value, note)


@dataclass(frozen=True)
class Plan:
    """How to search: `owner` is the item's id, the seeds are as in `examples`.

    `recorded` is a value to be sent again in place of all others; `over` tells that the time budget is used up.
    """

    owner: str
    max_examples: int = 25
    cli_seed: object = None
    usual_seed: object = None
    shrink: bool = True
    recorded: Any = NO_VALUE
    over: Callable[[], bool] = lambda: False


class Inquiry:
    """One check on one leg. `test` is the Hypothesis test, to be run within `attempt`."""

    def __init__(self, check: ProtocolCheck, probe: Probe, plan: Plan) -> None:
        self.check, self.probe, self.plan = check, probe, plan
        self.violation: Violation | None = None
        self.judged = 0
        self.unjudged = ""
        self._deaths = self._hangs = 0
        self._known: dict[str, Violation | None] = {}
        self.test = self._test()
        first = values.FIRST.get(check.values)
        self._first = first(probe) if first and plan.recorded is NO_VALUE else []

    def attempt(self, run_test: Callable[[], None]) -> None:
        """Search; raises `Violation`, and `NotVerified` where nothing, or not all, could be seen."""
        try:
            self._search(run_test)
        except Violation as found:
            raise self._believed(found) from None
        except (FailedHealthCheck, Unsatisfiable) as reason:
            not_verified(f"values of this kind can't be generated: {' '.join(str(reason).split())[:200]}")
        finally:
            self.probe.close()
        self._conclude()

    def judge(self, value: Any) -> None:
        """Try a value, unless it is known, so that equal values never differ; raises `Violation`."""
        key = json.dumps(value, sort_keys=True)
        if key not in self._known and not self._closed:
            self._known[key] = self._judged(value)
        found = self._known.get(key)
        if found is not None:
            raise found

    @property
    def _closed(self) -> bool:
        sought = self.check.silence
        return self._deaths >= MOST_DEATHS[sought] or self._hangs >= MOST_HANGS[sought] or self.plan.over()

    def _judged(self, value: Any) -> Violation | None:
        try:
            self.check.function(self.probe, value)
        except Unseen as why:
            self.unjudged = self.unjudged or str(why)
            return None
        except TooLarge as why:
            self.unjudged = self.unjudged or str(why)
            return None
        except WireError as error:
            return self._silent(error, value)
        except AssertionError as complaint:
            said = parse(str(complaint))
            return Violation(said["got"], said["must_be"], value)
        self.judged += 1
        return None

    def _silent(self, error: WireError, value: Any) -> Violation | None:
        died = isinstance(error, Died)
        self._deaths, self._hangs = self._deaths + died, self._hangs + (not died)
        self.probe.afresh()
        if self.check.silence:
            return Violation(str(error), "an answer", value)
        self.unjudged = self.unjudged or f"{error}, which is judged on its own"
        return None

    def _search(self, run_test: Callable[[], None]) -> None:
        if self.plan.recorded is not NO_VALUE:
            self.judge(self.plan.recorded)
            return
        self._try_plain()
        seen = self._seen_at_first()
        if seen is not None and not self.plan.shrink:
            raise seen
        searched_on(run_test, seen, Violation, _size)

    def _seen_at_first(self) -> Violation | None:
        """What an ordinary value shows that violates; the search may find something smaller then."""
        for value in self._first:
            try:
                self.judge(value)
            except Violation as seen:
                return seen
        return None

    def _try_plain(self) -> None:
        """Leave to an ordinary check what does not depend on the value."""
        if self.check.plain is not NO_VALUE and self._judged(self.check.plain) is not None:
            not_verified(f"it is so with {self.check.plain!r}, too, which {self.check.told_by} judges")

    def _test(self) -> Callable[[], None]:
        if self.plan.recorded is not NO_VALUE:
            return _nothing
        return searching(
            entitled(lambda value: self.judge(value), self.check.name, self.check.story),
            getattr(values, self.check.values)(self.probe),
            self.plan.owner,
            max(1, self.plan.max_examples // self.check.rarely),
            cli_seed=self.plan.cli_seed,
            usual_seed=self.plan.usual_seed,
            shrink=self.plan.shrink,
        )

    def _believed(self, found: Violation) -> Violation:
        """The violation as it was seen again on a fresh connection, with nothing before it."""
        self.probe.afresh()
        self.probe.leg.begin(self.probe.leg.probe)  # what is shown is this value alone
        again = self._judged(found.value)
        if again is None and self.check.silence:
            not_verified(f"{found}{NOT_STEADY}: slow, or never?")
        self.violation = again or found.noted(NOT_STEADY)
        return self.violation

    def _conclude(self) -> None:
        if self._closed:
            over = "the time budget was used up" if self.plan.over() else f"given up: {self.unjudged}"
            not_verified(f"{over}; {self.judged} values were judged before that")
        if not self.judged:
            not_verified(self.unjudged or "nothing was generated")


def _size(violation: Violation) -> int:
    return len(json.dumps(violation.value))


def _nothing() -> None:
    """Stands where there is no Hypothesis test."""
