"""Read the names of a plugin's commands out of its `--help`, for plugins that can't describe themselves.

Two layouts are known: a list below (or behind) "Available commands:", and what argparse prints for subparsers.
A help text says nothing reliable about arguments, so a scraped command takes any flags.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import takewhile
from typing import Any

MOST = 200
"""Commands; a longer list is no list of commands."""

_NAME = r"[a-zA-Z0-9][a-zA-Z0-9_-]*"
_HEADING = re.compile(r"^\s*available commands:[ \t]*(.*)$", re.IGNORECASE)
_ENTRY = re.compile(rf"^\s+(?:[-*•]\s+)?({_NAME})(?:\s+\([^)]*\))?(?:(?:\s{{2,}}|\s*:\s+|\s+[-–—]\s+)(.*))?$")
_INLINE = re.compile(rf"^{_NAME}(?:\s*,\s*{_NAME})*$")
_SUBPARSERS = re.compile(r"(\{[^{}]*\}|(?<!\S)[A-Za-z][\w-]*) \.\.\.")
_ALIASED = re.compile(rf"^\s+({_NAME}) \(([^)]*)\)")


def commands(help_text: str) -> tuple[Mapping[str, Any], ...]:
    """Return the commands that a help text names, described as the contract wants it; none if it names none."""
    lines = help_text.splitlines()
    found = dict(_available(lines)) or dict(_subparsers(help_text, lines))
    if len(found) > MOST:
        return ()
    return tuple({"name": name, "description": text or f"Run {name}."} for name, text in found.items())


def free_form() -> dict[str, Any]:
    """Return the JSON Schema of a scraped command's arguments: flags of any name with texts, numbers or booleans."""
    scalar = ["string", "number", "boolean"]
    return {
        "type": "object",
        "properties": {},
        "propertyNames": {"pattern": "^[a-zA-Z0-9_][a-zA-Z0-9_.-]*$"},
        "additionalProperties": {"type": [*scalar, "array"], "items": {"type": scalar}},
    }


def _available(lines: Sequence[str]) -> Iterator[tuple[str, str]]:
    """The entries of the list that "Available commands:" opens."""
    for number, line in enumerate(lines):
        if heading := _HEADING.match(line):
            if _INLINE.match(behind := heading[1].strip(" .")):
                yield from ((name.strip(), "") for name in behind.split(","))
            yield from _entries(list(takewhile(str.strip, lines[number + 1 :])))


def _subparsers(help_text: str, lines: Sequence[str]) -> Iterator[tuple[str, str]]:
    """What argparse prints for subparsers: `{a,b} ...`, or `COMMAND ...`, and a list under that word."""
    usage = " ".join(help_text.partition("\n\n")[0].split())
    found = _SUBPARSERS.search(usage)
    if not usage.lower().startswith("usage:") or found is None:
        return
    choices = found[1]
    listed = dict(_entries(_below(choices, lines)))
    if not choices.startswith("{"):
        yield from listed.items()
        return
    aliases = {alias.strip() for line in lines if (hit := _ALIASED.match(line)) for alias in hit[2].split(",")}
    names = [name.strip() for name in choices.strip("{}").split(",")]
    yield from ((name, listed.get(name, "")) for name in names if re.fullmatch(_NAME, name) and name not in aliases)


def _below(choices: str, lines: Sequence[str]) -> Sequence[str]:
    """The lines that are indented more than the one that opens with `choices`."""
    heading = re.compile(rf"^\s+{re.escape(choices.replace(' ', ''))}(\s|$)")
    opening = next((number for number, line in enumerate(lines) if heading.match(line)), len(lines))
    return list(takewhile(lambda line: _indent(line) > _indent(lines[opening]), lines[opening + 1 :]))


def _entries(block: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Name and text of each entry; lines that are indented more than the first entry continue a text."""
    starts = [number for number, line in enumerate(block) if _indent(line) == _indent(block[0])]
    for start, end in zip(starts, [*starts[1:], len(block)], strict=False):
        if entry := _ENTRY.match(block[start]):
            yield entry[1], " ".join(" ".join([entry[2] or "", *block[start + 1 : end]]).split())


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())
