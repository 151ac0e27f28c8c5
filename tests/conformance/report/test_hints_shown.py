"""Hints stand in the summary and change no verdict; failures of generated calls are known by their own globs."""

from __future__ import annotations

import pytest

from smcp_conformance.report.known import Known
from smcp_conformance.report.ledger import Ledger
from smcp_conformance.report.summary import Summary, rendered

HINT = "fix::stdio-2025-11-25 add: 3 of 25 valid calls refused with -32602"


@pytest.mark.parametrize(("verbosity", "shown"), [(0, True), (-1, False)])
def test_hints_are_listed_unless_the_run_is_quiet(verbosity: int, shown: bool) -> None:
    summary = Summary(Ledger(), str, verbosity, hints=(HINT,))
    text = rendered(summary.parts(), 80, colour=False)
    assert (f"hints, which are no findings:\n  {HINT}" in text) is shown
    assert "hints" not in rendered(Summary(Ledger(), str, verbosity).parts(), 80, colour=False)


@pytest.mark.parametrize(
    ("glob", "meant"),
    [
        ("generated/tools::add::*", True),
        ("generated/tools::*::valid_calls_are_answered", True),
        ("stdio-*::generated/tools::add::*", True),
        ("generated/*", True),
        ("http-*::generated/tools::add::*", False),
        ("generated/tools::echo::*", False),
    ],
)
def test_a_glob_names_generated_calls_with_or_without_their_leg(glob: str, meant: bool) -> None:
    """Their ids have a part more than those of other checks."""
    id = "fix::stdio-2025-11-25::generated/tools::add::valid_calls_are_answered"
    assert Known("f", 1, glob, "why").matches(id) is meant
