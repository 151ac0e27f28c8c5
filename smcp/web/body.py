"""Read the body of a POST: JSON by its media type, of bounded length, within bounded time."""

from __future__ import annotations

import anyio

from smcp.envelope import INVALID_REQUEST, PARSE_ERROR, UNREADABLE, error_response
from smcp.web import asgi
from smcp.web.asgi import Disconnected, Receive, Rejected, Scope

MAX_BODY = 4 * 1024 * 1024
"""Bytes of a request body."""

BODY_TIME = 60.0
"""Seconds in which the whole body must have come."""

JSON = "application/json"


async def read(scope: Scope, receive: Receive, limit: int = MAX_BODY, seconds: float = BODY_TIME) -> bytes:
    """Return the whole body. Raises `Disconnected`, or `Rejected` with 408, 413 or 415."""
    if media_type(scope) != JSON:
        refusal = "Unsupported Media Type: Content-Type must be application/json"
        raise Rejected(415, error_response(INVALID_REQUEST, refusal, UNREADABLE))
    announced = asgi.value(scope, "content-length") or ""
    if announced.isdigit() and (len(announced) > 15 or int(announced) > limit):
        raise _too_large(limit)
    try:
        with anyio.fail_after(seconds):
            return await _all(receive, limit)
    except TimeoutError:
        refusal = f"Request Timeout: the body must come within {seconds:g} s"
        # The rest may still come, and nobody waits for it: the connection ends here.
        raise Rejected(408, error_response(PARSE_ERROR, refusal, UNREADABLE), (b"connection", b"close")) from None


def media_type(scope: Scope) -> str:
    """Return the Content-Type without parameters, in lower case; empty if there is none, or more than one."""
    found = asgi.values(scope, "content-type")
    return found[0].partition(";")[0].strip().lower() if len(found) == 1 else ""


async def _all(receive: Receive, limit: int) -> bytes:
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
            raise _too_large(limit)
        more = message.get("more_body", False)
    return b"".join(parts)


def _too_large(limit: int) -> Rejected:
    return Rejected(413, error_response(PARSE_ERROR, f"Content Too Large: at most {limit} bytes", UNREADABLE))
