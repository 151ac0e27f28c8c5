"""Every check can fail and does pass: requirement ↔ check ↔ mutant, both ways, by running them."""

from __future__ import annotations

from functools import cache

import pytest
from judging import leg_on, rediscovered
from mutants.faults import Fault, load

from smcp_conformance.catalogue import requirements
from smcp_conformance.checks import all_checks
from smcp_conformance.judge import Judgement, applicable, judge
from smcp_conformance.requirement import REVISIONS, Check, Verdict

VIOLATED = (Verdict.FAILED, Verdict.WARNED)
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
    """The mutants that break a requirement of `check`."""
    return [fault for fault in FAULTS if set(fault.breaks) & set(check.requirements)]


@cache
def verdict_on(check_id: str, fault_name: str) -> Judgement | None:
    """The first violation that the check finds on the mutant over all legs, else the last verdict; None: no leg."""
    check, last = CHECKS[check_id], None
    (fault,) = (found for found in FAULTS if found.name == fault_name)
    for transport, revision in legs_of(check, fault)[:3]:
        with leg_on(fault_name, transport, revision, rediscovered(fault_name, transport, revision)) as leg:
            last = judge(check, leg)
        if last.verdict in VIOLATED:
            break
    return last


@pytest.mark.parametrize("check_id", sorted(CHECKS))
def test_a_check_names_requirements_that_exist(check_id: str) -> None:
    """A check's ids are in the catalogue, and at least one leg exists on which they concern it."""
    check = CHECKS[check_id]
    assert set(check.requirements) <= requirements().keys()
    assert any(applicable(check, t, r) for t in TRANSPORTS for r in REVISIONS)


@pytest.mark.parametrize("check_id", sorted(CHECKS))
def test_a_check_fails_on_a_mutant_that_breaks_its_requirement(check_id: str) -> None:
    """At least one mutant breaks a requirement of the check, and the check says so."""
    found = {}
    for fault in breakers(CHECKS[check_id]):
        judgement = verdict_on(check_id, fault.name)
        found[fault.name] = judgement and (judgement.verdict.value, judgement.got or judgement.reason)
        if judgement and judgement.verdict in VIOLATED:
            return
    pytest.fail(f"no mutant of {CHECKS[check_id].requirements} makes {check_id} fail: {found}", pytrace=False)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_mutant_is_caught_by_a_check_of_what_it_breaks(fault: Fault) -> None:
    """Some check of a requirement that the mutant breaks fails on it."""
    meant = [check for check in CHECKS.values() if set(fault.breaks) & set(check.requirements)]
    if not meant:
        pytest.skip(f"no check of {', '.join(fault.breaks)} yet: the mutant waits for its page of checks")
    found = {check.id: verdict_on(check.id, fault.name) for check in meant}
    caught = [id for id, judgement in found.items() if judgement and judgement.verdict in VIOLATED]
    shown = {id: j and (j.verdict.value, j.got or j.reason) for id, j in found.items()}
    assert caught, f"{fault.name} ({fault.summary}) is seen by none of {shown}"
