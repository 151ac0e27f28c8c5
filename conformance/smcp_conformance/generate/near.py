"""Near misses of one value: what a program that coerces, trims or miscounts would let through.

An operator is a function of a schema object and of a value at which it applies; it yields named replacements. None of
them promises to be invalid: `proof` decides that for the whole instance.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from sys import float_info
from typing import Any, TypeGuard

from smcp_conformance.generate.shortest import explosive, shortest_match

Change = tuple[str, Any]
Operator = Callable[[Mapping[str, Any], Any], Iterator[Change]]

LONGEST = 100_000  # characters or members: beyond it the message would be longer than the fault
SHORT = 12  # characters that an explosive pattern may be tried on
PAST_DOUBLES = 2**53 + 1
HUGE = 1e308
ASTRAL = "\U0001f600"


def is_number(value: object) -> TypeGuard[int | float]:
    """Tell whether `value` is a number that can be reckoned with; `True` is none, nor what no double can hold."""
    return isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) <= float_info.max


def limit(schema: Mapping[str, Any], keyword: str) -> int | None:
    """The non-negative integer that `keyword` states, None where it states none or one too large to try."""
    stated = schema.get(keyword)
    if not is_number(stated) or not 0 <= stated <= LONGEST or stated != int(stated):
        return None
    return int(stated)


def spelled(value: object) -> str:
    """The JSON text of a value: what a client sends that makes text of everything."""
    return json.dumps(value, ensure_ascii=False)


def wrong_type(schema: Mapping[str, Any], value: Any) -> Iterator[Change]:
    """One value of each JSON type, in the spelling that a coercing program takes for the one expected."""
    yield "null", None
    yield "boolean", True
    yield "false", False
    yield "number", 1
    yield "zero", 0
    if is_number(value):
        yield "fraction", (value if abs(value) < 2**52 else 0) + 0.5
    yield "text", "1" if isinstance(value, str) else spelled(value)
    yield "blank", ""
    yield "list", [] if isinstance(value, dict) else [value]
    yield "object", {"0": value[0]} if isinstance(value, list) and value else {}
    if isinstance(value, list) and value:
        yield "single", value[0]


def unlisted(schema: Mapping[str, Any], value: Any) -> Iterator[Change]:
    """Values beside those of `enum`, derived from the one that is there."""
    return _beside(value)


def other_than(schema: Mapping[str, Any], value: Any) -> Iterator[Change]:
    """Values beside that of `const`."""
    return _beside(schema["const"])


def _beside(value: Any) -> Iterator[Change]:
    if isinstance(value, str):
        yield "case", value.swapcase()
        yield "space", value + " "
        yield "prefix", value[:-1]
        yield "unknown", value + "-unknown"
    elif is_number(value):
        yield "next", value + 1
        yield "fraction", (value if abs(value) < 2**52 else 0) + 0.5
    elif isinstance(value, bool):
        yield "opposite", not value
    elif isinstance(value, list):
        yield "longer", [*value, None]
        yield "shorter", value[:-1]
    elif isinstance(value, dict):
        yield "longer", {**value, "unknown": None}
        yield "shorter", dict(list(value.items())[:-1])
    yield from ((f"as-{name}", other) for name, other in wrong_type({}, value))


def below_minimum(schema: Mapping[str, Any], value: Any) -> Iterator[Change]:
    """Numbers just below `minimum`, and far."""
    least = schema["minimum"]
    if is_number(value) and is_number(least):
        yield "less-1", least - 1
        yield "less-half", least - 0.5
        yield "hugely-less", -HUGE


def above_maximum(schema: Mapping[str, Any], value: Any) -> Iterator[Change]:
    """Numbers just above `maximum`, one that a double can't hold, and one far off."""
    most = schema["maximum"]
    if is_number(value) and is_number(most):
        yield "more-1", most + 1
        yield "more-half", most + 0.5
        yield "past-doubles", PAST_DOUBLES
        yield "hugely-more", HUGE


def at_exclusive_minimum(schema: Mapping[str, Any], value: Any) -> Iterator[Change]:
    """The bound itself, which is excluded, and less."""
    bound = schema["exclusiveMinimum"]
    if is_number(value) and is_number(bound):
        yield "bound", bound
        yield "less-1", bound - 1
        yield "hugely-less", -HUGE


def at_exclusive_maximum(schema: Mapping[str, Any], value: Any) -> Iterator[Change]:
    """The bound itself, which is excluded, and more."""
    bound = schema["exclusiveMaximum"]
    if is_number(value) and is_number(bound):
        yield "bound", bound
        yield "more-1", bound + 1
        yield "past-doubles", PAST_DOUBLES
        yield "hugely-more", HUGE


def between_multiples(schema: Mapping[str, Any], value: Any) -> Iterator[Change]:
    """Half a step on; a step that an integer can make where there is one."""
    step = schema["multipleOf"]
    if is_number(value) and is_number(step):
        if isinstance(step, int) and step > 1:
            yield "next", value + 1
        yield "half-step", value + step / 2


def too_short(schema: Mapping[str, Any], value: Any) -> Iterator[Change]:
    """One character less than `minLength`; in characters that count double in UTF-16 and fourfold in UTF-8 too."""
    least = limit(schema, "minLength")
    if isinstance(value, str) and least:
        yield "less-1", value[: least - 1]
        if least > 1:
            yield "astral-less-1", ASTRAL * (least - 1)


def too_long(schema: Mapping[str, Any], value: Any) -> Iterator[Change]:
    """One character more than `maxLength`, ASCII and astral."""
    most = limit(schema, "maxLength")
    if isinstance(value, str) and most is not None:
        yield "more-1", value + (value[-1:] or "a") * (most + 1 - len(value))
        yield "astral-more-1", ASTRAL * (most + 1)


def unmatched(schema: Mapping[str, Any], value: Any) -> Iterator[Change]:
    """Texts beside `pattern`: what slips through where anchors, case or ends are taken lightly."""
    if not isinstance(value, str):
        return
    text = value or shortest_match(str(schema["pattern"])) or "a"
    if len(text) > SHORT and explosive(str(schema["pattern"])):
        yield from (("other", "~" * len(text)), ("empty", ""))
        return
    yield "newline-after", text + "\n"
    yield "space-before", " " + text
    yield "line-before", "x\n" + text
    yield "prefix", text[:-1]
    yield "case", text.swapcase()
    yield "tail", text + "!"
    yield "head", "~" + text[1:]
    yield "empty", ""
    yield "other", "~" * max(len(text), 1)


# What each named format's parser most easily lets through, first what is plainly something else.
BESIDE_FORMAT: Mapping[str, tuple[str, ...]] = {
    "date": ("2026-02-30", "2026-1-1", "01/02/2026"),
    "date-time": ("2026-01-01", "2026-01-01 00:00", "2026-13-01T00:00:00Z"),
    "time": ("25:00:00Z", "12:00"),
    "email": ("a", "a@@example.com", "@example.com"),
    "uri": ("//example.com/a", "not a uri", "example.com"),
    "uuid": ("00000000000040008000000000000000", "not-a-uuid"),
    "ipv4": ("127.0.0.256", "127.0.0.1.1", "0x7f000001"),
    "ipv6": ("::1::", "127.0.0.1"),
    "regex": ("(", "[a"),
}


def misformatted(schema: Mapping[str, Any], value: Any) -> Iterator[Change]:
    """Texts beside a `format`; they are wrong only where formats are asserted."""
    if isinstance(value, str):
        beside = BESIDE_FORMAT.get(str(schema["format"]), ("not a " + str(schema["format"]),))
        yield from ((f"beside-{number}", text) for number, text in enumerate(beside, start=1))
