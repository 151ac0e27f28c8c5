"""Sequences made shorter: what can be spared goes, what is simpler takes its place, and the tries are counted."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from smcp_conformance.search.sequences.shorten import SILENCE, Shown, Steps, Tries, shortest
from smcp_conformance.search.sequences.step import Step
from smcp_conformance.search.sequences.violation import Violation


def steps(words: str) -> Steps:
    """A step for each word; the part behind a colon is the client."""
    return tuple(Step(word.partition(":")[0], int(word.partition(":")[2] or 1)) for word in words.split())


def words(shown: Shown) -> str:
    """Undo `steps`."""
    return " ".join(step.action + (f":{step.client}" if step.client > 1 else "") for step in shown.steps)


def needing(*needed: str, silent: bool = False) -> Callable[[Steps], Shown | None]:
    """A server that is broken once it has seen the actions `needed`, in that order."""

    def play(played: Steps) -> Shown | None:
        left = list(needed)
        for number, step in enumerate(played, 1):
            if left and step.action == left[0]:
                left.pop(0)
            if not left:
                return Shown(played[:number], Violation("jsonrpc.response.exactly-one", "", "", number, silent))
        return None

    return play


def first_client(step: Step) -> Iterator[Step]:
    """Each step is simpler if the first client takes it."""
    yield Step(step.action, 1)


def shortened(found: str, play: Callable[[Steps], Shown | None], tries: int = 100) -> str:
    """What is left of a sequence."""
    shown = play(steps(found))
    assert shown
    return words(shortest(shown, Tries(play, tries), first_client))


@pytest.mark.parametrize("noise", ["", "x", "x y z", "x y z x y z x y z x y z"])
def test_only_what_is_needed_is_left(noise: str) -> None:
    """However much stands before and between."""
    assert shortened(f"{noise} a {noise} b {noise} c", needing("a", "b", "c")) == "a b c"


def test_what_comes_after_the_violation_is_no_part_of_it() -> None:
    """A sequence ends with the step that shows it."""
    shown = needing("a")(steps("a b c"))
    assert shown is not None
    assert words(shown) == "a"


def test_a_step_may_be_needed_twice() -> None:
    """Both are kept."""
    assert shortened("x a x a x b", needing("a", "a", "b")) == "a a b"


def test_simpler_steps_take_the_place_of_others_where_that_shows_the_same() -> None:
    """A second client goes if the first one can do it alone."""
    assert shortened("a:2 x b:2", needing("a", "b")) == "a b"


def test_simpler_steps_that_show_nothing_are_left_alone() -> None:
    """A second client stays if it takes two."""

    def play(played: Steps) -> Shown | None:
        second = [number for number, step in enumerate(played, 1) if step.client == 2]
        return Shown(played[: second[0]], Violation("ping.responds", "", "", second[0])) if second else None

    assert shortened("x a:2 y", play) == "a:2"


def test_tries_are_limited() -> None:
    """What was reached by then is what it comes to."""
    play = needing("a", "b")
    counted: list[Steps] = []

    def counting(played: Steps) -> Shown | None:
        counted.append(played)
        return play(played)

    found = play(steps("x y z a x y z b"))
    assert found
    assert words(shortest(found, Tries(counting, 1), first_client)) in ("a x y z b", "x y z a x y z b")
    assert len(counted) == 1


def test_a_try_that_ends_in_silence_costs_more() -> None:
    """For it takes the time of an answer that doesn't come."""
    tries = Tries(needing("a", silent=True), 2 * SILENCE)
    assert tries(steps("a"))
    assert tries(steps("b")) is None
    assert tries.left == SILENCE - 1


def test_nothing_is_no_sequence() -> None:
    """It costs no try."""
    tries = Tries(needing("a"), 1)
    assert tries(()) is None
    assert tries.left == 1
