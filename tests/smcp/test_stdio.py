"""smcp over stdio, byte for byte: both eras, well-formed and malformed input."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from smcp_clients import META, STATELESS, Pipe, call, hello, notification, request

DEMO_TOOLS = [
    "demo_math__calculate",
    "demo_math__format_bytes",
    "demo_math__coin_flip",
    "demo_text__echo",
    "demo_text__word_count",
    "demo_text__slugify",
    "demo_text__hash_preview",
    "demo_text__morse",
    "health",
]


def answered(pipe: Pipe, line: bytes) -> list[Any]:
    """Send a line and return everything that comes before the answer to the ping behind it."""
    pipe.write(line + b"\n")
    pipe.send(request("after", "ping"))
    return list(iter(pipe.read, {"jsonrpc": "2.0", "id": "after", "result": {}}))


@pytest.mark.parametrize(
    ("line", "code", "request_id"),
    [
        (b"junk", -32700, None),
        (b'{"jsonrpc":"2.0","id":1', -32700, None),
        (b'{"jsonrpc":"2.0","id":1,"method":"ping","params":{"x":NaN}}', -32700, None),
        (b'{"jsonrpc":"2.0","id":1,"method":"\xff"}', -32700, None),
        (b"[" * 100_000, -32700, None),
        (b'"ping"', -32600, None),
        (b"[]", -32600, None),
        (b'[{"jsonrpc":"2.0","id":1,"method":"ping"}]', -32600, None),
        (b"{}", -32600, None),
        (b'{"jsonrpc":"2.0","id":null,"method":"ping"}', -32600, None),
        (b'{"jsonrpc":"2.0","id":1.5,"method":"ping"}', -32600, None),
        (b'{"jsonrpc":"2.0","id":true,"method":"ping"}', -32600, None),
        (b'{"jsonrpc":"2.0","id":{},"method":"ping"}', -32600, None),
        (b'{"jsonrpc":"2.0","id":1}', -32600, 1),
        (b'{"jsonrpc":"1.0","id":"a","method":"ping"}', -32600, "a"),
        (b'{"id":2,"method":"ping"}', -32600, 2),
        (b'{"jsonrpc":"2.0","id":3,"method":4}', -32600, 3),
        (b'{"jsonrpc":"2.0","id":3,"method":"ping","result":{}}', -32600, 3),
        (b'{"jsonrpc":"2.0","id":3,"method":"ping","params":[]}', -32602, 3),
        (b'{"jsonrpc":"2.0","id":3,"method":"ping","params":{"x":1e999}}', -32602, 3),
        (b'{"jsonrpc":"2.0","id":3,"method":"ping","params":{"x":"\\ud800"}}', -32602, 3),
        (b'{"jsonrpc":"2.0","id":"\\ud800","method":"ping"}', -32602, "\ud800"),
        (b'{"jsonrpc":"2.0","id":4,"method":"no/such"}', -32601, 4),
        (b'{"jsonrpc":"2.0","id":4,"method":"notifications/initialized"}', -32601, 4),
        (b'{"jsonrpc":"2.0","id":4,"method":"completion/complete"}', -32601, 4),
        (b'{"jsonrpc":"2.0","id":5,"method":"tools/call","params":{"name":7}}', -32602, 5),
        (b'{"jsonrpc":"2.0","id":6,"method":"tools/list","params":{"cursor":"made up"}}', -32602, 6),
        (json.dumps(hello(request_id=7)).encode(), -32600, 7),
    ],
)
def test_a_faulty_line_is_answered_with_its_code_and_the_readable_id(
    handshake: Pipe, line: bytes, code: int, request_id: Any
) -> None:
    """Exactly one error comes back, and the next request is served as if nothing had been."""
    [error] = answered(handshake, line)
    assert error["error"]["code"] == code
    assert error.get("id") == request_id
    assert ("id" in error) == (request_id is not None)


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"  \r",
        b'{"jsonrpc":"2.0","id":99,"result":{}}',
        b'{"jsonrpc":"2.0","id":99,"error":{"code":1,"message":"x"}}',
        b'{"jsonrpc":"2.0","id":99,"result":{},"error":{}}',
        b'{"jsonrpc":"2.0","method":"notifications/unknown"}',
        b'{"jsonrpc":"2.0","method":"notifications/initialized","params":[]}',
        b'{"jsonrpc":"1.0","method":"notifications/initialized"}',
        b'{"jsonrpc":"2.0","method":"tools/list"}',
        b'{"jsonrpc":"2.0","method":"notifications/cancelled"}',
        b'{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":{}}}',
    ],
)
def test_what_expects_no_answer_gets_none(handshake: Pipe, line: bytes) -> None:
    """Blank lines, responses nobody asked for and notifications, even malformed ones, are met with silence."""
    assert answered(handshake, line) == []


@pytest.mark.parametrize("request_id", [0, -1, 2**53, 2**70, "", "1", "ü\u2028", "x" * 5000])
def test_ids_come_back_unchanged(handshake: Pipe, request_id: Any) -> None:
    """Strings and integers of every size are echoed with value and type."""
    assert handshake.ask(request(request_id, "ping")) == {"jsonrpc": "2.0", "id": request_id, "result": {}}


def test_answers_are_single_lines_of_ascii(handshake: Pipe) -> None:
    """A text with every kind of line break survives clients that break lines anywhere."""
    text = "a\nb\r\u2028\u2029\x85ü"
    answer = handshake.ask(call(1, "demo_text__echo", {"message": text}))
    assert json.loads(answer["result"]["content"][0]["text"]) == {"message": text}


def test_a_message_may_arrive_in_pieces(handshake: Pipe) -> None:
    """Only newlines are boundaries."""
    for piece in (b'{"jsonrpc":"2.0",', b'"id":1,"method":"pi', b'ng"}\n{"jsonrpc":"2.0","id":2,"method":"ping"}\n'):
        handshake.write(piece)
    assert [handshake.read()["id"], handshake.read()["id"]] == [1, 2]


@pytest.mark.parametrize("revision", ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"])
def test_every_handshake_revision_is_spoken(start: Callable[..., Pipe], revision: str) -> None:
    """The offered revision is agreed to, and tools are served under it."""
    pipe = start().listen().open(revision)
    answer = pipe.ask(call(1, "odd__argv", {"text": "x"}))
    assert answer["result"]["content"] == [{"type": "text", "text": '["--text=x"]'}]


def test_tools_are_the_plugins_commands(handshake: Pipe) -> None:
    """Names, titles, schemas and hints come from --describe, in the same order each time."""
    first, second = (handshake.ask(request(number, "tools/list"))["result"]["tools"] for number in (1, 2))
    assert [tool["name"] for tool in first] == DEMO_TOOLS
    assert first == second
    size = next(tool for tool in first if tool["name"] == "demo_math__format_bytes")
    assert size["title"] == "Format bytes"
    assert size["annotations"] == {"readOnlyHint": True, "openWorldHint": False}
    assert size["inputSchema"]["additionalProperties"] is False
    assert size["inputSchema"]["required"] == ["size"]
    assert size["inputSchema"]["properties"]["unit"]["default"] == "iec"


def test_a_success_is_one_text_block(handshake: Pipe) -> None:
    """What a command prints; the demo plugins describe their results, so that it is structured content, too."""
    result = handshake.ask(call(1, "demo_math__calculate", {"operation": "subtract", "a": 1, "b": -2.5}))["result"]
    [block] = result["content"]
    assert json.loads(block["text"]) == result["structuredContent"]
    assert result["structuredContent"]["result"] == 3.5
    assert result["isError"] is False


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"operation": "add", "a": "1", "b": 2}, "a: '1' is not of type 'number'"),
        ({"operation": "add", "a": 1}, "'b' is a required property"),
        ({"operation": "power", "a": 1, "b": 2}, "operation: 'power' is not one of"),
        ({"operation": "add", "a": 1, "b": 2, "c": 3}, "'c' was unexpected"),
    ],
)
def test_arguments_that_break_the_schema_never_reach_the_plugin(
    handshake: Pipe, arguments: dict[str, Any], said: str
) -> None:
    """They are a result with isError that says what to change, in text and in structure alike."""
    result = handshake.ask(call(1, "demo_math__calculate", arguments))["result"]
    assert result["isError"] is True
    assert result["structuredContent"]["error"]["code"] == "invalid_arguments"
    assert said in result["structuredContent"]["error"]["message"]
    assert json.loads(result["content"][0]["text"]) == result["structuredContent"]


def test_a_plugins_own_error_is_passed_on(handshake: Pipe) -> None:
    """Message and code of the plugin's JSON reach the client."""
    result = handshake.ask(call(1, "demo_math__calculate", {"operation": "divide", "a": 1, "b": 0}))["result"]
    assert result["isError"] is True
    assert result["structuredContent"]["error"] == {
        "code": "plugin_error",
        "message": "b must not be 0 to divide",
        "plugin_code": "division_by_zero",
        "exit_code": 1,
    }


@pytest.mark.parametrize("name", ["nope", "demo_math.nope", "", "x" * 5000, "sanctum__tools"])
def test_an_unknown_tool_is_a_protocol_error(handshake: Pipe, name: str) -> None:
    """It is -32602, not a tool result, and says so in few words."""
    error = handshake.ask(call(1, name))["error"]
    assert (error["code"], len(error["message"]) < 200) == (-32602, True)


def test_arguments_may_be_left_out(handshake: Pipe) -> None:
    """A tool without required parameters runs on its defaults."""
    answer = handshake.ask(request(1, "tools/call", {"name": "demo_math__coin_flip"}))
    assert json.loads(answer["result"]["content"][0]["text"])["flips"] == 1


def test_concurrent_calls_get_their_own_answers(handshake: Pipe) -> None:
    """Each of twenty pipelined calls is answered once, with its own text."""
    handshake.send(*(call(number, "demo_text__echo", {"message": str(number)}) for number in range(20)))
    answers = [handshake.read() for _ in range(20)]
    told = {answer["id"]: json.loads(answer["result"]["content"][0]["text"])["message"] for answer in answers}
    assert told == {number: str(number) for number in range(20)}


def test_a_batch_gets_one_array(batching: Pipe) -> None:
    """2025-03-26 obliges servers to take batches: an answer for each request, none for notifications."""
    members = [request(1, "ping"), notification("x"), request("1", "no/such"), 7, {"jsonrpc": "2.0", "method": 1}]
    batching.write(json.dumps(members).encode() + b"\n")
    answers = {(repr(answer["id"]), answer.get("error", {}).get("code")) for answer in batching.read()}
    assert answers == {("1", None), ("'1'", -32601), ("None", -32600)}


def test_a_batch_without_requests_gets_nothing(batching: Pipe) -> None:
    """Notifications stay unanswered in a batch too."""
    assert answered(batching, json.dumps([notification("x"), notification("y")]).encode()) == []


@pytest.mark.parametrize("line", [b"[]", b'[{"jsonrpc":"2.0","method":"x","params":1},[]]'])
def test_a_faulty_batch_is_an_invalid_request(batching: Pipe, line: bytes) -> None:
    """An empty array gets a single error, a nested array one in an array; up to 2025-06-18 the id is null."""
    [answer] = answered(batching, line)
    error = answer[0] if isinstance(answer, list) else answer
    assert (error["id"], error["error"]["code"]) == (None, -32600)


def test_the_stateless_era_needs_no_handshake(stateless: Pipe) -> None:
    """discover, list and call work on a fresh process with the envelope alone."""
    discovered = stateless.ask(request(1, "server/discover", {"_meta": META}))["result"]
    assert discovered["supportedVersions"] == [STATELESS]
    tools = stateless.ask(request(2, "tools/list", {"_meta": META}))["result"]
    assert [tool["name"] for tool in tools["tools"]] == DEMO_TOOLS
    assert (tools["resultType"], tools["ttlMs"], tools["cacheScope"]) == ("complete", 0, "private")
    called = stateless.ask(call("c", "demo_text__slugify", {"text": "Ünï cödé"}, _meta=META))["result"]
    assert json.loads(called["content"][0]["text"]) == {"slug": "uni-code"}
    assert called["_meta"]["io.modelcontextprotocol/serverInfo"]["name"] == "smcp"


@pytest.mark.parametrize(
    ("message", "code"),
    [
        (request(1, "tools/list"), -32602),
        (request(1, "tools/list", {"_meta": {}}), -32602),
        (request(1, "tools/list", {"_meta": {**META, "io.modelcontextprotocol/protocolVersion": "1999"}}), -32022),
        (request(1, "ping", {"_meta": META}), -32601),
        (request(1, "tools/list", {"_meta": META, "cursor": "made up"}), -32602),
        (call(1, "nope", _meta=META), -32602),
    ],
)
def test_the_stateless_era_refuses_per_request(stateless: Pipe, message: dict[str, Any], code: int) -> None:
    """A bad envelope, version, method, cursor or tool costs that request alone."""
    assert stateless.ask(request(0, "server/discover", {"_meta": META}))["id"] == 0
    assert stateless.ask(message)["error"]["code"] == code


def test_a_subscription_is_acknowledged_for_what_is_served(stateless: Pipe) -> None:
    """Only tools can change here; cancelling ends the stream in silence."""
    wanted = {"toolsListChanged": True, "promptsListChanged": True, "resourceSubscriptions": ["file:///x"]}
    ack = stateless.ask(request("sub", "subscriptions/listen", {"notifications": wanted, "_meta": META}))
    assert ack["method"] == "notifications/subscriptions/acknowledged"
    assert ack["params"]["notifications"] == {"toolsListChanged": True}
    assert ack["params"]["_meta"]["io.modelcontextprotocol/subscriptionId"] == "sub"
    stateless.send(notification("notifications/cancelled", {"requestId": "sub"}))
    assert stateless.ask(request(1, "server/discover", {"_meta": META}))["id"] == 1


def test_an_overlong_message_is_refused_and_skipped(handshake: Pipe) -> None:
    """Past 16 MiB the line is dropped as it comes, and the next line is read as usual."""
    chunk = b"x" * (1024 * 1024)
    for _ in range(17):
        handshake.write(chunk)
    [error] = answered(handshake, b"")
    assert error["error"]["code"] == -32600
    assert "16777216" in error["error"]["message"]
