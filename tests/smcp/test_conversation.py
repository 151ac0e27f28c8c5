"""The strict envelope and the stdio conversation, without a process."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mcp_types import (
    CONNECTION_CLOSED,
    ErrorData,
    JSONRPCError,
    JSONRPCMessage,
    JSONRPCNotification,
    JSONRPCRequest,
    JSONRPCResponse,
)
from smcp_clients import hello, notification, request

from smcp.conversation import Conversation
from smcp.envelope import Kind, Refusal, encode, examine, parse
from smcp.stdio import Lines

# A busy machine is no fault.
steady = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)
almost = st.dictionaries(
    st.sampled_from(["jsonrpc", "id", "method", "params", "result", "error"]), values | st.just("2.0")
)


def line(message: Any) -> bytes:
    """A message as a client writes it."""
    return json.dumps(message).encode()


def written(conversation: Conversation, message: JSONRPCMessage) -> Any:
    """What the conversation writes for a message of the server."""
    out = conversation.send(message)
    return None if out is None else json.loads(out)


def success(request_id: Any, **result: Any) -> JSONRPCResponse:
    """A response of the server."""
    return JSONRPCResponse(jsonrpc="2.0", id=request_id, result=result)


def judged(message: Any) -> Kind | Refusal:
    """What `examine` says, also if it says no."""
    try:
        return examine(message)
    except Refusal as refusal:
        return refusal


@steady
@given(almost)
def test_every_object_is_one_of_three_kinds_or_refused(message: dict[str, Any]) -> None:
    """Whatever passes has the right version, id, method and params; whatever doesn't has a code."""
    kind = judged(message)
    if isinstance(kind, Refusal):
        assert kind.code in (-32600, -32602)
        return
    assert message["jsonrpc"] == "2.0"
    if kind is Kind.RESPONSE:
        assert ("result" in message) != ("error" in message)
        return
    assert isinstance(message["method"], str)
    assert isinstance(message.get("params", {}), dict)
    assert ("id" in message) == (kind is Kind.REQUEST)
    assert type(message.get("id", 0)) in (int, str)
    encode(message).decode().encode("utf-8")


@steady
@given(st.binary() | values.map(lambda value: json.dumps(value).encode()))
def test_no_line_breaks_a_conversation(raw: bytes) -> None:
    """Any bytes lead to a delivery, an answer or nothing, never to an exception, and an answer is an error."""
    received = Conversation().receive(raw)
    if received.answer is not None:
        assert "error" in json.loads(received.answer)


def test_json_that_is_not_utf8_is_not_json() -> None:
    """Not even with a byte order mark."""
    for raw in ("{}".encode("utf-16"), b"\xef\xbb\xbf{}", b'"\xed\xa0\x80"'):
        with pytest.raises(Refusal) as refused:
            parse(raw)
        assert refused.value.code == -32700


def test_answers_go_to_open_requests_only() -> None:
    """A second answer, one after a cancellation, and the SDK's word for a shutdown are not written."""
    conversation = Conversation()
    assert conversation.idle
    for number in (1, 2, 3):
        assert conversation.receive(line(request(number, "x"))).deliver[0].method == "x"
    assert written(conversation, success(1))["id"] == 1
    assert written(conversation, success(1)) is None
    assert conversation.receive(line(notification("notifications/cancelled", {"requestId": "2"}))).deliver == ()
    assert len(conversation.receive(line(notification("notifications/cancelled", {"requestId": 2}))).deliver) == 1
    assert written(conversation, success(2)) is None
    assert not conversation.idle
    closed = ErrorData(code=CONNECTION_CLOSED, message="Connection closed")
    assert written(conversation, JSONRPCError(jsonrpc="2.0", id=3, error=closed)) is None
    assert conversation.idle


def test_a_result_that_is_no_json_becomes_an_internal_error() -> None:
    """NaN never reaches the wire."""
    conversation = Conversation()
    conversation.receive(line(request(1, "x")))
    assert written(conversation, success(1, value=float("nan")))["error"]["code"] == -32603


def test_messages_of_the_server_keep_their_form() -> None:
    """Notifications and requests are written with what they were given."""
    conversation = Conversation()
    told = {"jsonrpc": "2.0", "method": "notifications/x", "params": {"a": None}}
    assert written(conversation, JSONRPCNotification.model_validate(told)) == told
    asked = {"jsonrpc": "2.0", "id": 1, "method": "x"}
    assert written(conversation, JSONRPCRequest.model_validate(asked)) == asked


def test_cancelling_the_last_request_of_a_batch_leaves_the_rest_to_answer() -> None:
    """A batch is answered when nothing in it is open any more."""
    conversation = Conversation()
    conversation.receive(line(hello("2025-03-26")))
    written(conversation, success("hello", protocolVersion="2025-03-26"))
    batch = [request(1, "x"), request(2, "x"), request(2, "x"), notification("y")]
    assert len(conversation.receive(line(batch)).deliver) == 4
    assert written(conversation, success(1)) is None
    assert written(conversation, success(2)) is None
    conversation.receive(line(notification("notifications/cancelled", {"requestId": 2})))
    assert conversation.idle


def test_the_shape_of_an_error_without_id_follows_the_revision() -> None:
    """Null up to 2025-06-18, absent afterwards and before anything was agreed on."""
    for revision, present in ((None, False), ("2024-11-05", True), ("2025-06-18", True), ("2025-11-25", False)):
        answer = json.loads(Conversation(revision=revision).receive(b"junk").answer or b"")
        assert ("id" in answer) is present


@steady
@given(st.lists(st.binary(max_size=20).map(lambda raw: raw.replace(b"\n", b"")), max_size=8), st.data())
def test_lines_are_cut_at_newlines_alone(texts: list[bytes], data: st.DataObject) -> None:
    """However the bytes are cut into chunks."""
    stream = b"".join(text + b"\n" for text in texts) + b"rest"
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)))))
    lines = Lines()
    got: list[bytes | None] = []
    for begin, end in zip([0, *cuts], [*cuts, len(stream)], strict=True):
        got.extend(lines.feed(stream[begin:end]))
    assert [*got, *lines.finish()] == [*texts, b"rest"]


def test_an_overlong_line_comes_out_once_as_nothing() -> None:
    """And costs no memory while it comes."""
    lines = Lines(limit=10)
    assert [*lines.feed(b"x" * 8), *lines.feed(b"x" * 8), *lines.feed(b"x\nok\n")] == [None, b"ok"]
    assert list(lines.finish()) == []


def test_an_exceptions_text_stays_inside() -> None:
    """The SDK passes exceptions on with code 0."""
    conversation = Conversation()
    conversation.receive(b'{"jsonrpc":"2.0","id":3,"method":"tools/call"}')
    failed = ErrorData(code=0, message="secret /etc/path")
    told = written(conversation, JSONRPCError(jsonrpc="2.0", id=3, error=failed))
    assert told == {"jsonrpc": "2.0", "id": 3, "error": {"code": -32603, "message": "Internal error"}}
