"""The JSON that plugins print, read strictly: what gets past here can be sent on to any client."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from typing import Any, NoReturn

MAX_DEPTH = 100
"""Levels of objects and arrays within each other; what is deeper, some layer on the way to a client can't write."""


def parsed(raw: bytes) -> Any:
    """Read exactly one JSON document in UTF-8; text that UTF-8 can't carry is replaced by "?".

    Raises `ValueError` for anything else, also for NaN, Infinity and numbers beyond a 64-bit float.
    """
    text = raw.decode("utf-8")
    try:
        value = json.loads(text, parse_constant=_refuse, parse_float=_finite)
    except RecursionError:
        raise ValueError("JSON that is nested too deeply") from None
    return value if _plain(text) else _encodable(value)


def too_deep(value: Any) -> bool:
    """Tell whether objects and arrays are nested in more than `MAX_DEPTH` levels."""
    level = [value]
    for _ in range(MAX_DEPTH):
        level = [inner for one in level for inner in _within(one)]
    return any(isinstance(one, (dict, list)) for one in level)


def encodable(text: str) -> str:
    """Return the text without lone surrogates, which JSON can spell and UTF-8 can't."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _plain(text: str) -> bool:
    """Tell whether no escape of a surrogate is in the text; most have none, and needn't be gone through."""
    return "\\ud" not in text and "\\uD" not in text


def _encodable(value: Any) -> Any:
    if isinstance(value, str):
        return encodable(value)
    if isinstance(value, list):
        return [_encodable(one) for one in value]
    if isinstance(value, dict):
        return {encodable(name): _encodable(one) for name, one in value.items()}
    return value


def _within(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def _finite(text: str) -> float:
    if math.isfinite(number := float(text)):
        return number
    return _refuse(text)


def _refuse(text: str) -> NoReturn:
    raise ValueError(f"{text[:40]} is beyond what JSON's readers can hold")
