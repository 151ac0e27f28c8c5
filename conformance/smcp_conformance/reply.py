"""What comes back: the answer to one request, and the request while it is awaited."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from smcp_conformance.tracebacks import ours
from smcp_conformance.wire.exchange import HttpExchange
from smcp_conformance.wire.transcript import Direction, Frame

if TYPE_CHECKING:
    from smcp_conformance.session import Session

__tracebackhide__ = ours
SHOWN = 400  # characters of a value that people are shown in the end
KEPT = 20_000  # characters until then: a text is masked before it is cut, or half a secret would stay
TAIL = 100
ANSWERING = re.compile(rb'\{.*"(result|error)"', re.DOTALL)


@dataclass(frozen=True)
class Reply:
    """The answer to one request: its frame, and `before`, the frames that arrived while it was awaited."""

    frame: Frame
    before: tuple[Frame, ...] = ()

    @property
    def message(self) -> Mapping[str, Any]:
        """The whole response object."""
        return self.frame.message

    @property
    def result(self) -> Mapping[str, Any]:
        """The result, or {} when there is none or it is no object."""
        found = self.message.get("result")
        return found if isinstance(found, dict) else {}

    @property
    def error(self) -> Mapping[str, Any] | None:
        """The error object, or None."""
        found = self.message.get("error")
        return found if isinstance(found, dict) else None

    @property
    def code(self) -> Any:
        """The error's code, or None when this is no error."""
        return self.error.get("code") if self.error else None

    @property
    def succeeded(self) -> bool:
        """True if there is a result and no error."""
        return "result" in self.message and "error" not in self.message

    @property
    def is_complete(self) -> bool:
        """True if there is a result that is the last word: not one that asks for input (2026-07-28)."""
        return self.succeeded and self.result.get("resultType", "complete") == "complete"

    @property
    def is_error_result(self) -> bool:
        """True if it is the result of a tool that says of itself that it is an error."""
        return self.result.get("isError") is True

    @property
    def exchange(self) -> HttpExchange | None:
        """The HTTP exchange that carried the answer, if HTTP did."""
        found = self.frame.facts.get("exchange")
        return found if isinstance(found, HttpExchange) else None

    @property
    def status(self) -> int | None:
        """The HTTP status, or None on stdio."""
        return self.exchange.status if self.exchange else None

    def __str__(self) -> str:
        status = f"HTTP {self.status} " if self.status not in (None, 200) else ""
        return status + brief(self.frame.text)


def brief(value: object, limit: int = KEPT) -> str:
    """Show a value on one line, cut in the middle where it is long."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=repr)
    text = " ".join(text.split())
    return text if len(text) <= limit else f"{text[: limit - TAIL]} … {text[-TAIL:]} ({len(text)} characters)"


def encode(message: object) -> bytes:
    """Write JSON on one line, in UTF-8; lone surrogates become escapes."""
    try:
        return json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode()
    except UnicodeEncodeError:
        return json.dumps(message, separators=(",", ":")).encode()


@dataclass(frozen=True)
class Reaction:
    """All that a server did about something we sent, well-formed or not: its frames and, over HTTP, the exchange."""

    frames: tuple[Frame, ...]
    exchange: HttpExchange | None = None

    @property
    def answers(self) -> tuple[Frame, ...]:
        """The responses among the frames, batches included."""
        return tuple(f for f in self.frames if f.is_response or isinstance(f.value, list))

    @property
    def error(self) -> Mapping[str, Any]:
        """The error object of the first answer, or {}."""
        found = self.answers[0].message.get("error") if self.answers else None
        return found if isinstance(found, dict) else {}

    @property
    def code(self) -> Any:
        """The error code of the first answer, or None."""
        return self.error.get("code")

    @property
    def status(self) -> int | None:
        """The HTTP status, or None on stdio."""
        return self.exchange.status if self.exchange else None

    def __str__(self) -> str:
        status = f"HTTP {self.status}" if self.status is not None else ""
        shown = brief(self.answers[0].text) if self.answers else "no answer"
        if self.exchange is not None and not self.answers and self.exchange.body:
            shown = brief(self.exchange.body.decode("utf-8", "replace"))
        return f"{status} {shown}".strip()


@dataclass(frozen=True)
class Pending:
    """A request on its way: the message that was sent and the frame that recorded it."""

    session: Session
    request: Mapping[str, Any]
    frame: Frame

    @property
    def id(self) -> Any:
        """The request's id."""
        return self.request.get("id")

    @property
    def method(self) -> str:
        """The request's method."""
        return str(self.request.get("method"))

    def wait(self, timeout: float | None = None) -> Reply:
        """Wait for the answer; `timeout` in seconds, else the session's."""
        return self.session.await_response(self, timeout)

    def answered_by(self, frame: Frame) -> bool:
        """Tell whether `frame` answers this request: a response with its id, or to its POST with no id at all."""
        if not frame.is_response or frame.direction is not Direction.RECEIVED:
            return False
        answer = frame.message.get("id")
        if type(answer) is type(self.id) and answer == self.id:
            return True
        mine = frame.facts.get("exchange") is self.frame.facts.get("exchange") is not None
        return mine and answer is None and not frame.facts.get("event")

    def misanswered_by(self, frame: Frame) -> bool:
        """Tell whether `frame` is a response that was meant for this request, by an id that differs only in type."""
        answer = frame.message.get("id")
        differs = frame.is_response and type(answer) is not type(self.id)
        return differs and answer is not None and (answer == self.id or str(answer) == str(self.id))

    def garbled_by(self, frame: Frame) -> bool:
        """Tell whether `frame` begins like the answer to this request and is no JSON in UTF-8."""
        broken = frame.direction is Direction.RECEIVED and not frame.is_message and not frame.too_large
        if not broken or not ANSWERING.match(frame.raw) or b'"method"' in frame.raw:
            return False
        return bool(re.search(rb'"id"\s*:\s*%s\s*[,}]' % re.escape(json.dumps(self.id).encode()), frame.raw))

    def ended_by(self, frame: Frame) -> bool:
        """Tell whether `frame` notes that the HTTP response to this request is over (without an answer)."""
        exchange = frame.facts.get("exchange")
        over = frame.direction is Direction.NOTE and exchange is not None
        return over and exchange is self.frame.facts.get("exchange") and self.session.transport.name == "http"


class HandshakeRefused(Exception):
    """The server's answer to `initialize`, or to `server/discover`, lacks the revision asked for; `reply` is it."""

    def __init__(self, text: str, reply: Reply) -> None:
        super().__init__(text)
        self.reply = reply
