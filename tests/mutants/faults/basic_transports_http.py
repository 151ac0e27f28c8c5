"""Faults of Streamable HTTP: endpoint, statuses, bodies and streams (basic/transports, streamable HTTP)."""

from __future__ import annotations

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


def _restatus(machine: Machine, old: int, new: int) -> None:
    """Send status `new` for `old`."""
    override(
        machine.http,
        "reply",
        lambda reply, exchange, status, headers, body: reply(exchange, new if status == old else status, headers, body),
    )


@fault(
    "any-origin-served",
    breaks=("http.origin.validate", "http.origin.invalid-403"),
    transport="http",
    summary="requests from any Origin are served",
)
def any_origin_served(machine: Machine) -> None:
    override(machine.http, "origin_allowed", lambda original, origin: True)


@fault(
    "origin-prefix-served",
    breaks=("http.origin.validate", "http.origin.invalid-403"),
    transport="http",
    summary="an Origin needs only to begin with the right host",
)
def origin_prefix_served(machine: Machine) -> None:
    own = ("http://127.0.0.1", "http://localhost")
    override(machine.http, "origin_allowed", lambda original, origin: origin is None or origin.startswith(own))


@fault(
    "origin-checked-on-post-only",
    breaks=("http.origin.validate", "http.origin.invalid-403"),
    transport="http",
    summary="GET and DELETE are served for any Origin",
    revisions=SESSIONS,
)
def origin_checked_on_post_only(machine: Machine) -> None:
    def admit(original: Any, exchange: Exchange) -> None:
        if exchange.command == "POST":
            original(exchange)

    override(machine.http, "admit", admit)


@fault(
    "bad-origin-miscoded",
    breaks=("http.origin.invalid-403",),
    transport="http",
    summary="a foreign Origin gets 400",
    revisions=revisions.since("2025-11-25"),
)
def bad_origin_miscoded(machine: Machine) -> None:
    _restatus(machine, 403, 400)


@fault(
    "notification-gets-200",
    breaks=("http.post.notification-202", "http.post.response-202"),
    transport="http",
    summary="accepted notifications get 200",
    revisions=SESSIONS,
)
def notification_gets_200(machine: Machine) -> None:
    _restatus(machine, 202, 200)


@fault(
    "notification-gets-body",
    breaks=("http.post.notification-202", "jsonrpc.notification.no-reply"),
    transport="http",
    summary="accepted notifications get a JSON body",
    revisions=SESSIONS,
)
def notification_gets_body(machine: Machine) -> None:
    body = b'{"jsonrpc":"2.0","id":null,"result":{}}'
    override(
        machine.http,
        "accepted",
        lambda accepted, exchange: machine.http.reply(exchange, 200, {"Content-Type": "application/json"}, body),
    )


@fault(
    "malformed-input-gets-200",
    breaks=("http.post.unacceptable-4xx", "http.content-type-parse-error"),
    transport="http",
    summary="malformed bodies get status 200",
)
def malformed_input_gets_200(machine: Machine) -> None:
    _restatus(machine, 400, 200)


@fault(
    "malformed-input-gets-html",
    breaks=("http.content-type-parse-error", "jsonrpc.parse-error"),
    transport="http",
    summary="malformed bodies get an HTML page and status 500",
)
def malformed_input_gets_html(machine: Machine) -> None:
    page = b"<html><body><h1>Internal Server Error</h1></body></html>"

    def refuse(original: Any, exchange: Exchange, refusal: Refused) -> None:
        if refusal.status == 400 and exchange.command == "POST":
            exchange.close_connection = True
            machine.http.reply(exchange, 500, {"Content-Type": "text/html"}, page)
        else:
            original(exchange, refusal)

    override(machine.http, "refuse", refuse)


@fault(
    "json-as-plain-text",
    breaks=("http.post.request-content-type",),
    transport="http",
    summary="responses are text/plain",
)
def json_as_plain_text(machine: Machine) -> None:
    override(
        machine.http,
        "reply",
        lambda reply, exchange, status, headers, body: reply(
            exchange, status, {**headers, "Content-Type": "text/plain"} if body else headers, body
        ),
    )


@fault(
    "json-answer-in-array",
    breaks=("http.post.json-single-object", "jsonrpc.batch.never-sent"),
    transport="http",
    summary="a JSON answer is an array of one",
    revisions=("2025-06-18", "2025-11-25", "2026-07-28"),
)
def json_answer_in_array(machine: Machine) -> None:
    override(
        machine.http,
        "answer_json",
        lambda original, exchange, response, headers, status: original(exchange, [response], headers, status),
    )


@fault(
    "request-gets-202",
    breaks=("http.post.not-202-for-request", "jsonrpc.response.exactly-one"),
    transport="http",
    summary="tools/list is accepted and never answered",
)
def request_gets_202(machine: Machine) -> None:
    def request(original: Any, exchange: Exchange, session: Session, message: Json) -> None:
        if message["method"] == "tools/list":
            machine.http.accepted(exchange)
        else:
            original(exchange, session, message)

    override(machine.http, "request", request)


@fault(
    "array-served-over-http",
    breaks=("http.post.single-message-only", "jsonrpc.batch.unsupported-rejected"),
    transport="http",
    summary="arrays of messages are served in every revision",
    revisions=("2025-06-18", "2025-11-25"),
)
def array_served_over_http(machine: Machine) -> None:
    override(machine.server, "batches", lambda original, session: True)


@fault("success-gets-201", breaks=("http.status.success-200",), transport="http", summary="answers have status 201")
def success_gets_201(machine: Machine) -> None:
    _restatus(machine, 200, 201)


@fault(
    "unknown-method-gets-200",
    breaks=("http.unknown-method-404",),
    transport="http",
    summary="an unknown method gets status 200",
    revisions=STATELESS,
)
def unknown_method_gets_200(machine: Machine) -> None:
    override(machine.http, "status", lambda status, *args: 200 if status(*args) == 404 else status(*args))


@fault(
    "missing-meta-gets-200",
    breaks=("http.status.meta-missing-400",),
    transport="http",
    summary="missing metadata gets status 200",
    revisions=STATELESS,
)
def missing_meta_gets_200(machine: Machine) -> None:
    override(machine.http, "status", lambda status, *args: 200 if status(*args) == 400 else status(*args))


@fault(
    "get-gets-404",
    breaks=("http.endpoint.post-get",),
    transport="http",
    summary="GET and POST have different paths",
    revisions=("2025-03-26", "2025-06-18", "2025-11-25"),
)
def get_gets_404(machine: Machine) -> None:
    def admit(original: Any, exchange: Exchange) -> None:
        original(exchange)
        if exchange.command != "POST":
            raise Refused(404)

    override(machine.http, "admit", admit)


@fault(
    "get-gets-html",
    breaks=("http.get.sse-or-405", "http.get.405-modern"),
    transport="http",
    summary="GET answers with a web page",
)
def get_gets_html(machine: Machine) -> None:
    override(
        machine.http,
        "get",
        lambda get, exchange: machine.http.reply(exchange, 200, {"Content-Type": "text/html"}, b"<h1>MCP</h1>"),
    )


@fault(
    "get-not-405",
    breaks=("http.get.405-modern", "http.delete.405-modern"),
    transport="http",
    summary="GET and DELETE get 400 from a server without sessions",
    revisions=STATELESS,
)
def get_not_405(machine: Machine) -> None:
    _restatus(machine, 405, 400)


@fault(
    "get-stream-repeats-responses",
    breaks=("http.get.no-responses", "http.streams.no-broadcast"),
    transport="http",
    summary="responses are sent on the GET stream too",
    revisions=SESSIONS,
)
def get_stream_repeats_responses(machine: Machine) -> None:
    def request(original: Any, exchange: Exchange, session: Session, message: Json) -> None:
        original(exchange, session, message)
        machine.server.deliver(session.send, {"jsonrpc": "2.0", "id": message["id"], "result": {}})

    override(machine.http, "request", request)


@fault(
    "progress-on-get-stream",
    breaks=("http.get.unrelated-messages", "http.streams.no-broadcast"),
    transport="http",
    summary="progress is sent on the GET stream too",
    revisions=SESSIONS,
)
def progress_on_get_stream(machine: Machine) -> None:
    def event(original: Any, exchange: Exchange, session: Session, message: Json) -> None:
        original(exchange, session, message)
        if message.get("method") == "notifications/progress" and exchange.command == "POST":
            session.send(message)

    override(machine.http, "event", event)
