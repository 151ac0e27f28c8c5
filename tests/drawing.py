"""Draw from a strategy within a test, by a seed and without Hypothesis's database."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.strategies import SearchStrategy

Drawn = TypeVar("Drawn")
# A busy machine makes any strategy slow; that too much is filtered out is a fault on every machine.
BUSY = [HealthCheck.too_slow]


def drawn(strategy: SearchStrategy[Drawn], count: int = 50, number: int = 0) -> list[Drawn]:
    """The first examples of a seed: `count` of them, or all that there are."""
    found: list[Drawn] = []

    @seed(number)
    @settings(max_examples=count, database=None, deadline=None, phases=[Phase.generate], suppress_health_check=BUSY)
    @given(strategy)
    def run(value: Drawn) -> None:
        found.append(value)

    run()
    return found


def smallest(
    strategy: SearchStrategy[Drawn], fails: Callable[[Drawn], bool], number: int = 0, count: int = 200
) -> Drawn | None:
    """What Hypothesis shrinks the first failure among `count` examples to, or None if there's no failure."""
    last: list[Drawn] = []

    @seed(number)
    @settings(max_examples=count, database=None, deadline=None, report_multiple_bugs=False, suppress_health_check=BUSY)
    @given(strategy)
    def run(value: Drawn) -> None:
        if fails(value):
            last.append(value)
            raise AssertionError("found")

    try:
        run()
    except AssertionError:
        return last[-1]
    return None
