"""No check blames a plugin for what another check is meant for. Too slow for each change: `make mutants` runs it."""

from __future__ import annotations

from mutants import plugins as mutants

from .conftest import SEEDED, Runner
from .test_mutants import FAULTS, described, every_fault, no_shrinking

__all__ = ["no_shrinking"]
pytest_plugins = ["pytester"]


@every_fault
def test_a_fault_fails_no_other_check(name: str, fault: str, run_plugins: Runner) -> None:
    """Whatever else is asked of the plugin is not blamed for it."""
    others = f"not ({' or '.join(FAULTS[name, fault])})"
    outcome = run_plugins(
        described=(described(name, mutants.FOLDER / fault),), args=(*SEEDED, "-k", others), examples=2
    )
    assert any(judgement is not None for judgement in outcome.judgements.values())
    assert outcome.broken == set()
