"""Servers that keep to the text in an unusual way are accused of nothing: each style here once was."""

from __future__ import annotations

from pathlib import Path

import pytest
from judging import monitors

from smcp_conformance.checks import all_checks
from smcp_conformance.detect import discover
from smcp_conformance.host import Host
from smcp_conformance.judge import Judgement, judge
from smcp_conformance.leg import Leg
from smcp_conformance.requirement import Verdict
from smcp_conformance.target import Policy, Target

SERVER = str(Path(__file__).parents[1] / "odd" / "server.py")
REVISION = "2025-11-25"
EARLY = "basic/lifecycle/initialization::request_before_the_handshake_is_not_served"
UNASKED = "basic/lifecycle/initialization::nothing_is_asked_before_initialized"
PROGRESS, TOKENS = "basic/patterns/progress::", "a_token_is_accepted_on_any_request"
UNREADABLE = "basic/index/requests::an_unreadable_id_is_null_or_left_out"


def verdict(style: str, transport: str, check_id: str, *before: str) -> Judgement:
    """The verdict of one check on the server of that style, after those `before` it."""
    port, url = ((), None) if transport == "stdio" else (("{port}",), "http://127.0.0.1:{port}/mcp")
    target = Target("odd", ("{python}", SERVER, style, *port), url, transport, policy=Policy(start_timeout=30))
    discovery = discover(target, (REVISION,))
    assert discovery.offers, discovery.failure
    host = Host(target)
    leg = Leg(discovery.offers[0], host, monitors())
    checks = {check.id: check for check in all_checks()}
    try:
        return [judge(checks[id], leg) for id in (*before, check_id)][-1]
    finally:
        leg.close()
        host.close()


def test_a_server_without_session_ids_can_not_know_what_came_before() -> None:
    """Over HTTP it serves whoever asks; one that gives ids must not, and over stdio there is one client."""
    judgement = verdict("stateless", "http", EARLY)
    assert (judgement.verdict, judgement.reason) == (
        Verdict.NOT_APPLICABLE,
        "the server gives no session ids, so it can't know what came before a request",
    )
    assert verdict("plain", "http", EARLY).verdict is Verdict.PASSED
    assert verdict("plain", "stdio", EARLY).verdict is Verdict.WARNED


@pytest.mark.parametrize("transport", ["stdio", "http"])
def test_notifications_before_the_handshake_is_complete_are_no_requests(transport: str) -> None:
    """The text asks servers to hold back requests; a list that has changed may be told."""
    assert verdict("chatty", transport, UNASKED).verdict is Verdict.PASSED


@pytest.mark.parametrize("transport", ["stdio", "http"])
def test_null_is_a_right_answer_to_a_request_whose_id_can_not_be_read(transport: str) -> None:
    """JSON-RPC prescribes it, the newer schemas know no such member: nobody can please both."""
    assert verdict("plain", transport, UNREADABLE).verdict is Verdict.PASSED


@pytest.mark.parametrize("transport", ["stdio", "http"])
@pytest.mark.parametrize("rule", ["progress_increases", "progress_ends_with_the_answer"])
def test_a_token_that_comes_again_begins_anew(rule: str, transport: str) -> None:
    """Progress is that of one request; the next one may have the token of an answered one."""
    judgement = verdict("reporting", transport, PROGRESS + rule, PROGRESS + TOKENS)
    assert judgement.verdict is Verdict.PASSED, judgement.got
