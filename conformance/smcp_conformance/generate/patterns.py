"""ECMA-262 regular expressions, which JSON Schema speaks, in the words of Python's `re`.

The same text doesn't mean the same: in Python `$` also matches before a last newline, `\\d` and `\\w` take in all of
Unicode, `\\p{L}` and `\\cA` are errors. So a pattern is read by ECMA's grammar (with the `u` flag) and written anew.
One that only Python understands (`(?i)x`) was surely written by a Python program and stays as it is, and some words of
Python's (`\\A`, `\\Z`, `(?P<name>x)`) are read as well, so that what was written anew can be read again.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from math import ceil, inf

from smcp_conformance.generate.characters import ALL, CLASSES, Ranges, complement, property_ranges, written

ANCHORS = {"^": "^", "$": r"\Z"}
CONTROLS = {"t": "\t", "n": "\n", "v": "\v", "f": "\f", "r": "\r", "0": "\0"}
HEX_DIGITS = {"x": 2, "u": 4, "U": 8}
GROUPS = ("?:", "?=", "?!", "?<=", "?<!", "?a:")
LOOKING_ROUND = GROUPS[1:5]
QUANTIFIER = re.compile(r"([*+?]|\{(\d+)(,?)(\d*)\})(\??)")
NAME = re.compile(r"\?P?<([A-Za-z_]\w*)>")
ESCAPED_ANCHORS = {"A": "^", "Z": r"\Z", "z": r"\Z", "b": r"(?a:\b)", "B": r"(?a:\B)"}
DOT = complement([(10, 10), (13, 13), (0x2028, 0x2029)])


class NotTranslatable(ValueError):
    """A regular expression that neither ECMA-262 nor Python can read, or one that Python can't express."""


@dataclass(frozen=True)
class Piece:
    """One term: Python's `source` of it, how many characters it takes (`narrow` to `wide`), and how often it stands."""

    source: str
    narrow: int
    wide: float
    least: int = 1
    most: float = 1
    lazy: str = ""

    @property
    def python(self) -> str:
        """The term with its quantifier."""
        if (self.least, self.most) == (1, 1):
            return self.source
        return f"{self.source}{{{self.least},{'' if self.most == inf else int(self.most)}}}{self.lazy}"

    @property
    def shortest(self) -> int:
        """The fewest characters that all its repetitions take."""
        return self.narrow * self.least


@dataclass(frozen=True)
class Pattern:
    """A regular expression as alternatives, each a sequence of pieces."""

    alternatives: tuple[tuple[Piece, ...], ...]

    @property
    def python(self) -> str:
        """The same for Python's `re`."""
        return "|".join("".join(piece.python for piece in pieces) for pieces in self.alternatives)

    @property
    def narrow(self) -> int:
        """The fewest characters that it takes."""
        return min(sum(piece.shortest for piece in pieces) for pieces in self.alternatives)

    @property
    def wide(self) -> float:
        """The most characters that it takes."""
        return max(sum(_times(piece.wide, piece.most) for piece in pieces) for pieces in self.alternatives)

    def bound(self, anchor: str) -> bool:
        """Whether some alternative begins with `^`, or ends with `$`."""
        ends = (pieces[:1] if anchor == "^" else pieces[-1:] for pieces in self.alternatives)
        return any(piece.source == ANCHORS[anchor] for pieces in ends for piece in pieces)

    def sized(self, least: int, most: float) -> Pattern:
        """The same with repetitions changed so that what matches has `least` to `most` characters, if that's easy."""
        if len(self.alternatives) != 1:
            return self
        sequence = self.alternatives[0]
        pieces, spare, missing = [], most - self.narrow, least - self.narrow
        flexible = sum(piece.most > piece.least for piece in sequence)
        for piece in sequence:
            if piece.most > piece.least and piece.wide and piece.narrow:
                more = min(piece.most - piece.least, max(0, ceil(missing / piece.narrow)))
                missing -= int(more) * piece.narrow
                room = inf if spare == inf else spare // flexible // piece.wide
                allowed = piece.least + max(more, room)
                piece = replace(piece, least=piece.least + int(more), most=min(piece.most, allowed))
            pieces.append(piece)
        return Pattern((tuple(pieces),))


@lru_cache(maxsize=1024)
def read(pattern: str) -> Pattern:
    """Read a regular expression by ECMA-262, or by Python if only that can; raises `NotTranslatable`."""
    reader = Reader(pattern)
    try:
        found = reader.alternatives()
        if reader.rest:
            raise NotTranslatable(f"{pattern!r} has an unmatched {reader.rest[0]!r}")
        re.compile(found.python)
    except (NotTranslatable, re.error, OverflowError) as error:
        return _as_python(pattern, error)
    return found


def _as_python(pattern: str, why: Exception) -> Pattern:
    try:
        re.compile(pattern)
    except re.error:
        raise NotTranslatable(str(why)) from why
    return Pattern(((Piece(pattern, 0, inf),),))


def _times(width: float, count: float) -> float:
    return 0 if 0 in (width, count) else width * count


def _one(ranges: Iterable[tuple[int, int]]) -> Piece:
    return Piece(written(ranges), 1, 1)


class Reader:
    """Takes a pattern apart from left to right; `rest` is what is still to be read."""

    def __init__(self, pattern: str) -> None:
        self.whole = self.rest = pattern

    def taken(self, text: str) -> bool:
        """Whether `text` comes next; it is then behind us."""
        if not self.rest.startswith(text):
            return False
        self.rest = self.rest[len(text) :]
        return True

    def next(self) -> str:
        """The next character."""
        if not self.rest:
            raise NotTranslatable(f"{self.whole!r} ends in the middle")
        character, self.rest = self.rest[0], self.rest[1:]
        return character

    def alternatives(self) -> Pattern:
        """Everything up to the end of the group or of the pattern."""
        found = [self.sequence()]
        while self.taken("|"):
            found.append(self.sequence())
        return Pattern(tuple(found))

    def sequence(self) -> tuple[Piece, ...]:
        """Terms with their quantifiers, up to `|`, `)` or the end."""
        pieces = []
        while self.rest and self.rest[0] not in "|)":
            pieces.append(self.quantified(self.term()))
        return tuple(pieces)

    def quantified(self, piece: Piece) -> Piece:
        """`piece` with the quantifier that follows it, if one does."""
        found = QUANTIFIER.match(self.rest)
        if not found:
            return piece
        self.rest = self.rest[found.end() :]
        mark, least, comma, most, lazy = found.groups()
        if mark in ("*", "+", "?"):
            return replace(piece, least=int(mark == "+"), most=1 if mark == "?" else inf, lazy=lazy)
        upper: float = int(most) if most else inf if comma else int(least)
        return replace(piece, least=int(least), most=upper, lazy=lazy)

    def term(self) -> Piece:
        """An anchor, a group, a class, an escape or a character."""
        character = self.next()
        if character in ANCHORS:
            return Piece(ANCHORS[character], 0, 0)
        if character == "(":
            return self.group()
        if character == "[":
            return _one(self.character_class())
        if character == ".":
            return _one(DOT)
        if character == "\\":
            return self.escape()
        if QUANTIFIER.match(character + self.rest):
            raise NotTranslatable(f"{self.whole!r} has {character!r} with nothing to repeat")
        return _one([(ord(character), ord(character))])

    def group(self) -> Piece:
        """A group, from behind its parenthesis to behind the closing one."""
        if again := re.match(r"\?P=(\w+)\)", self.rest):
            self.rest = self.rest[again.end() :]
            return Piece(f"(?P={again[1]})", 0, inf)
        opening = next((mark for mark in GROUPS if self.taken(mark)), "")
        named = NAME.match(self.rest) if not opening else None
        if named:
            self.rest = self.rest[named.end() :]
            opening = f"?P<{named[1]}>"
        elif not opening and self.rest.startswith("?"):
            raise NotTranslatable(f"{self.whole!r} has a group that ECMA-262 doesn't know")
        inner = self.alternatives()
        if not self.taken(")"):
            raise NotTranslatable(f"{self.whole!r} has a group without an end")
        looks = opening in LOOKING_ROUND
        return Piece(f"({opening}{inner.python})", 0 if looks else inner.narrow, 0 if looks else inner.wide)

    def escape(self) -> Piece:
        """What follows a backslash outside a class."""
        if self.rest[:1] in ESCAPED_ANCHORS:
            return Piece(ESCAPED_ANCHORS[self.next()], 0, 0)
        if number := re.match(r"[1-9]\d*", self.rest):
            self.rest = self.rest[number.end() :]
            return Piece(rf"(?:\{number[0]})", 0, inf)
        if name := re.match(r"k<(\w+)>", self.rest):
            self.rest = self.rest[name.end() :]
            return Piece(f"(?P={name[1]})", 0, inf)
        return _one(self.escaped())

    def escaped(self) -> Ranges:
        """The characters that an escape stands for."""
        mark = self.next()
        if mark.lower() in CLASSES:
            return CLASSES[mark.lower()] if mark.islower() else complement(CLASSES[mark.lower()])
        if mark in ("p", "P"):
            found = self.property()
            return found if mark == "p" else complement(found)
        code = ord(CONTROLS[mark]) if mark in CONTROLS else self.code_point(mark)
        return [(code, code)]

    def property(self) -> Ranges:
        r"""The characters of `\p{...}`."""
        found = re.match(r"\{(?:General_Category=|gc=)?(\w+)\}", self.rest)
        ranges = property_ranges(found[1]) if found else None
        if found is None or ranges is None:
            raise NotTranslatable(f"{self.whole!r} names characters by a property that is not known here")
        self.rest = self.rest[found.end() :]
        return ranges

    def code_point(self, mark: str) -> int:
        r"""The code point of `\cX`, `\xHH`, `\uHHHH`, `\u{H...}`, or of an escaped punctuation character."""
        if mark == "c" and re.match("[A-Za-z]", self.rest):
            return ord(self.next()) % 32
        digits = re.match(r"\{([0-9A-Fa-f]{1,6})\}", self.rest) if mark == "u" else None
        digits = digits or re.match(rf"([0-9A-Fa-f]{{{HEX_DIGITS.get(mark, 2)}}})", self.rest)
        if mark in HEX_DIGITS and digits:
            self.rest = self.rest[digits.end() :]
            return self.paired(min(int(digits[1], 16), sys.maxunicode))
        if mark.isalnum():
            raise NotTranslatable(f"{self.whole!r} has the escape {mark!r}, which ECMA-262 doesn't know")
        return ord(mark)

    def paired(self, code: int) -> int:
        r"""The character of two surrogates written as `\uD83D\uDC32`; `code` itself if it begins no such pair."""
        low = re.match(r"\\u([Dd][C-Fc-f][0-9A-Fa-f]{2})", self.rest)
        if not (0xD800 <= code < 0xDC00 and low):
            return code
        self.rest = self.rest[low.end() :]
        return 0x10000 + ((code - 0xD800) << 10) + int(low[1], 16) - 0xDC00

    def character_class(self) -> Ranges:
        """The characters of a class, from behind its bracket to behind the closing one."""
        negative, found = self.taken("^"), []
        while not self.taken("]"):
            first = self.class_member()
            if len(first) == 1 and re.match(r"-[^\]]", self.rest) and first[0][0] == first[0][1]:
                self.next()
                found.append((first[0][0], self.class_member()[-1][1]))
            else:
                found += first
        if any(low > high for low, high in found):
            raise NotTranslatable(f"{self.whole!r} has a range out of order")
        return complement(found) if negative else found or complement(ALL)

    def class_member(self) -> Ranges:
        """One character or escape within a class."""
        character = self.next()
        if character == "\\":
            if self.taken("b"):
                return [(8, 8)]
            return [(ord("-"), ord("-"))] if self.taken("-") else self.escaped()
        return [(ord(character), ord(character))]
