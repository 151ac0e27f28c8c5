"""Faults of prompts (server/prompts)."""

from __future__ import annotations

import os
import re
from typing import Any

from mutants import revisions, wire
from mutants.faults import change_errors, change_results, fault, override
from mutants.faults.tampering import fail_with, without
from mutants.machine import Machine
from mutants.wire import Json, RpcError


def _describe(machine: Machine, change: Any) -> None:
    def describe(original: Any, prompt: Any) -> Json:
        shown: Json = original(prompt)
        return change(shown) if prompt.name == "tell" else shown

    override(machine.server.prompts, "describe", describe)


def _message(machine: Machine, message: Any) -> None:
    change_results(machine, "prompts/get", lambda result: {**result, "messages": [message]})


@fault(
    "prompts-undeclared",
    breaks=("prompts.capability-declared", "discover.capabilities-complete"),
    summary="prompts are served, prompts are not declared",
)
def prompts_undeclared(machine: Machine) -> None:
    del machine.server.declared["prompts"]


@fault(
    "prompts-declared-without-list",
    breaks=("prompts.list.responds", "prompts.list.responds.legacy"),
    summary="prompts are declared, prompts/list does not exist",
)
def prompts_declared_without_list(machine: Machine) -> None:
    del machine.server.methods["prompts/list"]


@fault("prompt-without-name", breaks=("prompts.list.shape",), summary="a prompt has no name")
def prompt_without_name(machine: Machine) -> None:
    _describe(machine, lambda shown: without(shown, "name"))


@fault(
    "prompt-arguments-as-map",
    breaks=("prompts.list.shape", "prompts.argument.shape"),
    summary="a prompt's arguments are a map by name",
)
def prompt_arguments_as_map(machine: Machine) -> None:
    _describe(machine, lambda shown: {**shown, "arguments": {"topic": {"required": True}}})


@fault(
    "prompt-argument-required-string",
    breaks=("prompts.argument.shape",),
    summary='a prompt argument says required: "yes"',
)
def prompt_argument_required_string(machine: Machine) -> None:
    _describe(machine, lambda shown: {**shown, "arguments": [{"name": "topic", "required": "yes"}]})


@fault("prompt-names-twice", breaks=("prompts.prompt.name-unique",), summary="two prompts have one name")
def prompt_names_twice(machine: Machine) -> None:
    _describe(machine, lambda shown: {**shown, "name": "greet"})


@fault("prompt-content-in-array", breaks=("prompts.get.shape",), summary="a message's content is an array")
def prompt_content_in_array(machine: Machine) -> None:
    _message(machine, {"role": "user", "content": [{"type": "text", "text": "Say hello."}]})


@fault("prompt-role-system", breaks=("prompts.get.shape",), summary="a message's role is system")
def prompt_role_system(machine: Machine) -> None:
    _message(machine, {"role": "system", "content": {"type": "text", "text": "Say hello."}})


@fault("prompt-content-unknown", breaks=("prompts.get.content-types",), summary="a message is of type markdown")
def prompt_content_unknown(machine: Machine) -> None:
    _message(machine, {"role": "user", "content": {"type": "markdown", "text": "*hello*"}})


@fault("prompt-image-not-base64", breaks=("prompts.get.image-base64",), summary="an image is not Base64")
def prompt_image_not_base64(machine: Machine) -> None:
    _message(machine, {"role": "user", "content": {"type": "image", "data": "not base64!", "mimeType": "image/png"}})


@fault(
    "prompt-audio-not-base64",
    breaks=("prompts.get.audio-base64",),
    summary="audio is not Base64",
    revisions=revisions.since("2025-03-26"),
)
def prompt_audio_not_base64(machine: Machine) -> None:
    _message(machine, {"role": "user", "content": {"type": "audio", "data": "not base64!", "mimeType": "audio/wav"}})


@fault(
    "prompt-resource-without-uri", breaks=("prompts.get.embedded-complete",), summary="an embedded resource has no uri"
)
def prompt_resource_without_uri(machine: Machine) -> None:
    _message(machine, {"role": "user", "content": {"type": "resource", "resource": {"text": "a plain note"}}})


@fault("unknown-prompt-miscoded", breaks=("prompts.get.unknown-name",), summary="an unknown prompt gets code 0")
def unknown_prompt_miscoded(machine: Machine) -> None:
    change_errors(machine, lambda error: {**error, "code": 0} if error["message"] == "unknown prompt" else error)


@fault(
    "missing-prompt-argument-served",
    breaks=("prompts.get.missing-arguments",),
    summary="a prompt that lacks a required argument is served",
)
def missing_prompt_argument_served(machine: Machine) -> None:
    def get(original: Any, call: Any) -> Any:
        if call.params.get("name") == "tell":
            call.params = {**call.params, "arguments": {"topic": "nothing", **call.params.get("arguments", {})}}
        return original(call)

    override(machine.server.prompts, "get", get)


@fault(
    "missing-prompt-argument-miscoded",
    breaks=("prompts.get.missing-arguments",),
    summary="a missing prompt argument gets -32603",
)
def missing_prompt_argument_miscoded(machine: Machine) -> None:
    def check(original: Any, prompt: Any, arguments: Json) -> None:
        if prompt.name == "tell" and "topic" not in arguments:
            fail_with(RpcError(wire.INTERNAL_ERROR, "KeyError: 'topic'"))
        original(prompt, arguments)

    override(machine.server.prompts, "check", check)


@fault(
    "prompt-arguments-demanded",
    breaks=("prompts.get.no-arguments-needed",),
    summary="prompts without arguments are refused if arguments are left out",
)
def prompt_arguments_demanded(machine: Machine) -> None:
    def get(original: Any, call: Any) -> Any:
        wire.member(call.params, "arguments", dict)
        return original(call)

    override(machine.server.prompts, "get", get)


@fault("prompt-messages-missing", breaks=("prompts.get.shape",), summary="a prompt brings text in place of messages")
def prompt_messages_missing(machine: Machine) -> None:
    change_results(machine, "prompts/get", lambda result: {**without(result, "messages"), "text": "Say hello."})


@fault(
    "prompts-vary-by-process",
    breaks=("prompts.list.not-per-connection",),
    summary="each process lists a prompt that is named after it",
    revisions=revisions.STATELESS,
)
def prompts_vary_by_process(machine: Machine) -> None:
    prompts = machine.server.prompts.prompts
    name = f"only-here-{os.urandom(4).hex()}"
    prompts[name] = prompts["greet"]._replace(name=name)


@fault(
    "prompts-vary-after-get",
    breaks=("prompts.list.no-side-effects",),
    summary="getting a prompt removes it from the list",
    revisions=revisions.STATELESS,
)
def prompts_vary_after_get(machine: Machine) -> None:
    def get(original: Any, call: Any) -> Any:
        answered = original(call)
        machine.server.prompts.prompts.pop(call.params["name"])
        return answered

    override(machine.server.prompts, "get", get)


@fault(
    "prompt-argument-kills",
    breaks=("prompts.get.arguments-validated",),
    transport="stdio",
    summary="a prompt argument that is no text ends the server",
)
def prompt_argument_kills(machine: Machine) -> None:
    def check(original: Any, prompt: Any, arguments: Json) -> None:
        if any(not isinstance(value, str) for value in arguments.values()):
            machine.stdio.exit(1)
        original(prompt, arguments)

    override(machine.server.prompts, "check", check)


@fault(
    "prompt-argument-evaluated",
    breaks=("prompts.get.inputs-outputs-validated",),
    summary="a prompt argument is a template itself",
)
def prompt_argument_evaluated(machine: Machine) -> None:
    def evaluated(text: str) -> str:
        return re.sub(r"\{\{(\d+)\*(\d+)\}\}", lambda found: str(int(found[1]) * int(found[2])), text)

    def get(original: Any, call: Any) -> Any:
        given = call.params.get("arguments", {})
        if isinstance(given, dict) and all(isinstance(value, str) for value in given.values()):
            filled = {name: evaluated(value) for name, value in given.items()}
            call.params = {**call.params, **({"arguments": filled} if given else {})}
        return original(call)

    override(machine.server.prompts, "get", get)
