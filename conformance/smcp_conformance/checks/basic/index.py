"""Base protocol: JSON-RPC messages, ids, errors, `_meta`, results."""

from __future__ import annotations

from collections.abc import Iterator

from smcp_conformance.reply import brief
from smcp_conformance.requirement import Observation, check, monitor, observe
from smcp_conformance.session import Session
from smcp_conformance.wire.transcript import Conversation

PARSE_ERROR, INVALID_REQUEST, METHOD_NOT_FOUND = -32700, -32600, -32601


@monitor("jsonrpc.version-member")
def every_message_carries_jsonrpc_2_0(conversation: Conversation) -> Iterator[Observation]:
    """Each message that the server writes has the member `jsonrpc` with the string "2.0"."""
    for frame in conversation.incoming:
        for message in frame.messages:
            version = message.get("jsonrpc")
            yield observe(frame, version == "2.0", f'got {brief(version)}, must be "2.0"')


@check("jsonrpc.method-not-found")
def unknown_method_is_refused(session: Session) -> None:
    """Calls a method that no revision knows; the answer must be the error -32601."""
    reply = session.request("conformance/no-such-method")
    assert reply.code == METHOD_NOT_FOUND, f"got {reply}, must be the error -32601 (Method not found)"


@check("jsonrpc.parse-error")
def broken_json_is_answered_with_a_parse_error(fresh: Session) -> None:
    """Sends half a JSON object; the answer must be the error -32700, or on stdio at least no harm."""
    reaction = fresh.provoke(b'{"jsonrpc": "2.0", "id": 77, "method"')
    assert reaction.code == PARSE_ERROR, f"got {reaction}, must be the error -32700 (Parse error)"
