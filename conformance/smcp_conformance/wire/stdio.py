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
READER_TIME = 5.0  # seconds in which the reader must have met the end of a killed process's output


class StdioTransport:
    """A started process spoken to over its pipes; one daemon thread reads stdout to its very end, and closes it."""

    name = "stdio"

    def __init__(self, process: ServerProcess, conversation: Conversation, max_message: int) -> None:
        if process.stdin is None or process.stdout is None:
            raise ValueError("the process must be started with pipes")
        self.process = process
        self.conversation = conversation
        self.inbox = Inbox()
        self._splitter = LineSplitter(max_message)
        self._stdin = process.stdin
        self._stdout = process.stdout
        if hasattr(select, "poll"):
            os.set_blocking(self._stdin.fileno(), False)
        self._reader = threading.Thread(target=self._read, name=f"stdout of {process.pid}", daemon=True)
        self._reader.start()

    def send(self, raw: bytes, timeout: float, headers: Mapping[str, str | None] | None = None) -> Frame:
        """Write `raw` and a newline; `headers` have no place on stdio and are ignored.

        Raises `Died` if the server closed its input, `NoAnswer` if it does not read within `timeout` seconds.
        """
        frame = self.conversation.sent(raw, "stdin")
        self.write(raw + b"\n", timeout)
        return frame

    def write(self, data: bytes, timeout: float) -> None:
        """Write bytes as they are (half a line, several lines …); the caller records what they mean.

        Raises as `send` does.
        """
        deadline = time.monotonic() + timeout
        view = memoryview(data)
        while view:
            try:
                view = view[os.write(self._stdin.fileno(), view) :]
            except BlockingIOError:
                self._wait_writable(deadline)
            except ValueError as error:
                raise Died("standard input was closed before") from error
            except OSError as error:
                raise Died(f"the server closed its standard input ({error.strerror})") from error

    def _wait_writable(self, deadline: float) -> None:
        poller = select.poll()
        poller.register(self._stdin.fileno(), select.POLLOUT)
        if not poller.poll(max(0.0, deadline - time.monotonic()) * 1000):
            raise NoAnswer("the server does not read its standard input")

    def close_input(self) -> None:
        """Close the server's standard input: how a client says goodbye on stdio."""
        self.conversation.note("stdin closed")
        self.process.close_stdin()

    def close(self) -> None:
        """End the process and everything it started; what it still writes is recorded."""
        self.inbox.close()
        self.process.stop()
        self._reader.join(READER_TIME)

    @property
    def alive(self) -> bool:
        """True while the process runs and its stdout is open."""
        return not self.inbox.ended and self.process.poll() is None

    def _read(self) -> None:
        with self._stdout:
            while chunk := os.read(self._stdout.fileno(), CHUNK):
                for line in self._splitter.feed(chunk):
                    self._deliver(line)
        for line in self._splitter.end():
            self._deliver(line)
        self.inbox.end()

    def _deliver(self, line: Line) -> None:
        facts = {} if line.terminated else {"terminated": False}
        self.inbox.put(self.conversation.received(line.raw, "stdout", line.size, line.too_large, facts))
