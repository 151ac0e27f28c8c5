"""Faults of HTTP+SSE (basic/transports of 2024-11-05)."""

from __future__ import annotations

from typing import Any

from mutants.faults import fault, override
from mutants.machine import Machine
from mutants.session import Session
from mutants.transports.exchange import Exchange, Refused


@fault("sse-as-plain-text", breaks=("sse.two-endpoints",), transport="sse", summary="the stream is text/plain")
def sse_as_plain_text(machine: Machine) -> None:
    def open_(original: Any, exchange: Exchange, session: Session) -> None:
        exchange.start_stream({"Content-Type": "text/plain"})
        exchange.stream(machine.sse.frame("endpoint", machine.sse.endpoint(session).encode()))

    override(machine.sse, "open", open_)


@fault(
    "sse-without-endpoint", breaks=("sse.endpoint-event",), transport="sse", summary="the stream announces no endpoint"
)
def sse_without_endpoint(machine: Machine) -> None:
    override(
        machine.sse,
        "frame",
        lambda frame, event, data: b": connected\n\n" if event == "endpoint" else frame(event, data),
    )


@fault(
    "sse-endpoint-as-json",
    breaks=("sse.endpoint-event",),
    transport="sse",
    summary="the endpoint is announced in a JSON object",
)
def sse_endpoint_as_json(machine: Machine) -> None:
    override(machine.sse, "endpoint", lambda endpoint, session: f'{{"uri": "{endpoint(session)}"}}')


@fault(
    "sse-messages-misnamed",
    breaks=("sse.message-events",),
    transport="sse",
    summary="messages are events of type response",
)
def sse_messages_misnamed(machine: Machine) -> None:
    override(machine.sse, "frame", lambda frame, event, data: frame("response" if event == "message" else event, data))


@fault(
    "sse-post-refused",
    breaks=("sse.post-accepted",),
    transport="sse",
    summary="messages get status 400, and are answered",
)
def sse_post_refused(machine: Machine) -> None:
    override(machine.sse, "reply", lambda reply, exchange, status: reply(exchange, 400 if status == 202 else status))


@fault(
    "sse-any-origin",
    breaks=("sse.origin-validate",),
    transport="sse",
    summary="streams and messages from any Origin are served",
)
def sse_any_origin(machine: Machine) -> None:
    override(machine.sse, "admit", lambda admit, exchange: None)


@fault(
    "sse-broadcasts", breaks=("sse.per-connection-isolation",), transport="sse", summary="messages go to all streams"
)
def sse_broadcasts(machine: Machine) -> None:
    def deliver(original: Any, send: Any, message: Any) -> None:
        for session in list(machine.sse.sessions.values()):
            original(session.send, message)

    override(machine.server, "deliver", deliver)


@fault(
    "sse-endpoint-outlives-stream",
    breaks=("sse.close-is-shutdown",),
    transport="sse",
    summary="the endpoint accepts messages after its stream was closed",
)
def sse_endpoint_outlives_stream(machine: Machine) -> None:
    override(machine.sse, "disconnect", lambda disconnect, session: None)


@fault(
    "sse-post-unsupported",
    breaks=("sse.two-endpoints", "sse.post-accepted"),
    transport="sse",
    summary="the announced endpoint does not exist",
)
def sse_post_unsupported(machine: Machine) -> None:
    def post(original: Any, exchange: Exchange) -> None:
        raise Refused(404)

    override(machine.sse, "post", post)
