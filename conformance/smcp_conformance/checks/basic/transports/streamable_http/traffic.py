"""What the checks of this page share: exchanges with the messages that began them, and the plainest request."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from smcp_conformance.codes import HEADER_MISMATCH
from smcp_conformance.reply import Reaction, brief
from smcp_conformance.session import Session
from smcp_conformance.wire.exchange import HttpExchange
from smcp_conformance.wire.transcript import Conversation, Direction, Frame


@dataclass(frozen=True)
class Posted:
    """A message that we posted, with what came back; `frame` recorded the sending."""

    frame: Frame
    exchange: HttpExchange

    @property
    def received(self) -> list[Frame]:
        """What came back, as far as it was kept."""
        return self.exchange.frames

    @property
    def ids(self) -> list[Any]:
        """The ids of the requests in it."""
        return [message["id"] for message in self.frame.messages if message.keys() >= {"id", "method"}]

    @property
    def accepted(self) -> bool:
        """True if the status says success."""
        return 200 <= self.exchange.status < 300


def posted(conversation: Conversation) -> Iterator[Posted]:
    """The requests that we posted in a conversation without malformed input, if all that came back is still there."""
    if conversation.malformed:
        return
    for frame in conversation.frames:
        exchange = frame.facts.get("exchange")
        if frame.direction is Direction.SENT and isinstance(exchange, HttpExchange):
            found = Posted(frame, exchange)
            if found.ids and exchange.status and exchange.whole:
                yield found


def streamed(conversation: Conversation) -> Iterator[Posted]:
    """Those that were answered by an event stream."""
    return (one for one in posted(conversation) if one.exchange.streaming)


def answered(one: Posted) -> bool:
    """Tell whether a response to the posted request is among what came back."""
    return any(_answers(message, one.ids) for frame in one.received for message in frame.messages)


def _answers(message: Mapping[str, Any], ids: list[Any]) -> bool:
    return "method" not in message and any(same(message.get("id"), id) for id in ids)


def same(one: object, other: object) -> bool:
    """Equal in value and type: 1 is not "1"."""
    return type(one) is type(other) and one == other


def ask(session: Session, headers: Mapping[str, str | None], **message: Any) -> Reaction:
    """Post a harmless request with other headers than a conforming client sends; what came back, whatever it is."""
    return session.provoke({**session.message(session.ping_method), **message}, headers=headers)


def refused_for_headers(reaction: Reaction, *also: int) -> bool:
    """Tell whether a request was refused as 2026-07-28 wants it for headers: 400 with -32020 (or a code in `also`)."""
    return reaction.status == 400 and reaction.code in (HEADER_MISMATCH, *also)


def served(reaction: Reaction) -> bool:
    """Tell whether a result came back."""
    return any("result" in message for frame in reaction.frames for message in frame.messages)


def shown(reaction: Reaction) -> str:
    """The reaction for people, with its content type where that is telling."""
    kind = reaction.exchange.content_type if reaction.exchange else ""
    return brief(f"{reaction} ({kind})" if kind and kind != "application/json" else str(reaction))
