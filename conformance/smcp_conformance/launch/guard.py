"""A small process that ends our servers when we can't: when pytest is killed rather than interrupted.

It is started with the first server and told, through a pipe that only we hold, which processes to watch. See
`watchdog` for its side.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import IO, ClassVar

from smcp_conformance.launch.escaped import MARKER

_SCRIPT = Path(__file__).with_name("watchdog.py")


class Guard:
    """Our side of the guard; `shared` is the one of this process."""

    _shared: ClassVar[Guard | None] = None

    def __init__(self) -> None:
        self.owner = os.getpid()
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None

    @classmethod
    def shared(cls) -> Guard:
        """Return this process's guard; a fork gets one of its own."""
        if cls._shared is None or cls._shared.owner != os.getpid():
            cls._shared = cls()
        return cls._shared

    def watch(self, pid: int, marker: str) -> None:
        """Have the group of `pid`, and whatever bears `marker`, killed if we end before `forget`."""
        with self._lock:
            self._process = self._process or _start()
        self._tell(f"watch {pid} {marker}\n")

    def forget(self, pid: int) -> None:
        """Leave `pid` alone from now on."""
        self._tell(f"forget {pid} -\n")

    def end(self) -> None:
        """End the guard: it kills what it still watches."""
        process, self._process = self._process, None
        if process:
            with contextlib.suppress(OSError):
                _pipe(process).close()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(5)

    def _tell(self, line: str) -> None:
        if self._process:
            with contextlib.suppress(OSError):  # somebody killed the guard: then there is none
                _pipe(self._process).write(line.encode())


def _start() -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-I", "-S", str(_SCRIPT), *sys.path],
        bufsize=0,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=os.sep,
        env={name: value for name, value in os.environ.items() if name != MARKER},  # it is no server's relative
        start_new_session=True,
    )


def _pipe(process: subprocess.Popen[bytes]) -> IO[bytes]:
    assert process.stdin is not None
    return process.stdin
