"""Faults of the streams of Streamable HTTP (basic/transports, streamable HTTP)."""

from __future__ import annotations

import json
import threading
from typing import Any

from mutants import revisions
from mutants.faults import fault, override
from mutants.machine import Machine
from mutants.session import Session
from mutants.transports.exchange import Exchange, Refused
from mutants.wire import Json

STATELESS = revisions.STATELESS
SESSIONS = ("2025-03-26", "2025-06-18", "2025-11-25")
POLLING = ("2025-11-25",)


@fault(
    "stream-without-response",
    breaks=(
        "http.sse.response-eventually",
        "http.sse.not-closed-before-response",
        "http.sse.retry-before-close",
        "jsonrpc.response.exactly-one",
    ),
    transport="http",
    summary="streams end before the response",
)
def stream_without_response(machine: Machine) -> None:
    override(machine.http, "end_stream", lambda end, exchange, session, response: end(exchange, session, None))


@fault(
    "stream-never-ends",
    breaks=("http.sse.closed-after-response",),
    transport="http",
    summary="streams stay open after the response",
)
def stream_never_ends(machine: Machine) -> None:
    def end(original: Any, exchange: Exchange, session: Session, response: Json | None) -> None:
        original(exchange, session, response)
        while not (exchange.gone() or machine.server.stopping.wait(0.1)):
            pass

    override(machine.http, "end_stream", end)


@fault(
    "stream-with-foreign-response",
    breaks=("http.sse.no-foreign-response",),
    transport="http",
    summary="streams carry a response to another request",
)
def stream_with_foreign_response(machine: Machine) -> None:
    def end(original: Any, exchange: Exchange, session: Session, response: Json | None) -> None:
        machine.http.event(exchange, session, {"jsonrpc": "2.0", "id": "of-another-request", "result": {}})
        original(exchange, session, response)

    override(machine.http, "end_stream", end)


@fault(
    "stream-with-foreign-notification",
    breaks=("http.sse.related-only", "http.sse.related-only.should"),
    transport="http",
    summary="streams carry progress of another request",
)
def stream_with_foreign_notification(machine: Machine) -> None:
    def end(original: Any, exchange: Exchange, session: Session, response: Json | None) -> None:
        params = {"progressToken": "of-another-request", "progress": 1}
        news = {"jsonrpc": "2.0", "method": "notifications/progress", "params": params}
        machine.http.event(exchange, session, news)
        original(exchange, session, response)

    override(machine.http, "end_stream", end)


@fault(
    "stream-malformed",
    breaks=("http.sse.wellformed",),
    transport="http",
    summary="events are bare JSON lines without a field name",
)
def stream_malformed(machine: Machine) -> None:
    override(machine.http, "frame", lambda frame, data, session: data + b"\n\n")


@fault(
    "stream-splits-messages",
    breaks=("http.sse.wellformed",),
    transport="http",
    summary="a message is spread over two events",
)
def stream_splits_messages(machine: Machine) -> None:
    override(machine.http, "frame", lambda frame, data, session: frame(data[:20], session) + frame(data[20:], session))


@fault(
    "stream-not-primed",
    breaks=("http.sse.prime-event",),
    transport="http",
    summary="streams do not begin with an empty event that has an id",
    revisions=POLLING,
)
def stream_not_primed(machine: Machine) -> None:
    override(machine.http, "frame", lambda frame, data, session: frame(data, session) if data else b"")


@fault(
    "stream-buffered-by-proxies",
    breaks=("http.sse.x-accel-buffering",),
    transport="http",
    summary="streams do not ask proxies not to buffer",
    revisions=STATELESS,
)
def stream_buffered_by_proxies(machine: Machine) -> None:
    override(machine.http, "stream_headers", lambda original, session: {"Content-Type": "text/event-stream"})


@fault(
    "event-ids-repeat",
    breaks=("http.resume.event-id-unique",),
    transport="http",
    summary="event ids begin anew on each stream",
    revisions=POLLING,
)
def event_ids_repeat(machine: Machine) -> None:
    def open_(original: Any, exchange: Exchange, session: Session) -> None:
        machine.http.events = machine.http.events if exchange.streaming else 0
        original(exchange, session)

    override(machine.http, "open_stream", open_)


@fault(
    "resumption-of-stateless-streams",
    breaks=("http.sse.not-resumable",),
    transport="http",
    summary="a stateless request with Last-Event-ID is refused",
    revisions=STATELESS,
)
def resumption_of_stateless_streams(machine: Machine) -> None:
    def post(original: Any, exchange: Exchange, kind: str, message: Json) -> None:
        if exchange.header("Last-Event-ID") is not None:
            raise Refused(400, json.loads('{"jsonrpc":"2.0","error":{"code":-32600,"message":"nothing to resume"}}'))
        original(exchange, kind, message)

    override(machine.http, "post_stateless", post)


@fault(
    "disconnect-ignored",
    breaks=("http.cancel.disconnect",),
    transport="http",
    summary="a request goes on after its client hung up",
    revisions=STATELESS,
)
def disconnect_ignored(machine: Machine) -> None:
    def post(original: Any, exchange: Exchange, session: Session, message: Json) -> None:
        session.gone = lambda: False
        original(exchange, session, message)

    override(machine.http, "request", post)
    override(machine.http, "event", _send_regardless)


def _send_regardless(event: Any, exchange: Exchange, session: Session, message: Json) -> None:
    if not exchange.gone():
        event(exchange, session, message)


@fault(
    "disconnect-cancels",
    breaks=("http.sse.disconnect-is-not-cancel",),
    transport="http",
    summary="hanging up cancels the request",
    revisions=SESSIONS,
)
def disconnect_cancels(machine: Machine) -> None:
    def request(original: Any, exchange: Exchange, session: Session, message: Json) -> None:
        session.gone = exchange.gone
        original(exchange, session, message)

    override(machine.http, "request", request)


@fault(
    "one-client-at-a-time",
    breaks=("http.multiple-clients", "subscriptions.other-requests-served"),
    transport="http",
    summary="requests wait for each other, and for open streams",
)
def one_client_at_a_time(machine: Machine) -> None:
    turn = threading.Lock()

    def exchange_one(original: Any, exchange: Exchange) -> None:
        with turn:
            original(exchange)

    override(machine.http, "exchange", exchange_one)
