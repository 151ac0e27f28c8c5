"""Make a sequence that shows a violation as short and as simple as it gets, each try on a fresh server."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from smcp_conformance.search.sequences.step import Step
from smcp_conformance.search.sequences.violation import Violation

TRIES = 80
SILENCE = 5  # tries that one costs which ends in silence: it takes that much longer

Steps = tuple[Step, ...]
Simpler = Callable[[Step], Iterable[Step]]


@dataclass(frozen=True)
class Shown:
    """A sequence that shows a violation; the violating step is its last."""

    steps: Steps
    violation: Violation


class Tries:
    """Plays sequences with `play`, which returns what they show, as long as there are tries `left`."""

    def __init__(self, play: Callable[[Steps], Shown | None], left: int = TRIES) -> None:
        self.play = play
        self.left = left

    def __call__(self, steps: Sequence[Step]) -> Shown | None:
        """What `steps` show; None if nothing, or no try is left."""
        if self.left <= 0 or not steps:
            return None
        shown = self.play(tuple(steps))
        self.left -= SILENCE if shown and shown.violation.silent else 1
        return shown


def shortest(found: Shown, tries: Tries, simpler: Simpler) -> Shown:
    """Leave out steps of `found`, and put `simpler` ones in the place of others, as long as that shows the same.

    First half of the steps is left out, then a quarter …, then each; in the end no single step can be spared.
    """
    best, size = found, len(found.steps) // 2
    while size > 1:
        best = _without(best, size, tries)
        size //= 2
    while True:
        before = best
        best = _simplified(_without(best, 1, tries), tries, simpler)
        if best.steps == before.steps:
            return best


def _without(best: Shown, size: int, tries: Tries) -> Shown:
    """Leave out as many runs of `size` steps as possible."""
    place = 0
    while place < len(best.steps):
        better = tries((*best.steps[:place], *best.steps[place + size :]))
        place += 0 if better else size
        best = better or best
    return best


def _simplified(best: Shown, tries: Tries, simpler: Simpler) -> Shown:
    """Replace each step by the first simpler one with which as many steps, or fewer, show the same."""
    for place in range(len(best.steps)):
        for simple in simpler(best.steps[place]) if place < len(best.steps) else ():
            if simple == best.steps[place]:
                break  # those that follow are less simple than what there is
            better = tries((*best.steps[:place], simple, *best.steps[place + 1 :]))
            if better and len(better.steps) <= len(best.steps):
                best = better
                break
    return best
