"""The end of processes, as each operating system lets us have it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import suppress


def has_exited(process: subprocess.Popen[bytes]) -> bool:
    """Say whether the command is over, where possible without reaping it: a zombie keeps its number."""
    if sys.platform == "win32" or not hasattr(os, "waitid"):
        return process.poll() is not None
    return os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


if sys.platform == "win32":
    KILL = signal.SIGTERM

    def signal_group(process: subprocess.Popen[bytes], number: int) -> None:
        """Windows has no process groups to signal: end the process itself."""
        process.terminate()

else:
    KILL = signal.SIGKILL

    def signal_group(process: subprocess.Popen[bytes], number: int) -> None:
        """Signal every process of the command's group; none left is fine."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, number)
