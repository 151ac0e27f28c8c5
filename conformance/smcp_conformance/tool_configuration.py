"""What pyproject.toml says of single tools that are called with generated arguments.

    [tool.smcp-conformance.tools."get_*"]
    arguments = "our_strategies:places"  # a Hypothesis strategy, or a function that makes one
    timeout = 30                         # seconds for one call
    max-examples = 100                   # or "thorough"

    [tool.smcp-conformance.tools.reboot]
    skip = "there is only one machine"

The first glob that matches a tool speaks for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase

from smcp_conformance.quantity import parse_examples, parse_seconds
from smcp_conformance.table import Table
from smcp_conformance.target import TargetError

KEYS = ("arguments", "skip", "timeout", "max-examples")
_REFERENCE = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*:[^\W\d]\w*(\.[^\W\d]\w*)*")


@dataclass(frozen=True)
class ToolSettings:
    """What is said of the tools that match `glob`; "" or None where nothing is.

    `arguments` is "module:name", `timeout` is in seconds, `source` names the table.
    """

    glob: str = "*"
    arguments: str = ""
    skip: str = ""
    timeout: float | None = None
    max_examples: int | None = None
    source: str = ""


NOTHING = ToolSettings()


def read_tools(table: Table) -> tuple[ToolSettings, ...]:
    """Read `tools` of `table`, in its order; raises TargetError."""
    tables = replace(table.table("tools"), source="[tool.smcp-conformance.tools]")
    return tuple(_read(glob, tables) for glob in tables.values)


def settings_of(tool: str, settings: Iterable[ToolSettings]) -> ToolSettings:
    """What is said of the tool of that name."""
    return next((each for each in settings if fnmatchcase(tool, each.glob)), NOTHING)


def _read(glob: str, tables: Table) -> ToolSettings:
    table = replace(tables.table(glob), source=f'[tool.smcp-conformance.tools."{glob}"]')
    table.only(*KEYS)
    timeout, examples = table.values.get("timeout"), table.values.get("max-examples")
    return ToolSettings(
        glob,
        _reference(table),
        _reason(table),
        None if timeout is None else parse_seconds(timeout, table.place("timeout")),
        None if examples is None else parse_examples(examples, table.place("max-examples")),
        table.source,
    )


def _reference(table: Table) -> str:
    text = table.text("arguments")
    if text is not None and not _REFERENCE.fullmatch(text):
        raise TargetError(f"{table.place('arguments')}: {text!r} must name a strategy, as in 'our_strategies:places'")
    return text or ""


def _reason(table: Table) -> str:
    text = table.text("skip")
    if text is not None and not text.strip():
        raise TargetError(f"{table.place('skip')}: {text!r} must be a reason")
    return text or ""
