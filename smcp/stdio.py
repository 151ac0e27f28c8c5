"""The stdio transport: one JSON-RPC message per line, strict where the SDK's own is lenient.

The pipe belongs to the protocol alone: descriptor 1 is pointed at stderr and descriptor 0 at nothing, so that a
stray `print` or a plugin can neither write to nor read from the client. A daemon thread reads, so that no blocked
read ever delays the end. The server ends at end of input (after work in flight, bounded), at SIGINT, SIGTERM and
SIGHUP, and when the client stops listening; its plugins end with it.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import CancelledError
from contextlib import suppress

import anyio
import anyio.to_thread
from anyio import CancelScope
from anyio.abc import ObjectReceiveStream, ObjectSendStream
from mcp.shared.message import SessionMessage

from smcp.conversation import Conversation
from smcp.envelope import INVALID_REQUEST, Refusal, encode
from smcp.server import Service

MAX_LINE = 16 * 1024 * 1024
"""Bytes of one message; a longer one is refused, so that the server's memory is bounded."""

DRAIN = 5.0
"""Seconds that requests in flight have after the end of input."""

_CHUNK = 64 * 1024


class Lines:
    """Cuts chunks into lines. A line beyond the limit comes out as None, once, however long it is."""

    def __init__(self, limit: int = MAX_LINE) -> None:
        self._limit = limit
        self._parts: list[bytes] = []
        self._held = 0

    def feed(self, chunk: bytes) -> Iterator[bytes | None]:
        """Yield each line that the chunk completes, without its newline."""
        first, *rest = chunk.split(b"\n")
        self._hold(first)
        for part in rest:
            yield self._complete()
            self._hold(part)

    def finish(self) -> Iterator[bytes | None]:
        """Yield what stands after the last newline, if anything does."""
        if self._held:
            yield self._complete()

    def _hold(self, part: bytes) -> None:
        self._held += len(part)
        if self._held > self._limit:
            self._parts.clear()
        else:
            self._parts.append(part)

    def _complete(self) -> bytes | None:
        line = b"".join(self._parts) if self._held <= self._limit else None
        self._parts, self._held = [], 0
        return line


class Wire:
    """The two descriptors of the protocol. `gone` is set when the client no longer reads."""

    def __init__(self, read_fd: int, write_fd: int) -> None:
        self._read_fd = read_fd
        self._write_fd = write_fd
        self._turn = anyio.Lock()
        self._limiter = anyio.CapacityLimiter(1)  # not the one that running plugins fill up
        self.gone = anyio.Event()

    @classmethod
    def claim(cls) -> Wire:
        """Take this process's stdin and stdout for the protocol and leave harmless ones in their place."""
        wire = cls(_moved(0), _moved(1))
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, 0)
        os.close(nothing)
        os.dup2(2, 1)
        return wire

    def start_reading(self, chunks: ObjectSendStream[bytes]) -> None:
        """Feed the stream from a daemon thread, at the speed its reader has; b"" is the end of input."""
        loop = asyncio.get_running_loop()
        threading.Thread(target=self._read, args=(loop, chunks), name="smcp stdin", daemon=True).start()

    def _read(self, loop: asyncio.AbstractEventLoop, chunks: ObjectSendStream[bytes]) -> None:
        # The loop may be closed, or the stream, while this thread waits: then nobody wants the chunk.
        with suppress(RuntimeError, CancelledError, anyio.BrokenResourceError, anyio.ClosedResourceError):
            chunk = b"more"
            while chunk:
                try:
                    chunk = os.read(self._read_fd, _CHUNK)
                except OSError:
                    chunk = b""
                asyncio.run_coroutine_threadsafe(_put(chunks, chunk), loop).result()

    async def write(self, line: bytes) -> None:
        """Write one line. After the client has gone this does nothing."""
        async with self._turn:
            if self.gone.is_set():
                return
            try:
                await anyio.to_thread.run_sync(
                    self._write_all, line + b"\n", abandon_on_cancel=True, limiter=self._limiter
                )
            except OSError:
                self.gone.set()

    def _write_all(self, data: bytes) -> None:
        view = memoryview(data)
        while view:
            view = view[os.write(self._write_fd, view) :]


async def serve(service: Service, wire: Wire) -> int:
    """Serve one client until it leaves or a signal comes; return the exit code."""
    conversation = Conversation()
    to_server, from_client = anyio.create_memory_object_stream[SessionMessage | Exception](0)
    to_client, from_server = anyio.create_memory_object_stream[SessionMessage](0)
    status = [0]
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(_heed_signals, tasks.cancel_scope, status)
        tasks.start_soon(_leave_when_gone, wire, tasks.cancel_scope)
        async with anyio.create_task_group() as serving:
            serving.start_soon(_write_answers, conversation, from_server, wire)
            serving.start_soon(service.server.run, from_client, to_client, service.initialization)
            await _read_requests(conversation, to_server, wire)
            await _drained(conversation, service)
            to_server.close()
            serving.cancel_scope.deadline = anyio.current_time() + DRAIN
        tasks.cancel_scope.cancel()
    return status[0]


async def _put(chunks: ObjectSendStream[bytes], chunk: bytes) -> None:
    await chunks.send(chunk)


async def _read_requests(
    conversation: Conversation, to_server: ObjectSendStream[SessionMessage | Exception], wire: Wire
) -> None:
    chunks_in, chunks = anyio.create_memory_object_stream[bytes](0)
    wire.start_reading(chunks_in)
    lines = Lines()
    with chunks_in, chunks:
        async for chunk in chunks:
            for line in lines.feed(chunk) if chunk else lines.finish():
                await _take(line, conversation, to_server, wire)
            if not chunk:
                return


async def _take(
    line: bytes | None,
    conversation: Conversation,
    to_server: ObjectSendStream[SessionMessage | Exception],
    wire: Wire,
) -> None:
    if line is None:
        too_long = Refusal(INVALID_REQUEST, f"Invalid Request: a message has at most {MAX_LINE} bytes")
        await wire.write(encode(too_long.response(conversation.revision)))
        return
    received = conversation.receive(line)
    for message in received.deliver:
        await to_server.send(SessionMessage(message))
    if received.answer is not None:
        await wire.write(received.answer)


async def _write_answers(
    conversation: Conversation, from_server: ObjectReceiveStream[SessionMessage], wire: Wire
) -> None:
    async with from_server:
        async for outgoing in from_server:
            line = conversation.send(outgoing.message)
            if line is not None:
                await wire.write(line)


async def _drained(conversation: Conversation, service: Service) -> None:
    """Wait for the answers that are still due, not longer than `DRAIN`."""
    with anyio.move_on_after(DRAIN):
        while not conversation.idle:
            service.close_streams()
            await anyio.sleep(0.01)


async def _leave_when_gone(wire: Wire, scope: CancelScope) -> None:
    await wire.gone.wait()
    scope.cancel()


def _moved(fd: int) -> int:
    """A duplicate of the descriptor, closed in children."""
    duplicate = os.dup(fd)
    os.set_inheritable(duplicate, False)
    return duplicate


if sys.platform == "win32":

    async def _heed_signals(scope: CancelScope, status: list[int]) -> None:
        """Windows' event loop can't wait for signals; the client closes stdin there."""

else:

    async def _heed_signals(scope: CancelScope, status: list[int]) -> None:
        with anyio.open_signal_receiver(signal.SIGINT, signal.SIGTERM, signal.SIGHUP) as signals:
            async for number in signals:
                status[0] = 128 + number
                scope.cancel()
                return
