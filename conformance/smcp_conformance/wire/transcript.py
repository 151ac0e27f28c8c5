"""The record of a conversation: every message as it was read or written, with direction and time.

Bounded: a conversation keeps its newest frames within a byte budget and counts what it let go.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from smcp_conformance.wire.text import TooDeep, parse

BYTES_KEPT = 8 * 2**20
FRAMES_KEPT = 20_000
FRAME_COST = 1024  # bytes of memory that a frame takes beside its text
NOT_JSON: Any = type("NotJson", (), {"__repr__": lambda self: "NOT_JSON", "__bool__": lambda self: False})()


class Direction(str, Enum):
    """Who wrote a frame."""

    SENT = "->"
    RECEIVED = "<-"
    NOTE = "--"


def decode(raw: bytes) -> Any:
    """Parse one JSON text, or return `NOT_JSON`; strictness is the monitors' business, not this function's."""
    try:
        return parse(raw)
    except ValueError:
        return NOT_JSON


@dataclass(frozen=True)
class Frame:
    """One message as it crossed the wire.

    `raw` are its bytes (cut short if they are too many), `too_large` whether it is longer or nested more deeply than
    is judged, `size` their true number, `at` seconds since the conversation
    began, `value` the parsed JSON or `NOT_JSON`, `channel` where it travelled ("stdin", "stdout", "POST 3", "GET 1"),
    `facts` what the transport knows besides ("status", "headers", "event-id", "terminated" …), `probe` the id of the
    check that was at work.
    """

    direction: Direction
    raw: bytes
    value: Any = field(compare=False)
    at: float = 0.0
    size: int = 0
    channel: str = ""
    too_large: bool = False
    facts: Mapping[str, Any] = field(default_factory=dict, compare=False)
    probe: str = ""

    @property
    def weight(self) -> int:
        """What it costs to keep, in bytes: what memory budgets are counted in."""
        return len(self.raw) + FRAME_COST

    @property
    def message(self) -> Mapping[str, Any]:
        """The JSON object, or {} when it is none."""
        return self.value if isinstance(self.value, dict) else {}

    @property
    def messages(self) -> tuple[Mapping[str, Any], ...]:
        """The JSON objects in it: one, or the members of a batch."""
        members = self.value if isinstance(self.value, list) else [self.value]
        return tuple(member for member in members if isinstance(member, dict))

    @property
    def is_message(self) -> bool:
        """True if it is a JSON object or a batch (False: a log line, a stray byte, a broken text)."""
        return isinstance(self.value, (dict, list))

    @property
    def is_response(self) -> bool:
        """True if it has a result or an error and no method."""
        return bool({"result", "error"} & self.message.keys()) and "method" not in self.message

    @property
    def is_request(self) -> bool:
        """True if it has a method and an id."""
        return "method" in self.message and "id" in self.message

    @property
    def is_notification(self) -> bool:
        """True if it has a method and no id."""
        return "method" in self.message and "id" not in self.message

    @property
    def is_unasked(self) -> bool:
        """True if it came and is no response: a notification, a request, a stray line."""
        return self.direction is Direction.RECEIVED and not self.is_response and not isinstance(self.value, list)

    @property
    def text(self) -> str:
        """The bytes as text for people, undecodable ones escaped."""
        return self.raw.decode("utf-8", "backslashreplace")


class Conversation:
    """What was said on one connection, oldest first.

    `revision` is what the session negotiated ("" before), `probe` the id of the check that led it, `malformed` is
    true once something was sent that no conforming client sends: monitors then know what not to blame. `unasked` is
    the weight in bytes of all that the server sent without being asked for it.
    """

    def __init__(self, transport: str, revision: str = "", probe: str = "") -> None:
        self.transport = transport
        self.revision = revision
        self.probe = probe
        self.malformed = False
        self.dropped = 0
        self.unasked = 0
        self.client_capabilities: Mapping[str, Any] = {}
        self._frames: deque[Frame] = deque()
        self._requests: dict[str, Frame] = {}
        self._bytes = 0
        self._lock = threading.Lock()
        self._began = time.monotonic()

    def sent(self, raw: bytes, channel: str, facts: Mapping[str, Any] | None = None) -> Frame:
        """Record what we wrote."""
        return self._add(Direction.SENT, raw, decode(raw), channel=channel, size=len(raw), facts=facts or {})

    def received(
        self, raw: bytes, channel: str, size: int = 0, too_large: bool = False, facts: Mapping[str, Any] | None = None
    ) -> Frame:
        """Record what the server wrote; `size` is given when `raw` was cut short."""
        value = NOT_JSON
        if not too_large:
            try:
                value = parse(raw)
            except ValueError as error:
                too_large = isinstance(error, TooDeep)
        more = {"channel": channel, "size": size or len(raw), "too_large": too_large, "facts": facts or {}}
        return self._add(Direction.RECEIVED, raw, value, **more)

    def note(self, text: str, **facts: Any) -> Frame:
        """Record an event that is no message ("stdin closed", "process exited with code 1")."""
        return self._add(Direction.NOTE, text.encode(), NOT_JSON, facts=facts)

    @property
    def frames(self) -> tuple[Frame, ...]:
        """Everything kept, in order."""
        with self._lock:
            return tuple(self._frames)

    @property
    def incoming(self) -> Iterator[Frame]:
        """What the server wrote, whole messages only (those over the size limit are left out)."""
        return (f for f in self.frames if f.direction is Direction.RECEIVED and not f.too_large)

    @property
    def outgoing(self) -> Iterator[Frame]:
        """What we wrote."""
        return (f for f in self.frames if f.direction is Direction.SENT)

    def request_of(self, response: Mapping[str, Any]) -> Frame | None:
        """Find the frame that sent the request with this response's id (same type, same value)."""
        with self._lock:
            return self._requests.get(_id_key(response))

    def method_of(self, response: Mapping[str, Any]) -> str | None:
        """Name the method that this response answers, if one of our requests has its id."""
        frame = self.request_of(response)
        mine = _id_key(response)
        methods = [m["method"] for m in frame.messages if "method" in m and _id_key(m) == mine] if frame else []
        return methods[0] if methods and isinstance(methods[0], str) else None

    def _add(self, direction: Direction, raw: bytes, value: Any, **more: Any) -> Frame:
        frame = Frame(direction, raw, value, time.monotonic() - self._began, probe=self.probe, **more)
        with self._lock:
            self._frames.append(frame)
            self._bytes += len(raw)
            self.unasked += frame.weight if frame.is_unasked else 0
            for key in _request_keys(frame):
                self._requests.setdefault(key, frame)
            while len(self._frames) > 1 and (self._bytes > BYTES_KEPT or len(self._frames) > FRAMES_KEPT):
                self._let_go(self._frames.popleft())
        return frame

    def _let_go(self, frame: Frame) -> None:
        self._bytes -= len(frame.raw)
        self.dropped += 1
        for key in _request_keys(frame):
            if self._requests.get(key) is frame:
                del self._requests[key]


def _request_keys(frame: Frame) -> Iterator[str]:
    """What the ids of the requests that we sent in `frame` are found by."""
    if frame.direction is Direction.SENT:
        yield from (_id_key(message) for message in frame.messages if message.keys() >= {"method", "id"})


def _id_key(message: Mapping[str, Any]) -> str:
    """Ids are equal only if their types are: 1 is neither "1" nor 1.0 nor true."""
    return repr(message.get("id"))
