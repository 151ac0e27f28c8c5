"""Keeping secrets secret in everything that people read."""

from __future__ import annotations

import re
from collections.abc import Iterable

MASK = "***"


def masked(text: str, secrets: Iterable[str], patterns: Iterable[str] = ()) -> str:
    """Replace every one of `secrets` (longest first) and every match of `patterns` in `text` by `***`."""
    for secret in secrets:
        text = text.replace(secret, MASK)
    for pattern in patterns:
        text = re.sub(pattern, MASK, text)
    return text
