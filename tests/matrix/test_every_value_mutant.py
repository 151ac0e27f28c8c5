"""Every value mutant, three seeds of three, and their healthy twins; `make mutants` runs it, for it takes long."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from mutants.values import MUTANTS
from mutants.values.mutant import AS_DECLARED
from value_hunts import best, hunt, meant, size


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("name", MUTANTS)
def test_a_value_mutant_is_found_and_brought_down_to_what_its_author_expects(
    name: str, seed: int, record_property: Callable[[str, object], None]
) -> None:
    """Within 200 examples; the seconds that it took are for the report."""
    result = best(name, seed)
    record_property("seconds", round(result.seconds, 1))
    assert result.found, result.said
    if result.arguments is not None:
        assert size(result.arguments) <= size(MUTANTS[name].minimal), result.said


@pytest.mark.parametrize("name", [name for name, mutant in MUTANTS.items() if mutant.question != AS_DECLARED])
def test_its_healthy_twin_is_not_accused(name: str) -> None:
    """By the checks that are meant for the mutant (whose output schema is at fault has no such twin)."""
    for check in meant(name):
        result = hunt(name, check, healthy=True)
        assert not result.found, result.said or result.hints
