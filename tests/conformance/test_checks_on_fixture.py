"""No false accusation and no vacuous pass: every check on every leg of the faultless fixture server."""

from __future__ import annotations

from functools import cache

import pytest
from judging import leg_on

from smcp_conformance.checks import all_checks
from smcp_conformance.judge import Judgement, applicable, judge
from smcp_conformance.requirement import Check, Verdict
from smcp_conformance.revisions import HANDSHAKE_REVISIONS, REVISIONS

LEGS = [
    *(("stdio", revision) for revision in REVISIONS),
    *(("http", revision) for revision in REVISIONS[1:]),
    ("sse", HANDSHAKE_REVISIONS[0]),
]


@cache
def verdicts(transport: str, revision: str) -> dict[str, Judgement]:
    """The verdict of every check that applies to this leg."""
    with leg_on(None, transport, revision) as leg:
        return {check.id: judge(check, leg) for check in all_checks() if applicable(check, transport, revision)}


@pytest.mark.parametrize(("transport", "revision"), LEGS)
def test_a_conforming_server_is_accused_of_nothing(transport: str, revision: str) -> None:
    """No check fails or warns, and none has an error of its own, on the faultless fixture server."""
    found = verdicts(transport, revision)
    wrong = {id: f"{j.verdict.value}: {j.got} {j.must_be} {j.reason}" for id, j in found.items() if bad(j)}
    assert not wrong


def bad(judgement: Judgement) -> bool:
    """Tell whether this verdict accuses, or is an error of ours."""
    return judgement.verdict in (Verdict.FAILED, Verdict.WARNED) or judgement.internal


@pytest.mark.parametrize("check", all_checks(), ids=lambda check: check.id.replace("::", "."))
def test_a_check_passes_on_some_leg_of_a_conforming_server(check: Check) -> None:
    """The check finds its subject on the fixture server: it is not `not verified` everywhere."""
    found = []
    for transport, revision in reversed(LEGS):
        if applicable(check, transport, revision):
            found.append(verdicts(transport, revision)[check.id])
            if found[-1].verdict is Verdict.PASSED:
                return
    pytest.fail(f"passed nowhere: {found}", pytrace=False)
