"""Batches: arrays of messages, which 2025-03-26 knows and no other revision."""

from __future__ import annotations

from typing import Any

from smcp_conformance.codes import INVALID_REQUEST
from smcp_conformance.reply import Reaction, brief, encode
from smcp_conformance.requirement import check, not_verified
from smcp_conformance.session import Session
from smcp_conformance.wire.exchange import HttpExchange

NOTIFICATION = {"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": "never-sent"}}


def batch(session: Session) -> list[dict[str, Any]]:
    """Two harmless requests with a notification between them."""
    return [session.message(session.ping_method), NOTIFICATION, session.message(session.ping_method)]


def ids(messages: list[dict[str, Any]]) -> set[Any]:
    """The ids of the requests in a batch."""
    return {message["id"] for message in messages if "id" in message}


def answers(reaction: Reaction) -> list[Any]:
    """The responses that came, in arrays or alone, in order."""
    return [message for frame in reaction.frames for message in frame.messages if "method" not in message]


def served(reaction: Reaction) -> list[Any]:
    """The ids of the results among them."""
    return [message["id"] for message in answers(reaction) if "result" in message and "id" in message]


@check("jsonrpc.batch.receive")
def batch_is_accepted(fresh: Session) -> None:
    """Sends two harmless requests and a notification in one array; both requests must get results."""
    messages = batch(fresh)
    reaction = fresh.provoke(messages, malformed=False)
    assert ids(messages) <= set(served(reaction)), f"got {reaction}, must be results for both requests of the batch"


@check("jsonrpc.batch.reply-membership")
def batch_yields_one_answer_for_each_request(fresh: Session) -> None:
    """Sends such a batch, then one of notifications alone; there must be an answer for each request, none besides."""
    messages = batch(fresh)
    reaction = fresh.provoke(messages, malformed=False)
    answered = [answer.get("id") for answer in answers(reaction)]
    if not ids(messages) & set(answered):
        not_verified("the server does not answer batches at all")
    wanted = sorted(ids(messages))
    assert sorted(answered, key=str) == wanted, f"got answers to {brief(answered)}, must be to {brief(wanted)}"
    silent = fresh.provoke([NOTIFICATION, NOTIFICATION], malformed=False)
    assert not answers(silent), f"got {silent} for a batch of notifications, must be nothing"


@check("jsonrpc.batch.empty-array")
def empty_batch_is_an_invalid_request(fresh: Session) -> None:
    """Sends an empty array; the answer must be one error -32600, or over HTTP the status 400."""
    reaction = fresh.provoke([])
    if not reaction.answers and not answers(fresh.provoke(batch(fresh), malformed=False)):
        not_verified("the server does not answer batches at all")
    refused = reaction.code == INVALID_REQUEST or reaction.status == 400
    assert refused, f"got {reaction}, must be the error -32600 (Invalid Request)"


@check("jsonrpc.batch.unsupported-rejected")
def batch_is_not_served_where_there_are_none(fresh: Session) -> None:
    """Sends two harmless requests in one array; there must be no result, and a single request still works."""
    reaction = fresh.provoke(batch(fresh))
    assert not served(reaction), f"got {reaction}, must be the error -32600 (Invalid Request)"
    reply = fresh.ping()
    assert reply.succeeded, f"got {reply} after a batch, must be a result"


@check("jsonrpc.batch.initialize-not-batched")
def handshake_inside_a_batch_is_not_served(connection: Session) -> None:
    """Opens with an array that holds `initialize`, then does so properly; only the latter may yield a handshake."""
    hidden = {**connection.message("initialize", connection.initialize_params()), "id": "hidden"}
    exchange = connection.send_malformed(encode([hidden])).facts.get("exchange")
    if isinstance(exchange, HttpExchange):
        exchange.finished.wait(connection.reply_timeout)  # two POSTs at once have no order
    connection.send(connection.message("initialize", connection.initialize_params(), id="open"))
    received = connection.listen(connection.start_timeout, lambda came: came.message.get("id") == "open")
    welcomed = [m for each in received for m in each.messages if m.get("id") == "hidden" and "result" in m]
    assert not welcomed, f"got {brief(welcomed)} for a batched initialize, must be an error"
