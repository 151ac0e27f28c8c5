"""Event streams that answer a POST: their form, what may be on them, and their end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from smcp_conformance.checks.basic.transports.streamable_http.traffic import Posted, answered, same, streamed
from smcp_conformance.leg import Leg
from smcp_conformance.reply import brief
from smcp_conformance.requirement import Observation, check, monitor, not_applicable, not_verified, observe
from smcp_conformance.session import Session
from smcp_conformance.toolbox import call
from smcp_conformance.wire.exchange import HttpExchange
from smcp_conformance.wire.transcript import Conversation, Frame

SUBSCRIPTION = "io.modelcontextprotocol/subscriptionId"
LISTEN = "subscriptions/listen"
HERE = "no answer came as a stream; servers do so most of all for tools: allow some with --smcp-allow-tools 'GLOB'"


def tool_streams(leg: Leg, session: Session) -> Iterator[HttpExchange]:
    """The streams that answered calls of the tools that may be called, or out: not verified."""
    found = False
    for made in [made for made in leg.calls if made.reply is not None][:8]:
        exchange = call(session, made.tool, made.arguments).exchange
        if exchange is not None and exchange.streaming:
            found = True
            yield exchange
    if not found:
        not_verified(HERE)


@monitor("http.sse.response-eventually", "http.sse.not-closed-before-response")
def stream_does_not_end_without_the_response(conversation: Conversation) -> Iterator[Observation]:
    """A stream that answers a request and ends in order has carried the response, unless it can be resumed."""
    for one in streamed(conversation):
        exchange = one.exchange
        over = exchange.finished.is_set() and not exchange.error and not exchange.dropped
        resumable = any(event.id for event in exchange.events) and conversation.revision == "2025-11-25"
        if over and not resumable:
            yield observe(one.frame, answered(one), "got the end of the stream, must be preceded by the response")


@monitor("http.sse.no-foreign-response")
def stream_carries_no_response_to_another_request(conversation: Conversation) -> Iterator[Observation]:
    """Each response on a stream has the id of the request that began the stream."""
    for one in streamed(conversation):
        for frame, id in answers(one):
            mine = any(same(id, asked) for asked in one.ids)
            yield observe(frame, mine, f"got a response to {id!r}, must be to {brief(one.ids)}")


def answers(one: Posted) -> list[tuple[Frame, Any]]:
    """The responses that came back, as frame and id; those without an id answer nothing in particular."""
    found = ((frame, message) for frame in one.received for message in frame.messages)
    return [(frame, message["id"]) for frame, message in found if "method" not in message and "id" in message]


@monitor("http.sse.related-only", "http.sse.related-only.should")
def stream_carries_what_concerns_its_request(conversation: Conversation) -> Iterator[Observation]:
    """Progress on a stream has the token of its request; what says to belong to a subscription is on its stream."""
    for one in streamed(conversation):
        for frame in one.received:
            stranger = foreign(frame.message, one)
            yield observe(frame, not stranger, f"got {brief(frame.text)}, must be about {brief(one.frame.text, 120)}")


def foreign(message: Mapping[str, Any], one: Posted) -> bool:
    """Tell whether a notification names another request than the one that was posted."""
    params = message.get("params")
    if "id" in message or not isinstance(params, dict):
        return False
    if message.get("method") == "notifications/progress":
        return not same(params.get("progressToken"), meta(one.frame.message).get("progressToken"))
    subscription = meta(message).get(SUBSCRIPTION)
    return subscription is not None and not any(same(subscription, id) for id in one.ids)


def meta(message: Mapping[str, Any]) -> Mapping[str, Any]:
    """The `_meta` of a message's params, or {}."""
    params = message.get("params")
    found = params.get("_meta") if isinstance(params, dict) else None
    return found if isinstance(found, dict) else {}


@monitor("http.sse.no-server-requests")
def streams_carry_no_requests(conversation: Conversation) -> Iterator[Observation]:
    """At 2026-07-28 the server asks nothing: no message on a stream has both a method and an id."""
    for one in streamed(conversation):
        for frame in one.received:
            yield observe(frame, not frame.is_request, f"got {brief(frame.text)}, must be no request")


@monitor("http.sse.wellformed")
def stream_is_made_of_events_with_one_message_each(conversation: Conversation) -> Iterator[Observation]:
    """The data of each message event is one JSON text in UTF-8, and no line is bare JSON or lacks a colon.

    Fields of other names are ignored, as the format wants it.
    """
    for one in streamed(conversation):
        lines = [*(line for event in one.exchange.events for line in event.strays), *one.exchange.unfinished]
        strays = [line for line in lines if b":" not in line or line.startswith((b"{", b"["))]
        shown = brief(strays[0].decode("utf-8", "replace")) if strays else ""
        yield observe(one.frame, not strays, f"got the line {shown}, must be a field of the event stream format")
        yield from (whole(frame) for frame in one.received if frame.facts.get("event") == "message")


def whole(frame: Frame) -> Observation:
    """Observe that the data of an event is a message."""
    return observe(frame, frame.is_message or frame.too_large, f"got the data {brief(frame.text)}, must be one message")


@monitor("http.sse.x-accel-buffering")
def streams_ask_proxies_not_to_buffer(conversation: Conversation) -> Iterator[Observation]:
    """The headers of each stream include `X-Accel-Buffering: no`."""
    for one in streamed(conversation):
        value = one.exchange.header("x-accel-buffering")
        yield observe(
            one.frame, (value or "").strip().lower() == "no", f"got X-Accel-Buffering {value!r}, must be 'no'"
        )


@monitor("http.resume.event-id-unique")
def event_ids_are_unique_in_a_session(conversation: Conversation) -> Iterator[Observation]:
    """No event id comes twice on the streams of one session."""
    seen: set[str] = set()
    for one in streamed(conversation):
        ids = [event.id for event in one.exchange.events if event.id]
        twice = [id for id in ids if id in seen or ids.count(id) > 1]
        seen |= set(ids)
        if ids:
            yield observe(one.frame, not twice, f"got the event id {brief(twice[:1])} again, must be unique")


@check("http.sse.closed-after-response")
def stream_ends_after_the_response(leg: Leg) -> None:
    """Calls tools; a stream that has carried the response should end."""
    for exchange in tool_streams(leg, leg.session):
        ended = exchange.wait(leg.session.reply_timeout)
        assert ended, f"got a stream that is open {leg.session.reply_timeout:g} s after the response, must be its end"


@check("http.sse.prime-event")
def stream_begins_with_an_empty_event_that_has_an_id(leg: Leg) -> None:
    """Calls tools; a stream that uses event ids should begin with an id and empty data, to reconnect by."""
    streams = [exchange.events for exchange in tool_streams(leg, leg.session)]
    if not any(event.id for events in streams for event in events):
        not_applicable("the server uses no event ids, so nothing could be resumed")
    for events in streams:
        first = next(event for event in events if event.event != ":")
        primed = first.id is not None and not first.data
        assert primed, f"got first the data {brief((first.data or b'').decode())}, must be an id with empty data"


@check("http.sse.not-resumable")
def last_event_id_is_ignored(session: Session) -> None:
    """Sends a harmless request with Last-Event-ID; it should be answered as without."""
    reply = session.request(session.ping_method, headers={"Last-Event-ID": "42"})
    assert reply.succeeded, f"got {reply} for a request with Last-Event-ID, must be a result"


@check("subscriptions.http-sse")
def subscription_is_answered_by_a_stream(fresh: Session) -> None:
    """Opens a subscription; what comes back must be an event stream."""
    pending = fresh.start(LISTEN, {"notifications": {"toolsListChanged": True}})
    exchange = pending.frame.facts["exchange"]
    fresh.http.settle(exchange, fresh.reply_timeout, headers_only=True)
    if exchange.status >= 400:
        not_applicable(f"the server opens no subscription (HTTP {exchange.status})")
    assert exchange.streaming, f"got content type {exchange.content_type!r}, must be text/event-stream"
