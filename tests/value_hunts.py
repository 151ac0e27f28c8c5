"""Look for what makes a value mutant go wrong, by the checks that are meant to see it."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hunting import hunted, leg_of, subject_of
from mutants.values import MUTANTS, command, mutant

from smcp_conformance.search.hunt import Hunt
from smcp_conformance.search.trial import arguments_of

EXAMPLES = 200
MEANT: Mapping[str, tuple[str, ...]] = {
    mutant.SURVIVES: ("valid_calls_are_answered",),
    mutant.NO_INTERNAL_ERROR: ("valid_calls_meet_no_internal_error",),
    mutant.WELL_FORMED: ("results_are_well_formed",),
    mutant.READABLE: ("answers_are_strict_json", "valid_calls_are_answered"),
    mutant.UNHARMED: ("text_comes_back_unharmed",),
    mutant.AS_DECLARED: ("structured_results_conform_to_the_output_schema",),
    mutant.MIRRORED: ("structured_results_are_repeated_as_text",),
    mutant.STEADY: ("the_same_call_gets_the_same_answer",),
    mutant.ORDER: ("the_order_of_members_does_not_matter",),
    mutant.DEFAULTS: ("what_has_a_default_may_be_left_out",),
    mutant.REFUSES: ("random_faults_are_refused", "each_fault_is_refused"),
    mutant.NO_TRACEBACK: ("refusals_show_no_traceback",),
}
MEANT_OF_INVALID = {**MEANT, mutant.SURVIVES: ("wrong_calls_are_answered",)}


@dataclass(frozen=True)
class Result:
    """What a check has come to: `arguments` that violate, or else hints; calls, processes and seconds that it took."""

    check: str
    arguments: Mapping[str, Any] | None
    hints: tuple[str, ...]
    said: str
    calls: int
    starts: int
    seconds: float

    @property
    def found(self) -> bool:
        """Whether there is something to complain of."""
        return self.arguments is not None or bool(self.hints)


def meant(name: str) -> tuple[str, ...]:
    """The checks of which one at least is to see the mutant."""
    asked = MUTANTS[name]
    return (MEANT_OF_INVALID if asked.invalid else MEANT)[asked.question]


def hunt(name: str, check: str, seed: int = 1, *, healthy: bool = False) -> Result:
    """Search with one check of a mutant, or of its healthy twin."""
    began = time.perf_counter()
    with leg_of(command(name, healthy=healthy)) as leg:
        subject = subject_of(leg)
        over = hunted(check, subject, cli_seed=seed, max_examples=EXAMPLES)
        starts = leg.host.starts
    took = time.perf_counter() - began
    if not isinstance(over, Hunt):
        return Result(check, None, (), over, subject.calls, starts, took)
    violation = over.violation
    arguments = arguments_of(violation.case) if violation else None
    return Result(check, arguments, tuple(over.trial.hints), str(violation or ""), subject.calls, starts, took)


def best(name: str, seed: int = 1) -> Result:
    """What the first check that finds something has come to; that of the last one if none does."""
    results = [hunt(name, check, seed) for check in meant(name)[:1]]
    for check in meant(name)[1:]:
        if not results[-1].found:
            results.append(hunt(name, check, seed))
    return results[-1]


def size(arguments: Mapping[str, Any]) -> tuple[int, str]:
    """What makes arguments simpler than others: shorter JSON, of two of one length the one that sorts first."""
    spelled = json.dumps(arguments, ensure_ascii=False, sort_keys=True)
    return len(spelled), spelled
