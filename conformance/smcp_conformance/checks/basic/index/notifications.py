"""Notifications: never answered, and harmless even if unknown or malformed."""

from __future__ import annotations

from typing import Any

from smcp_conformance.reply import Reaction
from smcp_conformance.requirement import check
from smcp_conformance.session import Session

NO_REPLY = ("jsonrpc.notification.no-reply", "jsonrpc.notification.no-reply.2024")


def replied(reaction: Reaction) -> bool:
    """Tell whether a response came; over HTTP a refusal (4xx) may have an error without id as its body."""
    if (reaction.status or 0) >= 400:
        return any(message.get("id") is not None for frame in reaction.answers for message in frame.messages)
    return bool(reaction.answers)


def notification(method: str, params: object) -> dict[str, Any]:
    """A notification with params."""
    return {"jsonrpc": "2.0", "method": method, "params": params}


@check(*NO_REPLY)
def notifications_get_no_reply(fresh: Session) -> None:
    """Cancels a request that does not exist, as an ordinary client may; there must be no response to that."""
    cancelled = notification("notifications/cancelled", {"requestId": "never-sent"})
    reaction = fresh.provoke(cancelled, malformed=False)
    assert not replied(reaction), f"got {reaction}, must be no response"


@check(*NO_REPLY)
def unknown_and_malformed_notifications_get_no_reply(fresh: Session) -> None:
    """Sends an unknown notification, then a known one with wrong params; there must be no response to either."""
    for method, params in (("notifications/conformance", {}), ("notifications/cancelled", {"requestId": [7]})):
        reaction = fresh.provoke(notification(method, params))
        assert not replied(reaction), f"got {reaction} for {method}, must be no response"


@check("jsonrpc.notification.unknown-tolerated", silence=True)
def unknown_notification_does_no_harm(fresh: Session) -> None:
    """Sends an unknown notification, then a harmless request; the request must be served."""
    fresh.provoke(notification("notifications/conformance", {}))
    reply = fresh.ping()
    assert reply.succeeded, f"got {reply} after an unknown notification, must be a result"


@check("jsonrpc.notification-method-with-id")
def notification_method_with_an_id_gets_no_result(fresh: Session) -> None:
    """Sends notification methods as requests; the answer may be an error, never a result."""
    for method in ("notifications/cancelled", "notifications/conformance"):
        reaction = fresh.provoke(fresh.message(method, {"requestId": "never-sent"}))
        results = [frame for frame in reaction.answers if "result" in frame.message]
        assert not results, f"got {reaction} for {method}, must be an error"


@check("jsonrpc.request-method-without-id")
def request_method_without_id_gets_no_reply(fresh: Session) -> None:
    """Sends a request without its id, which makes it a notification; there must be no response."""
    message = {name: value for name, value in fresh.message(fresh.ping_method).items() if name != "id"}
    reaction = fresh.provoke(message)
    assert not replied(reaction), f"got {reaction}, must be no response"


@check("server-requests.unsolicited-response-ignored")
def unsolicited_response_is_ignored(fresh: Session) -> None:
    """Sends a result under an id that the server never used; there must be no response, and no harm."""
    reaction = fresh.provoke({"jsonrpc": "2.0", "id": "never-asked", "result": {}})
    assert not replied(reaction), f"got {reaction}, must be no response"
    reply = fresh.ping()
    assert reply.succeeded, f"got {reply} after an unsolicited response, must be a result"
