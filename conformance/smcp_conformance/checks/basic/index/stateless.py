"""Statelessness: at 2026-07-28 no request leans on what was said before it on the same connection."""

from __future__ import annotations

from typing import Any

from smcp_conformance.baseline import served
from smcp_conformance.leg import Leg
from smcp_conformance.lists import list_methods
from smcp_conformance.offer import Offer
from smcp_conformance.reply import brief
from smcp_conformance.requirement import check, not_applicable
from smcp_conformance.speaker import META

MIXED: tuple[tuple[str, dict[str, Any]], ...] = (("one", {}), ("two", {"elicitation": {}}), ("one", {}))
PASSING = {"_meta", "ttlMs"}  # members that may differ from one answer to the next


def lists(offer: Offer) -> tuple[str, ...]:
    """The list methods of the declared capabilities; leaves the check if there are none."""
    return tuple(list_methods(offer)) or not_applicable("neither tools nor resources nor prompts are declared")


def lasting(result: Any) -> dict[str, Any]:
    """A result without the members that may differ from one answer to the next."""
    return {name: value for name, value in result.items() if name not in PASSING}


@check("stateless.no-prior-context", "discover.not-required-first", refusal=True)
def first_request_on_a_connection_is_served(leg: Leg) -> None:
    """Opens a fresh connection with a list request, nothing before it; there must be a result."""
    method = lists(leg.offer)[0]
    leg.session.ping()
    served(leg.session, method)
    with leg.connection() as session:
        reply = session.request(method)
    assert reply.succeeded, f"got {reply} to {method} as the first request, must be a result"


@check("stateless.order-independence")
def order_of_requests_does_not_matter(leg: Leg) -> None:
    """Sends discovery and lists in one order, on a fresh connection in the reverse; the results must be the same."""
    methods = ("server/discover", *lists(leg.offer))
    forth = {method: lasting(served(leg.session, method).result) for method in methods}
    with leg.connection() as session:
        back = {method: lasting(session.request(method).result) for method in reversed(methods)}
    changed = [method for method in methods if forth[method] != back[method]]
    assert not changed, f"got {brief(back[changed[0]])} for {changed[0]}, must be as before: {brief(forth[changed[0]])}"


@check("stateless.interleaving", refusal=True)
def requests_of_several_clients_may_be_mixed(leg: Leg) -> None:
    """Sends list requests of two clients with different capabilities in turn; all must get results."""
    method = lists(leg.offer)[0]
    served(leg.session, method)
    clients: list[dict[str, Any]] = [
        {META + "clientInfo": {"name": name, "version": "1"}, META + "clientCapabilities": capabilities}
        for name, capabilities in MIXED
    ]
    pending = [leg.session.start(method, meta=client) for client in clients]
    replies = [each.wait() for each in pending]
    refused = [reply for reply in replies if not reply.succeeded]
    assert not refused, f"got {refused[0]}, must be a result for each client"
