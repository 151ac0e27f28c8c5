"""An end for commands that start processes without end, before those take the whole machine."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable

import psutil

from smcp.runner import Call, Outcome, Run
from smcp.runner.run import Started

MOST = 200
"""Processes that a command may have at a time, itself included."""

PERIOD = 0.25
"""Seconds between two looks."""


class WatchedRun:
    """A run that is killed as soon as it is seen with more than `MOST` processes; `crowded` says that it was."""

    def __init__(self, call: Call, start: Callable[[Call], Started]) -> None:
        self.crowded = False
        self._start = start
        self._run = Run(call, self._started)
        self._leader: int | None = None
        self._over = threading.Event()

    def finish(self) -> Outcome:
        """Run it and wait for its end; raises what `smcp.runner.Run.finish` does."""
        watch = threading.Thread(target=self._watch, name="smcp crowd", daemon=True)
        watch.start()
        try:
            return self._run.finish()
        finally:
            self._over.set()
            watch.join()

    def _started(self, call: Call) -> Started:
        started = self._start(call)
        self._leader = started.pid
        return started

    def _watch(self) -> None:
        while not self._over.wait(PERIOD):
            if self._leader is not None and size(self._leader) > MOST:
                self.crowded = True
                self._run.kill()
                return


def size(session: int) -> int:
    """Count the processes of a session, by the process that leads it; 0 where there are no sessions."""
    if sys.platform == "win32":
        return 0
    return sum(_session(pid) == session for pid in psutil.pids())


def _session(pid: int) -> int:
    if sys.platform == "win32":
        return 0
    try:
        return os.getsid(pid)
    except OSError:  # it is gone
        return 0
