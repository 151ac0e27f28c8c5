"""What stands before the SDK's HTTP endpoint: everything it lets through, answers wrongly, or mixes up.

The guard checks media types, versions and envelopes, and gives every request of the handshake era an id of its own
inside the server, so that two clients' requests, or one client's two, with equal ids can't get each other's answers.
It knows ASGI and JSON-RPC, not the SDK. Who may ask at all is the gate's business.
"""

from __future__ import annotations

import itertools
import re
from collections import OrderedDict
from typing import Any

from smcp.envelope import (
    INVALID_REQUEST,
    UNREADABLE,
    Kind,
    Refusal,
    encode,
    error_response,
    examine,
    parse,
)
from smcp.web import asgi, body
from smcp.web.asgi import App, Message, Receive, Rejected, Scope, Send
from smcp.web.batches import Collector, Reply

HANDSHAKE = ("2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25")
STATELESS = ("2026-07-28",)
BATCH_REVISION = "2025-03-26"

HEADER_MISMATCH = -32020
INTERNAL_ERROR = -32603
_META_VERSION = "io.modelcontextprotocol/protocolVersion"
_CANCELLED = b'"error":{"code":-32800,'
_EXCEPTION = b'"error":{"code":0,'  # the SDK's way to pass on an exception it met, with its text
# No line breaks to server-sent events, but to clients that split text wherever Python's splitlines does.
_LINE_BREAKS = ((b"\xc2\x85", rb"\u0085"), (b"\xe2\x80\xa8", rb"\u2028"), (b"\xe2\x80\xa9", rb"\u2029"))
_REMEMBERED = 10_000


class Guard:
    """An ASGI application around the SDK's endpoint. Raises `Rejected` for what it refuses."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._numbers = itertools.count(1)
        # Handshake-era requests without an answer yet: (session, type and value of the id) -> the id inside.
        self._inside: OrderedDict[tuple[str, type, Any], int] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one HTTP request, as ASGI says."""
        if scope["method"] == "POST":
            await self._post(cleaned(scope), receive, send)
            return
        check_bodiless(scope)
        await self._app(cleaned(scope), receive, _with_id(send, UNREADABLE))

    async def _post(self, scope: Scope, receive: Receive, send: Send) -> None:
        revision = asgi.value(scope, "mcp-protocol-version")
        content = await body.read(scope, receive)
        try:
            message = parse(content)
            if isinstance(message, list) and _takes_batches(scope, revision):
                await self._batch(scope, message, receive, send)
                return
            kind = examine(message)
            if _is_handshake(revision):
                check_session(scope, message, kind)
        except Refusal as refusal:
            raise Rejected(400, refusal.response()) from None
        await self._exchange(scope, message, kind, receive, send)

    async def _exchange(self, scope: Scope, message: Any, kind: Kind, receive: Receive, send: Send) -> None:
        """Pass one well-formed message on, and its answers back."""
        revision = asgi.value(scope, "mcp-protocol-version")
        request_id = message["id"] if kind is Kind.REQUEST else UNREADABLE
        send = _with_id(send, request_id)
        if not _is_handshake(revision):
            await self._app(scope, asgi.replay(encode(message), receive), send)
            return
        session = asgi.value(scope, "mcp-session-id") or ""
        if kind is Kind.REQUEST:
            send = self._renumbered(session, message, send)
        elif kind is Kind.NOTIFICATION and message["method"] == "notifications/cancelled":
            self._aim(session, message)
        await self._app(scope, asgi.replay(encode(message), receive), send)

    async def _batch(self, scope: Scope, messages: list[Any], receive: Receive, send: Send) -> None:
        """Serve a batch of 2025-03-26, one message after the other, and answer with one array."""
        if not messages:
            raise Refusal(INVALID_REQUEST, "Invalid Request: an empty batch")
        reply = Reply(send)
        for message in messages:
            try:
                await self._batched(scope, message, receive, reply)
            except Refusal as refusal:
                if not refusal.unanswerable:
                    await reply.take(refusal.response(BATCH_REVISION))
        await reply.finish()

    async def _batched(self, scope: Scope, message: Any, receive: Receive, reply: Reply) -> None:
        kind = examine(message)
        if kind is Kind.REQUEST and message["method"] == "initialize":
            raise Refusal(INVALID_REQUEST, "Invalid Request: initialize stands alone", message["id"])
        collector = Collector(reply)
        await self._exchange(scope, message, kind, receive, collector)
        whole = collector.whole()
        if collector.status == 404 and not reply.begun:  # the session is gone, for every message alike
            raise Rejected(404, whole)
        if whole is not None:
            await reply.take(whole)

    def _renumbered(self, session: str, message: dict[str, Any], send: Send) -> Send:
        """Give the request an id that no other has, and its answer the client's own id back."""
        number, original = next(self._numbers), message["id"]
        key = (session, type(original), original)
        message["id"] = number
        self._inside[key] = number
        if len(self._inside) > _REMEMBERED:
            self._inside.popitem(last=False)
        inside = b'{"jsonrpc":"2.0","id":%d,' % number
        outside = b'{"jsonrpc":"2.0","id":%s,' % encode(original)

        async def restored(part: Message) -> None:
            content = part.get("body", b"")
            if inside in content:
                self._inside.pop(key, None)
                part = {**part, "body": _answer(content.replace(inside, outside, 1), outside, original)}
            await send(part)

        return restored

    def _aim(self, session: str, message: dict[str, Any]) -> None:
        """Point a cancellation at the id inside; one that fits no open request exactly hits nothing."""
        params = message.get("params", {})
        wanted = params.get("requestId")
        known = isinstance(wanted, (str, int))
        number = self._inside.get((session, type(wanted), wanted)) if known else None
        message["params"] = {**params, "requestId": 0 if number is None else number}


def check_bodiless(scope: Scope) -> None:
    """Refuse what can't be said of a request without a message: methods, versions, sessions. Raises `Rejected`."""
    if scope["method"] not in ("GET", "DELETE"):
        raise Rejected(405, None, (b"allow", b"GET, POST, DELETE"))
    revision = asgi.value(scope, "mcp-protocol-version")
    if revision is not None and revision not in (*HANDSHAKE, *STATELESS):
        raise Rejected(
            400, error_response(INVALID_REQUEST, "Bad Request: unsupported MCP-Protocol-Version", UNREADABLE)
        )
    if _is_handshake(revision) and asgi.value(scope, "mcp-session-id") is None:
        content = error_response(INVALID_REQUEST, "Bad Request: missing Mcp-Session-Id", UNREADABLE)
        raise Rejected(400, content)


def check_session(scope: Scope, message: Any, kind: Kind) -> None:
    """Refuse a handshake-era message that belongs to no session. Raises `Refusal`."""
    if asgi.value(scope, "mcp-session-id") is not None or message.get("method") == "initialize":
        return
    request_id = message["id"] if kind is Kind.REQUEST else UNREADABLE
    meta = message.get("params", {}).get("_meta")
    if isinstance(meta, dict) and _META_VERSION in meta:
        raise Refusal(HEADER_MISMATCH, "Header mismatch: MCP-Protocol-Version does not name the body's", request_id)
    raise Refusal(INVALID_REQUEST, "Bad Request: missing Mcp-Session-Id", request_id)


def cleaned(scope: Scope) -> Scope:
    """Return the scope as the SDK reads it right.

    One Accept line without refused types, the media type in lower case, no resumption.
    """
    offers = [offer.strip() for line in asgi.values(scope, "accept") for offer in line.split(",")]
    wanted = [offer for offer in offers if not re.search(r";\s*q=0(\.0*)?\s*(;|$)", offer)]
    scope = asgi.replaced(scope, "accept", [", ".join(wanted)] if wanted else [])
    if body.media_type(scope) == body.JSON:
        scope = asgi.replaced(scope, "content-type", [body.JSON])
    return asgi.replaced(scope, "last-event-id", [])


def _with_id(send: Send, request_id: Any) -> Send:
    """Mend the SDK's error bodies, which say `"id":null` where the id is known, and where there is none to give."""
    held: list[Message] = []

    async def mended(part: Message) -> None:
        if part["type"] == "http.response.start" and part["status"] >= 400:
            held.append(part)
            return
        if not held:
            await send(part)
            return
        held.append(part)
        if part.get("more_body", False):
            return
        content = b"".join(one.get("body", b"") for one in held[1:])
        if content.startswith(b"{"):
            content = _reidentified(content, request_id)
        kept = [(name, value) for name, value in held[0]["headers"] if name.lower() != b"content-length"]
        length = (b"content-length", str(len(content)).encode("ascii"))
        await send({**held[0], "headers": [*kept, length]})
        await send({"type": "http.response.body", "body": content})

    return mended


def _answer(event: bytes, start: bytes, request_id: Any) -> bytes:
    """Mend the event that holds an answer, which begins with `start`: no exception's text, and none if cancelled."""
    if start + _CANCELLED in event:
        return b""
    for character, escape in _LINE_BREAKS:
        event = event.replace(character, escape)
    if start + _EXCEPTION in event:
        return b"event: message\ndata: %s\n\n" % encode(error_response(INTERNAL_ERROR, "Internal error", request_id))
    return event


def _reidentified(content: bytes, request_id: Any) -> bytes:
    message = parse(content)
    if message.get("id") is not None or "error" not in message:
        return content
    error = message["error"]
    return encode({**error_response(error["code"], error["message"], request_id), "error": error})


def _takes_batches(scope: Scope, revision: str | None) -> bool:
    return revision in (None, BATCH_REVISION) and asgi.value(scope, "mcp-session-id") is not None


def _is_handshake(revision: str | None) -> bool:
    return revision is None or revision in HANDSHAKE
