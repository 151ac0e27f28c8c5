"""The search for a sequence that shows a violation, from the drawing of steps to a script that shows it again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from hypothesis import HealthCheck, Phase, Verbosity, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from smcp_conformance.search.sequences.machine import SessionMachine
from smcp_conformance.search.sequences.performance import Performance, Theatre, perform
from smcp_conformance.search.sequences.rehearsal import Rehearsal
from smcp_conformance.search.sequences.shorten import Shown, Steps, Tries, shortest
from smcp_conformance.search.sequences.violation import Violation

STEPS = 12
"""The most steps of one sequence."""

ACTS = 3
"""So many servers, one after the other, play a search's sequences: a fault that the first steps bring out for good
hides those that need a server without it."""

FIRST_ACT = {"connect": 3, "second client": 1, "reconnect": 0, "garbage": 1}
OTHER_ACTS = {"connect": 3, "second client": 0, "reconnect": 0, "garbage": 0}
"""What an act may cost over stdio: there each connection is a process, whose start takes longer than many sequences,
and one process learns nothing from another."""

CONFIRMING = 3  # tries to see the shortest once more: a server may die a moment after the last answer
HASTE = 20  # times the slowest answer that was seen: so long is waited for one while a sequence is made shorter
LEAST_PATIENCE = 0.5  # seconds


@dataclass(frozen=True)
class Found:
    """What a search came to: the shortest sequence as it was `shown` in the end, or why there is none.

    `lost` is a violation that was seen once and couldn't be seen again; `played` counts the steps of the search, and
    `cut` tells that the time budget ended it.
    """

    shown: Performance | None = None
    lost: Violation | None = None
    played: int = 0
    cut: bool = False


def search(
    theatre: Theatre,
    check: str,
    max_examples: int,
    seeded: int | None,
    *,
    shrink: bool = True,
    late: Callable[[], bool] = bool,
) -> Found:
    """Draw `max_examples` sequences, play them, and make the worst violation's as short as it gets.

    `check` is the name of the check that is at work; without `shrink` the first sequence that shows it will do. `late`
    tells that the time budget is used up.
    """
    each = max(1, max_examples // ACTS)
    acts: list[Rehearsal] = []
    for number in range(min(ACTS, max_examples)):
        most = OTHER_ACTS if number else FIRST_ACT
        rehearsal = Rehearsal(theatre.stage(most if theatre.target.transport == "stdio" else None), check, late)
        acts.append(_played(rehearsal, each, None if seeded is None else seeded + number))
        if acts[-1].over or acts[-1].cut:
            break
    played = sum(len(act.stage.played) for act in acts)
    telling = [act for act in acts if act.over] or [act for act in acts if act.worst]
    if not telling:
        return Found(played=played, cut=acts[-1].cut)
    return replace(_pinned_down(theatre, telling[0], shrink), played=played)


def _played(rehearsal: Rehearsal, max_examples: int, seeded: int | None) -> Rehearsal:
    """Play some sequences on one server."""

    def machine() -> SessionMachine:
        return SessionMachine(rehearsal)

    factory: Any = machine if seeded is None else seed(seeded)(machine)
    try:
        run_state_machine_as_test(factory, settings=_settings(max_examples))
    finally:
        rehearsal.end()
    return rehearsal


def _settings(max_examples: int) -> settings:
    """Draw only: nothing fails while sequences are drawn, so there is nothing to shrink, to keep or to report."""
    return settings(
        max_examples=max_examples,
        stateful_step_count=STEPS,
        phases=(Phase.generate,),
        database=None,
        deadline=None,
        verbosity=Verbosity.quiet,
        suppress_health_check=(HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much),
    )


def _pinned_down(theatre: Theatre, rehearsal: Rehearsal, shrink: bool) -> Found:
    """Find the shortest sequence that shows the worst violation of `rehearsal` on a fresh server."""
    violation = rehearsal.worst
    assert violation is not None
    rule = violation.requirement
    ignored = frozenset(each.requirement for each in rehearsal.noted) - {rule}
    theatre.plan = theatre.plan.watching(rule)
    patience = max(LEAST_PATIENCE, HASTE * rehearsal.stage.slowest)

    def play(steps: Steps) -> Shown | None:
        shown = perform(theatre, steps, ignored, min(patience, theatre.target.policy.reply_timeout)).shown
        return shown if shown and _as_bad(shown.violation, rehearsal) else None

    tries = Tries(play)
    for steps in rehearsal.evidence(violation):
        found = tries(steps)
        if found is None:
            continue
        best = shortest(found, tries, theatre.plan.simpler) if shrink else found
        for candidate in (*[best] * CONFIRMING, found):
            played = perform(theatre, candidate.steps, ignored)
            if played.violation is not None:
                return Found(played)
    return Found(lost=violation)


def _as_bad(violation: Violation, rehearsal: Rehearsal) -> bool:
    """Tell whether a violation is the one that was seen, or a failure where that one only warns."""
    worst = rehearsal.worst
    assert worst is not None
    graver = rehearsal.fails(violation) and not rehearsal.fails(worst)
    mere_haste = violation.silent and not worst.silent  # a busy machine answers late, and little time is given here
    return (violation.requirement == worst.requirement or graver) and not mere_haste
