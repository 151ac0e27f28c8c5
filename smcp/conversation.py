"""One stdio conversation, without the stdio: lines in, messages for the server and lines for the client out.

It knows which requests are open, so that an answer nobody waits for is never written, a cancellation reaches only
a request of exactly that id, and the end of the input can wait for work in flight. It also gathers the answers of
a batch, which 2025-03-26 obliges servers to accept.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from mcp_types import (
    CONNECTION_CLOSED,
    INTERNAL_ERROR,
    JSONRPCError,
    JSONRPCMessage,
    JSONRPCNotification,
    JSONRPCRequest,
    JSONRPCResponse,
)

from smcp.envelope import INVALID_REQUEST, Kind, Refusal, encode, error_response, examine, parse

BATCH_REVISION = "2025-03-26"

Incoming = JSONRPCRequest | JSONRPCNotification
Key = tuple[type, Any]


@dataclass(frozen=True)
class Received:
    """What a line means: messages for the server, and perhaps a line to answer at once."""

    deliver: tuple[Incoming, ...] = ()
    answer: bytes | None = None


@dataclass
class _Batch:
    waiting: Counter[Key] = field(default_factory=Counter)
    answers: list[dict[str, Any]] = field(default_factory=list)

    def line(self) -> bytes | None:
        return encode(self.answers) if self.answers and not self.waiting.total() else None


@dataclass
class Conversation:
    """The state of one conversation. `revision` is what `initialize` agreed on, None before and without it."""

    revision: str | None = None
    _open: Counter[Key] = field(default_factory=Counter)
    _batches: dict[Key, _Batch] = field(default_factory=dict)
    _initialize: Key | None = None

    @property
    def idle(self) -> bool:
        """True if no request waits for its answer."""
        return not self._open.total()

    def receive(self, line: bytes) -> Received:
        """Take one line from the client."""
        if not line.strip():
            return Received()
        try:
            value = parse(line)
        except Refusal as refusal:
            return Received(answer=self._refused(refusal))
        if isinstance(value, list) and self.revision == BATCH_REVISION:
            return self._receive_batch(value)
        try:
            message = self._admit(value)
        except Refusal as refusal:
            return Received(answer=None if refusal.unanswerable else self._refused(refusal))
        return Received(deliver=() if message is None else (message,))

    def send(self, message: JSONRPCMessage) -> bytes | None:
        """Take one message from the server; return the line to write, None if there is none (yet)."""
        if isinstance(message, JSONRPCNotification | JSONRPCRequest):
            return encode(message.model_dump(by_alias=True, mode="json", exclude_unset=True))
        key = _key(message.id)
        if not self._settle(key):
            return None  # cancelled, and a cancelled request is not answered
        if isinstance(message, JSONRPCError) and message.error.code == CONNECTION_CLOSED:
            return None  # the SDK's word for a shutdown; the specification keeps that code for nobody
        answer = _answer(message)
        if key == self._initialize and isinstance(message, JSONRPCResponse):
            self.revision = message.result.get("protocolVersion")
        batch = self._batches.get(key)
        if batch is None:
            return encode(answer)
        batch.answers.append(answer)
        return self._batch_line(batch, key)

    def _admit(self, value: Any) -> Incoming | None:
        """Return the message if the server is to see it, None if it may be forgotten. Raises `Refusal`."""
        kind = examine(value)
        if kind is Kind.RESPONSE:
            return None  # this server asks nothing
        if kind is Kind.NOTIFICATION:
            return self._admit_notification(value)
        if value["method"] == "initialize":
            if self.revision is not None:
                raise Refusal(INVALID_REQUEST, "Invalid Request: already initialized", value["id"])
            self._initialize = _key(value["id"])
        self._open[_key(value["id"])] += 1
        return JSONRPCRequest.model_validate(value, by_name=False)

    def _admit_notification(self, value: Any) -> Incoming | None:
        if value["method"] == "notifications/cancelled":
            key = _key(value.get("params", {}).get("requestId"))
            if not self._settle(key):
                return None  # unknown, answered, or of another type: "1" is not 1
            batch = self._batches.get(key)
            if batch is not None:
                self._batch_line(batch, key)
        return JSONRPCNotification.model_validate(value, by_name=False)

    def _receive_batch(self, values: list[Any]) -> Received:
        if not values:
            return Received(answer=self._refused(Refusal(INVALID_REQUEST, "Invalid Request: an empty batch")))
        batch = _Batch()
        deliver: list[Incoming] = []
        for value in values:
            try:
                message = self._admit(value)
            except Refusal as refusal:
                if not refusal.unanswerable:
                    batch.answers.append(refusal.response(self.revision))
                continue
            if isinstance(message, JSONRPCRequest):
                key = _key(message.id)
                batch.waiting[key] += 1
                self._batches[key] = batch
            if message is not None:
                deliver.append(message)
        return Received(deliver=tuple(deliver), answer=batch.line())

    def _batch_line(self, batch: _Batch, key: Key) -> bytes | None:
        batch.waiting[key] -= 1
        if batch.waiting[key] <= 0:
            self._batches.pop(key, None)
        return batch.line()

    def _settle(self, key: Key) -> bool:
        """Count one open request of that id as done; False if there is none."""
        if not self._open[key]:
            del self._open[key]
            return False
        self._open[key] -= 1
        return True

    def _refused(self, refusal: Refusal) -> bytes:
        return encode(refusal.response(self.revision))


def _answer(message: JSONRPCResponse | JSONRPCError) -> dict[str, Any]:
    if isinstance(message, JSONRPCError):
        if message.error.code == 0:  # the SDK's way to pass on an exception it met, with its text
            return error_response(INTERNAL_ERROR, "Internal error", message.id)
        error = message.error.model_dump(by_alias=True, mode="json", exclude_none=True)
        return {"jsonrpc": "2.0", "id": message.id, "error": error}
    answer = {"jsonrpc": "2.0", "id": message.id, "result": message.result}
    try:
        encode(answer)
    except ValueError:
        return error_response(INTERNAL_ERROR, "Internal error", message.id)
    return answer


def _key(request_id: Any) -> Key:
    """An id as a mapping key that keeps 1, "1" and True apart."""
    return (type(request_id), request_id if isinstance(request_id, str | int) else None)
