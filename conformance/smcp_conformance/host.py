"""The running side of a target: processes and connections on demand.

Over stdio each connection is a process of its own, and the next one is started ahead, so that a check that wants a
fresh process does not wait for it. Over HTTP one process serves all connections; a URL has no process of ours.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Mapping
from typing import Any

from smcp_conformance.launch import (
    GRACE,
    Resolved,
    ServerProcess,
    StartError,
    free_port,
    release_port,
    resolve,
    start,
    wait_until_listening,
)
from smcp_conformance.session import Session, Transport
from smcp_conformance.target import Target
from smcp_conformance.wire.http import HttpTransport
from smcp_conformance.wire.sse import SseTransport
from smcp_conformance.wire.stdio import StdioTransport
from smcp_conformance.wire.transcript import Conversation

PORT_TRIES = 3


class Host:
    """Connections to one target. `starts` counts the processes it has cost, each of which has `grace` s to end in."""

    def __init__(self, target: Target, *, spare: bool = False, grace: float = GRACE) -> None:
        self.target = target
        self.grace = grace
        self.starts = 0
        self.resolved: Resolved | None = None
        self._keep_spare = spare and target.transport == "stdio"
        self._spare: Spare | None = None
        self._served_by: ServerProcess | None = None
        self._last: ServerProcess | None = None

    def connect(self, revision: str, probe: str = "", capabilities: Mapping[str, Any] | None = None) -> Session:
        """Return a session in which nothing was sent yet; raises StartError if there is no server to speak to."""
        conversation = Conversation(self.target.transport, probe=probe)
        transport: Transport
        if self.target.transport == "stdio":
            transport = StdioTransport(self._process(), conversation, self.target.policy.max_message)
        else:
            transport = self._http(conversation)
        return Session(
            transport=transport,
            revision=revision,
            reply_timeout=self.target.policy.reply_timeout,
            start_timeout=self.target.policy.start_timeout,
            client_capabilities=capabilities or {},
        )

    @property
    def process(self) -> ServerProcess | None:
        """The process started last, if any: for its stderr and exit code."""
        return self._served_by or self._last

    def close(self) -> None:
        """End every process that this host keeps."""
        if self._spare:
            self._spare.discard()
        if self._served_by:
            self._served_by.stop()
        self._spare = self._served_by = None

    def _process(self) -> ServerProcess:
        self.resolved = self.resolved or resolve(self.target)
        self._last = self._spare.take() if self._spare else None
        self._last = self._last or start(self.resolved)
        self._last.grace = self.grace
        self.starts += 1
        self._spare = Spare(self.resolved) if self._keep_spare else None
        return self._last

    def _http(self, conversation: Conversation) -> HttpTransport:
        kind = SseTransport if self.target.transport == "sse" else HttpTransport
        url = self._served_url() if self.target.command else self.target.url or ""
        return kind(url, conversation, self.target.policy.max_message, self.target.headers, self._served_by)

    def _served_url(self) -> str:
        if self._served_by is None or self._served_by.poll() is not None:
            self._served_by = self._serve()
        assert self.resolved is not None
        assert self.resolved.url is not None
        return self.resolved.url

    def _serve(self) -> ServerProcess:
        for left in reversed(range(PORT_TRIES)):
            port = free_port()
            self.resolved = resolve(self.target, port=port)
            process = start(self.resolved, pipes=False)
            process.grace = self.grace
            self.starts += 1
            try:
                wait_until_listening(process, self.resolved.url or "", self.target.policy.start_timeout)
            except StartError:
                process.stop()
                release_port(port)
                if not left or b"in use" not in process.stderr_tail():
                    raise
            else:
                return process
        raise AssertionError("unreachable: the last try returns or raises")


class Spare:
    """A process that is started ahead on a thread of its own, because starting it costs time, too."""

    def __init__(self, resolved: Resolved) -> None:
        self._resolved = resolved
        self._process: ServerProcess | None = None
        self._thread = threading.Thread(target=self._start, name="spare", daemon=True)
        self._thread.start()

    def take(self) -> ServerProcess | None:
        """Return the process, unless it could not be started or has ended meanwhile."""
        self._thread.join()
        process, self._process = self._process, None
        if process is not None and process.poll() is not None:
            process.stop()
            return None
        return process

    def discard(self) -> None:
        """End the process unused, and what it left if it has ended by itself."""
        self._thread.join()
        if self._process is not None:
            self._process.stop()

    def _start(self) -> None:
        with contextlib.suppress(StartError):
            self._process = start(self._resolved)
