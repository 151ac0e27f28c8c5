"""Strategies for JSON numbers within bounds, biased to where number types end: 2^31, 2^53, 1e308, -0.0.

Every edge is drawn as a range or a float of its own, not picked from a list: so Hypothesis can carry it over to the
plain strategy, which always comes first, and shrink it there.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, copysign, floor, gcd, inf, isfinite, lcm, nextafter
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from smcp_conformance.generate.weights import weighted

EDGES = (-1, 10, 255, 2**15, 2**31, -(2**31), 2**32, 2**53, -(2**53), 2**63, -(2**63), 2**64, 10**21)
FLOAT_EDGES = (-0.0, 0.5, 0.1, -1.5, 1e-7, 2.0**53, 1e16, 1e21, 1e308, -1e308)
BEYOND = 1.5e308
SAFE_INTEGER = 2**53 - 1
SMALL = 1000
CLOSE = 2**16  # bounds that are no further apart than this leave enough small numbers
WRITTEN_OUT = 1e21  # where programs begin to write whole numbers with an exponent
FORMATS: Mapping[str, tuple[int, int]] = {
    **{f"int{bits}": (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) for bits in (8, 16, 32, 64, 128)},
    **{f"uint{bits}": (0, 2**bits - 1) for bits in (8, 16, 32, 64, 128)},
    "uint": (0, 2**64 - 1),
    "int": (-(2**63), 2**63 - 1),
}


@dataclass(frozen=True)
class Bounds:
    """The numbers from `low` to `high`, both included unless open, that are whole multiples of `step`, if given."""

    low: Fraction | None = None
    high: Fraction | None = None
    low_open: bool = False
    high_open: bool = False
    step: Fraction | None = None

    def whole(self, step: Fraction) -> tuple[int | None, int | None]:
        """The least and the greatest `n` for which `n * step` lies within."""
        low = high = None
        if self.low is not None:
            low = floor(self.low / step) + 1 if self.low_open else ceil(self.low / step)
        if self.high is not None:
            high = ceil(self.high / step) - 1 if self.high_open else floor(self.high / step)
        if self.step is None:
            return low, high
        most = floor(Fraction(sys.float_info.max) / step)  # beyond it a multiple can't be judged
        return max(-most, -most if low is None else low), min(most, most if high is None else high)

    def floats(self) -> tuple[float, float]:
        """The least and the greatest float within; the first is greater if there's none."""
        low, high = -sys.float_info.max, sys.float_info.max
        if self.low is not None:
            low = max(low, _float(self.low))
            low = nextafter(low, inf) if low < self.low or (self.low_open and low == self.low) else low
        if self.high is not None:
            high = min(high, _float(self.high))
            high = nextafter(high, -inf) if high > self.high or (self.high_open and high == self.high) else high
        return low + 0.0, high + 0.0


def bounds(keywords: Iterable[Mapping[str, Any]]) -> Bounds:
    """What several schemas together ask of a number; a number's `format` counts as bounds."""
    lows: list[tuple[Fraction, bool]] = []
    highs: list[tuple[Fraction, bool]] = []
    steps: list[Fraction] = []
    for each in keywords:
        lows += _limits(each, "minimum", "exclusiveMinimum")
        highs += _limits(each, "maximum", "exclusiveMaximum")
        steps += [Fraction(str(each["multipleOf"]))] if "multipleOf" in each else []
        if each.get("format") in FORMATS:
            low, high = FORMATS[each["format"]]
            lows.append((Fraction(low), False))
            highs.append((Fraction(high), False))
    low_limit = max(lows, default=(None, False))
    high_limit = min(highs, key=lambda limit: (limit[0], not limit[1]), default=(None, False))
    return Bounds(low_limit[0], high_limit[0], low_limit[1], high_limit[1], _common_multiple(steps))


def integers(within: Bounds, as_floats: bool = False) -> SearchStrategy[int | float] | None:
    """Whole numbers within the bounds, some of them spelled `1.0` on demand; None where there are none."""
    step = _common_multiple([Fraction(1), within.step or Fraction(1)]) or Fraction(1)
    low, high = within.whole(step)
    if low is not None and high is not None and low > high:
        return None
    plain: SearchStrategy[int | float] = st.integers(low, high)
    edges = [(1, edge) for edge in _integer_edges(low, high, step)]
    spelled = [(1, plain.map(lambda n: _as_float(n, int(step))))] if as_floats else []
    found, times = weighted([(8, plain), *_small(low, high, 8), *spelled, *edges]), int(step)
    return found if times == 1 else found.map(lambda n: n * times if isinstance(n, int) else n)


def numbers(within: Bounds, whole: bool = True) -> SearchStrategy[int | float] | None:
    """Numbers within the bounds, spelled `1` as well as `1.0`, or only those not `whole`; None where there are none."""
    if within.step is not None:
        return _multiples(within, within.step)
    low, high = within.floats()
    whole_numbers = integers(within) if whole else None
    if low > high:
        return whole_numbers
    plain = st.floats(low, high, allow_nan=False, allow_infinity=False)
    if not whole:
        return plain.filter(lambda number: not number.is_integer())
    limits = [limit for limit, stated in ((low, within.low), (high, within.high)) if stated is not None]
    edges = [(1, st.floats(edge, edge)) for edge in (*FLOAT_EDGES, *limits) if low <= edge <= high]
    others = [] if whole_numbers is None else [(15, whole_numbers)]
    return weighted([(6, plain.map(_shortest)), (2, plain), *others, *edges])


def _multiples(within: Bounds, step: Fraction) -> SearchStrategy[int | float] | None:
    low, high = within.whole(step)
    if low is not None and high is not None and low > high:
        return None
    edges = [(1, edge) for edge in _integer_edges(low, high, step)]
    common = len(edges) or 1
    drawn = weighted([(common, st.integers(low, high)), *_small(low, high, common), *edges])
    return drawn.map(lambda n: _number(n * step))


def _small(low: int | None, high: int | None, weight: int) -> Iterator[tuple[int, SearchStrategy[int]]]:
    """Small integers, where the bounds are so far apart that Hypothesis would hardly draw any."""
    if low is not None and high is not None and high - low > CLOSE and low <= SMALL and high >= -SMALL:
        yield weight, st.integers(max(low, -SMALL), min(high, SMALL))


def _as_float(n: int | float, times: int) -> int | float:
    return float(n * times) if abs(n * times) <= SAFE_INTEGER else n


def _number(value: Fraction) -> int | float:
    return value.numerator if value.denominator == 1 else float(value)


def _integer_edges(low: int | None, high: int | None, step: Fraction) -> Iterator[SearchStrategy[int]]:
    limits = [bound for bound in (low, high) if bound is not None]
    for edge in (*limits, *(int(edge / step) for edge in EDGES)):
        first = edge - 1 if low is None else max(low, edge - 1)
        last = edge + 1 if high is None else min(high, edge + 1)
        if first <= last:
            yield st.integers(first, last)


def _shortest(number: float) -> int | float:
    negative_zero = number == 0 and copysign(1, number) < 0
    return int(number) if number.is_integer() and abs(number) < WRITTEN_OUT and not negative_zero else number


def _limits(keywords: Mapping[str, Any], closed: str, exclusive: str) -> Iterator[tuple[Fraction, bool]]:
    if closed in keywords:
        yield _exact(keywords[closed]), False
    if exclusive in keywords:
        yield _exact(keywords[exclusive]), True


def _exact(bound: int | float) -> Fraction:
    """The bound as it is; one that is written too large for a float comes as an infinite one."""
    return Fraction(bound) if isinstance(bound, int) or isfinite(bound) else Fraction(int(copysign(BEYOND, bound)))


def _float(value: Fraction) -> float:
    try:
        return float(value)
    except OverflowError:
        return inf if value > 0 else -inf


def _common_multiple(steps: Iterable[Fraction]) -> Fraction | None:
    found: Fraction | None = None
    for step in steps:
        if found is None:
            found = step
        else:
            numerator = lcm(found.numerator, step.numerator)
            found = Fraction(numerator, gcd(found.denominator, step.denominator))
    return found
