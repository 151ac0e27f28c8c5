"""Which check fails on which mutant, found out by running them."""

from __future__ import annotations

from functools import cache, partial

from judging import healthy_offer, leg_on, rediscovered
from mutants.faults import Fault, load

from smcp_conformance.checks import all_checks
from smcp_conformance.judge import Judgement, applicable, judge
from smcp_conformance.requirement import Check, Verdict
from smcp_conformance.revisions import REVISIONS

VIOLATED = (Verdict.FAILED, Verdict.WARNED)
MOST_LEGS = 3
QUICKEST = {"no_child_outlives_the_server": "leaves-a-child"}
TRANSPORTS = ("stdio", "http", "sse")
CHECKS = {check.id: check for check in all_checks()}
FAULTS = tuple(load().values())


def legs_of(check: Check, fault: Fault) -> list[tuple[str, str]]:
    """The legs on which `check` could see `fault`, newest revision first."""
    revisions = [r for r in reversed(REVISIONS) if not fault.revisions or r in fault.revisions]
    transports = [t for t in TRANSPORTS if fault.transport in ("any", t)]
    return [(t, r) for t in transports for r in revisions if applicable(check, t, r) and spoken(t, r)]


def spoken(transport: str, revision: str) -> bool:
    """Tell whether the fixture server speaks `revision` over `transport` at all."""
    if transport == "sse":
        return revision == REVISIONS[0]
    return transport == "stdio" or revision != REVISIONS[0]


def breakers(check: Check) -> list[Fault]:
    """The mutants that break a requirement of the check, the one that is quickly seen first."""
    found = [fault for fault in FAULTS if set(fault.breaks) & set(check.requirements)]
    return sorted(found, key=lambda fault: fault.name != QUICKEST.get(check.name))


@cache
def verdict_on(check_id: str, fault_name: str) -> Judgement | None:
    """The first violation that the check finds on the mutant over all legs, else the last verdict; None: no leg."""
    check, last = CHECKS[check_id], None
    (fault,) = (found for found in FAULTS if found.name == fault_name)
    for transport, revision in legs_of(check, fault)[:MOST_LEGS]:
        # What the mutant says of itself matters to few checks, and asking it costs two more starts.
        for asked in (healthy_offer, partial(rediscovered, fault_name)):
            with leg_on(fault_name, transport, revision, asked(transport, revision)) as leg:
                last = judge(check, leg)
            if last.verdict in VIOLATED:
                return last
    return last


def shown(judgement: Judgement | None) -> str:
    """A verdict in one line; "" where there was no leg."""
    return f"{judgement.verdict.value}: {judgement.got or judgement.reason}" if judgement else ""
