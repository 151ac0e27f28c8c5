"""A bound to what judging one value may cost: the patterns of a server's schema are the server's, and may explode."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

SECONDS = 2.0
"""Processor time, so that a loaded machine changes no verdict."""


class OutOfPatience(Exception):
    """Judging took longer than that."""


@contextmanager
def limited(seconds: float = SECONDS) -> Iterator[None]:
    """Raise `OutOfPatience` in the block once it has used so much processor time.

    Python's regular expressions look at signals while they search, and signals reach the main thread only: elsewhere,
    and where there is no such timer (Windows), nothing is limited. Whatever others do with the real-time alarm stays.
    """
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return
    others = signal.signal(signal.SIGVTALRM, _give_up)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, others)


def _give_up(number: int, frame: Any) -> NoReturn:
    raise OutOfPatience
