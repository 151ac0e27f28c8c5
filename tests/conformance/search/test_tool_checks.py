"""Each check of a tool finds its fault among generated arguments, brings it down to little, and passes without it."""

from __future__ import annotations

from typing import Any

import pytest
from hunting import hunted, leg_of, subject_of
from mutants.values import command

from smcp_conformance.catalogue import requirements
from smcp_conformance.search.hunt import Hunt, from_json, to_json
from smcp_conformance.search.tool_check import TOOL_CHECKS, of_valid
from smcp_conformance.search.tool_collect import checks
from smcp_conformance.search.trial import arguments_of

FOUND: dict[str, tuple[str, dict[str, Any]]] = {
    "valid_calls_are_answered": ("dies-on-empty-text", {"value": ""}),
    "valid_calls_meet_no_internal_error": ("divides-by-zero", {"value": 0}),
    "results_are_well_formed": ("null-though-nullable", {"value": None}),
    "answers_are_strict_json": ("takes-nan-for-number", {"value": "NaN"}),
    "text_comes_back_unharmed": ("astral-replaced", {"value": "\U00010000"}),
    "structured_results_conform_to_the_output_schema": ("negatives-undeclared", {"value": -1}),
    "structured_results_are_repeated_as_text": ("double-for-integer", {"value": 2**53 + 1}),
    "the_order_of_members_does_not_matter": ("first-member-wins", {"a": 0, "b": 0}),
    "what_has_a_default_may_be_left_out": ("refuses-its-default", {"text": ""}),
    "wrong_calls_are_answered": ("dies-on-object", {"value": {}}),
    "each_fault_is_refused": ("extra-member", {"a": 1, "unknown_member": 1}),
    "random_faults_are_refused": ("extra-member", {"a": 1, "unknown_member": 1}),
    "refusals_show_no_traceback": ("traceback-on-null", {"value": None}),
}
HEALTHY = {"structured_results_conform_to_the_output_schema": "double-for-integer"}
"""Where the fault is in the schema, which the server without the fault shares."""

HINTED = {
    "valid_calls_are_accepted": ("refuses-its-default", "answered with isError"),
    "the_same_call_gets_the_same_answer": ("set-of-three", "answered differently the second time"),
    "what_has_a_default_may_be_left_out": ("other-default", "answered otherwise without the defaults than with them"),
}


def hunt_on(mutant: str, check: str, *, healthy: bool = False, **more: Any) -> Hunt:
    """The search of a check on a value mutant; it comes to a verdict."""
    with leg_of(command(mutant, healthy=healthy)) as leg:
        found = hunted(check, subject_of(leg), **more)
    assert isinstance(found, Hunt), found
    return found


def test_every_check_names_requirements_and_is_proven_here() -> None:
    """What no server can fail is no check."""
    assert {check.name for check in checks()} == {*FOUND, *HINTED}
    assert all(set(check.requirements) <= requirements().keys() for check in checks())
    assert all(check.story for check in checks())


@pytest.mark.parametrize("check", FOUND)
def test_a_check_finds_its_fault_and_the_smallest_arguments_for_it(check: str) -> None:
    mutant, minimal = FOUND[check]
    found = hunt_on(mutant, check).violation
    assert found is not None
    assert arguments_of(found.case) == minimal
    assert str(found).startswith("got from 'take' with {")
    assert ", must be " in str(found)


@pytest.mark.parametrize("check", FOUND)
def test_a_check_passes_where_the_fault_is_not(check: str) -> None:
    """And it has judged something."""
    hunt = hunt_on(HEALTHY.get(check, FOUND[check][0]), check, healthy=True)
    assert hunt.violation is None
    assert hunt.trial.judged > 0


@pytest.mark.parametrize("check", HINTED)
def test_what_is_no_violation_is_a_hint(check: str) -> None:
    """A schema can't say everything, and time may pass between two calls."""
    mutant, hint = HINTED[check]
    hunt = hunt_on(mutant, check)
    assert hunt.violation is None
    assert any(text.startswith(hint) for text in hunt.trial.hints)
    assert not hunt_on(mutant, check, healthy=True).trial.hints


def test_the_same_seed_tries_the_same_in_the_same_order() -> None:
    """Three times; another seed tries something else."""

    def tried(seed: int) -> tuple[list[str], object]:
        with leg_of(command("divides-by-zero")) as leg:
            hunt = hunted("valid_calls_meet_no_internal_error", subject_of(leg), cli_seed=seed, max_examples=25)
            frames = [frame.text for frame in leg.session.conversation.outgoing if "tools/call" in frame.text]
        assert isinstance(hunt, Hunt)
        return frames, hunt.violation and arguments_of(hunt.violation.case)

    first = tried(7)
    assert first == tried(7) == tried(7)
    assert first[1] == {"value": 0}
    with leg_of(command("dies-on-nul")) as leg:
        one, other = (hunted("valid_calls_are_answered", subject_of(leg), cli_seed=s, max_examples=5) for s in (7, 8))
    assert one is not other


def test_a_server_that_dies_for_each_example_is_not_started_without_end() -> None:
    """Half of all integers are above 2^31: looking for the smallest costs a start each time."""
    with leg_of(command("int32-above")) as leg:
        hunt = hunted("valid_calls_are_answered", subject_of(leg))
        starts = leg.host.starts
    assert isinstance(hunt, Hunt)
    assert hunt.violation is not None
    assert arguments_of(hunt.violation.case)["value"] > 2**31 - 1
    assert starts <= 84


def test_others_do_not_look_for_death_and_stop_soon() -> None:
    """They say that they could not see everything."""
    with leg_of(command("int32-above")) as leg:
        said = hunted("valid_calls_meet_no_internal_error", subject_of(leg))
        starts = leg.host.starts
    assert isinstance(said, str)
    assert said.startswith("NotVerified: 3 calls ended the server, so no more are made; ")
    assert starts <= 6


def test_a_failure_that_is_known_is_not_made_smaller() -> None:
    """It costs the examples up to the first that shows it, and nothing more."""
    small, first = (hunt_on("byte-wraps", "valid_calls_are_answered", shrink=shrink) for shrink in (True, False))
    assert small.violation is not None
    assert first.violation is not None
    assert arguments_of(small.violation.case) == {"value": 256}
    assert first.trial.subject.calls < small.trial.subject.calls


@pytest.mark.parametrize("check", ["valid_calls_are_answered", "random_faults_are_refused"])
def test_a_recorded_case_is_repeated_without_a_search(check: str) -> None:
    """One call to see it, and one on a fresh process to believe it."""
    mutant, minimal = FOUND[check]
    found = hunt_on(mutant, check).violation
    assert found is not None
    again = hunt_on(mutant, check, recorded=from_json(to_json(found.case)))
    assert again.violation is not None
    assert arguments_of(again.violation.case) == minimal
    assert again.trial.subject.calls == 2


def test_what_was_accepted_beside_the_first_fault_is_named() -> None:
    """One item tries every fault of the grid."""
    found = hunt_on("extra-member", "each_fault_is_refused").violation
    assert found is not None
    assert "faults)" in str(found)
    assert all("(#" in other for other in found.others)


def test_the_time_budget_cuts_and_says_so() -> None:
    """What was cut is not verified."""
    with leg_of(command("divides-by-zero", healthy=True)) as leg:
        subject = subject_of(leg)
        subject._over = lambda: subject.calls >= 3
        said = hunted("valid_calls_are_answered", subject)
    assert isinstance(said, str)
    assert said.startswith("NotVerified: the time budget (--smcp-time-budget) was used up; ")
    assert subject.calls == 3


def test_where_chance_has_a_say_there_is_nothing_to_compare() -> None:
    """No order of members can be blamed for an answer that is another one each time."""
    with leg_of(command("drawn-by-lot")) as leg:
        said = hunted("the_order_of_members_does_not_matter", subject_of(leg), max_examples=25)
    assert said == "NotApplicable: equal calls were answered differently, so that nothing can be compared"


def test_a_check_is_defined_once_and_for_something() -> None:
    checks()

    def valid_calls_are_answered(trial: object, arguments: object) -> None: ...

    with pytest.raises(ValueError, match="'valid_calls_are_answered' is defined twice"):
        of_valid("jsonrpc.utf8")(valid_calls_are_answered)
    with pytest.raises(ValueError, match="names no requirement"):
        of_valid()(lambda trial, arguments: None)
    assert len(TOOL_CHECKS) == len({*FOUND, *HINTED})
