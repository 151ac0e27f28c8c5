"""Resources, subscribing until 2025-11-25: `resources/subscribe`, `resources/unsubscribe`, and what updates say."""

from __future__ import annotations

from typing import Any

from smcp_conformance.checks.server.calls import quick_calls
from smcp_conformance.checks.server.resources.listing import uris
from smcp_conformance.checks.server.resources.refusing import ABSENT
from smcp_conformance.leg import Leg
from smcp_conformance.reply import Reply, brief
from smcp_conformance.requirement import check, not_applicable, not_verified
from smcp_conformance.session import Session
from smcp_conformance.toolbox import Call, call

UPDATED = "notifications/resources/updated"
SUBSCRIBE, UNSUBSCRIBE = "resources/subscribe", "resources/unsubscribe"
MOST = 10  # resources that are subscribed to


def watched(leg: Leg) -> list[str]:
    """The first listed URIs, or out: not applicable, or not verified."""
    return uris(leg)[:MOST] or not_applicable("no listed resource has a uri")


def ask(session: Session, method: str, uri: str) -> Reply:
    """Subscribe to a URI, or unsubscribe from it."""
    return session.request(method, {"uri": uri})


def updates(session: Session, calls: list[Call]) -> list[dict[str, Any]]:
    """The updates that come while tools are called, and until a harmless request sent after them is answered."""
    frames = [frame for made in calls for frame in call(session, made.tool, made.arguments).before]
    return [dict(frame.message) for frame in (*frames, *session.drain()) if frame.message.get("method") == UPDATED]


@check("resources.subscribe.result-empty")
def subscribing_is_answered_by_an_empty_result(leg: Leg) -> None:
    """Subscribes to the first listed resource and unsubscribes; both must be answered by a result with no members."""
    with leg.fresh() as session:
        for method in (SUBSCRIBE, UNSUBSCRIBE):
            reply = ask(session, method, watched(leg)[0])
            empty = reply.succeeded and not reply.result.keys() - {"_meta"}
            assert empty, f"got {reply} for {method}, must be an empty result"


@check("resources.subscribe.unknown-uri")
def subscription_to_nothing_is_refused(leg: Leg) -> None:
    """Subscribes to a URI of an unknown scheme; it should be refused with an error."""
    with leg.fresh() as session:
        reply = ask(session, SUBSCRIBE, f"conformance:{ABSENT}")
    assert reply.error is not None, f"got {reply} for a resource that does not exist, must be an error"


@check("resources.updated.only-when-subscribed")
def updates_come_only_to_subscribers(leg: Leg) -> None:
    """Calls tools before subscribing to resources and after unsubscribing; no update should come of it."""
    calls = quick_calls(leg)
    with leg.fresh() as session:
        unasked = updates(session, calls)
        assert not unasked, f"got {brief(unasked[0])} before any subscription, must be none"
        accepted = [uri for uri in watched(leg) if ask(session, SUBSCRIBE, uri).succeeded]
        if not updates(session, calls):
            not_verified(f"no call brought an update of {brief(accepted)} to a subscriber")
        for uri in accepted:
            ask(session, UNSUBSCRIBE, uri)
        late = updates(session, calls)
        assert not late, f"got {brief(late[0])} after unsubscribing, must be none"


@check("resources.updated.shape")
def updates_name_a_uri(leg: Leg) -> None:
    """Subscribes to resources and calls tools; each update that comes of it must have a string `uri`."""
    if not leg.offer.declares("resources.subscribe"):
        not_applicable("resources.subscribe is not declared")
    if leg.offer.stateless:
        not_verified("updates come on streams of subscriptions/listen in this revision, which is not done here")
    calls = quick_calls(leg)
    with leg.fresh() as session:
        for uri in watched(leg):
            ask(session, SUBSCRIBE, uri)
        for update in updates(session, calls) or not_verified("no call brought an update to a subscriber"):
            params = update.get("params")
            fine = isinstance(params, dict) and isinstance(params.get("uri"), str)
            assert fine, f"got {brief(update)}, must be params with a string 'uri'"
