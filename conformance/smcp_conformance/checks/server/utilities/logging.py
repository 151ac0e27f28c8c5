"""Logging: what a server that declares it may write, and how much of it."""

from __future__ import annotations

from collections.abc import Iterator

from smcp_conformance.requirement import Observation, monitor
from smcp_conformance.traffic import notifications
from smcp_conformance.wire.transcript import Conversation

MANY = 5_000
SOON = 30.0  # seconds


@monitor("logging.rate-limit")
def log_messages_come_at_a_limited_rate(conversation: Conversation) -> Iterator[Observation]:
    """In no conversation do thousands of log messages come within seconds: any limit would forbid that."""
    logged = [frame for frame, message in notifications(conversation) if message["method"] == "notifications/message"]
    if not logged:
        return
    hasty = len(logged) >= MANY and logged[-1].at - logged[-MANY].at < SOON
    wrong = f"got {MANY} log messages within {SOON:g} s, must be limited in rate"
    yield Observation(logged[-1], wrong if hasty else None)
