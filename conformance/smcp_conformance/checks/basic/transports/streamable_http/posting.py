"""POST: what status, type and body each kind of message gets."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from smcp_conformance.checks.basic.transports.streamable_http.traffic import posted, shown
from smcp_conformance.reply import Reaction, brief
from smcp_conformance.requirement import Observation, check, monitor, observe
from smcp_conformance.session import Session
from smcp_conformance.wire.exchange import EVENT_STREAM
from smcp_conformance.wire.transcript import Conversation

ACCEPTED = 202
JSON = "application/json"
NOTIFICATION = {"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": "never-sent"}}
EXTENSION = {"jsonrpc": "2.0", "method": "notifications/conformance.test/nothing", "params": {}}


def accepted_in_silence(reaction: Reaction) -> bool:
    """Tell whether a message was accepted by a bare 202, or refused."""
    assert reaction.exchange is not None
    bare = reaction.status == ACCEPTED and not reaction.exchange.body and not reaction.frames
    return bare or reaction.exchange.status >= 400


@check("http.post.notification-202")
def accepted_notification_gets_a_bare_202(fresh: Session) -> None:
    """Posts a notification that asks for nothing; it must get 202 without a body, or an error status."""
    reaction = fresh.provoke(EXTENSION if fresh.stateless else NOTIFICATION, malformed=False)
    assert accepted_in_silence(reaction), f"got {shown(reaction)}, must be HTTP 202 without a body, or a refusal"


@check("http.post.response-202")
def accepted_response_gets_a_bare_202(fresh: Session) -> None:
    """Posts a response to a request that never was; it must get 202 without a body, or an error status."""
    reaction = fresh.provoke({"jsonrpc": "2.0", "id": "never-asked", "result": {}})
    assert accepted_in_silence(reaction), f"got {shown(reaction)}, must be HTTP 202 without a body, or a refusal"


@check("http.post.unacceptable-4xx")
def unacceptable_message_gets_an_error_status(fresh: Session) -> None:
    """Posts a notification and a response with wrong members; each must get an error status, or 202 if accepted."""
    for wrong in ({"jsonrpc": "1.0", "method": "notifications/x"}, {"jsonrpc": "2.0", "id": {}, "result": 1}):
        reaction = fresh.provoke(wrong)
        refused = reaction.exchange is not None and (reaction.status == ACCEPTED or reaction.exchange.status >= 400)
        assert refused, f"got {shown(reaction)} for {brief(wrong)}, must be an error status"


@check("http.content-type-parse-error")
def body_that_is_no_json_gets_a_client_error(fresh: Session) -> None:
    """Posts half a JSON object and an empty body; each should get a 4xx status."""
    for garbage in (b'{"jsonrpc": "2.0", "id": 5, "method"', b""):
        reaction = fresh.provoke(garbage)
        assert reaction.status is not None
        assert 400 <= reaction.status < 500, f"got {shown(reaction)} for {garbage!r}, must be a 4xx status"


@check("http.post.single-message-only")
def array_of_messages_gets_an_error_status(fresh: Session) -> None:
    """Posts two harmless requests in one array; it should get an error status."""
    both: list[Any] = [fresh.message(fresh.ping_method), fresh.message(fresh.ping_method)]
    reaction = fresh.provoke(both)
    assert (reaction.status or 0) >= 400, f"got {shown(reaction)} for an array, must be an error status"


@check("http.endpoint.post")
def endpoint_takes_posts(fresh: Session) -> None:
    """Posts a harmless request; there must be something that takes it."""
    reaction = fresh.provoke(fresh.message(fresh.ping_method), malformed=False)
    assert reaction.status not in (404, 405), f"got {shown(reaction)} for POST, must be an endpoint"


@check("http.status.success-200")
def answered_request_gets_200(fresh: Session) -> None:
    """Posts a harmless request; its answer should have status 200."""
    reaction = fresh.provoke(fresh.message(fresh.ping_method), malformed=False)
    assert reaction.status == 200, f"got {shown(reaction)}, must be HTTP 200"


@monitor("http.post.request-content-type")
def request_is_answered_as_json_or_stream(conversation: Conversation) -> Iterator[Observation]:
    """Each successful answer to a request is application/json or text/event-stream."""
    for one in posted(conversation):
        if one.accepted and one.exchange.status != ACCEPTED:
            kind = one.exchange.content_type
            ok = kind in (JSON, EVENT_STREAM)
            yield observe(one.frame, ok, f"got content type {kind!r}, must be {JSON} or {EVENT_STREAM}")


@monitor("http.post.json-single-object")
def json_answer_is_one_object(conversation: Conversation) -> Iterator[Observation]:
    """Each application/json answer to a single request is one JSON object."""
    for one in posted(conversation):
        if one.accepted and one.exchange.content_type == JSON and not isinstance(one.frame.value, list):
            for frame in one.received:
                single = isinstance(frame.value, dict) or frame.too_large
                yield observe(frame, single, f"got {brief(frame.text)}, must be one JSON object")


@monitor("http.post.not-202-for-request")
def request_is_never_merely_accepted(conversation: Conversation) -> Iterator[Observation]:
    """No request is answered by a status that promises no content."""
    for one in posted(conversation):
        bare = one.exchange.status in (ACCEPTED, 204) and not one.received
        yield observe(one.frame, not bare, f"got a bare HTTP {one.exchange.status}, must be a response to the request")
