"""Every faulty plugin is caught by the checks meant for its fault and by no other; good plugins come out clean."""

from __future__ import annotations

from pathlib import Path

import pytest
from mutants import plugins as mutants

from smcp_conformance.cli.check import COMMAND_CHECKS, PLUGIN_CHECKS
from smcp_conformance.requirement import Verdict

from .conftest import Runner

pytest_plugins = ["pytester"]
DEMOS = Path(__file__).parents[3] / "plugins"


@pytest.mark.slow  # some eighty interpreter starts each
@pytest.mark.parametrize("fault", mutants.FAULTS)
def test_a_fault_fails_the_checks_meant_for_it_and_no_other(
    fault: str, shelf: Path, run_plugins: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Exactly the checks named for the fault are violated."""
    if "hang" in fault:
        monkeypatch.setattr("smcp_conformance.cli.command.TIMEOUT", 5.0)
    (shelf / fault).symlink_to(mutants.FOLDER / fault)
    assert run_plugins(shelf).broken == set(mutants.FAULTS[fault])


@pytest.mark.parametrize(("demo", "fault"), mutants.DEMO_FAULTS)
def test_a_fault_of_a_demo_plugin_fails_the_check_of_its_own_promise(
    demo: str, fault: str, shelf: Path, run_plugins: Runner
) -> None:
    """Checks that go by a demo plugin's name see what is wrong with a stand-in."""
    (shelf / demo).symlink_to(mutants.FOLDER / fault)
    assert run_plugins(shelf).broken == set(mutants.DEMO_FAULTS[demo, fault])


@pytest.mark.parametrize("good", mutants.GOOD)
def test_a_good_plugin_comes_out_clean(good: str, shelf: Path, run_plugins: Runner) -> None:
    """Whatever it is built with, a plugin that keeps the contract passes everything that applies to it."""
    (shelf / good).symlink_to(mutants.FOLDER / good)
    outcome = run_plugins(shelf)
    assert outcome.named(Verdict.PASSED)
    assert outcome.broken | outcome.named(Verdict.NOT_VERIFIED) == set()


@pytest.mark.parametrize("demo", ["demo_math", "demo_text"])
def test_a_demo_plugin_comes_out_clean(demo: str, shelf: Path, run_plugins: Runner) -> None:
    """The plugins that ship with smcp pass everything."""
    (shelf / demo).symlink_to(DEMOS / demo)
    outcome = run_plugins(shelf)
    assert outcome.broken | outcome.named(Verdict.NOT_VERIFIED) == set()
    assert all(judgement is not None for judgement in outcome.judgements.values())


def test_every_check_has_a_fault_that_it_is_meant_for() -> None:
    """No check that could not fail, and no fault that names a check which isn't there."""
    meant = {check for checks in (*mutants.FAULTS.values(), *mutants.DEMO_FAULTS.values()) for check in checks}
    assert meant == {check.name for check in PLUGIN_CHECKS} | {check.name for check in COMMAND_CHECKS}


def test_every_mutant_is_listed() -> None:
    """A folder that no test runs is a mistake."""
    listed = {*mutants.FAULTS, *(fault for _, fault in mutants.DEMO_FAULTS), *mutants.GOOD}
    assert listed == {cli.parent.name for cli in mutants.FOLDER.glob("*/cli.py")}
