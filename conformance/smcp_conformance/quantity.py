"""Sizes, times and numbers of examples as people write them."""

from __future__ import annotations

import math
import re

from smcp_conformance.target import TargetError

THOROUGH = 500  # examples for each check of a tool
_SIZE = re.compile(r"(\d+)\s*(B|KiB|MiB|GiB)?", re.IGNORECASE)
_UNITS = {"b": 1, "kib": 2**10, "mib": 2**20, "gib": 2**30}


def parse_size(value: object, source: str) -> int:
    """Read a number of bytes such as 65536, "64KiB" or "16 MiB"; raises TargetError."""
    match = _SIZE.fullmatch(str(value).strip())
    size = int(match[1]) * _UNITS[(match[2] or "B").lower()] if match else 0
    if size <= 0:
        raise TargetError(f"{source}: {value!r} must be a number of bytes above 0, as in 65536, 64KiB or 16MiB")
    return size


def parse_seconds(value: object, source: str) -> float:
    """Read a number of seconds such as 5, "0.5" or "30s"; raises TargetError."""
    try:
        seconds = float(str(value).strip().removesuffix("s"))
    except ValueError:
        seconds = math.nan
    if not 0 < seconds < math.inf:
        raise TargetError(f"{source}: {value!r} must be a number of seconds above 0, as in 5 or 0.5")
    return seconds


def parse_examples(value: object, source: str) -> int:
    """Read a number of examples such as 25, or "thorough"; raises TargetError."""
    text = str(value).strip()
    examples = THOROUGH if text == "thorough" else int(text) if text.isascii() and text.isdigit() else 0
    if not examples:
        raise TargetError(f"{source}: {value!r} must be a number of examples above 0, or 'thorough' ({THOROUGH})")
    return examples


def parse_pattern(value: str, source: str) -> str:
    """Return `value` if it is a regular expression that matches something; raises TargetError."""
    try:
        vacuous = re.compile(value).match("") is not None
    except re.error as error:
        raise TargetError(f"{source}: {value!r} must be a regular expression ({error})") from None
    if vacuous:
        raise TargetError(f"{source}: {value!r} matches the empty text; it must match what is to be masked")
    return value
