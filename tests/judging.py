"""Legs on the fixture server and its mutants, for tests that judge checks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cache

from mutants import command

from smcp_conformance.checks import all_checks
from smcp_conformance.detect import discover
from smcp_conformance.host import Host
from smcp_conformance.judge import Judgement, judge
from smcp_conformance.leg import Leg
from smcp_conformance.offer import Offer
from smcp_conformance.requirement import Check
from smcp_conformance.target import Policy, Target

POLICY = Policy(start_timeout=8, reply_timeout=2, allow_tools=("*",))


def fixture_target(fault: str | None = None, transport: str = "stdio", *more: str) -> Target:
    """The fixture server as a target, with one fault or none; `more` are further words of its command."""
    words = command(fault, transport=transport)
    if transport != "stdio":
        words += ["--port", "{port}"]
    path = "/sse" if transport == "sse" else "/mcp"
    url = None if transport == "stdio" else "http://127.0.0.1:{port}" + path
    return Target("fixture", (*words, *more), url, transport, policy=POLICY)


@cache
def healthy_offer(transport: str, revision: str) -> Offer:
    """What the faultless fixture server offers on this leg."""
    discovery = discover(fixture_target(None, transport), (revision,))
    assert discovery.offers, discovery.failure
    return discovery.offers[0]


@contextmanager
def leg_on(
    fault: str | None = None, transport: str = "stdio", revision: str = "2025-11-25", offer: Offer | None = None
) -> Iterator[Leg]:
    """A leg on the fixture server with `fault`; what it offers is taken from the faultless one unless given."""
    host = Host(fixture_target(fault, transport))
    leg = Leg(offer or healthy_offer(transport, revision), host, monitors())
    try:
        yield leg
    finally:
        leg.close()
        host.close()


def monitors() -> tuple[Check, ...]:
    """All monitors."""
    return tuple(check for check in all_checks() if check.monitor)


def judged(check: Check, fault: str | None = None, transport: str = "stdio", revision: str = "2025-11-25") -> Judgement:
    """The verdict of `check` on the fixture server with `fault`."""
    with leg_on(fault, transport, revision) as leg:
        return judge(check, leg)


def rediscovered(fault: str, transport: str, revision: str) -> Offer:
    """What the mutant says of itself, or what the faultless server says where the mutant can't be opened at all."""
    offers = discover(fixture_target(fault, transport), (revision,)).offers
    return offers[0] if offers else replace(healthy_offer(transport, revision))
