"""A tool under generated calls: answers are shared, deaths and silence are counted, and believed when seen again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from hunting import hunted, leg_of, subject_of
from judging import leg_on
from mutants.values import command

from smcp_conformance.launch import StartError
from smcp_conformance.leg import Leg
from smcp_conformance.reply import Reply
from smcp_conformance.search.hunt import Hunt
from smcp_conformance.search.subject import MOST_LOSSES, MOST_UNSOUGHT, Silence, Subject, spelled


@contextmanager
def echo(fault: str | None = None, transport: str = "stdio", timeout: float = 1.0) -> Iterator[Subject]:
    """The fixture server's `echo` with a fault; calls get `timeout` seconds."""
    with leg_on(fault, transport) as leg:
        yield Subject(leg, tool_of(leg), timeout, lambda: False)


def tool_of(leg: Leg) -> dict[str, object]:
    """The description of `echo`."""
    return next(tool for tool in leg.tools if tool["name"] == "echo")


def test_the_same_arguments_are_sent_once() -> None:
    """In whatever order they come, as long as JSON calls them the same."""
    with leg_of(command("first-member-wins", healthy=True)) as leg:
        subject = subject_of(leg)
        assert subject.outcome({"a": 1, "b": 2}) is subject.outcome({"b": 2, "a": 1})
        assert subject.calls == 1
        assert subject.outcome({"a": 1, "b": 3}) is not subject.outcome({"a": True, "b": 3})
        assert subject.calls == 3
        subject.forget({"a": 1, "b": 2})
        subject.outcome({"a": 1, "b": 2})
        assert subject.calls == 4
    assert len({spelled({"a": value}) for value in (1, 1.0, True, "1", -0.0, 0.0)}) == 6


def test_answers_are_kept_within_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server's answers may be long."""
    monkeypatch.setattr("smcp_conformance.search.subject.KEPT", 1)
    with echo() as subject:
        for _ in range(2):
            subject.outcome({"text": "a"})
            subject.outcome({"text": "b"})
        assert subject.calls == 4


def test_death_and_silence_are_told_apart_and_limited() -> None:
    """After that only what is known is answered."""
    with echo("odd-arguments-kill") as subject:
        subject.begin(seeking=False)
        found = [subject.outcome({"odd": number}) for number in range(MOST_UNSOUGHT + 1)]
        assert [isinstance(each, Silence) and each.died for each in found] == [True] * MOST_UNSOUGHT + [False]
        assert found[-1] is None
        assert subject.closed == f"{MOST_UNSOUGHT} calls ended the server, so no more are made"
        assert subject.outcome({"odd": 0}) is found[0]
        subject.begin(seeking=True)
        assert isinstance(subject.outcome({"text": "a"}), Reply)


@pytest.mark.parametrize(
    ("fault", "transport"),
    [
        ("odd-arguments-hang", "stdio"),
        ("odd-arguments-unanswered", "http"),
        ("odd-arguments-kill", "stdio"),
        ("odd-arguments-kill", "http"),
    ],
)
def test_no_answer_is_believed_when_it_is_seen_again_on_a_fresh_process(fault: str, transport: str) -> None:
    with echo(fault, transport) as subject:
        hunt = hunted("wrong_calls_are_answered", subject, max_examples=5)
        starts = subject.leg.host.starts
        assert isinstance(hunt, Hunt)
        assert hunt.violation is not None
        assert "made again" not in str(hunt.violation)
        assert hunt.violation.died is (fault == "odd-arguments-kill")
        assert hunted("each_fault_is_refused", subject) != hunt
    assert starts >= 2


def test_what_is_not_so_on_a_fresh_process_is_not_blamed_on_the_arguments() -> None:
    """This server dies of whatever comes seventh."""
    with echo("dies-of-the-seventh-message") as subject:
        hunt = hunted("valid_calls_are_answered", subject, max_examples=30)
    assert isinstance(hunt, Hunt)
    assert hunt.violation is not None
    assert "it was not so when the same call was made again on a fresh process, must be an answer" in str(
        hunt.violation
    )


def test_a_server_that_cannot_be_started_again_is_no_finding_about_a_tool(monkeypatch: pytest.MonkeyPatch) -> None:
    with echo() as subject:
        subject.leg.session.ping()
        subject.leg.forget_shared()

        def refuse(*args: object) -> None:
            raise StartError("it is gone")

        monkeypatch.setattr(subject.leg.host, "connect", refuse)
        said = hunted("valid_calls_are_answered", subject)
        assert isinstance(said, str)
        assert said.startswith("NotVerified: the server could not be spoken to again: ")
        hunted("valid_calls_are_answered", subject)
        hunted("valid_calls_are_answered", subject)
        assert len(subject.losses) == MOST_LOSSES, "each try may take as long as a start"


def test_a_leg_that_is_flooded_is_left_alone() -> None:
    with echo() as subject:
        subject.leg.torrent._over = 2**40
        assert subject.outcome({"text": "a"}) is None
        assert subject.closed.startswith("given up: more than ")
