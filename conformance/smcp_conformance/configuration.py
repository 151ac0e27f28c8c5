"""Targets and settings from files: the `mcpServers` JSON of MCP clients, and pyproject.toml."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from smcp_conformance.target import Target


@dataclass(frozen=True)
class Configuration:
    """What `[tool.smcp-conformance]` says; None or empty where it is silent."""

    targets: tuple[Target, ...] = ()
    plugins: tuple[Path, ...] = ()
    revisions: str | tuple[str, ...] | None = None
    strict: bool = False
    known_failures: Path | None = None


def read_mcp_servers(path: Path) -> tuple[Target, ...]:
    """Read the servers of an MCP client's JSON file; raises TargetError."""
    raise NotImplementedError


def read_pyproject(path: Path) -> Configuration:
    """Read `[tool.smcp-conformance]`; raises TargetError."""
    raise NotImplementedError
