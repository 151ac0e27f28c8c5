"""Find out what a server speaks, without accusing it of anything (GUIDE §5).

Each question gets a fresh process on stdio, because a server may lock itself to the era of its first message. A server
that speaks one era lacks nothing.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from smcp_conformance.allowance import Tools, asks_for_names, listed_tools, merged, names_of
from smcp_conformance.codes import HEADER_MISMATCH, MISSING_CAPABILITY, UNSUPPORTED_VERSION
from smcp_conformance.host import Host
from smcp_conformance.launch import (
    StartError,
    answered_amiss,
    exited,
    explain_start_failure,
    never_answered,
    printed_to_stdout,
)
from smcp_conformance.offer import Discovery, Offer
from smcp_conformance.reply import HandshakeRefused, Reply
from smcp_conformance.revisions import HANDSHAKE_REVISIONS, REVISIONS, STATELESS_REVISION
from smcp_conformance.search.listing import MOST_TOOLS, Listed, listed
from smcp_conformance.session import Session
from smcp_conformance.speaker import META
from smcp_conformance.target import Target
from smcp_conformance.wire.errors import Died, Flooded, NoAnswer, Unreachable, WireError

STATELESS_CODES = (HEADER_MISMATCH, MISSING_CAPABILITY, UNSUPPORTED_VERSION)
WELCOME = "must be a result with protocolVersion, capabilities and serverInfo"
NEWEST_HANDSHAKE = HANDSHAKE_REVISIONS[-1]


def discover(target: Target, revisions: str | tuple[str, ...] = "default") -> Discovery:
    """Start `target` as often as it takes and describe the legs it offers, or why it offers none."""
    host = Host(target)
    try:
        return Detector(host, revisions).discovery()
    except StartError as error:
        return Discovery(target.name, target.group, failure=error.explanation)
    finally:
        host.close()


class Detector:
    """The questions put to one target, and the troubles met on the way."""

    def __init__(self, host: Host, revisions: str | tuple[str, ...]) -> None:
        self._host = host
        self._target = host.target
        self._revisions = revisions
        self._troubles: list[str] = []
        self._tools: dict[str, Tools] = {}

    def discovery(self) -> Discovery:
        """Ask everything."""
        offers = self._offers()
        notes = self._host.resolved.notes if self._host.resolved else (f"url: {self._target.url}",)
        failure = "" if offers else self._failure()
        wanted = self._tools.values() if asks_for_names(self._target.policy) else ()
        names = merged([names_of(tools) for tools in wanted])
        return Discovery(self._target.name, self._target.group, offers, failure, tuple(notes), names)

    def _offers(self) -> tuple[Offer, ...]:
        answers: dict[str, Mapping[str, Any]] = {}
        began = time.monotonic()
        for revision in self._handshakes():
            answers |= self._ask_handshake(revision)
        if self._wanted(STATELESS_REVISION):
            answers |= self._ask_stateless(self._patience(time.monotonic() - began) if answers else None)
        chosen = self._choose(answers)
        return tuple(self._offer(revision, answers[revision], tuple(answers)) for revision in chosen)

    def _patience(self, handshakes: float) -> float:
        """Seconds to wait for the first answer of a server that was seen to answer: silence then has its meaning."""
        policy = self._target.policy
        return min(policy.start_timeout, policy.reply_timeout + 2 * handshakes)

    def _wanted(self, revision: str) -> bool:
        if self._target.transport == "sse":
            return revision in HANDSHAKE_REVISIONS
        return self._revisions == "default" or revision in self._revisions

    def _handshakes(self) -> tuple[str, ...]:
        if self._revisions == "default":
            return (HANDSHAKE_REVISIONS[0],) if self._target.transport == "sse" else (NEWEST_HANDSHAKE,)
        return tuple(revision for revision in HANDSHAKE_REVISIONS if self._wanted(revision))

    def _choose(self, answers: Mapping[str, Any]) -> tuple[str, ...]:
        found = [revision for revision in REVISIONS if revision in answers]
        return tuple(found if self._revisions == "default" else [r for r in found if r in self._revisions])

    def _ask_stateless(self, patience: float | None) -> dict[str, Mapping[str, Any]]:
        with self._host.connect(STATELESS_REVISION, "server/discover") as session:
            reply = self._ask(session, lambda: session.open().request("server/discover", timeout=patience))
            if reply is not None and isinstance(reply.result.get("supportedVersions"), list):
                self._note_tools(session, reply)
        if reply is None:
            return {}
        if reply.code == UNSUPPORTED_VERSION or reply.code in STATELESS_CODES:
            self._troubles.append(f"server/discover at {STATELESS_REVISION} was answered with {reply}")
            return {}
        versions = reply.result.get("supportedVersions")
        return {STATELESS_REVISION: reply.result} if isinstance(versions, list) else {}

    def _ask_handshake(self, revision: str) -> dict[str, Mapping[str, Any]]:
        with self._host.connect(revision, "initialize") as session:
            reply = self._ask(session, session.shake_hands)
            if reply is not None and session.conversation.revision:
                self._note_tools(session, reply)
        answered = reply.result.get("protocolVersion") if reply else None
        if answered == revision and reply is not None:
            return {revision: reply.result}
        if self._revisions == "default" and answered in HANDSHAKE_REVISIONS and answered != NEWEST_HANDSHAKE:
            return self._ask_handshake(answered)
        if reply is not None:
            self._troubles.append(f"initialize at {revision} was answered with {reply}, {WELCOME}")
        return {}

    def _ask(self, session: Session, question: Any) -> Reply | None:
        try:
            answer: Reply = question()
        except HandshakeRefused as refused:
            return refused.reply
        except WireError as error:
            self._troubles.append(explain(self._host, session, error))
            return None
        return answer

    def _note_tools(self, session: Session, reply: Reply) -> None:
        self._tools[session.revision] = listed_tools(session, reply.result.get("capabilities"))

    def _failure(self) -> str:
        silent = f"the server speaks none of the revisions asked for: {self._asked()}"
        return self._troubles[-1] if self._troubles else silent

    def _asked(self) -> str:
        return "the newest ones" if self._revisions == "default" else ", ".join(self._revisions)

    def _offer(self, revision: str, answer: Mapping[str, Any], spoken: tuple[str, ...]) -> Offer:
        meta = answer.get("_meta")
        identity = meta.get(META + "serverInfo") if isinstance(meta, dict) else None
        server = answer.get("serverInfo", identity)
        capabilities = answer.get("capabilities")
        return Offer(
            self._target.name,
            self._target.group,
            self._target.transport,
            revision,
            capabilities if isinstance(capabilities, dict) else {},
            server if isinstance(server, dict) else {},
            str(answer.get("instructions") or ""),
            spoken,
            *self._listed(revision),
        )

    def _listed(self, revision: str) -> tuple[tuple[Listed, ...], int | None]:
        """The first tools that are listed in `revision`, and how many more there are (None: not known)."""
        tools = self._tools.get(revision)
        found = listed(tools or (), self._target.policy)
        return found[:MOST_TOOLS], None if tools is None else len(found[MOST_TOOLS:])


def _silence(session: Session, error: WireError) -> str:
    """What to call it that no answer came: a flood, an answer with another id, or nothing at all."""
    answers = [frame.message.get("id") for frame in session.conversation.incoming if frame.is_response]
    asked = [frame.message.get("id") for frame in session.conversation.outgoing if frame.is_request]
    if isinstance(error, Flooded):
        return str(error)
    return answered_amiss(asked[0], answers[0]) if answers and asked else never_answered(session.start_timeout)


def explain(host: Host, session: Session, error: WireError) -> str:
    """Tell why the server behind `session` did not answer: over several lines, without secrets."""
    process = session.transport.process
    happened = str(error)
    heard = tuple(session.conversation.incoming)
    junk = [frame.raw for frame in heard if not frame.is_message]
    if isinstance(error, Died) and process is not None and process.wait(2.0) is not None:
        happened = exited(process.poll() or 0) + (f"; before that, {printed_to_stdout(junk[0])}" if junk else "")
    elif isinstance(error, NoAnswer) and session.transport.name == "stdio":
        happened = printed_to_stdout(junk[0]) if junk else _silence(session, error)
    elif isinstance(error, Unreachable):
        happened = f"no HTTP response from {host.target.url}: {error}"
    return explain_start_failure(host.resolved, process, happened) if host.resolved else happened
