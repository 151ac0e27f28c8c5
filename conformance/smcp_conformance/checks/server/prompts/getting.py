"""Prompts, getting: what `prompts/get` does with right, missing and odd arguments, and the messages it brings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from smcp_conformance.checks.server.listed import PROMPTS, Item, items
from smcp_conformance.codes import INVALID_PARAMS
from smcp_conformance.leg import Leg
from smcp_conformance.reply import Reply, brief
from smcp_conformance.requirement import check, not_applicable, not_verified
from smcp_conformance.session import Session

UNKNOWN = "conformance-no-such-prompt"
PLAUSIBLE = "conformance"
MOST = 5  # prompts that are got in one check
ODD_VALUES: tuple[Any, ...] = ("", "\0", "x" * 10_000, "🙂\u2028--flag", "{{", 5, None, {"__proto__": {}})
FACTORS, PRODUCT = "73717*59671", str(73717 * 59671)
TEMPLATES = f"{{{{{FACTORS}}}}} ${{{FACTORS}}} #{{{FACTORS}}} <%= {FACTORS} %> $(({FACTORS})) {{% print({FACTORS}) %}}"


def parameters(prompt: Mapping[str, Any], *, required: bool = False) -> list[str]:
    """The names of a prompt's arguments, or of those that it requires."""
    listed = prompt.get("arguments")
    described = [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []
    wanted = [each for each in described if each.get("required") is True or not required]
    return [each["name"] for each in wanted if isinstance(each.get("name"), str)]


def prompts(leg: Leg) -> list[Item]:
    """The first prompts that have a name, or out: not applicable, or not verified."""
    return [prompt for prompt in items(leg, PROMPTS) if isinstance(prompt.get("name"), str)][:MOST]


def taking_arguments(leg: Leg, *, required: bool = False) -> Iterator[tuple[str, list[str]]]:
    """Name and arguments of the prompts that take (or `required`) some, or out: not applicable."""
    found = [(prompt["name"], names) for prompt in prompts(leg) if (names := parameters(prompt, required=required))]
    return iter(found or not_applicable(f"no prompt {'requires' if required else 'takes'} arguments"))


def get(session: Session, name: str, arguments: object) -> Reply:
    """Get a prompt with these arguments, whatever they are."""
    return session.request("prompts/get", {"name": name, "arguments": arguments})


def asks_back(reply: Reply) -> bool:
    """Tell whether the server wants something else first (2026-07-28)."""
    return reply.result.get("resultType") == "input_required"


@check("prompts.get.unknown-name")
def unknown_prompt_has_code_invalid_params(leg: Leg) -> None:
    """Gets a prompt that is not listed; the answer should be the error -32602."""
    reply = get(leg.session, UNKNOWN, {})
    assert reply.code == INVALID_PARAMS, f"got {reply} for the prompt {UNKNOWN!r}, must be the error -32602"


@check("prompts.get.missing-arguments")
def missing_arguments_have_code_invalid_params(leg: Leg) -> None:
    """Gets each prompt without one of the arguments that it requires; the answer should be the error -32602."""
    for name, required in taking_arguments(leg, required=True):
        for missing in required:
            reply = get(leg.session, name, {each: PLAUSIBLE for each in required if each != missing})
            if not asks_back(reply):
                shown = f"got {reply} for {name!r} without {missing!r}"
                assert reply.code == INVALID_PARAMS, f"{shown}, must be the error -32602"


@check("prompts.get.no-arguments-needed")
def arguments_may_be_left_out_where_none_are_required(leg: Leg) -> None:
    """Gets the prompts that require nothing with {} and with no arguments at all; both should fare alike."""
    free = [prompt["name"] for prompt in prompts(leg) if not parameters(prompt, required=True)]
    refused = []
    for name in free or not_applicable("each prompt requires arguments"):
        given = get(leg.session, name, {})
        omitted = leg.session.request("prompts/get", {"name": name})
        shown = f"got {omitted} for {name!r} without arguments"
        assert omitted.succeeded == given.succeeded, f"{shown}, must be like {given} with {{}}"
        refused += [] if given.succeeded else [f"{name!r} was answered with {given}"]
    if len(refused) == len(free):
        not_verified("; ".join(refused))


@check("prompts.get.arguments-validated", silence=True)
def odd_arguments_do_no_harm(leg: Leg) -> None:
    """Gets each prompt with odd texts, with values that are no texts, and with unknown ones; the server lives on."""
    named = list(taking_arguments(leg))
    with leg.fresh() as session:
        session.conversation.malformed = True
        for name, known in named:
            for odd in ODD_VALUES:
                get(session, name, dict.fromkeys(known, odd))
            get(session, name, {**dict.fromkeys(known, PLAUSIBLE), "conformanceUnknown": PLAUSIBLE})
            get(session, name, [])
        assert session.ping().succeeded, "got an error after odd arguments, must be a server that lives on"


@check("prompts.get.inputs-outputs-validated")
def arguments_are_no_templates(leg: Leg) -> None:
    """Gets each prompt with expressions of common template languages for arguments; none may be evaluated."""
    for name, known in taking_arguments(leg):
        reply = get(leg.session, name, dict.fromkeys(known, TEMPLATES))
        shown = f"got {brief(reply.frame.text)} for {name!r} with {TEMPLATES!r}"
        assert PRODUCT not in reply.frame.text, f"{shown}, must be the text as it was given, or a refusal"
