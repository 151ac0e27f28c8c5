"""Searches for sequences on the fixture server and on its mutants that need one, for tests."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cache

from judging import POLICY, fixture_target, leg_on
from mutants.sequences import Sequential, command

from smcp_conformance.search.sequences.performance import Theatre
from smcp_conformance.search.sequences.plan import Plan, plan_of
from smcp_conformance.search.sequences.search import Found, search
from smcp_conformance.target import Target

CHECK = "requests_in_any_order_are_served"
EXAMPLES = 25
MOST_STARTS = 200  # of a search that finds something: six for the search, two for each try and what is started ahead
POLITE = replace(POLICY, reply_timeout=1.5)


@cache
def plan(transport: str = "stdio", revision: str = "2025-11-25") -> Plan:
    """What may be said to the faultless fixture server."""
    with leg_on(None, transport, revision) as leg:
        leg.begin("plan")
        return plan_of(leg)


def target(fault: Sequential | None = None, transport: str = "stdio") -> Target:
    """The fixture server, with a fault that needs a sequence or with none."""
    made = replace(fixture_target(None, fault.transport if fault else transport), policy=POLITE)
    return replace(made, command=tuple(command(fault))) if fault else made


@contextmanager
def theatre(
    fault: Sequential | None = None, transport: str = "stdio", revision: str = "2025-11-25"
) -> Iterator[Theatre]:
    """Stages on such a server."""
    where = (fault.transport, fault.revision) if fault else (transport, revision)
    made = Theatre(target(fault, transport), plan(*where))
    try:
        yield made
    finally:
        made.close()


def searched(fault: Sequential, seed: int) -> tuple[Found, int]:
    """What a search on a mutant comes to, and how many processes it costs."""
    with theatre(fault) as made:
        found = search(made, CHECK, EXAMPLES, seed)
    return found, made.starts


def assert_pinned_down(fault: Sequential, seed: int) -> None:
    """The search finds what is broken, in no more steps than the mutant's author expects, at a bounded price."""
    found, starts = searched(fault, seed)
    shown = found.shown.shown if found.shown else None
    assert shown is not None, f"{fault.name}: nothing was found in {found.played} steps; lost: {found.lost}"
    assert shown.violation.requirement == fault.breaks
    assert len(shown.steps) <= fault.shortest, [str(step) for step in shown.steps]
    assert starts <= MOST_STARTS
