"""Frames on their way from reader threads to the one who waits for them, within a byte budget."""

from __future__ import annotations

import threading
import time
from queue import Empty, SimpleQueue

from smcp_conformance.wire.transcript import Frame

PENDING_BYTES = 8 * 2**20


class Inbox:
    """A queue whose writers wait while too much is unread, so that a flood meets backpressure, not memory."""

    def __init__(self) -> None:
        self._queue: SimpleQueue[Frame | None] = SimpleQueue()
        self._lock = threading.Lock()
        self._room = threading.Event()
        self._pending = 0
        self._closed = False
        self.ended = False

    def put(self, frame: Frame) -> None:
        """Hand over a frame; waits for room (a reader thread may wait: its pipe then fills up)."""
        with self._lock:
            self._pending += len(frame.raw)
            full = self._pending > PENDING_BYTES
            if full:
                self._room.clear()
        self._queue.put(frame)
        while full and not self._closed:
            full = not self._room.wait(0.5)

    def end(self) -> None:
        """Say that nothing more will come."""
        self._queue.put(None)

    def close(self) -> None:
        """Let waiting writers go: nobody reads any more."""
        self._closed = True
        self._room.set()

    def get(self, deadline: float) -> Frame | None:
        """Return the next frame, or None at the end of the stream (`ended`) or at `deadline` (monotonic seconds)."""
        if self.ended:
            return None
        try:
            frame = self._queue.get(timeout=max(0.0, deadline - time.monotonic()))
        except Empty:
            return None
        if frame is None:
            self.ended = True
            return None
        with self._lock:
            self._pending -= len(frame.raw)
            if self._pending <= PENDING_BYTES:
                self._room.set()
        return frame
