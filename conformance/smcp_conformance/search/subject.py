"""One tool of one leg under generated calls: every answer is kept, so that a dozen checks share the calls.

A server that dies or falls silent is started again. How often that may happen is limited: from then on only what is
known already is answered.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from smcp_conformance.launch import StartError
from smcp_conformance.leg import Leg
from smcp_conformance.reply import HandshakeRefused, Reply
from smcp_conformance.requirement import ENDED
from smcp_conformance.session import Session
from smcp_conformance.toolbox import patience, start_call
from smcp_conformance.wire.errors import Died, Garbled, NoAnswer, TooLarge, Unreachable, WireError

MOST_LOSSES = 2  # of the whole leg: each may take as long as a start
HASTE = 20  # times the slowest answer that was seen, from the second hang on
LEAST_PATIENCE = 0.5  # seconds
KEPT = 16 * 2**20  # bytes of answers
NO_JSON = "schema.strict-json"
TROUBLES = {ENDED: "ended the server", NO_JSON: "were answered with what is no JSON", "": "were not answered"}
MOSTS = {ENDED: 80, NO_JSON: 80, "": 20}  # of them in an item that looks for them, each of which costs a start
MOST_UNSOUGHT = 3  # of each in an item that looks for something else


@dataclass(frozen=True)
class Silence:
    """There was no answer: in words, and the requirement that this breaks, if not just that calls are answered."""

    text: str
    requirement: str = ""

    @property
    def died(self) -> bool:
        """True if the server ended."""
        return self.requirement == ENDED


Outcome = Reply | Silence


class Subject:
    """A tool as listed (`tool`), and what became of its calls; `timeout` is in seconds (None: the target's).

    `closed` says why nothing new is called any more ("": it is). `over` tells that the time budget is used up, `losses`
    are the times that the leg's server could not be started again, whatever tool was called.
    """

    def __init__(
        self,
        leg: Leg,
        tool: Mapping[str, Any],
        timeout: float | None,
        over: Callable[[], bool],
        losses: list[str] | None = None,
    ) -> None:
        self.leg = leg
        self.tool = tool
        self.losses = [] if losses is None else losses
        self.closed = ""
        self.calls = 0
        self._over = over
        self._timeout = timeout
        self._known: dict[str, Outcome] = {}
        self._weight = 0
        self._slowest = 0.0
        self._troubles = dict.fromkeys(TROUBLES, 0)
        self._most = MOSTS

    @property
    def name(self) -> str:
        """The tool's name."""
        return str(self.tool["name"])

    def begin(self, seeking: bool) -> None:
        """Let another item call the tool; `seeking` tells that death and silence are what it looks for."""
        self.closed = ""
        self._troubles = dict.fromkeys(TROUBLES, 0)
        self._most = {kind: most if seeking else MOST_UNSOUGHT for kind, most in MOSTS.items()}

    def outcome(self, arguments: Mapping[str, Any]) -> Outcome | None:
        """What a call with `arguments` brings, or brought before; None if it may not be made any more."""
        key = spelled(arguments)
        if key not in self._known:
            self.closed = self.closed or self._reason()
            if self.closed:
                return None
            found = self.call(arguments)
            if found is None:
                return None
            self._keep(key, found)
        return self._known[key]

    def call(self, arguments: Mapping[str, Any]) -> Outcome | None:
        """Call now, whatever is known; None if there is nobody to call any more."""
        session = self._session()
        if session is None:
            return None
        began = time.monotonic()
        self.calls += 1
        try:
            reply = start_call(session, self.tool, arguments).wait(self._patience(session))
        except (Died, NoAnswer, Unreachable) as silent:
            return self._silence(silent)
        except TooLarge as large:
            self.closed = str(large)
            self.leg.forget_shared()
            return None
        self._slowest = max(self._slowest, time.monotonic() - began)
        return reply

    def afresh(self) -> None:
        """Let the next call go to a fresh process (HTTP: one that was started by us is started again)."""
        self.leg.forget_shared()
        if self.leg.offer.transport != "stdio" and self.leg.host.target.command:
            self.leg.host.close()

    def forget(self, arguments: Mapping[str, Any]) -> None:
        """Let the next call with `arguments` be made."""
        self._known.pop(spelled(arguments), None)

    def _session(self) -> Session | None:
        try:
            return self.leg.session
        except (StartError, HandshakeRefused, WireError) as error:
            self.closed = f"the server could not be spoken to again: {error}"
            self.losses.append(self.closed)
            return None

    def _patience(self, session: Session) -> float:
        """Seconds to wait: once it hung, less, for what hangs is made smaller by trying again and again."""
        most = self._timeout or patience(session)
        hasty = bool(self._troubles[""])
        return min(most, max(LEAST_PATIENCE, HASTE * self._slowest)) if hasty else most

    def _reason(self) -> str:
        if self._over():
            return "the time budget (--smcp-time-budget) was used up"
        if self.leg.torrent.reason:
            return self.leg.torrent.reason
        if len(self.losses) >= MOST_LOSSES:
            return self.losses[-1]
        for kind, count in self._troubles.items():
            if count >= self._most[kind]:
                return f"{count} calls {TROUBLES[kind]}, so no more are made"
        return ""

    def _silence(self, silent: WireError) -> Silence:
        found = Silence(str(silent), _broken(silent))
        self._troubles[found.requirement] += 1
        self.leg.forget_shared()
        self._revive()
        return found

    def _revive(self) -> None:
        """Over HTTP the process is shared: if it answers nobody any more it is started again."""
        if self.leg.offer.transport == "stdio":
            return
        try:
            self.leg.session.request(self.leg.session.ping_method, timeout=LEAST_PATIENCE * 4)
        except (StartError, HandshakeRefused, WireError):
            self.afresh()

    def _keep(self, key: str, found: Outcome) -> None:
        self._weight += found.frame.weight if isinstance(found, Reply) else 0
        if self._weight > KEPT:
            self._known, self._weight = {}, 0
        self._known[key] = found


def _broken(silent: WireError) -> str:
    if isinstance(silent, Garbled):
        return NO_JSON
    return ENDED if isinstance(silent, Died) else ""


def spelled(arguments: Mapping[str, Any]) -> str:
    """Tell arguments apart as JSON does: 1 is neither 1.0 nor true; the order of members is none of it."""
    return json.dumps(arguments, sort_keys=True)
