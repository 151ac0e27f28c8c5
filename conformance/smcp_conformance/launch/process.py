"""A server's process with all its descendants, from start to certain end."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

from smcp_conformance.launch.resolve import Resolved

if TYPE_CHECKING:
    import psutil


class ServerProcess:
    """A process that was started in its own group, and whatever it starts.

    `stdin` and `stdout` are raw and unbuffered: a write may be partial, a read returns what is there. Whoever reads
    `stdout` closes it. Standard error is read by a thread that keeps its last 64 KiB.
    """

    resolved: Resolved
    pid: int
    stdin: BinaryIO | None
    stdout: BinaryIO | None

    def stderr_tail(self) -> bytes:
        """Return the last 64 KiB written to stderr (without pipes: to stdout too)."""
        raise NotImplementedError

    def poll(self) -> int | None:
        """Return the exit status, negative for a signal, or None while it runs."""
        raise NotImplementedError

    def wait(self, timeout: float) -> int | None:
        """Wait at most `timeout` seconds for the end; return what `poll` returns."""
        raise NotImplementedError

    def close_stdin(self) -> None:
        """Send end of file."""
        raise NotImplementedError

    def terminate(self) -> None:
        """Ask the whole group to end (SIGTERM)."""
        raise NotImplementedError

    def kill(self) -> None:
        """End the group and every descendant at once (SIGKILL)."""
        raise NotImplementedError

    def stop(self, grace: float = 1.0) -> None:
        """End everything: EOF, after `grace` seconds SIGTERM, after `grace` more SIGKILL. Never raises."""
        raise NotImplementedError

    def leftovers(self) -> tuple[psutil.Process, ...]:
        """Return the living processes that this one started, however far they went, without itself."""
        raise NotImplementedError


def start(resolved: Resolved, *, pipes: bool = True) -> ServerProcess:
    """Start `resolved`, with pipes for stdin and stdout unless it is spoken to over HTTP; raises StartError."""
    raise NotImplementedError


def stop_all() -> None:
    """Stop every process that was started here and still lives; for the end of a run, however it ends."""
    raise NotImplementedError
