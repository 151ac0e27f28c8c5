"""Ids of all kinds come back as they were sent, and a server that tidies them up is told so."""

from __future__ import annotations

import pytest
from judging import judged

from smcp_conformance.checks import all_checks
from smcp_conformance.requirement import Verdict

(CHECK,) = (check for check in all_checks() if check.name == "string_ids_come_back_as_the_same_strings")


@pytest.mark.parametrize("fault", ["strips-spaces-of-ids", "cuts-ids", "unescapes-ids"])
def test_a_server_that_tidies_string_ids_up_fails(fault: str) -> None:
    """However little it changes."""
    assert judged(CHECK, fault).verdict is Verdict.FAILED


@pytest.mark.parametrize(("transport", "revision"), [("stdio", "2026-07-28"), ("http", "2025-11-25")])
def test_a_server_that_leaves_them_alone_passes(transport: str, revision: str) -> None:
    """White space at the edges, control characters and thousands of letters are allowed."""
    assert judged(CHECK, None, transport, revision).verdict is Verdict.PASSED
