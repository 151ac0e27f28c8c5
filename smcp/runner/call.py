"""What a run is asked and what comes of it, whichever way it is made."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import IO

MAX_OUTPUT = 10 * 1024 * 1024
"""Bytes of stdout that a command may write."""

STDERR_TAIL = 8 * 1024
"""Bytes of stderr that are kept, from its end."""

GRACE = 2.0
"""Seconds between SIGTERM and SIGKILL."""


class End(Enum):
    """Why a run is over."""

    EXITED = "exited"
    TIMED_OUT = "timed out"
    TOO_MUCH_OUTPUT = "too much output"
    STOPPED = "stopped"


@dataclass(frozen=True)
class Call:
    """What to run. `timeout` is in seconds, None for no limit; `max_output` is bytes of stdout."""

    argv: Sequence[str]
    timeout: float | None = None
    max_output: int = MAX_OUTPUT
    cwd: str | None = None
    env: Mapping[str, str] | None = None
    stdin: int | IO[bytes] = subprocess.DEVNULL

    @property
    def environment(self) -> Mapping[str, str]:
        """Its environment: `env`, or what this process has now."""
        return dict(os.environ) if self.env is None else self.env


@dataclass(frozen=True)
class Outcome:
    """What came of it. `exit_code` is negative for a signal, as in `subprocess`; `stderr` is its tail."""

    end: End
    exit_code: int
    stdout: bytes
    stderr: bytes
