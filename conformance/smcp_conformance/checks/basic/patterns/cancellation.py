"""Cancellation: `notifications/cancelled` from the client, and what servers may cancel themselves."""

from __future__ import annotations

from collections.abc import Iterator

from smcp_conformance.leg import Leg
from smcp_conformance.reply import brief
from smcp_conformance.requirement import Observation, check, monitor, observe
from smcp_conformance.session import Session
from smcp_conformance.toolbox import patience, start_call
from smcp_conformance.wire.transcript import Conversation

CANCELLED = "notifications/cancelled"
# Over HTTP a client of 2026-07-28 cancels by closing the stream, so there is no such notification to send there.
NOTIFYING = ("stdio",)
MOST_CALLS = 8
AT_ONCE = 8


def survives(session: Session, params: object) -> None:
    """Send a cancellation with these params, then demand silence about it and an answer to the next request."""
    sent = {"jsonrpc": "2.0", "method": CANCELLED}
    reaction = session.provoke(sent if params is None else {**sent, "params": params})
    assert not reaction.answers, f"got {reaction} for a cancellation with params {brief(params)}, must be silence"


@check("cancellation.unknown-ignored", transports=NOTIFYING, silence=True)
def cancelling_what_is_not_there_is_ignored(fresh: Session) -> None:
    """Cancels a request that was answered and ids that were never used; nothing should come of it."""
    answered = fresh.ping().message.get("id")
    for unknown in (answered, 4711, "no-such-id"):
        survives(fresh, {"requestId": unknown, "reason": "conformance"})


@check("cancellation.malformed-ignored", transports=NOTIFYING, silence=True)
def malformed_cancellations_are_ignored(fresh: Session) -> None:
    """Cancels with no params, without an id and with ids of wrong types; nothing should come of it."""
    malformed: tuple[object, ...] = (None, {}, {"requestId": None}, {"requestId": {}}, {"requestId": 1, "reason": 7})
    for params in malformed:
        survives(fresh, params)


@check("cancellation.race", transports=NOTIFYING, silence=True)
def cancelling_at_once_is_survived(session: Session) -> None:
    """Sends requests and cancels each at once; at most one answer each, and the server must live on."""
    pending = [session.start("server/discover" if session.stateless else "ping") for _ in range(AT_ONCE)]
    for one in pending:
        session.notify(CANCELLED, {"requestId": one.id})
    last = session.request(session.ping_method, timeout=AT_ONCE * session.reply_timeout)  # one may answer in turn
    answers = [frame.message.get("id") for frame in last.before if frame.is_response]
    twice = [id for id in answers if answers.count(id) > 1]
    assert not twice, f"got several answers for the ids {twice}, must be at most one each"


@check("cancellation.other-requests-unaffected", transports=NOTIFYING, silence=True)
def cancelling_one_leaves_the_others(leg: Leg) -> None:
    """Makes each call that is allowed twice at once and cancels the first; the second should be answered."""
    for made in [one for one in leg.require_calls() if one.reply is not None][:MOST_CALLS]:
        first, second = (start_call(leg.session, made.tool, made.arguments) for _ in range(2))
        leg.session.notify(CANCELLED, {"requestId": first.id})
        answer = second.wait(patience(leg.session))
        assert answer.succeeded or not made.succeeded, (
            f"got {answer} for a call that nobody cancelled, must be a result"
        )


@check("cancellation.initialize-not-cancellable", transports=NOTIFYING, silence=True)
def cancelling_initialize_is_survived(connection: Session) -> None:
    """Sends initialize, cancels it, and initializes as usual; the server must not come to harm."""
    connection.conversation.malformed = True
    pending = connection.start("initialize", connection.initialize_params())
    connection.notify(CANCELLED, {"requestId": pending.id})
    connection.listen(0.3, pending.answered_by)
    connection.notify("notifications/initialized")
    assert connection.request("ping").message, "got nothing, must be a server that lives on"


@monitor("cancellation.server-only-for-listen", "cancellation.only-own-requests")
def servers_cancel_only_what_is_theirs(conversation: Conversation) -> Iterator[Observation]:
    """A cancellation from the server names a request of its own, or at 2026-07-28 a listen request."""
    for frame in conversation.incoming:
        message = frame.message
        if message.get("method") == CANCELLED and isinstance(message.get("params"), dict):
            cancelled = message["params"].get("requestId")
            yield observe(frame, theirs(conversation, cancelled), f"got {brief(message)}, must name its own request")


def theirs(conversation: Conversation, cancelled: object) -> bool:
    """Tell whether `cancelled` is the id of a request that the server sent, or of a listen request of ours."""
    asked = any(frame.is_request and frame.message["id"] == cancelled for frame in conversation.incoming)
    return asked or conversation.method_of({"id": cancelled}) == "subscriptions/listen"
