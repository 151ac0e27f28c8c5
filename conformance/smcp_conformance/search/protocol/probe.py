"""What a check with generated values is handed: sessions to send a value in, and what the server lists."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Any, NoReturn

from smcp_conformance.checks.basic.patterns.progress import report
from smcp_conformance.checks.server.calls import quick_calls
from smcp_conformance.checks.server.listed import PROMPTS, RESOURCES, identities
from smcp_conformance.leg import Leg
from smcp_conformance.lists import LISTS, TEMPLATES, KeptList, list_methods
from smcp_conformance.offer import Offer
from smcp_conformance.reply import Reply, encode
from smcp_conformance.requirement import Observation
from smcp_conformance.session import Session
from smcp_conformance.toolbox import Call, patience, start_call
from smcp_conformance.wire.transcript import Conversation

Monitor = Callable[[Conversation], Iterator[Observation]]
TOOLS = next(each for each in LISTS if each.capability == "tools")


class Unseen(Exception):
    """A value brought nothing that the check could judge."""


class Probe:
    """One leg under generated values; `close` ends the session that this has opened for itself."""

    def __init__(self, leg: Leg) -> None:
        self.leg = leg
        self._own = contextlib.ExitStack()
        self._session: Session | None = None

    @property
    def offer(self) -> Offer:
        """What the server offers on this leg."""
        return self.leg.offer

    @property
    def session(self) -> Session:
        """The leg's shared session: what is sent must be what a client may send."""
        return self.leg.session

    @property
    def own(self) -> Session:
        """An initialized session that nothing else is sent in; a new one if it has ended."""
        if self._session is None or not self._session.alive:
            self.close()
            self._session = self._own.enter_context(self.leg.fresh())
        self._session.conversation.probe = self.leg.probe
        return self._session

    def close(self) -> None:
        """End the session of its own."""
        self._session = None
        self._own.close()

    def afresh(self) -> None:
        """Go on with new processes and connections only."""
        self.close()
        self.leg.forget_shared()

    def skip(self, reason: str) -> NoReturn:
        """Leave a value that there is nothing to judge about."""
        raise Unseen(reason)

    @cached_property
    def harmless(self) -> str:
        """A method that any client may call without params: a list if one is declared, else the plainest of the era."""
        return next(iter(list_methods(self.offer)), self.session.ping_method)

    @cached_property
    def reporting(self) -> Call | None:
        """A call that is answered soon and reports progress if it is given a token."""
        meta = {"progressToken": "conformance"}
        for made in quick_calls(self.leg) if self.leg.calls else ():
            reply = start_call(self.session, made.tool, made.arguments, meta).wait(patience(self.session))
            if any(report(frame) for frame in reply.before):
                return made
        return None

    @cached_property
    def tool_names(self) -> list[str]:
        """The names of all listed tools."""
        return self._listed(TOOLS)

    @cached_property
    def prompts(self) -> list[dict[str, Any]]:
        """All listed prompts that have a name."""
        return [each for each in self._items(PROMPTS) if isinstance(each.get("name"), str)]

    @cached_property
    def uris(self) -> list[str]:
        """The URIs of all listed resources."""
        return self._listed(RESOURCES)

    @cached_property
    def templates(self) -> dict[str, Any]:
        """The `mimeType` of each listed URI template, None where it has none."""
        found = [each for each in self._items(TEMPLATES) if isinstance(each.get("uriTemplate"), str)]
        return {each["uriTemplate"]: each.get("mimeType") for each in found}

    def must_satisfy(self, reply: Reply, method: str, *monitors: Monitor) -> None:
        """Demand that no monitor complains of an answer to `method`."""
        conversation, frame = Conversation(self.offer.transport, self.offer.revision), reply.frame
        conversation.sent(encode({"jsonrpc": "2.0", "id": reply.message.get("id"), "method": method}), frame.channel)
        conversation.received(frame.raw, frame.channel, frame.size, frame.too_large, frame.facts)
        for monitor in monitors:
            for seen in monitor(conversation):
                assert seen.complaint is None, seen.complaint

    def _listed(self, kept: KeptList) -> list[str]:
        return identities(self._items(kept))

    def _items(self, kept: KeptList) -> tuple[dict[str, Any], ...]:
        return self.session.list_all(kept.method, kept.member) if self.offer.declares(kept.capability) else ()
