"""The few ASGI shapes the HTTP side needs: typed names, header access, small answers, replayed bodies."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
Header = tuple[bytes, bytes]


class Rejected(Exception):
    """A request that ends here, with this HTTP status and JSON body."""

    def __init__(self, status: int, content: Any, *headers: Header) -> None:
        super().__init__(status)
        self.status = status
        self.content = content
        self.headers = headers


class Disconnected(Exception):
    """The client left before its request was complete."""


def values(scope: Scope, name: str) -> list[str]:
    """Return every value of a header, in order, without surrounding white space."""
    wanted = name.lower().encode("latin-1")
    return [value.decode("latin-1").strip() for key, value in scope["headers"] if key.lower() == wanted]


def value(scope: Scope, name: str) -> str | None:
    """Return the first value of a header."""
    return next(iter(values(scope, name)), None)


def replaced(scope: Scope, name: str, new: Iterable[str]) -> Scope:
    """Return a copy of the scope in which the header has exactly these values."""
    key = name.lower().encode("latin-1")
    kept: list[Header] = [header for header in scope["headers"] if header[0].lower() != key]
    return {**scope, "headers": [*kept, *((key, one.encode("latin-1")) for one in new)]}


def replay(content: bytes, receive: Receive) -> Receive:
    """Return a receive that gives the body once, and then what the connection gives."""
    waiting: list[Message] = [{"type": "http.request", "body": content, "more_body": False}]

    async def again() -> Message:
        return waiting.pop() if waiting else await receive()

    return again


async def answer(send: Send, status: int, content: Any = None, headers: Iterable[Header] = ()) -> None:
    """Send a complete response: JSON, or nothing if `content` is None."""
    written = None if content is None else json.dumps(content, separators=(",", ":")).encode("ascii")
    await answer_json(send, status, written, headers)


async def answer_json(send: Send, status: int, written: bytes | None, headers: Iterable[Header] = ()) -> None:
    """Send a complete response of JSON that is written already."""
    kind: list[Header] = [] if written is None else [(b"content-type", b"application/json")]
    length = (b"content-length", str(len(written or b"")).encode("ascii"))
    await send({"type": "http.response.start", "status": status, "headers": [*kind, length, *headers]})
    await send({"type": "http.response.body", "body": written or b""})
