"""Tools that take an array, and some arrays badly."""

from __future__ import annotations

from typing import Any

from mutants.values import outcomes
from mutants.values.mutant import (
    AS_DECLARED,
    NO_INTERNAL_ERROR,
    STEADY,
    SURVIVES,
    WELL_FORMED,
    valued,
)

INTEGERS = {"type": "array", "items": {"type": "integer"}}
TEXTS = {"type": "array", "items": {"type": "string"}}
PAIR_AND_MORE = {
    "type": "array",
    "prefixItems": [{"type": "string"}, {"type": "integer"}],
    "minItems": 2,
    "items": {"type": "boolean"},
}


def _never(value: Any) -> bool:
    return False


MUTANTS = (
    valued("average-of-nothing", INTEGERS, lambda some: not some, outcomes.fails_inside, NO_INTERNAL_ERROR, []),
    valued(
        "needs-two",
        {"type": "array", "items": {"type": "integer"}, "minItems": 1},
        lambda some: len(some) == 1,
        outcomes.dies,
        SURVIVES,
        [0],
    ),
    valued(
        "duplicates-undeclared", INTEGERS, _never, outcomes.dies, AS_DECLARED, [0, 0], {**INTEGERS, "uniqueItems": True}
    ),
    valued("empty-among-others", TEXTS, lambda some: "" in some, outcomes.answers_with_no_text, WELL_FORMED, [""]),
    valued("unsorted", INTEGERS, lambda some: sorted(some) != some, outcomes.fails_inside, NO_INTERNAL_ERROR, [0, -1]),
    valued("set-of-three", TEXTS, lambda some: len(some) >= 3, outcomes.differs_each_time, STEADY, ["", "", ""]),
    valued("ten-at-most", INTEGERS, lambda some: len(some) >= 10, outcomes.fails_inside, NO_INTERNAL_ERROR, [0] * 10),
    valued(
        "full-page",
        {"type": "array", "items": {"type": "integer"}, "maxItems": 20},
        lambda some: len(some) == 20,
        outcomes.fails_inside,
        NO_INTERNAL_ERROR,
        [0] * 20,
    ),
    valued(
        "ragged",
        {"type": "array", "items": INTEGERS},
        lambda rows: len({len(row) for row in rows}) > 1,
        outcomes.fails_inside,
        NO_INTERNAL_ERROR,
        [[], [0]],
    ),
    valued(
        "empty-inside", {"type": "array", "items": INTEGERS}, lambda rows: [] in rows, outcomes.dies, SURVIVES, [[]]
    ),
    valued(
        "rest-of-the-tuple",
        PAIR_AND_MORE,
        lambda some: len(some) > 2,
        outcomes.fails_inside,
        NO_INTERNAL_ERROR,
        ["", 0, False],
    ),
    valued(
        "same-at-both-ends",
        {"type": "array", "items": {"enum": ["a", "b", "c"]}, "minItems": 2},
        lambda some: some[0] == some[-1],
        outcomes.dies,
        SURVIVES,
        ["a", "a"],
    ),
)
