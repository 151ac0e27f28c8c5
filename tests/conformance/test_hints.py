"""What would enable a check that saw nothing is said where it would."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from judging import fixture_target, healthy_offer, monitors

from smcp_conformance.checks import all_checks
from smcp_conformance.host import Host
from smcp_conformance.judge import judge
from smcp_conformance.leg import Leg
from smcp_conformance.requirement import Verdict
from smcp_conformance.target import Policy

REVISION = "2025-11-25"
ALLOW = "; not called: "


@pytest.fixture(scope="module")
def leg() -> Iterator[Leg]:
    """The fixture server as a user meets it who allowed no tools: many are not called."""
    host = Host(replace(fixture_target(), policy=Policy(start_timeout=30)))
    made = Leg(healthy_offer("stdio", REVISION), host, monitors())
    yield made
    made.close()
    host.close()


@pytest.mark.parametrize(
    ("check", "hinted"),
    [
        ("basic/patterns/progress::progress_increases", True),
        ("basic/patterns/cancellation::servers_cancel_only_what_is_theirs", False),
        ("basic/index/meta::reserved_prefixes_are_left_to_mcp", False),
    ],
)
def test_only_what_calls_would_bring_asks_for_them(leg: Leg, check: str, hinted: bool) -> None:
    """A monitor of other traffic doesn't send users to --smcp-allow-tools, which would not help."""
    found = judge({each.id: each for each in all_checks()}[check], leg)
    assert found.verdict is Verdict.NOT_VERIFIED
    assert (ALLOW in found.reason) is hinted
