"""A search among values of the protocol: what it believes, when it gives up, and what it leaves to ordinary checks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, cast

import pytest
from hypothesis import strategies as st

from smcp_conformance.leg import Leg
from smcp_conformance.requirement import NotVerified
from smcp_conformance.search.protocol import values
from smcp_conformance.search.protocol.inquiry import Inquiry, Plan, Violation
from smcp_conformance.search.protocol.probe import Probe
from smcp_conformance.search.protocol.protocol_check import ProtocolCheck, of_values, protocol_checks
from smcp_conformance.wire.errors import Died, NoAnswer, TooLarge

Judge = Callable[[Probe, Any], None]


class NoLeg:
    """Stands for a leg that nothing is sent to; `renewed` counts how often it was begun afresh."""

    probe = "here"

    def __init__(self) -> None:
        self.renewed = 0

    def forget_shared(self) -> None:
        """Begin afresh."""
        self.renewed += 1

    def begin(self, probe: str) -> None:
        """Do nothing."""


def inquiry(function: Judge, leg: NoLeg | None = None, plan: Plan | None = None, **check: Any) -> Inquiry:
    """A search among ids for what `function` complains of."""
    made = ProtocolCheck("judges", ("jsonrpc.method-not-found",), function, "ids", **check)
    probe = Probe(cast("Leg", leg or NoLeg()))
    return Inquiry(made, probe, plan or Plan("here", 60, cli_seed=1))


@contextmanager
def attempted(made: Inquiry) -> Iterator[pytest.ExceptionInfo[Any]]:
    """The way out that an attempt takes."""
    with pytest.raises((NotVerified, Violation)) as way_out:
        made.attempt(made.test)
    yield way_out


def complain(id: object, *, of: bool) -> None:
    """Complain of an id."""
    assert not of, f"got trouble for {id!r}, must be none"


def test_the_smallest_value_is_told_and_was_seen_again_on_a_fresh_connection() -> None:
    """The complaint has the check's own words and the value as JSON."""
    leg = NoLeg()
    made = inquiry(lambda probe, id: complain(id, of=isinstance(id, str) and len(id) > 2), leg)
    with attempted(made) as way_out:
        assert str(way_out.value) == "got trouble for '000' (with \"000\"), must be none"
    assert leg.renewed == 1
    assert made.violation is not None
    assert made.violation.value == "000"


def test_what_is_not_seen_again_is_said_to_be_so() -> None:
    """A server that is wrong only at times is told from one that always is."""
    leg = NoLeg()
    made = inquiry(lambda probe, id: complain(id, of=isinstance(id, str) and not leg.renewed), leg)
    with attempted(made) as way_out:
        assert "it was not so when the same was sent again on a fresh connection" in str(way_out.value)


def test_a_silence_that_is_not_seen_again_accuses_nobody() -> None:
    """It may have been slow."""
    leg = NoLeg()

    def die(probe: Probe, id: object) -> None:
        if isinstance(id, str) and not leg.renewed:
            raise NoAnswer("nothing came")

    with attempted(inquiry(die, leg, silence=True)) as way_out:
        assert isinstance(way_out.value, NotVerified)
        assert "slow, or never?" in str(way_out.value)


def test_a_death_is_the_violation_only_of_checks_that_look_for_it() -> None:
    """For any other check three of them are enough to give up."""

    def die(probe: Probe, id: object) -> None:
        raise Died("it ended")

    with attempted(inquiry(die, silence=True)) as way_out:
        assert isinstance(way_out.value, Violation)
        assert str(way_out.value).startswith("got it ended (with ")
    leg = NoLeg()
    with attempted(inquiry(die, leg)) as way_out:
        assert "given up: it ended, which is judged on its own; 0 values were judged" in str(way_out.value)
    assert leg.renewed == 3


def test_what_does_not_depend_on_the_value_is_left_to_the_ordinary_check() -> None:
    """It has told it already, and so nothing is searched."""
    tried: list[object] = []

    def judge(probe: Probe, id: object) -> None:
        tried.append(id)
        complain(id, of=True)

    with attempted(inquiry(judge, plain="plain", told_by="a/page::a_check")) as way_out:
        assert str(way_out.value) == "it is so with 'plain', too, which a/page::a_check judges"
    assert tried == ["plain"]


def test_nothing_judged_is_never_a_pass() -> None:
    """The first reason is told."""

    def skip(probe: Probe, id: object) -> None:
        probe.skip("no subject")

    def flood(probe: Probe, id: object) -> None:
        raise TooLarge("a message of 17 MiB came")

    for function, reason in ((skip, "no subject"), (flood, "a message of 17 MiB came")):
        with attempted(inquiry(function)) as way_out:
            assert str(way_out.value) == reason


def test_a_used_up_time_budget_is_said() -> None:
    """What was judged before is told, too."""
    made = inquiry(lambda probe, id: None, plan=Plan("here", 5, cli_seed=1, over=lambda: True))
    with attempted(made) as way_out:
        assert str(way_out.value) == "the time budget was used up; 0 values were judged before that"


def test_values_that_can_not_be_generated_are_no_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is said what Hypothesis says."""
    monkeypatch.setattr(values, "ids", lambda probe: st.integers().filter(lambda number: False))
    with attempted(inquiry(lambda probe, id: None)) as way_out:
        assert str(way_out.value).startswith("values of this kind can't be generated: ")


def test_a_recorded_value_is_the_only_one_that_is_tried() -> None:
    """So that a replay repeats, and does not search."""
    tried: list[object] = []
    made = inquiry(lambda probe, id: tried.append(id), plan=Plan("here", recorded="this one"))
    made.attempt(made.test)
    assert tried == ["this one"]


def test_the_same_seed_tries_the_same() -> None:
    """Three times over, and another seed something else."""

    def tried(seed: int) -> list[object]:
        found: list[object] = []
        made = inquiry(lambda probe, id: found.append(id), plan=Plan("here", 20, cli_seed=seed))
        made.attempt(made.test)
        return found

    assert tried(1) == tried(1) == tried(1) != tried(2)


def test_each_value_is_tried_once() -> None:
    """An id may not be used twice in a session; and what is known need not be asked."""
    tried: list[object] = []
    made = inquiry(lambda probe, id: tried.append((type(id), id)), plan=Plan("here", 200, cli_seed=1))
    made.attempt(made.test)
    assert len(tried) == len(set(tried))


def test_checks_have_names_of_their_own_and_requirements() -> None:
    """Both slips are told when the module is imported."""

    def any_id_comes_back(probe: Probe, id: object) -> None:
        """Judge nothing."""

    assert "any_id_comes_back" in {check.name for check in protocol_checks()}
    with pytest.raises(ValueError, match="'any_id_comes_back' is defined twice"):
        of_values("ids", "jsonrpc.method-not-found")(any_id_comes_back)
    any_id_comes_back.__name__ = "another"
    with pytest.raises(ValueError, match="'another' names no requirement"):
        of_values("ids")(any_id_comes_back)
