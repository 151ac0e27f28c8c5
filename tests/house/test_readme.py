"""What the README says of the project holds."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from smcp_conformance.checks import all_checks
from smcp_conformance.report.unchecked import PAGES

ROOT = Path(__file__).parents[2]
WORDS = {"completions": "completion"}


def paragraph() -> str:
    """What the README says of areas without checks, in small letters."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    (found,) = re.findall(r"\n\n([^\n]*(?:\n[^\n]+)*\*\*no checks of their own yet\*\*)", text)
    return str(found).lower()


@pytest.mark.parametrize("capability", PAGES)
def test_it_names_the_areas_without_checks_and_no_other(capability: str) -> None:
    """Checks that are new take their area out of the list."""
    checked = any(f"{check.page}/".startswith(f"{PAGES[capability]}/") for check in all_checks())
    assert (WORDS.get(capability, capability) in paragraph()) is not checked
