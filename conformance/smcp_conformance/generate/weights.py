"""One of several strategies, some of them more often than others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

Drawn = TypeVar("Drawn")


def weighted(branches: Sequence[tuple[int, SearchStrategy[Drawn]]]) -> SearchStrategy[Drawn]:
    """Draw from each branch as often as its weight says, and shrink towards the first.

    Like `one_of`, which draws from every branch equally often however many times it is given.
    """
    strategies = [branch for _, branch in branches]
    # Every branch once, then again as often as it must be: the shrinker looks at the first few.
    turns = [*range(len(branches)), *(turn for turn, (weight, _) in enumerate(branches) for _ in range(weight - 1))]
    return st.sampled_from(turns).flatmap(strategies.__getitem__) if len(strategies) > 1 else strategies[0]
