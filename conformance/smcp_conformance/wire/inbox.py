"""Frames on their way from reader threads to the one who waits for them, within a budget of memory."""

from __future__ import annotations

import threading
import time
from queue import Empty, SimpleQueue

from smcp_conformance.wire.transcript import Frame

PENDING_WEIGHT = 8 * 2**20  # bytes, as `Frame.weight` counts them


class Inbox:
    """A queue whose writers wait while too much is unread, so that a flood meets backpressure, not memory.

    `ended` is true once its reader has met the end of the stream.
    """

    def __init__(self, budget: int = PENDING_WEIGHT) -> None:
        self._budget = budget
        self._queue: SimpleQueue[Frame | None] = SimpleQueue()
        self._changed = threading.Condition()
        self._pending = 0
        self._waiting = 0
        self._closed = False
        self.ended = False

    def put(self, frame: Frame) -> None:
        """Hand over a frame; waits while as much as is allowed is unread. Once closed, frames are let go."""
        with self._changed:
            while self._pending > self._budget and not self._closed:
                self._waiting += 1
                self._changed.wait()
                self._waiting -= 1
            if self._closed:
                return
            self._pending += frame.weight
        self._queue.put(frame)

    def end(self) -> None:
        """Say that nothing more will come."""
        self._queue.put(None)

    def close(self) -> None:
        """Let waiting writers go: nobody reads any more."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

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
        with self._changed:
            self._pending -= frame.weight
            if self._waiting:
                self._changed.notify_all()
        return frame
