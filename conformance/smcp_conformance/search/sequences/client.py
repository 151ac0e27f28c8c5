"""One client of a sequence: a session, and whom to blame if it gets no answer."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from smcp_conformance.reply import Pending, Reply
from smcp_conformance.search.sequences.violation import DISCOVERY, ISOLATION, PING, UNANSWERED, Broken, Violation
from smcp_conformance.session import Session
from smcp_conformance.wire.errors import Died, Flooded, NoAnswer, TooLarge, Unreachable, WireError
from smcp_conformance.wire.exchange import HttpExchange

EXPIRED = 404  # the HTTP status for a session that the server does not know (any more)


@dataclass
class Client:
    """Client `number`; `ready` once it may ask anything, `early` if it did so before, `gone` when it was let go.

    `company` tells whether another client was there meanwhile, `streams` are its open subscriptions, `slowest` are the
    seconds that the slowest answer took.
    """

    number: int
    session: Session
    ready: bool
    early: bool = False
    gone: bool = False
    company: bool = False
    slowest: float = 0.0
    streams: list[Pending] = field(default_factory=list)

    @property
    def usable(self) -> bool:
        """True if the server owes it an answer to whatever it asks."""
        return self.ready and not self.gone

    def begin(self, method: str, params: Mapping[str, Any] | None = None, **more: Any) -> Pending:
        """Send a request and go on; raises `Broken` if the server doesn't even read it."""
        try:
            return self.session.start(method, params, **more)
        except (Died, NoAnswer, Unreachable) as failing:
            raise _unanswered(failing) from None

    def ask(self, method: str, params: Mapping[str, Any] | None = None) -> Reply | None:
        """Send a request and wait for its answer, as `answer` does."""
        return self.answer(self.begin(method, params))

    def answer(self, pending: Pending, patience: float | None = None) -> Reply | None:
        """Wait for the answer; None if there is none and no requirement says so. Raises `Broken`."""
        began = time.monotonic()
        try:
            reply = pending.wait(patience)
            self.slowest = max(self.slowest, time.monotonic() - began)
        except (Flooded, TooLarge):
            return None
        except (Died, NoAnswer, Unreachable) as failing:
            return self._refused(pending, failing)
        return None if self._expired(reply.status) else reply

    def barrier(self) -> None:
        """Ask for the most harmless thing there is; raises `Broken` if that is refused or not answered."""
        method = self.session.ping_method
        reply = self.ask(method)
        if reply is not None and not reply.succeeded:
            rule = DISCOVERY if self.session.stateless else PING
            raise Broken(Violation(rule, f"{reply} to {method!r}", "a result, as before"))

    def _refused(self, pending: Pending, failing: WireError) -> Reply | None:
        """Let pass what HTTP allows: a session that ended, and requests that the server doesn't want to serve now."""
        exchange = pending.frame.facts.get("exchange")
        status = exchange.status if isinstance(exchange, HttpExchange) else 0
        if self._expired(status) or 400 <= status < 500 or status == 503:
            return None
        raise _unanswered(failing) from None

    def _expired(self, status: int | None) -> bool:
        """Tell whether the server has ended this session, as it may; raises `Broken` if another client made it so."""
        over = status == EXPIRED and not self.session.stateless and self.session.transport.name == "http"
        self.gone = self.gone or over
        if over and self.company:
            got = f"HTTP {EXPIRED} for the session of client {self.number}, which nobody ended"
            raise Broken(Violation(ISOLATION, got, "served, whatever another client does in a session of its own"))
        return over


def _unanswered(failing: WireError) -> Broken:
    silent = isinstance(failing, NoAnswer)
    return Broken(Violation(UNANSWERED, str(failing), "one response to each request", silent=silent))
