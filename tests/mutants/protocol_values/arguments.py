"""Faults with some arguments of prompts, variables of templates, and values to be completed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mutants import wire
from mutants.faults import override
from mutants.machine import Machine
from mutants.protocol_values import with_value
from mutants.protocol_values.members import crash_if
from mutants.session import Call
from mutants.wire import Json, RpcError

TEMPLATE = "note://fixture/by-topic/{topic}"
PREFIX = "note://fixture/by-topic/"
TOPIC = {"ref": {"type": "ref/prompt", "name": "tell"}, "name": "topic"}


def topic(params: Json) -> str:
    """The argument `topic` of a prompt; "none" if it is none."""
    arguments = params.get("arguments")
    found = arguments.get("topic") if isinstance(arguments, dict) else None
    return found if isinstance(found, str) else "none"


def told(text: str) -> Json:
    """A prompt with this topic."""
    return {"name": "tell", "arguments": {"topic": text}}


def made(text: str) -> Json:
    """The template with this topic."""
    return {"template": TEMPLATE, "values": {"topic": text}}


def change_prompts(machine: Machine, change: Callable[[str, Json], Json]) -> None:
    """Pass topic and result of each prompts/get through `change`."""
    override(machine.server.prompts, "get", lambda get, call: change(topic(call.params), get(call)))


def change_notes(machine: Machine, change: Callable[[str, Json], Json]) -> None:
    """Pass topic and contents of what is made by the template through `change`."""

    def content(original: Any, resource: Any) -> Json:
        item: Json = original(resource)
        return change(resource.uri.removeprefix(PREFIX), item) if resource.uri.startswith(PREFIX) else item

    override(machine.server.resources, "content", content)


def change_completions(machine: Machine, change: Callable[[str, Json], Json]) -> None:
    """Pass value and completion of each completion/complete through `change`."""

    def complete(original: Any, call: Call) -> Json:
        found: Json = original(call)
        return {"completion": change(call.params["argument"]["value"], found["completion"])}

    override(machine.server.completion, "complete", complete)


@with_value(
    "prompt-flag-kills",
    check="any_arguments_of_prompts_are_answered",
    minimal=told("-"),
    summary="an argument that begins with a hyphen is the end",
)
def prompt_flag_kills(machine: Machine) -> None:
    crash_if(machine, "prompts/get", lambda params: topic(params).startswith("-"))


@with_value(
    "prompt-brace-breaks",
    check="no_arguments_of_prompts_break_them",
    minimal=told("{"),
    summary="an argument that begins with a brace is taken for JSON",
)
def prompt_brace_breaks(machine: Machine) -> None:
    def get(original: Any, call: Call) -> Any:
        if topic(call.params).startswith("{"):
            raise RpcError(wire.INTERNAL_ERROR, "not JSON")
        return original(call)

    override(machine.server.prompts, "get", get)


@with_value(
    "empty-topic-has-no-content",
    check="messages_are_well_formed_for_any_arguments",
    minimal=told(""),
    summary="a prompt about nothing has null for content",
)
def empty_topic_has_no_content(machine: Machine) -> None:
    nothing = [{"role": "user", "content": None}]
    change_prompts(machine, lambda text, result: result if text else {**result, "messages": nothing})


@with_value(
    "uri-with-nul-kills",
    check="any_uri_of_a_template_is_answered",
    minimal=made("\0"),
    summary="a NUL in a URI is the end",
)
def uri_with_nul_kills(machine: Machine) -> None:
    crash_if(machine, "resources/read", lambda params: "%00" in str(params.get("uri")))


@with_value(
    "long-notes-without-text",
    check="contents_are_well_formed_for_any_uri",
    minimal=made("aaaa"),
    summary="notes on topics of more than three letters have no text",
)
def long_notes_without_text(machine: Machine) -> None:
    change_notes(machine, lambda text, item: {"uri": item["uri"]} if len(text) > 3 else item)


@with_value(
    "long-notes-of-another-type",
    check="contents_have_the_mime_type_of_their_template",
    minimal=made("aaaa"),
    summary="notes on topics of more than three letters are HTML",
)
def long_notes_of_another_type(machine: Machine) -> None:
    change_notes(machine, lambda text, item: {**item, "mimeType": "text/html"} if len(text) > 3 else item)


@with_value(
    "backslash-kills",
    check="any_value_that_is_completed_is_answered",
    minimal={**TOPIC, "value": "\\"},
    summary="a backslash is no regular expression",
)
def backslash_kills(machine: Machine) -> None:
    crash_if(machine, "completion/complete", lambda params: "\\" in params["argument"]["value"])


@with_value(
    "numbers-completed-to-numbers",
    check="completions_of_any_value_are_strings",
    minimal={**TOPIC, "value": "0"},
    summary="a digit is completed to a number",
)
def numbers_completed_to_numbers(machine: Machine) -> None:
    change_completions(machine, lambda value, found: {**found, "values": [7]} if value[:1].isdigit() else found)


@with_value(
    "blank-completed-to-too-much",
    check="completions_of_any_value_are_a_hundred_at_most",
    minimal={**TOPIC, "value": " "},
    summary="a blank is completed to 101 values",
)
def blank_completed_to_too_much(machine: Machine) -> None:
    many = {"values": [f"topic{number}" for number in range(101)]}
    change_completions(machine, lambda value, found: many if value.startswith(" ") else found)


@with_value(
    "total-counts-bytes",
    check="totals_of_any_value_agree",
    minimal={**TOPIC, "value": "\x80"},
    summary="total is too small by what is no ASCII in the value",
)
def total_counts_bytes(machine: Machine) -> None:
    change_completions(
        machine,
        lambda value, found: {**found, "total": len(found["values"]) - sum(character > "\x7f" for character in value)},
    )


@with_value(
    "empty-context-refused",
    check="any_context_is_accepted",
    minimal={**TOPIC, "value": "", "context": {"0": ""}},
    summary="an empty text among those that were chosen before is refused",
)
def empty_context_refused(machine: Machine) -> None:
    def complete(original: Any, call: Call) -> Any:
        context = call.params.get("context")
        if isinstance(context, dict) and "" in context.get("arguments", {}).values():
            raise RpcError(wire.INVALID_PARAMS, "nothing was chosen")
        return original(call)

    override(machine.server.completion, "complete", complete)
