"""The guard before the SDK's endpoint, played against an application that answers as the SDK would."""

from __future__ import annotations

import json
from typing import Any

import anyio
import pytest

from smcp.web.asgi import Message, Receive, Scope, Send
from smcp.web.guard import Guard

HEADERS = [(b"content-type", b"application/json"), (b"mcp-session-id", b"s")]


def answered(error: dict[str, Any], request_id: Any, **members: Any) -> bytes:
    """What a client gets of the event with which the application answers its request: an error, or other members."""
    parts: list[bytes] = []

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        inside = json.loads((await receive())["body"])["id"]
        assert inside != request_id
        event = {"jsonrpc": "2.0", "id": inside, **(members or {"error": error})}
        await send({"type": "http.response.start", "status": 200, "headers": []})
        written = json.dumps(event, separators=(",", ":")).encode()
        await send({"type": "http.response.body", "body": b"event: message\r\ndata: " + written + b"\r\n\r\n"})

    async def receive() -> Message:
        body = json.dumps({"jsonrpc": "2.0", "id": request_id, "method": "tools/call"}).encode()
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(part: Message) -> None:
        parts.append(part.get("body", b""))

    scope = {"type": "http", "method": "POST", "path": "/mcp", "headers": HEADERS}
    anyio.run(Guard(application), scope, receive, send)
    return b"".join(parts)


@pytest.mark.parametrize("request_id", [7, "1", "x" * 5000, '"error":{"code":0,'])
def test_an_exceptions_text_stays_inside(request_id: Any) -> None:
    """The SDK passes exceptions on with code 0; whatever the id looks like, other errors come as they are."""
    told = answered({"code": 0, "message": "secret /etc/path"}, request_id)
    expected = {"jsonrpc": "2.0", "id": request_id, "error": {"code": -32603, "message": "Internal error"}}
    assert json.loads(told.split(b"data: ")[1]) == expected
    other = answered({"code": -32602, "message": '"error":{"code":0,'}, request_id)
    assert json.loads(other.split(b"data: ")[1])["error"]["code"] == -32602


@pytest.mark.parametrize("code", [0, -32800])
def test_a_result_may_hold_what_looks_like_such_an_error(code: int) -> None:
    """It is a plugin's affair."""
    error = {"code": code, "message": "fine"}
    told = answered({}, 7, result={"structuredContent": {"error": error}})
    assert json.loads(told.split(b"data: ")[1])["result"]["structuredContent"]["error"] == error


@pytest.mark.parametrize("request_id", [7, "x" * 5000])
def test_a_cancelled_request_gets_no_answer(request_id: Any) -> None:
    """Where the SDK has an error for it."""
    assert answered({"code": -32800, "message": "Request cancelled"}, request_id) == b""
