"""GET and DELETE: the stream for what belongs to no request, or a plain refusal."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from smcp_conformance.leg import Leg
from smcp_conformance.reply import brief
from smcp_conformance.requirement import check, not_applicable, not_verified
from smcp_conformance.session import Session
from smcp_conformance.toolbox import patience, start_call
from smcp_conformance.wire.errors import NoAnswer
from smcp_conformance.wire.exchange import EVENT_STREAM, HttpExchange

NOT_ALLOWED = 405
A_MOMENT = 0.1  # seconds for what would be on the wrong stream


def opened(session: Session, origin: str | None = None) -> HttpExchange:
    """GET the endpoint as a client that listens does, until the headers are there."""
    stream = session.http.request("GET", {"Accept": EVENT_STREAM, "Origin": origin})
    try:
        return session.http.settle(stream, session.reply_timeout, headers_only=True)
    except NoAnswer:
        not_verified("no headers came back for GET; a server may hold them back until it has something to say")


@contextmanager
def listening(leg: Leg) -> Iterator[tuple[Session, HttpExchange]]:
    """A session of its own with an open GET stream, or out: not applicable."""
    with leg.fresh() as session:
        stream = opened(session)
        if not stream.streaming:
            not_applicable(f"the server offers no GET stream (HTTP {stream.status})")
        yield session, stream


def call_tools(leg: Leg, session: Session) -> int:
    """Call tools with a progress token, and return how many reports came."""
    reports = 0
    for made in [made for made in leg.calls if made.reply is not None][:6]:
        token = f"conformance {session.next_id()}"  # used once: a value that begins anew must not look like a fall
        reply = start_call(session, made.tool, made.arguments, {"progressToken": token}).wait(patience(session))
        reports += sum(frame.message.get("method") == "notifications/progress" for frame in reply.before)
    session.drain()
    return reports


@check("http.get.sse-or-405", "http.endpoint.post-get")
def get_opens_a_stream_or_is_not_allowed(fresh: Session) -> None:
    """GETs the endpoint with Accept text/event-stream; it must open an event stream or be refused with 405."""
    exchange = opened(fresh)
    ok = exchange.status == NOT_ALLOWED or (exchange.status == 200 and exchange.streaming)
    shown = f"HTTP {exchange.status} with content type {exchange.content_type!r}"
    assert ok, f"got {shown} for GET, must be an event stream or HTTP 405"


@check("http.get.no-responses")
def get_stream_carries_no_responses(leg: Leg) -> None:
    """Holds a GET stream open while requests are answered; no response may be on it."""
    with listening(leg) as (session, stream):
        call_tools(leg, session)
        session.listen(A_MOMENT)
        repeated = [frame for frame in stream.frames if frame.is_response]
        assert not repeated, f"got {brief(repeated[0].text)} on the GET stream, must be on the request's own"


@check("http.get.unrelated-messages")
def get_stream_carries_no_progress_of_requests(leg: Leg) -> None:
    """Holds a GET stream open while tools are called with a progress token; no report of theirs belongs on it."""
    with listening(leg) as (session, stream):
        reports = call_tools(leg, session)
        session.listen(A_MOMENT)
        stray = [frame for frame in stream.frames if frame.message.get("method") == "notifications/progress"]
        assert not stray, f"got {brief(stray[0].text)} on the GET stream, must be on the request's own"
        if not reports:
            not_verified("no tool that may be called reports progress")


@check("http.get.405-modern")
def get_is_not_allowed_without_sessions(leg: Leg) -> None:
    """GETs the endpoint of a server that speaks 2026-07-28 only; it should be refused with 405."""
    refused_with_405(leg, "GET")


@check("http.delete.405-modern")
def delete_is_not_allowed_without_sessions(leg: Leg) -> None:
    """DELETEs the endpoint of a server that speaks 2026-07-28 only; it should be refused with 405."""
    refused_with_405(leg, "DELETE")


def refused_with_405(leg: Leg, method: str) -> None:
    """Demand that a server without sessions has no use for `method`."""
    if leg.offer.dual_era:
        not_applicable("the server speaks a revision with sessions, too")
    with leg.fresh() as session:
        exchange = session.http.request(method, {"Accept": EVENT_STREAM})
        session.http.settle(exchange, session.reply_timeout, headers_only=True)
        assert exchange.status == NOT_ALLOWED, f"got HTTP {exchange.status} for {method}, must be 405"
