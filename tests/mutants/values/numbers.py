"""Tools that take a number, and some numbers badly."""

from __future__ import annotations

import math
from typing import Any

from mutants.values import outcomes
from mutants.values.mutant import (
    AS_DECLARED,
    MIRRORED,
    NO_INTERNAL_ERROR,
    READABLE,
    SURVIVES,
    WELL_FORMED,
    valued,
)

INTEGER = {"type": "integer"}
NUMBER = {"type": "number"}


def _never(value: Any) -> bool:
    return False


MUTANTS = (
    valued("int32-above", INTEGER, lambda n: n >= 2**31, outcomes.dies, SURVIVES, 2**31),
    valued("int32-below", INTEGER, lambda n: n < -(2**31), outcomes.fails_inside, NO_INTERNAL_ERROR, -(2**31) - 1),
    valued("uint32-wraps", INTEGER, lambda n: n == 2**32, outcomes.dies, SURVIVES, 2**32),
    valued(
        "double-for-integer", INTEGER, lambda n: int(float(n)) != n, outcomes.loses_text, MIRRORED, 2**53 + 1, INTEGER
    ),
    valued("int64-above", INTEGER, lambda n: n >= 2**63, outcomes.fails_inside, NO_INTERNAL_ERROR, 2**63),
    valued("byte-wraps", INTEGER, lambda n: n == 256, outcomes.dies, SURVIVES, 256),
    valued("overflows", NUMBER, lambda n: math.isinf(2.0 * n), outcomes.answers_nan, READABLE, 2.0**1023, NUMBER),
    valued(
        "negative-zero",
        NUMBER,
        lambda n: n == 0 and math.copysign(1, n) < 0,
        outcomes.fails_inside,
        NO_INTERNAL_ERROR,
        -0.0,
    ),
    valued("divides-by-zero", NUMBER, lambda n: n == 0, outcomes.fails_inside, NO_INTERNAL_ERROR, 0),
    valued("negatives-undeclared", NUMBER, _never, outcomes.dies, AS_DECLARED, -1, {"type": "number", "minimum": 0}),
    valued("fractions-undeclared", NUMBER, _never, outcomes.dies, AS_DECLARED, 1.5, {"type": "integer"}),
    valued("written-with-exponent", NUMBER, lambda n: abs(n) >= 1e21, outcomes.fails_inside, NO_INTERNAL_ERROR, 1e21),
    valued("integer-as-float", INTEGER, lambda n: isinstance(n, float), outcomes.dies, SURVIVES, 0.0),
    valued(
        "tenths-cut",
        {"type": "number", "multipleOf": 0.1},
        lambda n: n != n // 1,
        outcomes.loses_text,
        MIRRORED,
        0.1,
        NUMBER,
    ),
    valued(
        "off-by-one-at-the-top",
        {"type": "integer", "minimum": 1, "maximum": 5000},
        lambda n: n == 5000,
        outcomes.dies,
        SURVIVES,
        5000,
    ),
    valued(
        "off-by-one-at-the-bottom",
        {"type": "integer", "minimum": 7, "maximum": 5000},
        lambda n: n == 7,
        outcomes.fails_inside,
        NO_INTERNAL_ERROR,
        7,
    ),
    valued(
        "close-below-the-bound",
        {"type": "number", "minimum": 0, "exclusiveMaximum": 1},
        lambda n: n > 0.9999,
        outcomes.dies,
        SURVIVES,
        1 - 2**-53,
    ),
    valued(
        "odd-multiples",
        {"type": "integer", "multipleOf": 7, "minimum": 0},
        lambda n: n // 7 % 2 == 1,
        outcomes.fails_inside,
        NO_INTERNAL_ERROR,
        7,
    ),
    valued(
        "false-is-missing", {"type": "boolean"}, lambda flag: not flag, outcomes.fails_inside, NO_INTERNAL_ERROR, False
    ),
    valued("true-is-strange", {"type": "boolean"}, lambda flag: flag is True, outcomes.hangs, SURVIVES, True),
    valued(
        "null-though-nullable",
        {"type": ["string", "null"]},
        lambda value: value is None,
        outcomes.answers_with_no_text,
        WELL_FORMED,
        None,
    ),
)
