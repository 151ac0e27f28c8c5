"""The other way round: every mutant is caught. Too slow for each change, so `make mutants` runs it on its own."""

from __future__ import annotations

import pytest
from mutants.faults import Fault
from tracing import CHECKS, FAULTS, VIOLATED, shown, verdict_on


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_mutant_is_caught_by_a_check_of_what_it_breaks(fault: Fault) -> None:
    """Some check of a requirement that the mutant breaks fails on it."""
    meant = [check for check in CHECKS.values() if set(fault.breaks) & set(check.requirements)]
    if not meant:
        pytest.skip(f"no check of {', '.join(fault.breaks)} yet: the mutant waits for its page of checks")
    missed = {}
    for check in meant:
        judgement = verdict_on(check.id, fault.name)
        if judgement and judgement.verdict in VIOLATED:
            return
        missed[check.id] = shown(judgement)
    pytest.fail(f"{fault.name} ({fault.summary}) is seen by none of {missed}", pytrace=False)
