"""Strategies for JSON strings, biased to what breaks programs.

Each kind of text is drawn in a way that leads back to plain text when Hypothesis shrinks it: an odd character is
drawn like any other, a telling beginning can be dropped or replaced by a shorter one (there is one of each length),
a long text is a number of zeros.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from math import inf
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from smcp_conformance.generate.characters import written
from smcp_conformance.generate.formats import FORMATS
from smcp_conformance.generate.patterns import DOT, Pattern, Piece, read
from smcp_conformance.generate.weights import weighted

ODD_CHARACTERS = (
    "\0\x01\t\n\r\x1b\x7f\x85\xa0\xad !\"#$%&'*+-./:;<=>?@[\\]^`{|}~"
    "\u0301\u0130\u05d0\u0627\u200b\u200d\u200f\u2028\u2029\u202e\ufdd0\ufeff\uffff\U0001f469\U0001f600\U0010ffff"
)
DIGITS = "0123456789-+.eE"
# First characters that are most likely to be taken for something else, or to be lost.
TELLING = ("-", "/", "{", "\0", "\u2028", "\u0130", "\u0301", "\u05d0", "\u200f", "\ufeff", "\U0001f600")
# Longer beginnings that do the same: one at least of every length up to the longest, flags more often than others.
BEGINNINGS = (
    *("", "--", ".", "~", "$", "%", "[", '"', "'", "\\", "\n", " ", "-1", "..", "{}", "[]", "{{", '""', "0x"),
    *("1e5", "NaN", "C:\\", "null", "true", "-0.0", "false", "a=b&c", "{{7}}", "--help"),
    *('{"a":1}', "/no/such", "Infinity", "-Infinity", "2147483648", "--no-such=1"),
    *["--"] * 8,
)
# Lengths at which buffers end. Beyond them Hypothesis warns that an example is too long to be shown.
LONG = (255, 257), (4095, 4097), (8191, 8193)
PADDED = 40  # characters put around what a pattern asks for
FILLED = 1000  # a least length from which on it's zeros that fill a text up; Hypothesis draws no longer ones


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
    formats = [named for each in listed if (named := each.get("format", _content(each))) in FORMATS]
    return Shape(least, most, tuple(patterns), formats[0] if formats else None)


def _content(keywords: Mapping[str, Any]) -> str:
    """The name under which `FORMATS` has what a string contains, such as base64 of JSON."""
    encoding, media = str(keywords.get("contentEncoding", "")), str(keywords.get("contentMediaType", ""))
    return f"{encoding} {media}" if media == "application/json" else encoding


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
    if asked.least > FILLED:
        return _plain(replace(asked, least=0)).map(lambda text: text.ljust(asked.least, "0"))
    branches = [st.text(**asked.size), weighted([*_odd(asked)])]
    if fitting := {each for each in (*TELLING, *BEGINNINGS) if asked.least <= len(each) <= asked.most}:
        # What has been drawn from a list once is not drawn again: in a branch that is drawn from as often as the
        # others, each of these has its turn before long.
        branches.append(st.sampled_from(sorted(fitting, key=_family)))
    return st.one_of(branches)


def _odd(asked: Shape) -> Iterator[tuple[int, SearchStrategy[str]]]:
    if asked.most > 0:
        yield 4, _begun(TELLING, max(0, asked.least - 1), asked.most)
    if begun := [each for each in BEGINNINGS if asked.least <= len(each) <= asked.most]:
        yield 3, _begun(begun, 0, asked.most)
    yield 1, st.text(ODD_CHARACTERS, **asked.size)
    yield 1, st.text(DIGITS, **asked.size)
    yield from _long(asked)


def _begun(beginnings: Sequence[str], least: int, most: float) -> SearchStrategy[str]:
    room = None if most == inf else int(most) - max(map(len, beginnings))
    return st.tuples(st.sampled_from(beginnings), st.text(min_size=least, max_size=room)).map("".join)


def _family(text: str) -> tuple[str, bool, int, str]:
    """A place beside a text's like, behind those that are shorter: Hypothesis gets from one to the next."""
    return text[:1], text[1:2] == text[:1], len(text), text


def _long(asked: Shape) -> list[tuple[int, SearchStrategy[str]]]:
    limits = [] if asked.most == inf else [(int(asked.most) - 1, int(asked.most))]
    whole = (asked.least, LONG[-1][-1])
    ranges = [(max(low, asked.least), int(min(high, asked.most))) for low, high in (whole, *limits, *LONG)]
    lengths = [st.integers(low, high) for low, high in ranges if low <= high <= LONG[-1][-1]]
    return [(3, st.one_of(lengths).map("0".__mul__))] if lengths else []


def _matching(pattern: Pattern, asked: Shape) -> SearchStrategy[str]:
    ahead, pattern = _asked_ahead(pattern)
    before, after = not pattern.bound("^"), not pattern.bound("$")
    if not before and not after:
        pattern = pattern.sized(asked.least, asked.most)
    room = int(max(0, min(PADDED + asked.least, asked.most - pattern.narrow)))
    padding = st.text(min_size=min(room, max(0, asked.least - pattern.narrow)), max_size=room)
    pieces = [st.from_regex(re.compile(each.python), fullmatch=True) for each in ahead]
    pieces.append(weighted([*_sized(pattern, asked)]))
    if before:
        pieces.insert(0, st.text(max_size=3) if after else padding)
    if after:
        pieces.append(padding)
    return pieces[0] if len(pieces) == 1 else st.tuples(*pieces).map("".join)


def _sized(pattern: Pattern, asked: Shape) -> Iterator[tuple[int, SearchStrategy[str]]]:
    """What matches, and what is as long as may be, if that's not too long."""
    longest = pattern.sized(int(min(pattern.wide, asked.most, PADDED)), asked.most)
    yield 6, st.from_regex(re.compile(pattern.python), fullmatch=True)
    if longest.python != pattern.python:
        yield 1, st.from_regex(re.compile(longest.python), fullmatch=True)


def _asked_ahead(pattern: Pattern) -> tuple[list[Pattern], Pattern]:
    """What a pattern's lookaheads ask for (`X` where one says `.*X`), and the pattern without them."""
    if len(pattern.alternatives) != 1:
        return [], pattern
    (pieces,) = pattern.alternatives[:1]
    ahead = [read(piece.source[3:-1]) for piece in pieces if piece.source.startswith("(?=")]
    others = tuple(piece for piece in pieces if not piece.source.startswith("(?="))
    return [Pattern(tuple(map(_led, each.alternatives))) for each in ahead], Pattern((others,))


def _led(pieces: tuple[Piece, ...]) -> tuple[Piece, ...]:
    anything_first = pieces and pieces[0].source == written(DOT) and not pieces[0].least
    return pieces[1:] if anything_first else pieces
