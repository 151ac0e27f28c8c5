"""HTTP+SSE of 2024-11-05: an event stream for all that the server says, and an endpoint to post to."""

from __future__ import annotations

import re
from collections.abc import Iterator

from smcp_conformance.leg import Leg
from smcp_conformance.reply import Pending, brief
from smcp_conformance.requirement import Observation, check, monitor, observe
from smcp_conformance.session import Session
from smcp_conformance.wire.exchange import EVENT_STREAM, HttpExchange
from smcp_conformance.wire.sse import SseTransport
from smcp_conformance.wire.transcript import Conversation

TRIES, PAUSE = 20, 0.1  # a server may notice a closed stream only when it next writes to it
EVIL = "http://evil.example"
REFERENCE = re.compile(r"[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]+")


def sse(session: Session) -> SseTransport:
    """The transport, which these checks look into."""
    assert isinstance(session.transport, SseTransport)
    return session.transport


def post_of(session: Session, pending: Pending) -> HttpExchange:
    """The POST that carried a request, once its response has ended."""
    exchange = pending.frame.facts["exchange"]
    assert isinstance(exchange, HttpExchange)
    return session.http.settle(exchange, session.reply_timeout)


@check("sse.two-endpoints")
def stream_and_endpoint_are_there(connection: Session) -> None:
    """GETs the URL and posts to the URI it names; there must be an event stream, and something that takes POSTs."""
    stream = sse(connection).stream
    connection.http.settle(stream, connection.start_timeout, headers_only=True)
    shown = f"HTTP {stream.status} with content type {stream.content_type!r}"
    assert stream.status == 200, f"got {shown} for GET, must be HTTP 200"
    assert stream.streaming, f"got {shown} for GET, must be {EVENT_STREAM}"
    status = post_of(connection, connection.start("initialize", connection.initialize_params())).status
    assert status not in (404, 405), f"got HTTP {status} for POST to the announced URI, must be an endpoint"


@check("sse.endpoint-event")
def first_event_names_the_endpoint(connection: Session) -> None:
    """Opens the stream; its first event must be of type `endpoint`, with a URI reference as data."""
    transport = sse(connection)
    connection.http.settle(transport.stream, connection.start_timeout, headers_only=True)
    transport.stream.heard.wait(connection.reply_timeout)
    events = [event for event in transport.stream.events if event.event != ":"]
    assert events, "got no event on the stream, must be an endpoint event"
    data = (events[0].data or b"").decode("utf-8", "replace")
    ok = events[0].event == "endpoint" and REFERENCE.fullmatch(data)
    assert ok, f"got first an event {events[0].event!r} with {brief(data)}, must be 'endpoint' with a URI reference"


@monitor("sse.message-events")
def messages_are_events_of_type_message(conversation: Conversation) -> Iterator[Observation]:
    """Each JSON-RPC message on the stream is an event of type `message`, and each such event one JSON document."""
    for frame in conversation.incoming:
        kind = frame.facts.get("event")
        if kind == "message" or (kind is not None and "jsonrpc" in frame.message):
            ok = kind == "message" and frame.is_message
            yield observe(frame, ok, f"got an event {kind!r} with {brief(frame.text)}, must be 'message' with JSON")


@check("sse.post-accepted")
def posted_messages_are_accepted_and_answered_on_the_stream(fresh: Session) -> None:
    """Posts a harmless request; the POST must get a 2xx status and the answer must come on the stream."""
    pending = fresh.start("ping")
    reply, exchange = pending.wait(), post_of(fresh, pending)
    assert 200 <= exchange.status < 300, f"got HTTP {exchange.status} for POST, must be 2xx"
    assert reply.frame.channel.startswith("GET"), f"got {reply} on {reply.frame.channel}, must be on the stream"


@check("sse.origin-validate")
def foreign_origin_is_refused_on_both_endpoints(fresh: Session) -> None:
    """GETs the stream and posts with the Origin of another web page; both must be refused with an error status."""
    fresh.conversation.malformed = True
    stream = fresh.http.request("GET", {"Accept": EVENT_STREAM, "Origin": EVIL})
    fresh.http.settle(stream, fresh.reply_timeout, headers_only=True)
    assert stream.status >= 400, f"got HTTP {stream.status} for GET from {EVIL}, must be an error status"
    posted = post_of(fresh, fresh.start("ping", headers={"Origin": EVIL}))
    assert posted.status >= 400, f"got HTTP {posted.status} for POST from {EVIL}, must be an error status"


@check("sse.per-connection-isolation")
def answers_come_on_the_stream_of_the_one_who_asked(leg: Leg) -> None:
    """Opens two streams and asks on both; endpoints should differ and no answer come on the wrong stream."""
    with leg.fresh() as one, leg.fresh() as two:
        same = sse(one).endpoint == sse(two).endpoint
        assert not same, f"got the endpoint {sse(one).endpoint} twice, must be one for each connection"
        pending = one.start("ping", id="one"), two.start("ping", id="two")
        for each in pending:
            each.wait()
        strays = [f for f in (*one.drain(), *two.drain()) if f.is_response]
        assert not strays, f"got {brief(strays[0].text)} on the wrong stream, must be on that of its connection"


@check("sse.close-is-shutdown")
def endpoint_ends_with_its_stream(leg: Leg) -> None:
    """Closes the stream and posts to its endpoint; the session being over, that should be refused."""
    with leg.fresh() as gone, leg.fresh() as left:
        endpoint = sse(gone).endpoint
        sse(gone).stream.abort()
        statuses = (post_to(left, endpoint) for _ in range(TRIES))
        refused = any(status >= 400 for status in statuses)
        assert refused, "got a 2xx status for POST to an endpoint whose stream is closed, must be a refusal"


def post_to(session: Session, endpoint: str | None) -> int:
    """Post a harmless notification to a URL, a little later, and return the status."""
    session.listen(PAUSE)
    _, exchange = session.http.post(b'{"jsonrpc":"2.0","method":"notifications/initialized"}', None, endpoint)
    return session.http.settle(exchange, session.reply_timeout).status
