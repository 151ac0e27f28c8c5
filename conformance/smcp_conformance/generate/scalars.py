"""Small numbers and texts for schemas that all hold: candidates, the plainest first, for a validator to judge."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from smcp_conformance.generate.layers import stated
from smcp_conformance.generate.near import LONGEST, is_number, limit
from smcp_conformance.generate.schema import Schema
from smcp_conformance.generate.shortest import matches

OF_FORMAT: Mapping[str, str] = {
    "uri": "https://example.com/",
    "uri-reference": "/a",
    "iri": "https://example.com/",
    "url": "https://example.com/",
    "email": "a@example.com",
    "idn-email": "a@example.com",
    "date": "2026-01-01",
    "date-time": "2026-01-01T00:00:00Z",
    "time": "00:00:00Z",
    "duration": "P1D",
    "uuid": "00000000-0000-4000-8000-000000000000",
    "ipv4": "127.0.0.1",
    "ipv6": "::1",
    "hostname": "example.com",
    "json-pointer": "/a",
    "regex": "a",
}


def numbers(layers: Sequence[Schema]) -> Iterator[int | float]:
    """Numbers near one, near each bound, and the multiples next to them."""
    plain: list[int | float] = [1, 0, -1, 2]
    for keyword in ("minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum"):
        for bound in filter(is_number, stated(layers, keyword)):
            plain += [bound, math.ceil(bound), math.floor(bound), bound + 1, bound - 1, bound + 0.5, bound - 0.5]
    yield from plain
    bounds = [bound for keyword in ("minimum", "maximum") for bound in stated(layers, keyword) if is_number(bound)]
    yield from (sum(bounds) / 2, 0.5, -0.5) if bounds else (0.5,)
    for step in filter(is_number, stated(layers, "multipleOf")):
        yield step
        yield from (step * math.ceil(number / step) for number in plain if abs(number) < step * LONGEST)


def texts(layers: Sequence[Schema]) -> Iterator[str]:
    """Texts of the format, of the patterns, of the least length; what the schema itself gives as examples."""
    least = max((limit(layer.keywords, "minLength") or 0 for layer in layers), default=0)
    for name in stated(layers, "format"):
        yield OF_FORMAT.get(str(name), "a")
    patterns = [str(pattern) for pattern in stated(layers, "pattern")]
    for pattern in patterns:
        yield from (text for text in matches(pattern, least) if len(text) >= least)
    if len(patterns) > 1:
        yield "".join(next(matches(pattern, least), "") for pattern in patterns)
    yield from ("a" * max(least, 1), "", "a" * least, *GIVEN_UP_ON)
    yield from (text for text in given(layers) if isinstance(text, str))


GIVEN_UP_ON = ("1", "A", "-", "aa", "ab", "foo", "é", " ")


def given(layers: Sequence[Schema]) -> Iterator[Any]:
    """Values that the schemas themselves name: constants, enumerations, defaults, examples."""
    for keyword in ("const", "default"):
        yield from stated(layers, keyword)
    for keyword in ("enum", "examples"):
        for listed in stated(layers, keyword):
            yield from listed if isinstance(listed, list) else ()


def variants(value: Any) -> Iterator[Any]:
    """The value, and others like it that are not equal to it: for items that must differ."""
    yield value
    if is_number(value):
        yield from (value + step for step in (1, -1, 2, -2, 3, 4, 5, 6, 7, 8))
    elif isinstance(value, str):
        yield from (value + letter for letter in "bcdefgh123456789")
    elif isinstance(value, bool):
        yield not value
    elif isinstance(value, dict):
        yield from ({**value, name: other} for name, member in value.items() for other in list(variants(member))[1:4])
    elif isinstance(value, list):
        yield from ([other, *value[1:]] for item in value[:1] for other in list(variants(item))[1:])
