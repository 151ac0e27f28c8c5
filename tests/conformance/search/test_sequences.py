"""Sequences: faults that no single request shows are found and told in the fewest steps; others are left in peace."""

from __future__ import annotations

import pytest
from mutants.sequences import Sequential, load
from sequence_searches import CHECK, EXAMPLES, assert_pinned_down, theatre

from smcp_conformance.catalogue import requirements
from smcp_conformance.search.sequences.search import search

LEGS = [("stdio", "2025-11-25"), ("stdio", "2026-07-28"), ("http", "2025-11-25"), ("http", "2026-07-28")]


@pytest.mark.parametrize("fault", [*load().values()][::3], ids=lambda fault: fault.name)
def test_a_fault_that_needs_a_sequence_is_found_in_the_fewest_steps(fault: Sequential) -> None:
    """The requirement is the one that the mutant breaks, the script no longer than its author expects.

    A third of the mutants: `make mutants` tries all of them.
    """
    assert_pinned_down(fault, seed=1)


@pytest.mark.parametrize(("transport", "revision"), LEGS)
def test_a_server_without_fault_is_not_accused(transport: str, revision: str) -> None:
    """On each transport and in each era a whole search passes."""
    with theatre(None, transport, revision) as made:
        found = search(made, CHECK, EXAMPLES, 1)
    assert found.shown is None
    assert found.lost is None
    assert found.played > 100


def test_mutants_break_what_there_is_each_in_its_own_way() -> None:
    """Their requirements exist on their legs, and no two have one summary."""
    faults = load().values()
    assert len(faults) >= 10
    assert len({fault.summary for fault in faults}) == len(faults)
    for fault in faults:
        assert requirements()[fault.breaks].concerns(fault.transport, fault.revision), fault.name


def test_the_same_seed_plays_the_same() -> None:
    """Three searches with one seed take the same steps, and come to the same."""
    fault = load()["unsubscribe-kills"]
    told = set()
    for _ in range(3):
        with theatre(fault) as made:
            found = search(made, CHECK, EXAMPLES, 7)
        assert found.shown
        told.add((found.played, *map(str, found.shown.stage.played)))
    assert len(told) == 1
