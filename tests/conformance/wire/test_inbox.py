"""The inbox: order, backpressure, the end, and letting writers go."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from smcp_conformance.wire.inbox import Inbox
from smcp_conformance.wire.transcript import FRAME_COST, NOT_JSON, Direction, Frame

PATIENCE = 30.0


def frame(number: int) -> Frame:
    """A frame told apart by its text."""
    return Frame(Direction.RECEIVED, str(number).encode(), NOT_JSON)


def soon() -> float:
    """A deadline far enough away."""
    return time.monotonic() + PATIENCE


def filled(inbox: Inbox, count: int, after: Callable[[], None]) -> threading.Thread:
    """A thread that puts so many frames and then calls `after`."""

    def fill() -> None:
        for number in range(count):
            inbox.put(frame(number))
        after()

    thread = threading.Thread(target=fill, daemon=True)
    thread.start()
    return thread


def test_a_writer_waits_while_too_much_is_unread_and_nothing_is_lost() -> None:
    """With room for ten frames, a writer of a thousand gets through as they are read, in order."""
    inbox = Inbox(10 * FRAME_COST)
    writer = filled(inbox, 1000, inbox.end)
    writer.join(0.2)
    assert writer.is_alive()
    assert inbox._queue.qsize() <= 11
    found = [got.text for got in iter(lambda: inbox.get(soon()), None)]
    assert found == [str(number) for number in range(1000)]
    assert inbox.ended
    assert inbox.get(soon()) is None
    writer.join(PATIENCE)
    assert not writer.is_alive()


def test_a_single_frame_over_the_budget_gets_through() -> None:
    """The budget holds back what follows, never the first."""
    inbox = Inbox(1)
    inbox.put(frame(1))
    assert inbox.get(soon()) == frame(1)


def test_closing_lets_waiting_writers_go_and_drops_what_comes_later() -> None:
    """Nobody reads any more, so nothing is held."""
    inbox = Inbox(FRAME_COST)
    done = threading.Event()
    filled(inbox, 100, done.set)
    inbox.close()
    assert done.wait(PATIENCE)
    assert inbox._queue.qsize() <= 3


def test_nothing_by_the_deadline_is_not_the_end() -> None:
    """None at the deadline leaves `ended` false."""
    inbox = Inbox()
    assert inbox.get(time.monotonic()) is None
    assert not inbox.ended
