"""Each check with generated values finds a server that is wrong with one kind of value, and its simplest value."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from mutants.protocol_values import ValueFault, load
from value_inquiries import CHECKS, inquired, leg_with

from smcp_conformance.catalogue import requirements
from smcp_conformance.requirement import Verdict
from smcp_conformance.search.protocol.inquiry import Plan

FAULTS = tuple(load().values())
SEEDS = (1, 2, 3)
EXAMPLES = 200


def size(value: Any) -> int:
    """How much there is to a value, an escaped character counting as one."""
    return len(re.sub(r"\\(u[0-9a-f]{4}|.)", "x", json.dumps(value, ensure_ascii=False)))


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_fault_of_one_kind_of_value_is_found_by_its_simplest(fault: ValueFault) -> None:
    """With three seeds out of three, the value is no larger than the one that the fault's author thought of."""
    with leg_with(fault) as leg:
        for seed in SEEDS:
            check = CHECKS[fault.check]
            plan = Plan(fault.name, EXAMPLES, cli_seed=seed)
            judgement, value = inquired(check, leg, plan)
            assert judgement.verdict in (Verdict.FAILED, Verdict.WARNED), judgement
            assert "not so when" not in judgement.got
            assert size(value) <= size(fault.minimal), f"{value!r} is larger than {fault.minimal!r}"


@pytest.mark.parametrize("name", sorted(CHECKS))
def test_a_check_names_requirements_and_has_a_fault_that_it_finds(name: str) -> None:
    """Its ids are in the catalogue, and a fault is listed for it in the test above."""
    assert set(CHECKS[name].requirements) <= requirements().keys()
    assert [fault.name for fault in FAULTS if fault.check == name]
