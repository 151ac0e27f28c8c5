"""What the user asked for, from options and config files, as one frozen value."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from smcp_conformance.target import Policy, Target


@dataclass(frozen=True)
class Options:
    """What this run is to do.

    `revisions` is "default" (the newest handshake revision and 2026-07-28, where spoken) or a tuple of revisions;
    `plugins` are directories whose subfolders hold a `cli.py`; `origin` says where the subjects come from.
    """

    enabled: bool = False
    only: bool = False
    targets: tuple[Target, ...] = ()
    plugins: tuple[Path, ...] = ()
    revisions: str | tuple[str, ...] = "default"
    strict: bool = False
    known_failures: Path | None = None
    replay: str | None = None
    policy: Policy = Policy()
    origin: str = ""


def add_options(parser: pytest.Parser) -> None:
    """Add the options of `--smcp-conformance` to pytest's own."""
    raise NotImplementedError


def from_config(config: pytest.Config) -> Options:
    """Read everything the user configured; raises pytest.UsageError that names the valid values."""
    raise NotImplementedError
