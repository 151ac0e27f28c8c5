"""One item's work on a leg: what is remembered is tried first, what can't be seen again is no verdict."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import hypothesis
import pytest
from hypothesis.database import ExampleDatabase, InMemoryExampleDatabase
from judging import healthy_offer, monitors
from mutants.sequences import Sequential, load
from sequence_searches import CHECK, target

from smcp_conformance.host import Host
from smcp_conformance.judge import judge
from smcp_conformance.leg import Leg
from smcp_conformance.requirement import Check, NotVerified, Verdict
from smcp_conformance.search.sequences import attempt as module
from smcp_conformance.search.sequences.attempt import Attempt, Order
from smcp_conformance.search.sequences.search import Found
from smcp_conformance.search.sequences.step import Step
from smcp_conformance.search.sequences.violation import UNANSWERED, Violation

FAULT = load()["unsubscribe-kills"]
SHORTEST = (Step("initialize"), Step("unsubscribe", 1, {"uri": "note://fixture/plain"}))


@contextmanager
def leg_of(fault: Sequential | None) -> Iterator[Leg]:
    """A leg on the mutant, or on the faultless server."""
    host = Host(target(fault))
    leg = Leg(healthy_offer("stdio", "2025-11-25"), host, monitors())
    leg.begin("test")
    try:
        yield leg
    finally:
        leg.close()
        host.close()


def attempted(fault: Sequential | None, order: Order) -> Attempt:
    """What is done on such a leg, whether it finds something or not."""
    made = Attempt(order)
    with leg_of(fault) as leg:
        try:
            made.run(leg)
        except AssertionError:
            assert made.shown
    return made


@pytest.fixture
def database(monkeypatch: pytest.MonkeyPatch) -> ExampleDatabase:
    """A database that starts empty; Hypothesis draws the same each time."""
    made = InMemoryExampleDatabase()
    monkeypatch.setattr(module, "settings", lambda: hypothesis.settings(database=made, derandomize=False))
    return made


def test_what_was_found_is_tried_first_next_time(database: ExampleDatabase, monkeypatch: pytest.MonkeyPatch) -> None:
    """No search is made of it, so that it costs one start; once it shows nothing, it is forgotten."""
    found = attempted(FAULT, Order("owner", CHECK, 25))
    assert found.shown
    assert found.shown.shown

    monkeypatch.setattr(module, "search", lambda *args, **more: Found(played=1))
    again = attempted(FAULT, Order("owner", CHECK, 25))
    assert again.shown
    assert again.shown.shown
    assert again.shown.shown.steps == found.shown.shown.steps
    assert attempted(FAULT, Order("another", CHECK, 25)).shown is None

    assert attempted(None, Order("owner", CHECK, 25)).shown is None
    assert attempted(FAULT, Order("owner", CHECK, 25)).shown is None


def test_a_seed_leaves_what_is_remembered_alone(database: ExampleDatabase) -> None:
    """The same seed does the same, whatever happened before."""
    attempted(FAULT, Order("owner", CHECK, 25, cli_seed=1))
    assert not list(InMemoryExampleDatabase().fetch(b"sequences"))
    assert vars(database)["data"] == {}


def test_recorded_steps_are_repeated_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    """On the mutant they show the violation, on the faultless server nothing."""
    monkeypatch.setattr(module, "search", None)
    shown = attempted(FAULT, Order("owner", CHECK, 25, recorded=SHORTEST)).shown
    assert shown
    assert shown.shown
    assert shown.shown.steps == SHORTEST
    assert attempted(None, Order("owner", CHECK, 25, recorded=SHORTEST)).shown is None


def test_recorded_steps_that_make_no_sense_are_not_verified() -> None:
    """A client that didn't shake hands has nothing to hang up."""
    order = Order("owner", CHECK, 25, recorded=(Step("hang up"),))
    with leg_of(None) as leg, pytest.raises(NotVerified, match="none of the recorded steps"):
        Attempt(order).run(leg)


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (Found(lost=Violation(UNANSWERED, "nothing", "an answer"), played=9), "not reproducible: .*got nothing"),
        (Found(played=7, cut=True), "--smcp-time-budget.* after 7 steps"),
        (Found(), "not a single step"),
    ],
)
def test_what_a_search_could_not_say_is_not_verified(
    found: Found, said: str, database: ExampleDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each with its reason."""
    monkeypatch.setattr(module, "search", lambda *args, **more: found)
    with leg_of(None) as leg, pytest.raises(NotVerified, match=said):
        Attempt(Order("owner", CHECK, 25)).run(leg)


def test_a_time_budget_that_is_used_up_leaves_nothing_to_do() -> None:
    """The server isn't even asked what it offers."""
    with leg_of(None) as leg, pytest.raises(NotVerified, match="time budget"):
        Attempt(Order("owner", CHECK, 25, over=lambda: True)).run(leg)


def test_a_violation_is_told_with_its_own_requirement_and_script() -> None:
    """The judgement names what the sequence broke, not what the item is called after."""
    made = Attempt(Order("owner", CHECK, 25, recorded=(*SHORTEST[:1], Step("call invalid", 1, WRONG))))
    check = Check(CHECK, "generated/sequences", (UNANSWERED,), made.run, "leg", refusal=True)
    with leg_of(load()["ping-fails-after-invalid-call"]) as leg:
        told = made.told(judge(check, leg), leg)
    assert told.verdict is Verdict.FAILED
    assert told.requirement == "ping.responds"
    assert "2. call invalid add" in told.exchange
    assert told.must_be == "a result, as before"


WRONG = {"tool": "add", "arguments": {"a": "one", "b": 2}}
