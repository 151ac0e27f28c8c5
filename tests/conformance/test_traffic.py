"""What monitors take for messages of the server, and how its bytes are read before anything parses them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from smcp_conformance import traffic
from smcp_conformance.checks import all_checks
from smcp_conformance.checks.basic.index.encoding import every_message_is_strict_json, every_message_is_utf_8, read
from smcp_conformance.checks.basic.index.errors import error_messages_are_concise
from smcp_conformance.checks.basic.index.ids import (
    every_response_carries_the_id_of_a_request,
    no_request_is_answered_twice,
)
from smcp_conformance.checks.basic.index.meta import reserved_prefixes_are_left_to_mcp
from smcp_conformance.checks.schema import CURSORS, every_result_fits_its_type, optional_members_are_never_null
from smcp_conformance.wire.transcript import Conversation


def talk(*lines: object, transport: str = "stdio", **facts: Any) -> Conversation:
    """A conversation in which the server wrote these lines, bytes as they are and other values as JSON."""
    conversation = Conversation(transport, "2025-11-25")
    for line in lines:
        raw = line if isinstance(line, bytes) else json.dumps(line).encode()
        conversation.received(raw, "stdout" if transport == "stdio" else "POST 1", facts=facts)
    return conversation


def response(id: object, **members: Any) -> dict[str, Any]:
    """A response with an empty result unless told otherwise."""
    return {"jsonrpc": "2.0", "id": id, **(members or {"result": {}})}


def test_a_log_line_is_no_message() -> None:
    """A stray line on stdout, JSON or not, is no response and no notification."""
    conversation = talk(b"[INFO] ready", {"level": "info", "msg": "ready"}, response(1))
    assert [message["id"] for _, message in traffic.responses(conversation)] == [1]
    assert list(traffic.notifications(conversation)) == []


def test_the_members_of_a_batch_are_messages() -> None:
    """An array of responses counts as each of them."""
    conversation = talk([response(1), response(2, error={"code": 1, "message": "no"})])
    assert [message["id"] for _, message in traffic.responses(conversation)] == [1, 2]
    assert [error["code"] for _, error in traffic.errors(conversation)] == [1]


@pytest.mark.parametrize(
    ("facts", "judged"),
    [
        ({"status": 200}, True),
        ({"status": 401}, False),
        ({"status": 200, "event": "message"}, True),
        ({"status": 200, "event": "tick"}, False),
    ],
)
def test_a_body_over_http_is_a_message_only_where_it_is_meant_to_be(facts: dict[str, Any], judged: bool) -> None:
    """The JSON body of a refusal need not be JSON-RPC, and events of other types are not MCP's."""
    conversation = talk({"error": "invalid_token"}, transport="http", **facts)
    assert bool(list(traffic.responses(conversation))) is judged


def test_a_refusal_over_http_that_claims_to_be_json_rpc_is_judged() -> None:
    """An error response with a status of 400 is a message as well."""
    conversation = talk(response(1, error={"code": -32600, "message": "no"}), transport="http", status=400)
    assert [error["code"] for _, error in traffic.errors(conversation)] == [-32600]


def test_a_result_is_matched_to_the_request_of_exactly_its_id() -> None:
    """The ids 1 and "1" belong to different requests; an id used for two methods belongs to neither."""
    conversation = Conversation("stdio", "2025-11-25")
    for id, method in ((1, "ping"), ("1", "tools/list"), (2, "ping"), (2, "tools/list")):
        conversation.sent(json.dumps({"jsonrpc": "2.0", "id": id, "method": method}).encode(), "stdin")
    for answer in (1, "1", 2, True):
        conversation.received(json.dumps(response(answer)).encode(), "stdout")
    found = [(message["id"], request["method"]) for _, message, request in traffic.answered(conversation)]
    assert found == [(1, "ping"), ("1", "tools/list")]


def test_metadata_inside_what_the_application_defines_is_not_looked_at() -> None:
    """`_meta` in structured content or in a schema is the application's; in content items it is MCP's."""
    result = {"structuredContent": {"_meta": 1}, "content": [{"type": "text", "text": "x", "_meta": {"a": 1}}]}
    assert list(traffic.metas(result)) == [{"a": 1}]


def test_a_conversation_is_complete_until_something_malformed_is_sent() -> None:
    """After malformed input the server is not blamed for what it can't match."""
    conversation = talk(response(1))
    assert traffic.complete(conversation)
    conversation.malformed = True
    assert not traffic.complete(conversation)


@pytest.mark.parametrize(
    "raw",
    [
        b'{"jsonrpc":"2.0",}',
        b'{"jsonrpc":"2.0"} {"jsonrpc":"2.0"}',
        b'{"jsonrpc":"2.0"} // note',
        b"\xef\xbb\xbf" + b'{"jsonrpc":"2.0"}',
        b'{"jsonrpc":"2.0","id":1,"id":2}',
        b'{"jsonrpc":"2.0","id":"\\ud800"}',
    ],
)
def test_what_is_not_strict_json_is_complained_of(raw: bytes) -> None:
    """Trailing commas, second texts, comments, byte order marks, repeated members and lone surrogates are seen."""
    (seen,) = every_message_is_strict_json(talk(raw))
    assert seen.complaint is not None
    (read_well,) = every_message_is_utf_8(talk(raw))
    assert read_well.complaint is None


def test_a_lone_surrogate_that_we_sent_first_is_not_held_against_the_server() -> None:
    """An echo of our own odd text is no fault."""
    raw = b'{"jsonrpc":"2.0","id":"\\ud800"}'
    conversation = talk(raw)
    conversation.sent(raw, "stdin")
    (seen,) = every_message_is_strict_json(conversation)
    assert seen.complaint is None


def test_bytes_that_are_no_utf_8_are_one_fault_and_not_two() -> None:
    """Latin-1 is complained of as no UTF-8, not as broken JSON as well."""
    conversation = talk('{"jsonrpc":"2.0","id":"é"}'.encode("latin-1"))
    (garbled,), (strict,) = every_message_is_utf_8(conversation), every_message_is_strict_json(conversation)
    assert garbled.complaint is not None
    assert strict.complaint is None


def test_repeated_members_count_on_the_outside_only() -> None:
    """Names inside a result may be the application's; those of the message itself must be distinct."""
    assert read(b'{"a":{"b":1,"b":2}}').repeated == ()
    assert read(b'{"a":1,"b":{},"a":2}').repeated == ("a",)


def test_constants_that_are_no_numbers_are_found_at_any_depth() -> None:
    """NaN and the infinities are noted, and are no reason to call the text unreadable."""
    text = read(b'{"a":[NaN,{"b":-Infinity}]}')
    assert (text.error, text.constants) == ("", ("NaN", "-Infinity"))


def complaints(monitor: Any, conversation: Conversation) -> list[str]:
    """What `monitor` complains of."""
    return [seen.complaint for seen in monitor(conversation) if seen.complaint is not None]


def asked(*ids: object, method: str = "ping") -> Conversation:
    """A conversation in which we sent requests with these ids."""
    conversation = Conversation("http", "2025-11-25")
    for id in ids:
        conversation.sent(json.dumps({"jsonrpc": "2.0", "id": id, "method": method}).encode(), "POST 1")
    return conversation


def test_an_event_that_is_replayed_is_no_second_answer() -> None:
    """A resumed stream repeats events under their old ids; the same response under a new one is a second answer."""
    conversation = asked(1)
    for event in ("e1", "e1", "e2"):
        facts = {"event": "message", "event-id": event, "status": 200}
        conversation.received(json.dumps(response(1)).encode(), "GET 2", facts=facts)
    assert len(complaints(no_request_is_answered_twice, conversation)) == 1


def test_ids_are_not_held_against_a_server_that_got_malformed_input() -> None:
    """A response under an id never sent is a fault, but not where our own input was broken."""
    conversation = asked(1)
    conversation.received(json.dumps(response("x")).encode(), "POST 1", facts={"status": 200})
    assert len(complaints(every_response_carries_the_id_of_a_request, conversation)) == 1
    conversation.malformed = True
    assert complaints(every_response_carries_the_id_of_a_request, conversation) == []


def test_a_result_is_judged_by_the_definition_of_its_method_and_revision() -> None:
    """tools/list without `tools` is complained of under the negotiated revision, and not where none was settled."""
    conversation = asked(1, method="tools/list")
    conversation.received(json.dumps(response(1)).encode(), "POST 1", facts={"status": 200})
    assert ["ListToolsResult" in text for text in complaints(every_result_fits_its_type, conversation)] == [True]
    conversation.revision = ""
    assert list(every_result_fits_its_type(conversation)) == []


def test_a_null_where_a_type_is_known_is_seen_as_such() -> None:
    """A null cursor is an optional member that should have been left out."""
    conversation = asked(1, method="tools/list")
    answer = response(1, result={"tools": [], "nextCursor": None})
    conversation.received(json.dumps(answer).encode(), "POST 1", facts={"status": 200})
    assert ["/nextCursor" in text for text in complaints(optional_members_are_never_null, conversation)] == [True]


def test_complaints_of_one_fault_name_each_other() -> None:
    """The schema's monitors see a null cursor, too, and say which more telling check complains of the same."""
    conversation = asked(1, method="tools/list")
    answer = response(1, result={"tools": [], "nextCursor": None})
    conversation.received(json.dumps(answer).encode(), "POST 1", facts={"status": 200})
    told = {"schema": every_result_fits_its_type, "null": optional_members_are_never_null}
    same = {name: complaints(monitor, conversation)[0].rpartition(" (")[2] for name, monitor in told.items()}
    assert same == {
        "schema": "what schema::optional_members_are_never_null complains of, too)",
        "null": f"what {CURSORS} complains of, too)",
    }
    assert CURSORS in {check.id for check in all_checks()}


def test_error_messages_may_quote_what_was_sent() -> None:
    """A message is too long only beyond what it may have quoted from us."""
    conversation = asked("x" * 1000)
    for length in (1200, 2000):
        answer = response(1, error={"code": 1, "message": "m" * length})
        conversation.received(json.dumps(answer).encode(), "POST 1", facts={"status": 200})
    assert len(complaints(error_messages_are_concise, conversation)) == 1


@pytest.mark.parametrize(
    ("revision", "key", "reserved"),
    [
        ("2025-11-25", "com.mcp.tools/x", True),
        ("2025-11-25", "com.example.mcp/x", False),
        ("2025-06-18", "tools.mcp.com/x", True),
        ("2025-06-18", "com.mcp/x", False),
        ("2026-07-28", "io.modelcontextprotocol/serverInfo", False),
        ("2026-07-28", "io.modelcontextprotocol/invented", True),
        ("2026-07-28", "progressToken", False),
    ],
)
def test_reserved_prefixes_are_told_by_the_rule_of_the_revision(revision: str, key: str, reserved: bool) -> None:
    """In 2025-06-18 the owner's label comes before the last one, later it is the second label."""
    conversation = talk(response(1, result={"_meta": {key: 1}}))
    conversation.revision = revision
    assert bool(complaints(reserved_prefixes_are_left_to_mcp, conversation)) is reserved


def test_an_answer_under_a_changed_id_is_no_second_answer() -> None:
    """A server that reads "0" and "00" as 0 answers each request once; a fourth answer is one too many."""
    conversation = Conversation("stdio", "2025-11-25")
    for id in (0, "0", "00"):
        conversation.sent(json.dumps({"jsonrpc": "2.0", "id": id, "method": "ping"}).encode(), "stdin")
    for _ in range(3):
        conversation.received(json.dumps(response(0)).encode(), "stdout")
    assert complaints(no_request_is_answered_twice, conversation) == []
    conversation.received(json.dumps(response(0)).encode(), "stdout")
    assert len(complaints(no_request_is_answered_twice, conversation)) == 1
