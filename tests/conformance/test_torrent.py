"""A server that pours out messages which nobody asked for makes its leg end early, and doesn't pass it."""

from __future__ import annotations

import pytest
from judging import leg_on

from smcp_conformance import torrent
from smcp_conformance.checks import all_checks
from smcp_conformance.judge import applicable, judge
from smcp_conformance.requirement import Check, Verdict
from smcp_conformance.torrent import Torrent
from smcp_conformance.wire.transcript import FRAME_COST, Conversation

NOTICE = b'{"jsonrpc":"2.0","method":"notifications/message","params":{}}'


def named(name: str) -> Check:
    """The check of this name."""
    (found,) = (check for check in all_checks() if check.name == name)
    return found


def test_what_was_asked_for_does_not_count() -> None:
    """Responses and batches are answers; notifications, requests and stray lines are not."""
    conversation = Conversation("stdio")
    conversation.sent(NOTICE, "stdin")
    conversation.note("nothing")
    for raw in (b'{"jsonrpc":"2.0","id":1,"result":{}}', b'[{"jsonrpc":"2.0","id":1,"result":{}}]'):
        conversation.received(raw, "stdout")
    assert conversation.unasked == 0
    for raw in (NOTICE, b"loading", b'{"jsonrpc":"2.0","id":1,"method":"ping"}'):
        before = conversation.unasked
        conversation.received(raw, "stdout")
        assert conversation.unasked - before == len(raw) + FRAME_COST


def test_each_conversation_counts_once_while_it_runs_and_when_it_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is over is kept as a number only."""
    counted, conversation = Torrent(), Conversation("stdio")
    counted.follow(conversation)
    conversation.received(NOTICE, "stdout")
    assert counted.weight == conversation.unasked
    assert not counted.reason
    counted.settle(conversation)
    assert counted.weight == conversation.unasked
    monkeypatch.setattr(torrent, "MOST", conversation.unasked - 1)
    assert "messages came on this leg that nobody had asked for" in counted.reason


def test_a_leg_is_given_up_once_too_much_came(monkeypatch: pytest.MonkeyPatch) -> None:
    """Checks are not even tried any more, monitors judge what came, and one says that it was too much."""
    monkeypatch.setattr(torrent, "MOST", 2**20)
    with leg_on("logs-without-pause") as leg:
        leg.session.listen(20, lambda frame: bool(leg.torrent.reason))
        assert leg.torrent.reason
        starts = leg.host.starts
        checks = [check for check in all_checks() if applicable(check, "stdio", "2025-11-25")]
        found = {check.name: judge(check, leg) for check in checks}
        assert leg.host.starts == starts
    unseen = [found[check.name] for check in checks if not check.monitor]
    assert {judgement.verdict for judgement in unseen} <= {Verdict.NOT_VERIFIED, Verdict.NOT_APPLICABLE}
    assert sum("nobody had asked for" in judgement.reason for judgement in unseen) > 40
    assert found["every_message_carries_jsonrpc_2_0"].verdict is Verdict.PASSED


def test_a_server_that_logs_without_limit_is_told_so() -> None:
    """Thousands of messages within seconds are what no limit would allow; a few are fine."""
    check = named("log_messages_come_at_a_limited_rate")
    with leg_on("logs-without-limit") as leg:
        assert judge(check, leg).verdict is Verdict.WARNED
    with leg_on() as leg:
        assert judge(check, leg).verdict is not Verdict.WARNED
