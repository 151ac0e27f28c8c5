"""Process groups on POSIX systems, and a guard that outlives us."""

from __future__ import annotations

import os
import signal
import sys

from smcp_conformance.launch.guard import Guard

assert sys.platform != "win32"

START_NEW_SESSION = True
CREATION_FLAGS = 0


class ProcessGroup:
    """The group, and session, of a process that was started with `START_NEW_SESSION`.

    Its number stays reserved while the process isn't reaped or has relatives in the group. Once nobody is in it,
    it is forgotten, lest we signal strangers who got the same number.
    """

    def __init__(self, pid: int, marker: str) -> None:
        self.pid = pid
        self.gone = False
        Guard.shared().watch(pid, marker)

    def terminate(self) -> None:
        """Send SIGTERM to every member."""
        self._signal(signal.SIGTERM)

    def kill(self) -> None:
        """Send SIGKILL to every member."""
        self._signal(signal.SIGKILL)

    def reaped(self) -> None:
        """Note that the leader was reaped."""
        self._signal(0)

    def release(self) -> None:
        """Note that nothing of the group is left."""
        self.gone = True
        Guard.shared().forget(self.pid)

    def _signal(self, number: int) -> None:
        if self.gone:
            return
        try:
            os.killpg(self.pid, number)
        except ProcessLookupError:
            self.gone = True
        except PermissionError:  # macOS says so of a group of zombies
            pass


def end_guard() -> None:
    """End the guard, which has nothing to guard any more."""
    Guard.shared().end()
