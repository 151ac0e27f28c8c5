"""Decide for each call whether it is run warm, and keep the fork servers for those that are.

What can't be served warm goes cold, with one line per plugin and reason: never a call that is lost.
"""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import threading
from contextlib import suppress

from smcp.runner import cold
from smcp.runner.call import Call
from smcp.runner.program import Program, folder_of
from smcp.runner.run import Started
from smcp.runner.warm import ForkServer, Lost, Unsuited

log = logging.getLogger(__name__)

MODES = ("auto", "cold", "warm")
"""cold: every call starts an interpreter; warm: calls wait for their fork server; auto: they go cold until it is up."""

REPLACEMENTS = 3
"""Fork servers that may be lost for one program before it is left to cold starts."""

MOST = 32
"""Fork servers of one set of runs; the one that was started first goes when another is needed."""

_POSIX = sys.platform in ("linux", "darwin") and hasattr(os, "fork")


class Servers:
    """The fork servers of one set of runs, by program."""

    def __init__(self, mode: str = "auto") -> None:
        if mode not in MODES:
            raise ValueError(f"{mode!r} is no way to run plugins: one of {', '.join(MODES)} is required")
        self.mode = mode
        self._lock = threading.Lock()
        self._servers: dict[Program, ForkServer] = {}
        self._losses: dict[Program, int] = {}
        self._told: set[tuple[str, str]] = set()
        self._closed = False

    def start(self, call: Call) -> Started:
        """Start a call, warm where that is safe. Raises what a cold start raises."""
        if self.mode == "cold":
            return cold.start(call)
        try:
            server = self._ready(call)
            return cold.start(call) if server is None else server.start(call)
        except Unsuited as reason:
            self._tell(call, str(reason))
        except Lost as loss:
            self._tell(call, f"its fork server was lost: {loss}")
        return cold.start(call)

    def prepare(self, call: Call) -> threading.Event:
        """Have the fork server of such calls started, without waiting for it; return what is set when it is over."""
        if self.mode != "cold":
            with suppress(Unsuited):
                return self._chosen(call).settled
        nothing = threading.Event()
        nothing.set()
        return nothing

    def refusal(self, call: Call) -> str | None:
        """Why such calls go cold, None if they are run warm; where that is open, the mode "warm" waits for it."""
        if self.mode == "cold":
            return "every call is to start an interpreter"
        try:
            ready = self._ready(call)
        except Unsuited as reason:
            return str(reason)
        return "its fork server is not ready yet" if ready is None else None

    def close(self) -> None:
        """End the fork servers, and with them what they run."""
        with self._lock:
            self._closed = True
            servers = list(self._servers.values())
            self._servers.clear()
        for server in servers:
            server.close()

    def _ready(self, call: Call) -> ForkServer | None:
        """The call's fork server, None as long as it isn't ready. Raises `Unsuited`."""
        server = self._chosen(call)
        if self.mode == "warm":
            server.settled.wait()
        if not server.settled.is_set():
            return None
        if server.refusal is not None:
            raise Unsuited(server.refusal)
        return server

    def _chosen(self, call: Call) -> ForkServer:
        """The fork server of a call's program as that is on disk now. Raises `Unsuited` if there will be none."""
        wanted = program(call)
        with self._lock:
            if self._closed:
                raise Unsuited("the runs are closed")
            known = self._servers.get(wanted)
            if known is not None and not self._outlived(wanted, known):
                return known
            self._servers.pop(wanted, None)
            surplus = [self._servers.pop(oldest) for oldest in list(self._servers)[: 1 - MOST]]
            fresh = self._servers[wanted] = ForkServer(wanted, folder_of(call), call.environment)
        threading.Thread(target=fresh.begin, name="smcp fork server", daemon=True).start()
        for outlived in [known, *surplus]:
            if outlived is not None:
                outlived.retire()
        return fresh

    def _outlived(self, wanted: Program, known: ForkServer) -> bool:
        """Say whether another server has to take its place. Raises `Unsuited` if too many were lost."""
        if not known.settled.is_set():
            return False
        if not known.current():
            self._losses.pop(wanted, None)
            return True
        if not known.lost():
            return False
        if self._losses.get(wanted, 0) >= REPLACEMENTS:
            raise Unsuited(f"{REPLACEMENTS + 1} fork servers were lost")
        self._losses[wanted] = self._losses.get(wanted, 0) + 1
        return True

    def _tell(self, call: Call, reason: str) -> None:
        plugin = (call.argv[1] if len(call.argv) > 1 else call.argv[0], reason)
        if plugin not in self._told:
            self._told.add(plugin)
            log.info("%s is run cold: %s", *plugin)


def program(call: Call) -> Program:
    """What a call runs. Raises `Unsuited` if that can't be run warm whatever its plugin is like."""
    if not _POSIX:
        raise Unsuited(f"there are no fork servers on {sys.platform}")
    if len(call.argv) < 2 or not call.argv[1].endswith(".py") or not os.path.isabs(call.argv[0]):
        raise Unsuited("its command is not an interpreter, by its full path, and a .py file")
    if call.stdin in (subprocess.PIPE, subprocess.STDOUT):
        raise Unsuited("its stdin is not open yet")
    try:
        return Program.of(call)
    except OSError as error:
        raise Unsuited(f"its folder is not known: {error.strerror}") from None
