"""Notice plugins that appear, change or vanish while the server runs."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from smcp.discovery import Discovery

log = logging.getLogger(__name__)

GLANCE = 10.0
"""Seconds after which directories are looked at even if nothing was heard of them.

A directory that didn't exist, and what happened while the watch was being set up, is found that way.
"""


class Watch:
    """A thread that refreshes a discovery when something moves in its directories.

    `changed` is called on that thread, each time the offered tools differ from those before.
    """

    def __init__(self, discovery: Discovery, changed: Callable[[], None], glance: float = GLANCE) -> None:
        self._discovery = discovery
        self._changed = changed
        self._glance = glance
        self._asked_for = False
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._work, name="smcp watch", daemon=True)

    def start(self) -> Watch:
        """Begin when the discovery's first search is over, or at once; harmless when it has begun."""
        if not self._asked_for:
            self._asked_for = True
            self._discovery.commands.add_done_callback(self._begin)
        return self

    def stop(self) -> None:
        """End the thread; returns at once."""
        self._over.set()

    def join(self, timeout: float) -> bool:
        """Wait until there is no thread any more, at most `timeout` seconds; tell whether that is so."""
        if self._thread.ident is not None:
            self._thread.join(timeout)
        return not self._thread.is_alive()

    def _begin(self, _: Any) -> None:
        if not self._over.is_set():
            self._thread.start()

    def _work(self) -> None:
        while not self._over.is_set():
            try:
                self._follow(self._places())
            except (OSError, RuntimeError) as error:  # a folder vanished, or the system watches no more of them
                log.info("plugin directories can't be watched: %s", error)
                self._over.wait(self._glance)

    def _follow(self, places: frozenset[Path]) -> None:
        self._refresh()
        if places:
            self._watch(places)
        else:
            self._over.wait(self._glance)

    def _watch(self, places: frozenset[Path]) -> None:
        """Refresh whenever something moves below the places, until they aren't the right ones any more."""
        from watchfiles import watch  # here, because starting the server doesn't wait for it

        for _ in watch(
            *places,
            stop_event=self._over,
            rust_timeout=int(self._glance * 1000),
            yield_on_timeout=True,
            raise_interrupt=False,
            ignore_permission_denied=True,
        ):
            if self._over.is_set():
                return
            self._refresh()
            if self._places() != places:
                return

    def _refresh(self) -> None:
        if self._discovery.refresh():
            self._changed()

    def _places(self) -> frozenset[Path]:
        """The directories, and the folders that links in them lead to: not every system watches behind a link."""
        present = [one for one in self._discovery.directories if one.is_dir()]
        linked = [one.resolve() for where in present for one in where.iterdir() if one.is_symlink() and one.is_dir()]
        return frozenset([*present, *linked])
