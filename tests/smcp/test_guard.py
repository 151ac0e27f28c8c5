"""The guard before the SDK's endpoint, played against an application that answers as the SDK would."""

from __future__ import annotations

import json
from typing import Any

import anyio
import pytest

from smcp.web.asgi import Message, Receive, Rejected, Scope, Send
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


def batched(*sent: bytes, status: int = 200) -> list[Message]:
    """The response to a batch of two pings, if each is answered with these parts of a body; {id} is the id inside."""
    parts: list[Message] = []

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        inside = json.loads((await receive())["body"])["id"]
        await send({"type": "http.response.start", "status": status, "headers": []})
        for part in sent:
            body = part.replace(b"{id}", b"%d" % inside)
            await send({"type": "http.response.body", "body": body, "more_body": True})
        await send({"type": "http.response.body", "body": b""})

    async def receive() -> Message:
        pings = [{"jsonrpc": "2.0", "id": number, "method": "ping"} for number in (1, 2)]
        return {"type": "http.request", "body": json.dumps(pings).encode(), "more_body": False}

    async def send(part: Message) -> None:
        parts.append(part)

    scope = {"type": "http", "method": "POST", "path": "/mcp", "headers": HEADERS}
    anyio.run(Guard(application), scope, receive, send)
    return parts


NEWS = b'event: message\r\ndata: {"jsonrpc":"2.0","method":"news"}\r\n\r\n'
DONE = b'event: message\r\ndata: {"jsonrpc":"2.0","id":{id},"result":{}}\r\n\r\n'
BOTH: list[dict[str, Any]] = [{"jsonrpc": "2.0", "id": number, "result": {}} for number in (1, 2)]


def test_answers_of_a_batch_are_one_json_array() -> None:
    """Whether the application streams them or not."""
    for sent in ([DONE], [b": ping\n\n", DONE], [DONE.strip().split(b": ")[-1]]):
        start, body = batched(*sent)
        assert dict(start["headers"])[b"content-type"] == b"application/json"
        assert json.loads(body["body"]) == BOTH


@pytest.mark.parametrize("cut", [0, 3, 20, len(NEWS) - 1])
def test_notifications_of_a_batch_are_streamed_before_its_answers(cut: int) -> None:
    """As they come, however the application cuts its events."""
    start, *events, last = batched(NEWS[:cut], NEWS[cut:], DONE)
    assert dict(start["headers"])[b"content-type"] == b"text/event-stream"
    assert [json.loads(event["body"].split(b"data: ")[1])["method"] for event in events] == ["news", "news"]
    assert all(event["more_body"] for event in events)
    assert not last["more_body"]
    assert json.loads(last["body"].split(b"data: ")[1]) == BOTH


def test_a_stream_without_answers_ends() -> None:
    """As when every request of the batch was cancelled."""
    *_, last = batched(NEWS)
    assert (last["body"], last.get("more_body", False)) == (b"", False)


def test_a_session_that_ends_within_a_batch_is_told_where_it_can_be() -> None:
    """By the status, or in the array if the stream has begun."""
    gone = b'{"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":"Session not found"}}'
    with pytest.raises(Rejected) as raised:
        batched(gone, status=404)
    assert (raised.value.status, raised.value.content["error"]["code"]) == (404, -32600)
    *_, last = batched(NEWS + gone, status=404)
    assert [one["error"]["code"] for one in json.loads(last["body"].split(b"data: ")[1])] == [-32600, -32600]
