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


class Disconnected(Exception):
    """The client left before its request was complete."""


class TooLarge(Exception):
    """The body is longer than allowed."""


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


async def body(receive: Receive, limit: int) -> bytes:
    """Read the whole request body. Raises `TooLarge` or `Disconnected`."""
    parts: list[bytes] = []
    held = 0
    more = True
    while more:
        message = await receive()
        if message["type"] != "http.request":
            raise Disconnected
        parts.append(message.get("body", b""))
        held += len(parts[-1])
        if held > limit:
            raise TooLarge
        more = message.get("more_body", False)
    return b"".join(parts)


def replay(content: bytes, receive: Receive) -> Receive:
    """Return a receive that gives the body once, and then what the connection gives."""
    waiting: list[Message] = [{"type": "http.request", "body": content, "more_body": False}]

    async def again() -> Message:
        return waiting.pop() if waiting else await receive()

    return again


async def answer(send: Send, status: int, content: Any = None, headers: Iterable[Header] = ()) -> None:
    """Send a complete response: JSON, or nothing if `content` is None."""
    written = b"" if content is None else json.dumps(content, separators=(",", ":")).encode("ascii")
    kind: list[Header] = [] if content is None else [(b"content-type", b"application/json")]
    length = (b"content-length", str(len(written)).encode("ascii"))
    await send({"type": "http.response.start", "status": status, "headers": [*kind, length, *headers]})
    await send({"type": "http.response.body", "body": written})
