"""ping: answered at once and with nothing."""

from __future__ import annotations

from smcp_conformance.requirement import check, not_verified
from smcp_conformance.session import Session


@check("ping.responds", refusal=True)
def ping_is_answered(session: Session) -> None:
    """Sends `ping` without params; there must be a result."""
    reply = session.request("ping")
    assert reply.succeeded, f"got {reply}, must be a result"


@check("ping.result-empty")
def ping_is_answered_with_nothing(session: Session) -> None:
    """Sends `ping` with a `_meta`; the result must have no members but a `_meta`."""
    reply = session.request("ping", meta={})
    if not reply.succeeded:
        not_verified(f"ping was answered with {reply}")
    assert not reply.result.keys() - {"_meta"}, f"got {reply}, must be an empty result"
