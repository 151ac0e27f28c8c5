"""The MUSTs whose violation only warns: where the text leaves room, or contradicts itself.

`severity.toml` has one table per requirement, keyed by its id:

    to = "warned"                    # the only verdict there is to lower to
    when = "The case in words."
    checks = ["*_is_not_refused"]    # globs of the checks that look at this very case; without it, all of them
    transport = "stdio"              # without it, any
    reason = "What room the text leaves."
    source = "Where to read that."
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from smcp_conformance.requirement import Verdict

KEYS = {"to", "when", "checks", "transport", "reason", "source"}
NEEDED = ("to", "when", "reason", "source")
TRANSPORTS = ("any", "stdio", "http", "sse")


@dataclass(frozen=True)
class Severity:
    """A requirement that warns where it would fail: in the case `when`, as seen by `checks` (globs of their names)."""

    id: str
    to: Verdict
    when: str
    reason: str
    source: str
    checks: tuple[str, ...] = ("*",)
    transport: str = "any"

    def lowers(self, check: str, transport: str) -> bool:
        """Tell whether what the check called `check` complains of over `transport` only warns."""
        return self.transport in ("any", transport) and any(fnmatchcase(check, glob) for glob in self.checks)


def read_severity(document: Mapping[str, Any]) -> dict[str, Severity]:
    """Read the tables of `severity.toml`; raises `ValueError` naming file and id if one is broken."""
    return {id: _severity(id, table) for id, table in document.items()}


def _severity(id: str, table: Mapping[str, Any]) -> Severity:
    if problem := _problem(table):
        raise ValueError(f"severity.toml: {id!r}: {problem}")
    row = {key: " ".join(value.split()) for key, value in table.items() if key not in ("to", "checks")}
    return Severity(id=id, to=Verdict.WARNED, checks=tuple(table.get("checks", ["*"])), **row)


def _problem(table: object) -> str | None:
    if not isinstance(table, dict):
        return f"got {table!r}, must be a table"
    if missing := [key for key in NEEDED if not table.get(key)]:
        return f"{missing[0]} is missing"
    if strange := set(table) - KEYS:
        return f"unknown key {min(strange)!r}, must be one of {', '.join(sorted(KEYS))}"
    if not isinstance(table.get("checks", []), list):
        return f"checks is {table['checks']!r}, must be a list of globs"
    if table["to"] != Verdict.WARNED.value:
        return f"unknown verdict {table['to']!r}, must be 'warned'"
    if table.get("transport", "any") not in TRANSPORTS:
        return f"unknown transport {table['transport']!r}, must be one of {', '.join(TRANSPORTS)}"
    return None
