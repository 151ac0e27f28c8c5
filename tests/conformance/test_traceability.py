"""Every check can fail: requirement ↔ check ↔ mutant, by running them. The whole matrix is `make mutants`."""

from __future__ import annotations

import pytest
from tracing import CHECKS, TRANSPORTS, VIOLATED, breakers, shown, verdict_on

from smcp_conformance.catalogue import requirements
from smcp_conformance.judge import applicable
from smcp_conformance.revisions import REVISIONS


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
        if judgement and judgement.verdict in VIOLATED:
            return
        found[fault.name] = shown(judgement)
    pytest.fail(f"no mutant of {CHECKS[check_id].requirements} makes {check_id} fail: {found}", pytrace=False)
