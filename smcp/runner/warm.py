"""Start commands warm: as children of a fork server that has a plugin's imports already paid.

The talk with the server (`fork_server.py`, `calls.py`), over a socket pair that is its stdin: the server says once, as
a marshalled dict with its length before it, that it is ready or why it won't be. A call is one byte that carries four
descriptors: a socket of its own and the three streams. Over that socket go the call's words, folder and changes of
the environment; back come, four bytes each, the child's number and in the end its exit code; then again, one byte
each, signals for the group, 0 to have what is left ended, and the server closes when that is done.
"""

from __future__ import annotations

import marshal
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import IO

from smcp.runner import descriptors
from smcp.runner.call import Call
from smcp.runner.program import Program, fingerprint, folder_of
from smcp.runner.words import encoded

SERVER = Path(__file__).with_name("fork_server.py")

START_LIMIT = 30.0
"""Seconds a fork server may take until it is ready: three starts of the plugin, on a busy machine."""

ANSWER_LIMIT = 5.0
"""Seconds a fork server may take to answer what it answers at once."""

LARGEST = 64 * 1024
"""Bytes of words and environment that are sent to a fork server; a larger call is left to the operating system."""

_REAP = b"\0"
_GONE = -signal.SIGTERM if sys.platform == "win32" else -signal.SIGKILL


class Lost(Exception):
    """The fork server is gone, or silent; the call has not begun."""


class Unsuited(Exception):
    """The call is not one for a fork server; says why."""


class ForkServer:
    """The fork server of one program. `begin` makes it ready or sets `refusal`; `start` starts a call."""

    def __init__(self, program: Program, folder: str, environment: Mapping[str, str]) -> None:
        self.program = program
        self._folder = folder
        self.refusal: str | None = None
        self.settled = threading.Event()
        self._environment = dict(environment)
        self._read: frozenset[str] = frozenset()
        self._placed = False
        self._watched: dict[str, tuple[int, int, int]] = {}
        self._lock = threading.Lock()
        self._live = 0
        self._retired = False
        self._closed = False
        self._words: IO[bytes] | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._control, self._theirs = socket.socketpair()

    @property
    def pid(self) -> int | None:
        """The server's process."""
        return None if self._process is None else self._process.pid

    def begin(self) -> None:
        """Start the server and wait until it is ready, or never will be."""
        try:
            self._watched[self.program.file] = fingerprint(self.program.file)
            with open(self.program.interpreter, "rb") as interpreter:
                if interpreter.read(2) == b"#!":  # a shim: what it starts is only known afterwards
                    raise Unsuited("its interpreter is a script")
            self._launch()
            self._control.settimeout(START_LIMIT)
            said = marshal.loads(descriptors.framed(self._control))
            self.refusal = said.get("refused")
            self._read = frozenset(said.get("read", ()))
            self._placed = said.get("placed", False)
            for folder in said.get("watched", ()):
                self._watched[folder] = fingerprint(folder)
        except Unsuited as reason:
            self.refusal = str(reason)
        except TimeoutError:
            self.refusal = f"its fork server was not ready within {START_LIMIT:g} s"
        except (OSError, EOFError, ValueError, TypeError) as error:
            self.refusal = f"its fork server did not start: {self._last_words(error)}"
        finally:
            if self._words is not None:
                self._words.close()
            if self.refusal is not None:
                self.kill()
                self.close()
            self.settled.set()

    def current(self) -> bool:
        """Say whether all it has loaded is still what is on disk."""
        with suppress(OSError):
            return all(fingerprint(path) == seen for path, seen in self._watched.items())
        return False

    def start(self, call: Call) -> WarmProcess:
        """Start a call.

        Raises `Lost` or `Unsuited` if it has not begun and never will, else what a cold start would raise.
        """
        request = self._request(call)
        with self._lock:
            self._live += 1
        try:
            return self._sent(request, call)
        except BaseException:
            self.leave()
            raise

    def _sent(self, request: bytes, call: Call) -> WarmProcess:
        with ExitStack() as ours, ExitStack() as theirs:
            connection, far = socket.socketpair()
            ours.callback(connection.close)
            theirs.callback(far.close)
            stdout, out = descriptors.pipe(ours, theirs)
            stderr, err = descriptors.pipe(ours, theirs)
            fds = [far.fileno(), descriptors.stdin(call.stdin, theirs), out, err]
            try:
                connection.settimeout(ANSWER_LIMIT)
                socket.send_fds(self._control, [b"."], fds)
                connection.sendall(request)
                pid = descriptors.number(connection)
            except OSError as error:
                self.kill()
                raise Lost(str(error)) from None
            connection.setblocking(False)
            ours.pop_all()
        return WarmProcess(self, pid, connection, stdout, stderr)

    def retire(self) -> None:
        """Close as soon as the last call has ended."""
        with self._lock:
            self._retired = True
            idle = not self._live
        if idle:
            self.close()

    def leave(self) -> None:
        """A call has ended."""
        with self._lock:
            self._live -= 1
            last = self._retired and not self._live
        if last:
            self.close()

    def close(self) -> None:
        """End the server and everything that it runs; it does so itself when its socket closes."""
        with self._lock:
            self._closed = True
            process = self._process
        with suppress(OSError):
            self._control.shutdown(socket.SHUT_RDWR)  # for a thread that is reading it
        self._control.close()
        self._theirs.close()
        if process is not None:
            try:
                process.wait(ANSWER_LIMIT if self.settled.is_set() else 0)
            except subprocess.TimeoutExpired:
                self.kill()

    def kill(self) -> None:
        """End a server that doesn't do what it should."""
        if self._process is not None and self._process.returncode is None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()

    def lost(self) -> bool:
        """Say whether a server that was ready has died."""
        return self.refusal is None and self._process is not None and self._process.poll() is not None

    def _launch(self) -> None:
        self._words = tempfile.TemporaryFile()  # noqa: SIM115 - closed when the server is ready or given up
        with self._lock:
            if self._closed:
                raise Unsuited("nobody wants it any more")
            self._process = subprocess.Popen(
                [self.program.interpreter, str(SERVER), self.program.file],
                stdin=self._theirs.fileno(),
                stdout=self._words,
                stderr=self._words,
                cwd=self._folder,
                env=self._environment,
                start_new_session=True,
            )
        self._theirs.close()

    def _last_words(self, error: Exception) -> str:
        """What the server wrote last, or else why it could not be started."""
        if self._words is None or self._process is None:
            return str(error)
        self._process.wait(ANSWER_LIMIT)
        self._words.seek(0)
        lines = self._words.read().decode("utf-8", "replace").split("\n")
        return next((line for line in reversed(lines) if line.strip()), "it said nothing")

    def _request(self, call: Call) -> bytes:
        ours, environment = self._environment, call.environment
        if read := [name for name in self._read if ours.get(name) != environment.get(name)]:
            raise Unsuited(f"its imports have read another value of {', '.join(sorted(read))}")
        changed = {
            os.fsencode(name): os.fsencode(value) for name, value in environment.items() if ours.get(name) != value
        }
        if any(b"=" in name or b"\0" in name + value for name, value in changed.items()):
            raise Unsuited("its environment can't be passed on")
        gone = [os.fsencode(name) for name in ours if name not in environment]
        folder = folder_of(call)
        if not os.access(folder, os.X_OK):
            raise Unsuited("its folder can't be entered")
        if self._placed and folder != self._folder:
            raise Unsuited("its imports have asked for another folder")
        data = marshal.dumps((encoded(call.argv), os.fsencode(folder), changed, gone), 2)
        if len(data) > LARGEST:
            raise Unsuited("its words are too long to be passed on")
        return len(data).to_bytes(4, "little") + data


class WarmProcess:
    """A command that is a child of a fork server."""

    def __init__(self, server: ForkServer, pid: int, connection: socket.socket, stdout: int, stderr: int) -> None:
        self._server = server
        self.pid = pid
        self._connection = connection
        self._exit_code: int | None = None
        self.stdout = stdout
        self.stderr = stderr
        self.news: int | None = connection.fileno()

    def over(self) -> bool:
        """Say whether the command has ended; it has, when its server is gone."""
        if self._exit_code is None:
            try:
                self._exit_code = descriptors.number(self._connection)
            except BlockingIOError:
                return False
            except OSError:
                self._orphaned()
        return True

    def signal(self, number: int) -> None:
        """Have its group signalled."""
        if self._exit_code is None:
            with suppress(OSError):
                self._connection.send(bytes([number]))

    def reap(self) -> int:
        """Have the server end what is left of the group, and wait until it has."""
        os.close(self.stdout)
        os.close(self.stderr)
        self._connection.settimeout(ANSWER_LIMIT)
        try:
            self._connection.send(_REAP)
            while self._connection.recv(64):
                pass
        except TimeoutError:
            self._server.kill()
            self._orphaned()
        except OSError:
            self._orphaned()
        self._connection.close()
        self._server.leave()
        return _GONE if self._exit_code is None else self._exit_code

    def _orphaned(self) -> None:
        """End a command whose server is gone: nobody can say any more how it would have ended."""
        self._exit_code = _GONE
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)
