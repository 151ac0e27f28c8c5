"""What the server remembers of a peer, and one request being served."""

from __future__ import annotations

import os
import queue
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from mutants import revisions
from mutants.wire import Cancelled, Json

if TYPE_CHECKING:
    from mutants.protocol import Server

Send = Callable[[Any], None]
LEVELS = ("debug", "info", "notice", "warning", "error", "critical", "alert", "emergency")


def key(id_: object) -> tuple[str, object]:
    """Ids are equal only if their types are: `1` is not `"1"`."""
    return type(id_).__name__, id_


class Session:
    """One peer: a stdio process, an HTTP session or an SSE connection.

    `send` takes what belongs to no request; `gone` tells whether the peer has hung up.
    """

    def __init__(self, send: Send, gone: Callable[[], bool] = lambda: False) -> None:
        self.gone = gone
        self.id = os.urandom(16).hex()
        self.send = send
        self.revision: str | None = None
        self.ready = False
        self.capabilities: Json = {}
        self.level = "warning"
        self.subscribed: set[str] = set()
        self.calls: dict[tuple[str, object], Call] = {}
        self.asked: dict[tuple[str, object], queue.Queue[Json]] = {}
        self.closed = False

    def cancel(self, id_: object) -> None:
        """Cancel the request with `id_` if it is in flight."""
        call = self.calls.get(key(id_))
        if call is not None:
            call.cancelled.set()

    def close(self) -> None:
        """Cancel all that is in flight."""
        self.closed = True
        for call in list(self.calls.values()):
            call.cancelled.set()


class Call:
    """One request being served: what was asked, under which revision, and where its messages go."""

    def __init__(self, server: Server, session: Session, message: Json, send: Send) -> None:
        self.server = server
        self.session = session
        self.id = message["id"]
        self.method: str = message["method"]
        self.params: Json = message.get("params", {})
        self.meta: Json = self.params.get("_meta", {})
        self.send = send
        self.revision = ""
        self.cancelled = threading.Event()

    @property
    def stateless(self) -> bool:
        """True if the request belongs to the stateless era."""
        return self.revision in revisions.STATELESS

    @property
    def client(self) -> Json:
        """The client's capabilities, as declared in this request or at the handshake."""
        declared: Json = self.meta[revisions.CAPABILITIES_KEY] if self.stateless else self.session.capabilities
        return declared

    def notify(self, method: str, params: Json) -> None:
        """Send a notification that belongs to this request."""
        self.server.deliver(self.send, {"jsonrpc": "2.0", "method": method, "params": params})

    def progress(self, done: float, total: float, message: str) -> None:
        """Report progress if the request carries a token; the message is left out before 2025-03-26."""
        if "progressToken" in self.meta:
            params = {"progressToken": self.meta["progressToken"], "progress": done, "total": total}
            worded = {} if self.revision == "2024-11-05" else {"message": message}
            self.notify("notifications/progress", {**params, **worded})

    def log(self, level: str, data: Any) -> None:
        """Send a log message if its level is wanted."""
        wanted = self.meta.get(revisions.LEVEL_KEY) if self.stateless else self.session.level
        if wanted is not None and LEVELS.index(level) >= LEVELS.index(wanted):
            self.notify("notifications/message", {"level": level, "logger": "fixture", "data": data})

    def pause(self, seconds: float) -> None:
        """Wait; raises `Cancelled` as soon as the request is cancelled or its client is gone."""
        if self.cancelled.wait(seconds) or self.session.gone():
            raise Cancelled

    def ask(self, method: str, params: Json) -> Json:
        """Send a request to the client (handshake era) and wait for its response; raises `Cancelled`."""
        id_ = f"ask-{os.urandom(6).hex()}"
        answers: queue.Queue[Json] = queue.Queue()
        self.session.asked[key(id_)] = answers
        self.server.deliver(self.send, {"jsonrpc": "2.0", "id": id_, "method": method, "params": params})
        return self._await(answers)

    def _await(self, answers: queue.Queue[Json]) -> Json:
        while True:
            try:
                return answers.get(timeout=0.05)
            except queue.Empty:
                self.pause(0)
