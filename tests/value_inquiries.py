"""Searches with generated values of the protocol on the fixture server and its mutants, for tests."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from judging import POLICY, healthy_offer, leg_on
from mutants.protocol_values import ValueFault, command

from smcp_conformance.host import Host
from smcp_conformance.judge import Judgement, judge
from smcp_conformance.leg import Leg
from smcp_conformance.requirement import Verdict
from smcp_conformance.search.protocol.inquiry import Inquiry, Plan
from smcp_conformance.search.protocol.probe import Probe
from smcp_conformance.search.protocol.protocol_check import NO_VALUE, ProtocolCheck, protocol_checks
from smcp_conformance.target import Target

CHECKS = {check.name: check for check in protocol_checks()}


def inquired(check: ProtocolCheck, leg: Leg, plan: Plan) -> tuple[Judgement, Any]:
    """The verdict of a check on a leg, and the value that shows a violation (NO_VALUE: there is none)."""
    found: list[Inquiry] = []

    def run(leg: Leg) -> None:
        found.append(Inquiry(check, Probe(leg), plan))
        found[0].attempt(found[0].test)

    judgement = judge(check.on(run), leg)
    violation = found[0].violation if found else None
    return judgement, violation.value if violation else NO_VALUE


def searched(name: str, fault: str | None, transport: str, revision: str, **plan: Any) -> tuple[Judgement, Any]:
    """The same for a check by its name, on the fixture server with `fault`."""
    with leg_on(fault, transport, revision) as leg:
        return inquired(CHECKS[name], leg, Plan(f"{name} on {fault}", **{"cli_seed": 0, **plan}))


@contextmanager
def leg_with(fault: ValueFault) -> Iterator[Leg]:
    """A leg on the fixture server with a fault of one kind of value."""
    url = "http://127.0.0.1:{port}/mcp" if fault.transport == "http" else None
    host = Host(Target("values", tuple(command(fault)), url, fault.transport, policy=POLICY), spare=True)
    leg = Leg(healthy_offer(fault.transport, fault.revision), host)
    try:
        yield leg
    finally:
        leg.close()
        host.close()


@cache
def inquired_all(transport: str, revision: str) -> dict[str, Verdict]:
    """The verdict of each check that concerns a leg on the faultless fixture server."""
    with leg_on(None, transport, revision) as leg:
        found = protocol_checks(leg.offer)
        return {each.name: inquired(each, leg, Plan(each.name, 15, cli_seed=0))[0].verdict for each in found}
