"""A server's process with all its descendants, from start to certain end."""

from __future__ import annotations

import atexit
import contextlib
import os
import subprocess
import threading
import time
from typing import IO, TYPE_CHECKING

from smcp_conformance.launch import escaped
from smcp_conformance.launch.explain import explain_start_failure, port_holder
from smcp_conformance.launch.failure import StartError, not_started, port_taken
from smcp_conformance.launch.group import CREATION_FLAGS, START_NEW_SESSION, ProcessGroup, end_guard
from smcp_conformance.launch.ports import HOST, listening, release_all, release_port
from smcp_conformance.launch.resolve import Resolved

if TYPE_CHECKING:
    import psutil

STDERR_LIMIT = 64 * 1024
_KILL_TIME = 5.0  # seconds in which what was killed must be gone
_LAST_GRACE = 0.5  # seconds that all have to end in by themselves at the end of a run
GRACE = 1.0  # seconds that a server has to end in by itself, once more after SIGTERM
_PAUSE = 0.005  # seconds between looks at what was killed
_running: set[ServerProcess] = set()


class _Tail:
    """The last bytes of a stream, read by a thread until its end so that the writer never blocks."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._bytes = bytearray()
        self._thread = threading.Thread(target=self._drain, name="smcp-stderr", daemon=True)
        self._thread.start()

    def _drain(self) -> None:
        with self._stream:
            while chunk := os.read(self._stream.fileno(), STDERR_LIMIT):
                self._bytes += chunk
                del self._bytes[:-STDERR_LIMIT]

    def read(self, wait: float) -> bytes:
        """Return what is there; `wait` at most so many seconds for the end."""
        self._thread.join(wait)
        return bytes(self._bytes)


class ServerProcess:
    """A process that was started in its own group, and whatever it starts.

    `stdin` and `stdout` are raw and unbuffered: a write may be partial, a read returns what is there. Whoever asks
    for `stdout` closes it, since only a reader knows when it has ended; if nobody did, `stop` closes it. Standard
    error (without pipes: all output) is read by a thread that keeps its last 64 KiB. `grace` are the seconds in which
    it has to end by itself when it is stopped.
    """

    def __init__(self, resolved: Resolved, popen: subprocess.Popen[bytes], marker: str) -> None:
        self.resolved = resolved
        self.pid = popen.pid
        self.grace = GRACE
        self.stdin = popen.stdin
        self._popen = popen
        self._stdout_taken = popen.stdin is None
        self._marker = marker
        self._family: set[psutil.Process] = set()
        self._owner = os.getpid()
        _running.add(self)
        self._lock = threading.RLock()
        self._group = ProcessGroup(popen.pid, marker)
        self._tail = _Tail(_output(popen))

    @property
    def stdout(self) -> IO[bytes] | None:
        """The server's standard output, yours to read and close; None without pipes."""
        self._stdout_taken = True
        return self._popen.stdout if self._popen.stdin else None

    def stderr_tail(self) -> bytes:
        """Return the last 64 KiB written to stderr (without pipes: to stdout too)."""
        return self._tail.read(0 if self.poll() is None else 0.5)

    def poll(self) -> int | None:
        """Return the exit status, negative for a signal, or None while it runs."""
        return self.wait(0)

    def wait(self, timeout: float) -> int | None:
        """Wait at most `timeout` seconds for the end; return what `poll` returns."""
        if self._popen.returncode is not None:
            return self._popen.returncode
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._popen.wait(timeout)
            self._group.reaped()
        return self._popen.returncode

    def close_stdin(self) -> None:
        """Send end of file."""
        if self.stdin:
            with contextlib.suppress(OSError):
                self.stdin.close()

    def terminate(self) -> None:
        """Ask the whole group to end (SIGTERM)."""
        self._family.update(escaped.descendants(self.pid))  # once it has ended, those lines can't be followed
        self._group.terminate()

    def kill(self) -> None:
        """End the group and every descendant at once (SIGKILL), and wait until they are gone."""
        deadline = time.monotonic() + _KILL_TIME
        while True:
            left = self.leftovers()
            self._group.kill()
            for process in left:
                escaped.kill(process)
            if (self.wait(_PAUSE) is not None and not left) or time.monotonic() > deadline:
                return
            time.sleep(_PAUSE if left else 0)

    def stop(self, grace: float | None = None) -> None:
        """End everything: EOF, after `grace` seconds SIGTERM, after `grace` more SIGKILL. Never raises."""
        grace = self.grace if grace is None else grace
        with self._lock:
            if self not in _running:
                return
            self.close_stdin()
            if not self.stdin or self.wait(grace) is None:
                self.terminate()
                self.wait(grace)
            self.kill()
            self._group.release()
            release_port(self.resolved.port)
            if self._popen.stdout and not self._stdout_taken:
                self._popen.stdout.close()
            _running.discard(self)

    def leftovers(self) -> tuple[psutil.Process, ...]:
        """Return the living processes that this one started, however far they went, without itself."""
        found = {*escaped.bearing(self._marker), *escaped.descendants(self.pid), *self._family}
        return tuple(process for process in found if process.pid != self.pid and escaped.living(process))


def start(resolved: Resolved, *, pipes: bool = True) -> ServerProcess:
    """Start `resolved`, with pipes for stdin and stdout unless it is spoken to over HTTP; raises StartError."""
    if resolved.port and listening(HOST, resolved.port):
        raise StartError(explain_start_failure(resolved, None, port_taken(resolved.port, port_holder(resolved.port))))
    env, marker = escaped.marked(resolved.env)
    try:
        popen = subprocess.Popen(
            resolved.argv,
            bufsize=0,
            stdin=subprocess.PIPE if pipes else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE if pipes else subprocess.STDOUT,
            cwd=resolved.cwd,
            env=env,
            start_new_session=START_NEW_SESSION,
            creationflags=CREATION_FLAGS,
        )
    except OSError as error:
        release_port(resolved.port)
        raise StartError(explain_start_failure(resolved, None, not_started(resolved.argv, error))) from None
    return ServerProcess(resolved, popen, marker)


def stop_all() -> None:
    """Stop every process that was started here and still lives; for the end of a run, however it ends.

    All are told before the first is waited for, and together they get the time that one would.
    """
    mine = [process for process in tuple(_running) if process._owner == os.getpid()]
    for process in mine:
        process.close_stdin()
        process.terminate()
    deadline = time.monotonic() + _LAST_GRACE
    for process in mine:
        process.stop(grace=max(0.0, deadline - time.monotonic()))
    release_all()
    end_guard()


atexit.register(stop_all)


def _output(popen: subprocess.Popen[bytes]) -> IO[bytes]:
    stream = popen.stderr or popen.stdout
    assert stream is not None
    return stream
