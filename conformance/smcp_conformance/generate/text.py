"""Strategies for JSON strings, biased to what breaks programs.

Each kind of text is drawn in a way that leads back to plain text when Hypothesis shrinks it: an odd character is
drawn like any other, a telling beginning can be dropped or replaced by a shorter one (there is one of each length),
a long text is a number of zeros.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import inf
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from smcp_conformance.generate.formats import FORMATS
from smcp_conformance.generate.patterns import Pattern

ODD_CHARACTERS = (
    "\0\x01\t\n\r\x1b\x7f\x85\xa0\xad !\"#$%&'*+-./:;<=>?@[\\]^`{|}~"
    "\u0301\u0130\u05d0\u0627\u200b\u200d\u200f\u2028\u2029\u202e\ufdd0\ufeff\uffff\U0001f469\U0001f600\U0010ffff"
)
DIGITS = "0123456789-+.eE"
# Beginnings that make a text look like something else. One at least of every length up to the longest.
BEGINNINGS = (
    *(
        "",
        "-",
        "0",
        "/",
        "\0",
        ".",
        "~",
        "$",
        "%",
        "{",
        "[",
        '"',
        "'",
        "\\",
        "\u2028",
        "\u0301",
        "\u05d0",
        "\U0001f600",
    ),
    *("--", "-1", "-h", "..", "{}", "[]", '""', "0x", "1.", "%s", "\r\n"),
    *("../", "1e5", "NaN", "C:\\", "null", "true", "-0.0", "false", "a=b&c", "{{7}}", "--help"),
    *('{"a":1}', "/no/such", "Infinity", "-Infinity", "2147483648", "--no-such=1"),
)
LONG = (255, 257), (4095, 4097), (65535, 65537)
PADDED = 40  # characters put around what a pattern asks for


@dataclass(frozen=True)
class Shape:
    """What several schemas together ask of a string: its length in characters, its patterns, its format."""

    least: int
    most: float
    patterns: tuple[Pattern, ...]
    format: str | None

    @property
    def size(self) -> dict[str, Any]:
        """The length as Hypothesis wants it."""
        return {"min_size": self.least, "max_size": None if self.most == inf else int(self.most)}


def shape(keywords: Iterable[Mapping[str, Any]], patterns: Sequence[Pattern]) -> Shape:
    """Merge what several schemas ask; `patterns` are theirs, as read."""
    listed = list(keywords)
    least = max((int(each["minLength"]) for each in listed if "minLength" in each), default=0)
    most = min((int(each["maxLength"]) for each in listed if "maxLength" in each), default=inf)
    formats = [each["format"] for each in listed if each.get("format") in FORMATS]
    return Shape(least, most, tuple(patterns), formats[0] if formats else None)


@lru_cache(maxsize=512)
def texts(asked: Shape) -> SearchStrategy[str] | None:
    """Strings of that shape, or None where there are none."""
    if asked.least > asked.most:
        return None
    if not asked.patterns and asked.format is None:
        return _plain(asked)
    found = FORMATS[asked.format] if asked.format and not asked.patterns else _matching(asked.patterns[0], asked)
    if asked.format and not asked.patterns and (asked.least, asked.most) == (0, inf):
        return found
    others = [re.compile(pattern.python) for pattern in asked.patterns]
    return found.filter(
        lambda text: asked.least <= len(text) <= asked.most and all(other.search(text) for other in others)
    )


def _plain(asked: Shape) -> SearchStrategy[str]:
    text = st.text(**asked.size)
    branches = [text, text]
    fitting = [each for each in BEGINNINGS if asked.least <= len(each) <= asked.most]
    if fitting:
        room = None if asked.most == inf else int(asked.most) - len(fitting[-1])
        begun = st.tuples(st.sampled_from(fitting), st.text(max_size=room)).map("".join)
        branches += [begun, begun]
    branches += [st.text(ODD_CHARACTERS, **asked.size), st.text(DIGITS, **asked.size)]
    return st.one_of([*branches, *_long(asked)])


def _long(asked: Shape) -> list[SearchStrategy[str]]:
    limits = [] if asked.most == inf else [(int(asked.most) - 1, int(asked.most))]
    ranges = [(max(low, asked.least), min(high, asked.most)) for low, high in (*limits, *LONG)]
    return [st.integers(low, int(high)).map("0".__mul__) for low, high in ranges if low <= high <= LONG[-1][-1]]


def _matching(pattern: Pattern, asked: Shape) -> SearchStrategy[str]:
    before, after = not pattern.bound("^"), not pattern.bound("$")
    if not before and not after:
        pattern = pattern.sized(asked.least, asked.most)
    core = st.from_regex(re.compile(pattern.python), fullmatch=True)
    room = max(0, min(PADDED + asked.least, asked.most - pattern.narrow))
    missing = max(0, asked.least - pattern.narrow)
    if after:
        padding = st.text(min_size=int(min(missing, room)), max_size=int(room))
        return st.tuples(_short(before), core, padding).map("".join)
    if before:
        padding = st.text(min_size=int(min(missing, room)), max_size=int(room))
        return st.tuples(padding, core).map("".join)
    return core


def _short(wanted: bool) -> SearchStrategy[str]:
    return st.text(max_size=3) if wanted else st.just("")
