"""Sequences played one after the other on the same server, as they are drawn: what is wrong is only noted.

A server is not started anew for each of them, so a violation may need what came before; whoever wants to believe it
plays it again, from the beginning.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from smcp_conformance.search.sequences.inputs import Inputs
from smcp_conformance.search.sequences.plan import Plan
from smcp_conformance.search.sequences.stage import Stage
from smcp_conformance.search.sequences.step import Step
from smcp_conformance.search.sequences.violation import Broken, Violation


class Rehearsal:
    """Plays on one stage until a violation fails; those that only warn are noted on the way, each once.

    `check` is the name of the check that is at work, by which severities go; `late` tells that the time budget is used
    up, and `cut` that it ended the play.
    """

    def __init__(self, stage: Stage, check: str, late: Callable[[], bool] = bool) -> None:
        self.stage = stage
        self.plan: Plan = stage.plan
        self.inputs = Inputs(stage.plan)
        self.check = check
        self.noted: list[Violation] = []
        self.over = False
        self.cut = False
        self._late = late
        self._begun: list[tuple[int, tuple[int, ...]]] = []

    def begin(self) -> None:
        """A new sequence begins."""
        ready = tuple(client.number for client in self.stage.clients.values() if client.usable)
        self._begun.append((len(self.stage.played), ready))

    def take(self, step: Step) -> None:
        """Play one step, unless a violation has ended it all."""
        self.cut = self.cut or self._late()
        if self.over or self.cut:
            return
        try:
            self.stage.play(step)
        except Broken as broken:
            self._note(broken.violation)

    def end(self) -> None:
        """End all conversations and let the monitors judge them."""
        try:
            self.stage.close()
        except Broken as broken:
            self._note(broken.violation)
        finally:
            self.stage.leave()

    @property
    def worst(self) -> Violation | None:
        """A violation that fails, else the first that was noted."""
        failing = [violation for violation in self.noted if self.fails(violation)]
        return next(iter([*failing, *self.noted]), None)

    def evidence(self, violation: Violation) -> Iterator[tuple[Step, ...]]:
        """What may show a violation again, the shortest first: its own sequence, those around it, all there was."""
        steps = self.stage.played[: violation.step]
        begun = [(start, ready) for start, ready in self._begun if start < violation.step]
        back = 1
        while back < len(begun):
            start, ready = begun[-back]
            yield (*(Step("initialize", client) for client in ready), *steps[start:])
            back *= 5
        yield tuple(steps)

    def _note(self, violation: Violation) -> None:
        self.noted.append(violation)
        self.stage.ignored.add(violation.requirement)
        self.over = self.over or self.fails(violation)

    def fails(self, violation: Violation) -> bool:
        """Tell whether a violation is a failure; otherwise it only warns."""
        return violation.fails(self.check, self.plan.offer.transport)
