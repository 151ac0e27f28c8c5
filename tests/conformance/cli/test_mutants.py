"""Every faulty plugin is caught by the checks meant for its fault; good plugins come out clean.

That no other check blames a faulty plugin takes minutes: `every_faulty_plugin.py`, which `make mutants` runs.

Each call costs an interpreter start, so nothing is searched for in vain: no counterexample is made smaller, a plugin
describes itself once for all tests, and checks that are to find nothing try little.
"""

from __future__ import annotations

import sys
from functools import cache
from pathlib import Path

import pytest
from hypothesis import Phase
from mutants import plugins as mutants

from smcp_conformance.cli import discovery, runner
from smcp_conformance.cli.check import COMMAND_CHECKS, PLUGIN_CHECKS
from smcp_conformance.cli.command import Described
from smcp_conformance.requirement import Verdict

from .conftest import SEEDED, Runner

pytest_plugins = ["pytester"]
DEMOS = Path(__file__).parents[3] / "plugins"
FAULTS = {(fault, fault): checks for fault, checks in mutants.FAULTS.items()}
every_fault = pytest.mark.parametrize(("name", "fault"), FAULTS, ids=[f"{fault}-as-{name}" for name, fault in FAULTS])


@cache
def described(name: str, folder: Path) -> Described:
    """The plugin in a folder, by whatever name, as it described itself."""
    patience = 5.0 if "hangs" in folder.name else runner.TIMEOUT
    return discovery.describe(runner.Plugin(name, folder, (sys.executable, str(folder / "cli.py")), patience))


@pytest.fixture(autouse=True)
def no_shrinking(monkeypatch: pytest.MonkeyPatch) -> None:
    """Verdicts are what matters here."""
    monkeypatch.setattr("smcp_conformance.search.examples.PHASES", (Phase.explicit, Phase.generate))


@every_fault
def test_a_fault_fails_the_checks_meant_for_it(name: str, fault: str, run_plugins: Runner) -> None:
    """Each of them, not only one; with the tries that users get."""
    meant = FAULTS[name, fault]
    outcome = run_plugins(
        described=(described(name, mutants.FOLDER / fault),), args=(*SEEDED, "-k", " or ".join(meant))
    )
    assert outcome.broken == set(meant)


@pytest.mark.parametrize("good", mutants.GOOD)
def test_a_good_plugin_comes_out_clean(good: str, run_plugins: Runner) -> None:
    """Whatever it is built with, a plugin that keeps the contract passes everything that applies to it."""
    outcome = run_plugins(described=(described(good, mutants.FOLDER / good),), examples=2)
    assert outcome.named(Verdict.PASSED)
    assert outcome.broken | outcome.named(Verdict.NOT_VERIFIED) == set()


@pytest.mark.parametrize("demo", ["demo_math", "demo_text"])
def test_a_demo_plugin_comes_out_clean(demo: str, run_plugins: Runner) -> None:
    """The plugins that ship with smcp pass everything; `make conformance` tries more on them."""
    outcome = run_plugins(described=(described(demo, DEMOS / demo),), examples=2)
    assert outcome.broken | outcome.named(Verdict.NOT_VERIFIED) == set()
    assert all(judgement is not None for judgement in outcome.judgements.values())


def test_every_check_has_a_fault_that_it_is_meant_for() -> None:
    """No check that could not fail, and no fault that names a check which isn't there."""
    meant = {check for checks in FAULTS.values() for check in checks}
    assert meant == {check.name for check in PLUGIN_CHECKS} | {check.name for check in COMMAND_CHECKS}


def test_every_mutant_is_listed() -> None:
    """A folder that no test runs is a mistake."""
    listed = {*(fault for _, fault in (*FAULTS, *mutants.DEMO_FAULTS)), *mutants.GOOD}
    assert listed == {cli.parent.name for cli in mutants.FOLDER.glob("*/cli.py")}
