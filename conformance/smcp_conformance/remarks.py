"""What is odd about targets, though no mistake: the header of a run notes it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from smcp_conformance.target import Target

SHELL_WORDS = ("&", "&&", "|", "||", ";", ">", ">>", "<", "2>&1")
PLACEHOLDERS = ("{python}", "{port}")
_PLACEHOLDER = re.compile(r"[^{}]*\{[a-zA-Z]+\}[^{}]*")


def remarks(headers: Sequence[object], targets: Sequence[Target]) -> Iterator[str]:
    """Remark upon words of commands that may have meant something else, and upon `headers` that go nowhere."""
    for target in targets:
        yield from (f"{target.name}: {remark}" for remark in map(_on_word, target.command) if remark)
    if headers and all(target.transport == "stdio" for target in targets):
        yield "--smcp-header has no effect: no target is reached over HTTP"


def _on_word(word: str) -> str:
    if word in SHELL_WORDS:
        return f"{word!r} is passed on as an argument, for no shell reads the command"
    if _PLACEHOLDER.fullmatch(word) and not any(known in word for known in PLACEHOLDERS):
        return f"{word!r} is passed on as it is; the placeholders are {{python}} and {{port}}"
    return ""
