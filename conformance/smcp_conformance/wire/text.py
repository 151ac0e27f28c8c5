"""JSON as servers write it, read so that nothing legal is refused and nothing hostile gets further than here."""

from __future__ import annotations

import json
from typing import Any

DEEPEST = 100  # levels: whoever walks a message after us must not run out of stack
DIGITS = 4300  # of an integer: Python reads no longer ones from text


class TooDeep(ValueError):
    """JSON that is nested more deeply than is read here; the standard sets no limit."""


def parse(raw: bytes, **hooks: Any) -> Any:
    """Parse one JSON text in UTF-8; `hooks` are those of `json.loads`.

    Raises `TooDeep`, or `ValueError` for what is no JSON. An integer of more than `DIGITS` digits is cut to so many:
    still an integer, still huge.
    """
    try:
        value = json.loads(raw.decode("utf-8"), parse_int=_integer, **hooks)
    except RecursionError:
        raise TooDeep(f"nested more than {DEEPEST} levels deep") from None
    if raw.count(b"[") + raw.count(b"{") > DEEPEST and _depth(value) > DEEPEST:
        raise TooDeep(f"nested more than {DEEPEST} levels deep")
    return value


def _integer(digits: str) -> int:
    return int(digits[:DIGITS])


def _depth(value: Any) -> int:
    """Levels of arrays and objects, counted level by level up to one more than is read."""
    depth, level = 0, [value]
    while level and depth <= DEEPEST:
        level = [one for one in level if isinstance(one, (dict, list))]
        depth += bool(level)
        level = [child for one in level for child in (one.values() if isinstance(one, dict) else one)]
    return depth
