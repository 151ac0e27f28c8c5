"""An xdist worker whose controller has gone: it stops at once, and doesn't wait to be interrupted.

On Ctrl-C the controller ends its connection to the workers. execnet lets them work on for five seconds before it
interrupts them; the end of the channel is known at once, though.
"""

from __future__ import annotations

import _thread
import contextlib
import signal
import threading
from collections.abc import Generator
from typing import Any

import pytest

AT_WORK = 0.2  # seconds between two interruptions, should one come where it is not heard


class Desertion:
    """A plugin for workers: interrupts the items that run when the channel to the controller closes."""

    def __init__(self) -> None:
        self._over = threading.Event()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtestloop(self, session: pytest.Session) -> Generator[None, object, object]:
        """Watch while items run; once all have, the end of the channel is in order."""
        channels = [plugin.channel for plugin in session.config.pluginmanager.get_plugins() if _interacts(plugin)]
        for channel in channels:
            threading.Thread(target=self._watch, args=(session, channel), name="desertion", daemon=True).start()
        try:
            return (yield)
        finally:
            self._over.set()

    def _watch(self, session: pytest.Session, channel: Any) -> None:
        with contextlib.suppress(EOFError, OSError, channel.RemoteError):
            channel.waitclose()
        session.shouldstop = "the controller has ended"  # where SIGINT is ignored, after the item that runs
        while not self._over.wait(AT_WORK):
            _interrupt()


def _interacts(plugin: object) -> bool:
    """Tell whether `plugin` is xdist's side of the worker."""
    return type(plugin).__name__ == "WorkerInteractor" and hasattr(plugin, "channel")


def _interrupt() -> None:
    """Interrupt the main thread, also where it waits for a lock."""
    main = threading.main_thread().ident
    if hasattr(signal, "pthread_kill") and main is not None:
        signal.pthread_kill(main, signal.SIGINT)
    else:
        _thread.interrupt_main()
