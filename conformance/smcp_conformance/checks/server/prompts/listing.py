"""Prompts, listing: what `prompts/list` answers and how its prompts are described."""

from __future__ import annotations

from smcp_conformance.checks.server.listed import (
    PROMPTS,
    answered_with_and_without_params,
    declared_where_listed,
    items,
    listed_objects,
    same_after,
    same_on_another_connection,
    strings_where_given,
    unique,
)
from smcp_conformance.leg import Leg
from smcp_conformance.reply import brief
from smcp_conformance.requirement import check, not_applicable
from smcp_conformance.session import Session


@check("prompts.capability-declared")
def prompts_are_declared_where_they_are_listed(leg: Leg) -> None:
    """Sends prompts/list even if the capability is not declared; a list with prompts needs the declaration."""
    declared_where_listed(leg, PROMPTS)


@check("prompts.list.responds", "prompts.list.responds.legacy", silence=True, refusal=True)
def prompts_list_is_answered(session: Session) -> None:
    """Sends prompts/list without params and with empty ones; both must be answered with a result."""
    answered_with_and_without_params(session, PROMPTS.method)


@check("prompts.list.shape")
def prompts_have_a_name_and_strings_beside_it(leg: Leg) -> None:
    """Walks prompts/list; each prompt must have a string `name`, and strings and an array where they are given."""
    members = ("name", "description", *(("title",) if leg.offer.revision >= "2025-06-18" else ()))
    for prompt in listed_objects(leg.session, PROMPTS):
        assert "name" in prompt, f"got {brief(prompt)}, must be a prompt with a string 'name'"
        strings_where_given(prompt, members)
        arguments = prompt.get("arguments", [])
        fine = isinstance(arguments, list) and all(isinstance(each, dict) for each in arguments)
        assert fine, f"got the arguments {brief(arguments)}, must be an array of objects"


@check("prompts.argument.shape")
def prompt_arguments_have_a_name(leg: Leg) -> None:
    """Looks at the arguments of each prompt; `name` must be a string and `required`, if given, true or false."""
    described = [prompt["arguments"] for prompt in items(leg, PROMPTS) if "arguments" in prompt]
    for arguments in described or not_applicable("no prompt has arguments"):
        assert isinstance(arguments, list), f"got the arguments {brief(arguments)}, must be an array"
        for argument in arguments:
            named = isinstance(argument, dict) and isinstance(argument.get("name"), str)
            assert named, f"got the argument {brief(argument)}, must be an object with a string 'name'"
            fine = isinstance(argument.get("required", False), bool)
            assert fine, f"got the argument {brief(argument)}, must be true or false in 'required', or left out"


@check("prompts.prompt.name-unique")
def prompt_names_are_unique(leg: Leg) -> None:
    """Looks at the names of all prompts; none should be there twice."""
    unique(leg, PROMPTS)


@check("prompts.list.not-per-connection")
def prompts_are_the_same_on_another_connection(leg: Leg) -> None:
    """Lists the prompts on the shared and on a fresh connection; both lists must hold the same."""
    same_on_another_connection(leg, PROMPTS)


@check("prompts.list.no-side-effects")
def prompts_are_the_same_after_other_requests(leg: Leg) -> None:
    """Lists the prompts, gets some and makes other harmless requests, lists again; nothing may have changed."""
    gets = [{"name": prompt["name"]} for prompt in items(leg, PROMPTS)[:5] if isinstance(prompt.get("name"), str)]
    same_after(leg, PROMPTS, "prompts/get", gets)
