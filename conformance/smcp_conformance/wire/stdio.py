"""The stdio transport: one message per line on the server's standard input and output."""

from __future__ import annotations

import os
import select
import threading
import time
from collections.abc import Mapping

from smcp_conformance.launch import ServerProcess
from smcp_conformance.wire.errors import Died, NoAnswer
from smcp_conformance.wire.framing import Line, LineSplitter
from smcp_conformance.wire.inbox import Inbox
from smcp_conformance.wire.transcript import Conversation, Frame

CHUNK = 2**16


class StdioTransport:
    """A started process spoken to over its pipes; one daemon thread reads stdout."""

    name = "stdio"

    def __init__(self, process: ServerProcess, conversation: Conversation, max_message: int) -> None:
        self.process = process
        self.conversation = conversation
        self.inbox = Inbox()
        self._splitter = LineSplitter(max_message)
        self._stdin = process.stdin.fileno()
        self._stdout = process.stdout.fileno()
        if hasattr(select, "poll"):
            os.set_blocking(self._stdin, False)
        threading.Thread(target=self._read, name=f"stdout of {process.pid}", daemon=True).start()

    def send(self, raw: bytes, timeout: float, headers: Mapping[str, str | None] | None = None) -> Frame:
        """Write `raw` and a newline; `headers` have no place on stdio and are ignored.

        Raises `Died` if the server closed its input, `NoAnswer` if it does not read within `timeout` seconds.
        """
        frame = self.conversation.sent(raw, "stdin")
        self.write(raw + b"\n", timeout)
        return frame

    def write(self, data: bytes, timeout: float) -> None:
        """Write bytes as they are (half a line, several lines …); the caller records what they mean."""
        deadline = time.monotonic() + timeout
        view = memoryview(data)
        while view:
            try:
                view = view[os.write(self._stdin, view) :]
            except BlockingIOError:
                self._wait_writable(deadline)
            except (BrokenPipeError, OSError, ValueError) as error:
                raise Died(f"the server closed its standard input ({error})") from error

    def _wait_writable(self, deadline: float) -> None:
        poller = select.poll()
        poller.register(self._stdin, select.POLLOUT)
        if not poller.poll(max(0.0, deadline - time.monotonic()) * 1000):
            raise NoAnswer("the server does not read its standard input")

    def close_input(self) -> None:
        """Close the server's standard input: the handshake era's way to say goodbye."""
        self.conversation.note("stdin closed")
        self.process.close_stdin()

    def close(self) -> None:
        """End the process and everything it started."""
        self.inbox.close()
        self.process.stop()

    @property
    def alive(self) -> bool:
        """True while the process runs and its stdout is open."""
        return not self.inbox.ended and self.process.poll() is None

    def _read(self) -> None:
        try:
            while chunk := os.read(self._stdout, CHUNK):
                for line in self._splitter.feed(chunk):
                    self._deliver(line)
        except (OSError, ValueError):
            pass  # the pipe was closed under us: the same as its end
        for line in self._splitter.end():
            self._deliver(line)
        self.inbox.end()

    def _deliver(self, line: Line) -> None:
        facts = {} if line.terminated else {"terminated": False}
        self.inbox.put(self.conversation.received(line.raw, "stdout", line.size, line.too_large, facts))
