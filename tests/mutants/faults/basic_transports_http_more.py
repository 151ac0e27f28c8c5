"""More faults of Streamable HTTP (basic/transports): the endpoint, DELETE, and streams that are none."""

from __future__ import annotations

from typing import Any

from mutants import revisions
from mutants.faults import fault, override
from mutants.machine import Machine
from mutants.session import Session
from mutants.transports.exchange import Exchange, Refused
from mutants.wire import Json


@fault(
    "delete-gets-500",
    breaks=("http.session.delete",),
    transport="http",
    summary="DELETE of a session gets 500",
    revisions=("2025-03-26", "2025-06-18", "2025-11-25"),
)
def delete_gets_500(machine: Machine) -> None:
    def delete(original: Any, exchange: Exchange) -> None:
        raise Refused(500)

    override(machine.http, "delete", delete)


@fault(
    "subscription-without-stream",
    breaks=("subscriptions.http-sse",),
    transport="http",
    summary="a subscription is answered with one JSON object",
    revisions=revisions.STATELESS,
)
def subscription_without_stream(machine: Machine) -> None:
    def request(original: Any, exchange: Exchange, session: Session, message: Json) -> None:
        if message["method"] == "subscriptions/listen":
            machine.http.answer_json(exchange, {"jsonrpc": "2.0", "id": message["id"], "result": {}}, {}, 200)
        else:
            original(exchange, session, message)

    override(machine.http, "request", request)


@fault(
    "post-gets-404",
    breaks=("http.endpoint.post",),
    transport="http",
    summary="the endpoint takes no POST",
    revisions=revisions.STATELESS,
)
def post_gets_404(machine: Machine) -> None:
    def post(original: Any, exchange: Exchange) -> None:
        raise Refused(404)

    override(machine.http, "post", post)
