"""An end for commands that start processes without end, before those take the whole machine."""

from __future__ import annotations

import os
import sys
import threading
import time
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

    def finish(self) -> Outcome:
        """Run it and wait for its end; raises what `smcp.runner.Run.finish` does."""
        _WATCH.add(self)
        try:
            return self._run.finish()
        finally:
            _WATCH.remove(self)

    def look(self) -> None:
        """Kill it if it is a crowd by now."""
        if self._leader is not None and size(self._leader) > MOST:
            self.crowded = True
            self._run.kill()

    def _started(self, call: Call) -> Started:
        started = self._start(call)
        self._leader = started.pid
        return started


class _Watch:
    """One thread for all runs, as long as there are any: a thread for each would cost more than a warm call."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._live: set[WatchedRun] = set()
        self._at_work = False

    def add(self, run: WatchedRun) -> None:
        with self._lock:
            self._live.add(run)
            idle, self._at_work = not self._at_work, True
        if idle:
            threading.Thread(target=self._work, name="smcp crowd", daemon=True).start()

    def remove(self, run: WatchedRun) -> None:
        with self._lock:
            self._live.discard(run)

    def _work(self) -> None:
        while True:
            time.sleep(PERIOD)
            with self._lock:
                live = tuple(self._live)
                self._at_work = bool(live)
            if not live:
                return
            for run in live:
                run.look()


_WATCH = _Watch()


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
