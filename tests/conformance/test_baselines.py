"""A server that refuses the plainest requests is accused of just that; what leans on their answers is not verified."""

from __future__ import annotations

from functools import cache

import pytest
from judging import leg_on

from smcp_conformance.checks import all_checks
from smcp_conformance.judge import Judgement, applicable, judge
from smcp_conformance.requirement import Verdict

LISTS = "server/tools/listing::"
ANSWERED = {
    LISTS + "tools_list_is_answered",
    "server/prompts/listing::prompts_list_is_answered",
    "server/resources/listing::resources_list_is_answered",
    "server/resources/templates::templates_list_is_answered",
}
PAGES = "server/utilities/pagination::"
SAID = 'the plain tools/list was answered with {"jsonrpc":"2.0"'


@cache
def verdicts(fault: str, revision: str) -> dict[str, Judgement]:
    """The verdict of every check over HTTP, the quicker transport."""
    with leg_on(fault, "http", revision) as leg:
        return {check.id: judge(check, leg) for check in all_checks() if applicable(check, "http", revision)}


@pytest.mark.parametrize(
    ("fault", "revision", "accusers"),
    [
        ("lists-refused", "2025-11-25", ANSWERED),
        ("lists-refused", "2026-07-28", ANSWERED),
        ("ping-refused", "2025-11-25", {"basic/utilities/ping::ping_is_answered"}),
        ("discovery-refused", "2026-07-28", {"server/discover::discovery_is_answered_with_a_result"}),
        ("cursors-refused", "2025-11-25", {PAGES + "cursors_lead_on"}),
    ],
)
def test_a_refusal_is_held_against_nothing_but_itself(fault: str, revision: str, accusers: set[str]) -> None:
    """The one check that is about this request fails or warns, and no other."""
    found = verdicts(fault, revision)
    accusing = {id: f"{j.got}, {j.must_be}" for id, j in found.items() if j.verdict in (Verdict.FAILED, Verdict.WARNED)}
    assert accusing.keys() == accusers, accusing
    assert not [id for id, judgement in found.items() if judgement.internal]


@pytest.mark.parametrize(
    "check",
    [
        *("cursors_lead_on", "pages_come_to_an_end", "pages_are_disjoint_and_complete", "cursors_can_be_used_again"),
        *("lists_need_no_params", "invalid_cursors_are_refused", "invalid_cursors_do_no_harm"),
    ],
)
def test_a_declared_list_that_is_refused_is_no_list_that_is_not_declared(check: str) -> None:
    """Pagination is not verified then, and the error is told."""
    judgement = verdicts("lists-refused", "2025-11-25")[PAGES + check]
    assert judgement.verdict is Verdict.NOT_VERIFIED
    assert judgement.reason.startswith(SAID)


@pytest.mark.parametrize(
    ("fault", "check", "reason"),
    [
        ("lists-refused", "basic/index/requests::unknown_members_are_ignored", SAID),
        ("lists-refused", "basic/index/meta::clients_are_all_treated_alike", SAID),
        ("lists-refused", "basic/index/stateless::order_of_requests_does_not_matter", SAID),
        ("lists-refused", LISTS + "tools_keep_their_order", SAID),
        ("lists-refused", LISTS + "tools_are_the_same_on_another_connection", SAID),
        ("lists-refused", LISTS + "tools_are_the_same_after_other_requests", SAID),
        ("lists-refused", LISTS + "tools_are_declared_where_they_are_listed", SAID),
        ("discovery-refused", "server/discover::discovery_is_the_same_each_time", "the plain server/discover was"),
    ],
)
def test_two_errors_that_are_alike_prove_nothing(fault: str, check: str, reason: str) -> None:
    """A check that compares answers does not pass because the same error came twice."""
    judgement = verdicts(fault, "2026-07-28")[check]
    assert judgement.verdict is Verdict.NOT_VERIFIED
    assert judgement.reason.startswith(reason)


@pytest.mark.parametrize("check", ["pages_come_to_an_end", "pages_are_disjoint_and_complete"])
def test_a_walk_that_was_broken_off_says_nothing_of_its_pages(check: str) -> None:
    """The page that was refused is told."""
    judgement = verdicts("cursors-refused", "2025-11-25")[PAGES + check]
    assert judgement.verdict is Verdict.NOT_VERIFIED
    assert "unknown cursor" in judgement.reason
