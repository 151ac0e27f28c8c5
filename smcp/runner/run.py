"""Run one command, bounded in time and output, in whatever way it is started.

Synchronous, without an event loop. Whatever happens, no process of the command's group outlives its run.
"""

from __future__ import annotations

import os
import selectors
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from smcp.runner import cold
from smcp.runner.call import GRACE, STDERR_TAIL, Call, End, Outcome
from smcp.runner.processes import KILL

_TICK = 0.05
_CHUNK = 64 * 1024


class Started(Protocol):
    """A command that was started: two streams to read, signals for its whole group, and its end."""

    pid: int
    """The command's process, which leads its group and session."""

    stdout: int
    stderr: int
    news: int | None
    """A descriptor that becomes readable when the command is over, if there is one."""

    def over(self) -> bool:
        """Say whether the command itself has ended."""
        ...

    def signal(self, number: int) -> None:
        """Signal every process of the command's group; harmless when it is over."""
        ...

    def reap(self) -> int:
        """End all that is left of the group, wait for the command, release everything; return the exit code."""
        ...


@dataclass(eq=False)
class Run:
    """One run of one call. `finish` blocks, `stop` may be called from any thread."""

    call: Call
    start: Callable[[Call], Started] = cold.start
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _started: Started | None = None
    _end: End = End.EXITED
    _kill_at: float | None = None
    _stdout: bytearray = field(default_factory=bytearray)
    _stderr: bytearray = field(default_factory=bytearray)

    def finish(self) -> Outcome:
        """Start the command and wait for its end.

        Raises `OSError` or `ValueError` if it can't be started: no such file, an argument that is too long, an
        argument with a NUL or with a lone surrogate.
        """
        deadline = None if self.call.timeout is None else time.monotonic() + self.call.timeout
        started = self._started = self.start(self.call)
        try:
            if self._kill_at is not None:  # stopped or killed before it began
                self._signal(signal.SIGTERM if time.monotonic() < self._kill_at else KILL)
            self._read(started, deadline)
            self._outlast(started, deadline)
        finally:
            with self._lock:
                exit_code = started.reap()
                self._started = None
        return Outcome(self._end, exit_code, bytes(self._stdout), bytes(self._stderr[-STDERR_TAIL:]))

    def stop(self, end: End = End.STOPPED) -> None:
        """Ask the command to end, and see to it within `GRACE` seconds. Harmless when it is over."""
        if self._kill_at is None:
            self._end, self._kill_at = end, time.monotonic() + GRACE
            self._signal(signal.SIGTERM)

    def kill(self) -> None:
        """End the command and all it started at once. Harmless when it is over."""
        self._end, self._kill_at = End.STOPPED, time.monotonic()  # for one that is just being started
        self._signal(KILL)

    def _signal(self, number: int) -> None:
        with self._lock:
            if self._started is not None:
                self._started.signal(number)

    def _read(self, started: Started, deadline: float | None) -> None:
        """Collect both streams until they end, or the command does, or it has to."""
        with selectors.DefaultSelector() as selector:
            selector.register(started.stdout, selectors.EVENT_READ, self._stdout)
            selector.register(started.stderr, selectors.EVENT_READ, self._stderr)
            over = False
            while selector.get_map():
                ready = selector.select(_TICK)
                for key, _ in ready:
                    self._take(selector, key)
                # A descendant may hold the streams open after the command itself is gone: what was written is read.
                if over and not ready:
                    return
                over = started.over()
                self._enforce(deadline)

    def _outlast(self, started: Started, deadline: float | None) -> None:
        """Wait for the end of a command that has closed its streams."""
        pause = _TICK / 100
        with selectors.DefaultSelector() as selector:
            if started.news is not None:
                selector.register(started.news, selectors.EVENT_READ)
                pause = _TICK
            while not started.over():
                selector.select(pause)
                pause = min(pause * 2, _TICK)
                self._enforce(deadline)

    def _take(self, selector: selectors.BaseSelector, key: selectors.SelectorKey) -> None:
        chunk = os.read(key.fd, _CHUNK)
        if not chunk:
            selector.unregister(key.fileobj)
        elif key.data is self._stdout:
            self._stdout += chunk
            if len(self._stdout) > self.call.max_output:
                del self._stdout[self.call.max_output :]
                self.stop(End.TOO_MUCH_OUTPUT)
        else:
            self._stderr += chunk
            del self._stderr[:-STDERR_TAIL]

    def _enforce(self, deadline: float | None) -> None:
        now = time.monotonic()
        if deadline is not None and now >= deadline:
            self.stop(End.TIMED_OUT)
        if self._kill_at is not None and now >= self._kill_at:
            self._signal(KILL)
