"""Calls of tools that checks of other pages repeat, for what else they bring: those that are answered soon."""

from __future__ import annotations

from smcp_conformance.leg import Leg
from smcp_conformance.requirement import not_verified
from smcp_conformance.toolbox import Call

SOON = 2.0  # seconds
MOST = 10


def quick_calls(leg: Leg) -> list[Call]:
    """The first calls that were answered soon before, or out: not applicable, or not verified."""
    found = [made for made in leg.require_calls() if made.reply is not None and seconds(leg, made) < SOON][:MOST]
    return found or not_verified(f"no tool that may be called answers within {SOON:g} s")


def seconds(leg: Leg, made: Call) -> float:
    """How long a call took; 0 where its record is gone."""
    request = leg.session.conversation.request_of(made.reply.message) if made.reply else None
    return made.reply.frame.at - request.at if made.reply and request else 0.0
