"""Completion: what `completion/complete` brings for arguments of prompts and for variables of templates."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from smcp_conformance.checks.server.listed import PROMPTS
from smcp_conformance.checks.server.prompts.getting import parameters
from smcp_conformance.codes import INVALID_PARAMS
from smcp_conformance.leg import Leg
from smcp_conformance.lists import TEMPLATES, KeptList
from smcp_conformance.reply import Reply, brief
from smcp_conformance.requirement import check, not_applicable, not_verified
from smcp_conformance.session import Session
from smcp_conformance.traffic import integral
from smcp_conformance.uri_template import variables

COMPLETE = "completion/complete"
UNKNOWN = "conformance-no-such-prompt"
MOST_VALUES = 100
MOST = 8  # arguments that are completed in one check
ODD_VALUES: tuple[Any, ...] = ("\0", "x" * 10_000, "🙂\u2028--flag", "%zz", "(*[", 5, None, ["a"])
Subject = tuple[dict[str, Any], str]


def things(leg: Leg, kept: KeptList) -> tuple[dict[str, Any], ...]:
    """What the server lists of a kind; nothing where the capability is not declared."""
    return leg.session.list_all(kept.method, kept.member) if leg.offer.declares(kept.capability) else ()


def of_prompts(leg: Leg) -> list[Subject]:
    """A reference to each prompt, with the name of each of its arguments."""
    found = [each for each in things(leg, PROMPTS) if isinstance(each.get("name"), str)]
    return [({"type": "ref/prompt", "name": each["name"]}, name) for each in found for name in parameters(each)][:MOST]


def of_templates(leg: Leg) -> list[Subject]:
    """A reference to each template, with the name of each of its variables."""
    found = [each["uriTemplate"] for each in things(leg, TEMPLATES) if isinstance(each.get("uriTemplate"), str)]
    return [({"type": "ref/resource", "uri": each}, name) for each in found for name in variables(each)][:MOST]


def subjects(leg: Leg) -> list[Subject]:
    """All that can be completed, or out: not applicable."""
    return of_prompts(leg) + of_templates(leg) or not_applicable("neither prompts nor templates have arguments")


def complete(session: Session, subject: Subject, value: object, **more: Any) -> Reply:
    """Complete a value of an argument."""
    reference, name = subject
    return session.request(COMPLETE, {"ref": reference, "argument": {"name": name, "value": value}, **more})


@check("completion.capability-declared")
def completion_is_declared_where_it_is_served(leg: Leg) -> None:
    """Completes even if the capability is not declared; a result with values needs the declaration."""
    reply = complete(leg.session, subjects(leg)[0], "")
    declared = leg.offer.declares("completions")
    if not reply.succeeded:
        not_applicable(f"completion was answered with {reply}")
    assert declared, f"got {reply} without the capability completions, must be declared"


@check("completion.ref-types")
def prompts_and_templates_are_both_understood(leg: Leg) -> None:
    """Completes arguments of prompts, and variables of templates by their templates; each must be served."""
    for subject in subjects(leg):
        reply = complete(leg.session, subject, "")
        assert reply.succeeded, f"got {reply} for {brief(subject[0])}, argument {subject[1]!r}, must be a result"


@check("completion.context-accepted")
def completion_may_have_a_context(leg: Leg) -> None:
    """Completes with `context.arguments` of values that were chosen before; it should be served as without."""
    plain = [each for each in subjects(leg) if complete(leg.session, each, "").succeeded]
    for subject in plain or not_verified("each completion without a context is refused"):
        reply = complete(leg.session, subject, "", context={"arguments": {"conformance": "chosen before"}})
        assert reply.succeeded, f"got {reply} with a context, must be a result as without"


@check("completion.unknown-prompt")
def unknown_prompt_is_not_completed(leg: Leg) -> None:
    """Completes an argument of a prompt that is not listed; the answer should be the error -32602."""
    reply = complete(leg.session, ({"type": "ref/prompt", "name": UNKNOWN}, "topic"), "")
    assert reply.code == INVALID_PARAMS, f"got {reply} for the prompt {UNKNOWN!r}, must be the error -32602"


@check("completion.missing-arguments")
def incomplete_completion_is_refused(leg: Leg) -> None:
    """Completes without a reference, an argument, its name or its value; the answers should be the error -32602."""
    reference, name = subjects(leg)[0]
    argument = {"name": name, "value": ""}
    incomplete: tuple[dict[str, Any], ...] = (
        {"argument": argument},
        {"ref": reference},
        {"ref": reference, "argument": {"name": name}},
        {"ref": reference, "argument": {"value": ""}},
        {"ref": {"type": "ref/conformance", "name": "x"}, "argument": argument},
    )
    for params in incomplete:
        reply = leg.session.request(COMPLETE, params)
        assert reply.code == INVALID_PARAMS, f"got {reply} for params {brief(params)}, must be the error -32602"


@check("completion.inputs-validated", silence=True)
def odd_values_do_no_harm(leg: Leg) -> None:
    """Completes odd texts and what is no text; there must be an answer to each, and to a harmless request then."""
    completed = subjects(leg)
    with leg.fresh() as session:
        session.conversation.malformed = True
        for subject in completed:
            for odd in ODD_VALUES:
                complete(session, subject, odd)
        assert session.ping().succeeded, "got an error after odd values, must be a server that lives on"


def completions(leg: Leg) -> Iterator[tuple[str, dict[str, Any]]]:
    """The member `completion` of what each argument is completed to from nothing, or out: not verified."""
    replies = [(subject[1], complete(leg.session, subject, "")) for subject in subjects(leg)]
    served = [(name, reply.result.get("completion")) for name, reply in replies if reply.succeeded]
    for name, found in served or not_verified(f"each completion is refused: {replies[0][1]}"):
        yield name, found if isinstance(found, dict) else {}


@check("completion.result-shape")
def completions_are_strings(leg: Leg) -> None:
    """Completes each argument; `values` must be strings, `total` an integer and `hasMore` a boolean, if given."""
    for name, found in completions(leg):
        must_be_shaped(found, f"for {name!r}")


@check("completion.max-100")
def completions_are_a_hundred_at_most(leg: Leg) -> None:
    """Completes each argument from nothing; there must not be more than 100 values."""
    for name, found in completions(leg):
        must_be_few(found, f"for {name!r}")


@check("completion.total-consistent")
def totals_agree_with_the_values(leg: Leg) -> None:
    """Completes each argument; `total` should not be below the number of values, and above it if `hasMore`."""
    told = [(name, found) for name, found in completions(leg) if isinstance(found.get("total"), int)]
    for name, found in told or not_applicable("no completion says how many values there are in total"):
        must_agree(found, f"for {name!r}")


def must_be_shaped(found: dict[str, Any], what: str) -> None:
    """Demand members of the right types."""
    values, total = found.get("values"), found.get("total", 0)
    strings = isinstance(values, list) and all(isinstance(value, str) for value in values)
    whole = type(integral(total)) is int
    fine = strings and whole and isinstance(found.get("hasMore", False), bool)
    shown = f"got {brief(found)} {what}"
    assert fine, f"{shown}, must be an array of strings 'values', an integer 'total', a boolean 'hasMore'"


def must_be_few(found: dict[str, Any], what: str) -> None:
    """Demand no more values than are allowed."""
    count = number_of_values(found)
    assert count <= MOST_VALUES, f"got {count} values {what}, must be at most {MOST_VALUES}"


def must_agree(found: dict[str, Any], what: str) -> None:
    """Demand that the total, if there is one, and `hasMore` don't contradict the values."""
    count, more, total = number_of_values(found), found.get("hasMore") is True, found.get("total")
    shown = f"got {count} values of {total} {what} and hasMore {more}"
    assert not isinstance(total, int) or total >= count + more, f"{shown}, must agree"


def number_of_values(found: dict[str, Any]) -> int:
    """How many values there are; 0 where they are no array."""
    values = found.get("values")
    return len(values) if isinstance(values, list) else 0
