"""Run one plugin command in its own process: a cold interpreter start, bounded in time and output.

Synchronous, without an event loop. Whatever happens, no process of the command's group outlives its run.
"""

from __future__ import annotations

import os
import selectors
import signal
import subprocess
import threading
import time
from dataclasses import dataclass, field

from smcp.runner.call import GRACE, STDERR_TAIL, Call, End, Outcome
from smcp.runner.processes import KILL, has_exited, signal_group

_TICK = 0.05
_CHUNK = 64 * 1024


@dataclass(eq=False)
class Run:
    """One run of one call. `finish` blocks, `stop` may be called from any thread."""

    call: Call
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _process: subprocess.Popen[bytes] | None = None
    _end: End = End.EXITED
    _kill_at: float | None = None
    _stdout: bytearray = field(default_factory=bytearray)
    _stderr: bytearray = field(default_factory=bytearray)

    def finish(self) -> Outcome:
        """Start the command and wait for its end.

        Raises `OSError` or `ValueError` if the operating system refuses to start it: no such file, an argument
        that is too long, an argument with a NUL.
        """
        deadline = None if self.call.timeout is None else time.monotonic() + self.call.timeout
        with self._started() as process:
            try:
                self._read(process, deadline)
                self._outlast(process, deadline)
            finally:
                exit_code = self._reap(process)
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

    def _started(self) -> subprocess.Popen[bytes]:
        self._process = subprocess.Popen(
            list(self.call.argv),
            stdin=self.call.stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=self.call.cwd,
            env=self.call.env,
            start_new_session=True,
        )
        if self._kill_at is not None:  # stopped before it began
            self._signal(signal.SIGTERM)
        return self._process

    def _signal(self, number: int) -> None:
        """Signal the command's whole group, unless it was reaped and its number may belong to others."""
        with self._lock:
            if self._process is not None and self._process.returncode is None:
                signal_group(self._process, number)

    def _reap(self, process: subprocess.Popen[bytes]) -> int:
        """Kill what is left of the group while its number is still ours, then return the exit code."""
        with self._lock:
            signal_group(process, KILL)
            return process.wait()

    def _read(self, process: subprocess.Popen[bytes], deadline: float | None) -> None:
        """Collect both streams until they end, or the process does, or it has to."""
        assert process.stdout is not None
        assert process.stderr is not None
        with selectors.DefaultSelector() as selector:
            selector.register(process.stdout, selectors.EVENT_READ, self._stdout)
            selector.register(process.stderr, selectors.EVENT_READ, self._stderr)
            exited = False
            while selector.get_map():
                ready = selector.select(_TICK)
                for key, _ in ready:
                    self._take(selector, key)
                # A descendant may hold the pipes open after the command itself is gone: what was written is read.
                if exited and not ready:
                    return
                exited = has_exited(process)
                self._enforce(deadline)

    def _outlast(self, process: subprocess.Popen[bytes], deadline: float | None) -> None:
        """Wait for a process that has closed its streams."""
        pause = _TICK / 100
        while not has_exited(process):
            time.sleep(pause)
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
