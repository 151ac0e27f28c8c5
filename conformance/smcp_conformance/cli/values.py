"""Values of one parameter, as strategies that follow from its JSON Schema.

Only what contract v1 lets a parameter say is understood; the schema's own validator has the last word on each value.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from typing import Any

from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from smcp_conformance.cli.runner import sayable

Values = st.SearchStrategy[Any]

SIGNS = st.characters(codec="utf-8", exclude_characters="\0")
AWKWARD = ("", "-", "-1", "--help", " ", "\n", "a\nb", "'\"\\", "é", "日本", "🙂", "\u202e", "null", "0")
LONGEST = 200
VERY_LONG = 4000
MOST_ITEMS = 5


def values(schema: Mapping[str, Any]) -> Values:
    """Values that are valid under a schema of the contract's kind; an empty strategy if there can be none."""
    built = st.sampled_from(schema["enum"]) if "enum" in schema else _typed(schema)
    return built.filter(Draft202012Validator(schema).is_valid)


def _typed(schema: Mapping[str, Any]) -> Values:
    kinds = schema.get("type", tuple(_BY_TYPE))
    named = [kinds] if isinstance(kinds, str) else kinds
    return st.one_of(*(_BY_TYPE[kind](schema) for kind in named))


def _strings(schema: Mapping[str, Any]) -> Values:
    if "pattern" in schema:
        return _matching(schema["pattern"])
    least, most = schema.get("minLength", 0), schema.get("maxLength", math.inf)
    if least > most:
        return st.nothing()
    fit = [text for text in AWKWARD if least <= len(text) <= most]
    awkward = st.sampled_from(fit) if fit else st.nothing()
    long = st.integers(least, int(min(most, least + VERY_LONG))).map("x".__mul__)
    return st.text(SIGNS, min_size=least, max_size=int(min(most, least + LONGEST))) | awkward | long


def _matching(pattern: str) -> Values:
    try:
        re.compile(pattern)
    except re.error:  # a dialect that Python doesn't read, so nothing could be judged by it either
        return st.nothing()
    return st.from_regex(pattern).filter(lambda text: sayable([text]))


def _integers(schema: Mapping[str, Any]) -> Values:
    low, high = _bounds(schema)
    step = schema.get("multipleOf", 1)
    first, last = _whole(math.ceil, low, step), _whole(math.floor, high, step)
    if first is not None and last is not None and first > last:
        return st.nothing()
    return _zero(low, high) | st.integers(first, last).map(lambda count: count * step)


def _zero(low: float, high: float) -> Values:
    """Zero, where it is allowed: too often forgotten to be left to chance."""
    return st.just(0) if low <= 0 <= high else st.nothing()


def _numbers(schema: Mapping[str, Any]) -> Values:
    low, high = _bounds(schema)
    if "multipleOf" in schema or low > high:
        return _integers(schema)
    floats = st.floats(_finite(low), _finite(high), allow_nan=False, allow_infinity=False)
    return _integers(schema) | floats


def _arrays(schema: Mapping[str, Any]) -> Values:
    least, items = schema.get("minItems", 0), schema.get("items", {"type": "string"})
    most = min(schema.get("maxItems", math.inf), least + MOST_ITEMS)
    if least > most or items is False:
        return st.just([])
    elements = values({"type": "string"} if items is True else items)
    return st.lists(elements, min_size=least, max_size=int(most), unique_by=repr if schema.get("uniqueItems") else None)


def _objects(schema: Mapping[str, Any]) -> Values:
    members: Mapping[str, Any] = schema.get("properties", {})
    required = schema.get("required", ())
    if not members:
        return st.dictionaries(st.text(SIGNS, max_size=8), _SCALARS, max_size=MOST_ITEMS)
    return st.fixed_dictionaries(
        {name: values(member) for name, member in members.items() if name in required},
        optional={name: values(member) for name, member in members.items() if name not in required},
    )


def _bounds(schema: Mapping[str, Any]) -> tuple[float, float]:
    lows = [schema[name] for name in ("minimum", "exclusiveMinimum") if name in schema]
    highs = [schema[name] for name in ("maximum", "exclusiveMaximum") if name in schema]
    return max(lows, default=-math.inf), min(highs, default=math.inf)


def _whole(rounded: Callable[[float], int], bound: float, step: float) -> int | None:
    if math.isinf(bound):
        return None
    return rounded(bound) if step == 1 else rounded(bound / step)


def _finite(bound: float) -> float | None:
    return None if math.isinf(bound) else float(bound)


_SCALARS: Values = st.none() | st.booleans() | st.integers() | st.text(SIGNS, max_size=8)

_BY_TYPE: Mapping[str, Callable[[Mapping[str, Any]], Values]] = {
    "string": _strings,
    "integer": _integers,
    "number": _numbers,
    "boolean": lambda _: st.booleans(),
    "array": _arrays,
    "object": _objects,
    "null": lambda _: st.none(),
}
