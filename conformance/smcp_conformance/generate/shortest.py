"""Short texts that match a regular expression, found from its parts and checked with `re`."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from functools import lru_cache
from importlib import import_module
from typing import Any

# Python's own parser, which has no public name; hypothesis, too, takes patterns apart with it.
PARSER: Any = import_module("re._parser" if sys.version_info >= (3, 11) else "sre_parse")
PREFERRED = "a1A0b-_ ./:@B2" + "".join(map(chr, range(33, 127))) + "é"
MAX_REPEATS = 200
REPEATS = ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT")
FEW = 3


@lru_cache(maxsize=512)
def shortest_match(pattern: str, length: int = 0) -> str | None:
    """A short text of at least `length` characters in which `pattern` is found, or None where that isn't seen.

    Repetitions are stretched as far as `length` asks; what stands around an unanchored pattern is left out.
    """
    return next((text for text in matches(pattern, length) if len(text) >= length), None)


def matches(pattern: str, length: int = 0) -> Iterator[str]:
    """Texts in which `pattern` is found, the shortest first, stretched until they have `length` characters."""
    try:
        parsed, compiled = PARSER.parse(pattern), re.compile(pattern)
    except (re.error, OverflowError, RecursionError):
        return
    for extra in range(min(length, MAX_REPEATS) + 1):
        text = "".join(_text(parsed, extra))
        if compiled.search(text):
            yield text


@lru_cache(maxsize=512)
def explosive(pattern: str) -> bool:
    """Whether one repetition stands within another, so that a text that just fails may take time without end."""
    try:
        return _explosive(PARSER.parse(pattern), 0)
    except (re.error, OverflowError, RecursionError):
        return False


def _explosive(parsed: Any, around: int) -> bool:
    """Tell it of a part that stands within so many open repetitions."""
    for operation, argument in parsed:
        repeats = str(operation) in REPEATS and int(argument[1]) > FEW
        if repeats and around:
            return True
        if any(_explosive(inner, around + repeats) for inner in _inner(str(operation), argument)):
            return True
    return False


def _inner(operation: str, argument: Any) -> list[Any]:
    if operation == "BRANCH":
        return list(argument[1])
    if operation in REPEATS or operation == "SUBPATTERN":
        return [argument[-1]]
    return [argument] if operation == "ATOMIC_GROUP" else []


def _text(parsed: Any, extra: int) -> Iterator[str]:
    for operation, argument in parsed:
        yield from _piece(str(operation), argument, extra)


def _piece(operation: str, argument: Any, extra: int) -> Iterator[str]:
    if operation == "LITERAL":
        yield chr(argument)
    elif operation in ("NOT_LITERAL", "IN", "ANY"):
        yield _character(operation, argument)
    elif operation in REPEATS:
        least, most, inner = argument
        yield "".join(_text(inner, 0)) * min(int(least) + extra, int(most), MAX_REPEATS + int(least))
    elif operation == "BRANCH":
        yield min(("".join(_text(branch, extra)) for branch in argument[1]), key=len)
    elif operation == "SUBPATTERN":
        yield from _text(argument[-1], extra)
    elif operation == "ATOMIC_GROUP":
        yield from _text(argument, extra)


def _character(operation: str, argument: Any) -> str:
    if operation == "ANY":
        return "a"
    if operation == "NOT_LITERAL":
        return next(c for c in PREFERRED if ord(c) != argument)
    named = [c for c in PREFERRED if _admits(argument, c)]
    return named[0] if named else _first(argument)


def _admits(members: Any, character: str) -> bool:
    negated = str(members[0][0]) == "NEGATE"
    return negated != any(_member(str(kind), value, character) for kind, value in members)


def _member(kind: str, value: Any, character: str) -> bool:
    if kind == "LITERAL":
        return bool(ord(character) == value)
    if kind == "RANGE":
        return bool(value[0] <= ord(character) <= value[1])
    name = str(value)
    if kind != "CATEGORY":
        return False
    return _categorised(name.replace("NOT_", ""), character) != ("NOT_" in name)


def _categorised(name: str, character: str) -> bool:
    if name == "CATEGORY_DIGIT":
        return character.isdigit()
    return character.isspace() if name == "CATEGORY_SPACE" else character.isalnum() or character == "_"


def _first(members: Any) -> str:
    for kind, value in members:
        if str(kind) in ("LITERAL", "RANGE"):
            return chr(value if str(kind) == "LITERAL" else value[0])
    return "~"
