"""All mutants that need a sequence, with three seeds; `make mutants` runs it, for it takes minutes."""

from __future__ import annotations

import pytest
from mutants.sequences import Sequential, load
from sequence_searches import assert_pinned_down


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("fault", load().values(), ids=lambda fault: fault.name)
def test_a_fault_that_needs_a_sequence_is_found_with_other_seeds(fault: Sequential, seed: int) -> None:
    """What is found does not hang on luck."""
    assert_pinned_down(fault, seed)
