"""How long things are put in few words: enumerations, and what a process wrote to stderr."""

from __future__ import annotations

from collections.abc import Sequence

STDERR_LINES, STDERR_WIDTH = 20, 200


def enumerated(names: Sequence[str], most: int) -> str:
    """The first `most` names with commas between them, and how many more there are."""
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def last_lines(text: str, width: int = STDERR_WIDTH) -> tuple[list[str], int]:
    """The last lines, none longer than `width` characters, and how many were left out before them."""
    lines = text.splitlines()
    kept = [line if len(line) <= width else f"{line[:width]} …" for line in lines[-STDERR_LINES:]]
    return kept, len(lines) - len(kept)


def stderr_lines(text: str, label: str = "stderr:", width: int = STDERR_WIDTH) -> list[str]:
    """The end of what a process wrote to stderr, to stand below other facts; `label` is the first line's."""
    kept, left_out = last_lines(text.rstrip(), width)
    if not kept:
        return [f"{label} nothing"]
    cut = f"{label.rstrip(': ')} (its last {STDERR_LINES} lines):" if left_out else label.rstrip()
    return [cut, *(f"  | {line}" for line in kept)]
