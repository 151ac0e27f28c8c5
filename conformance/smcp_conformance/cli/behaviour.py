"""The behaviour page, calls as declared: how commands answer generated arguments."""

from __future__ import annotations

from typing import Any

from jsonschema import Draft202012Validator

from smcp import content
from smcp_conformance.cli.answer import NotJson, is_error, shown
from smcp_conformance.cli.check import of_arguments, only_if
from smcp_conformance.cli.command import Command
from smcp_conformance.cli.inputs import valid_arguments
from smcp_conformance.requirement import Level


def _deterministic(command: Command) -> bool:
    return command.deterministic


def _says_what_it_prints(command: Command) -> bool:
    return "result" in command.described or command.described.get("content") is True


@of_arguments(valid_arguments)
def valid_arguments_are_answered(command: Command, arguments: dict[str, Any]) -> None:
    """A call as declared comes to an end, without a traceback, and prints exactly one strict JSON document."""
    answer = command.call(arguments)
    answer.must_have_ended()
    answer.must_be_document()


@of_arguments(valid_arguments)
def exit_code_0_means_success(command: Command, arguments: dict[str, Any]) -> None:
    """Exit code 0 comes with a result, any other with a JSON object that has a member "error"."""
    answer = command.call(arguments)
    only_if(answer.ended)
    try:
        failed = is_error(answer.document)
    except NotJson:
        only_if(False)
        return
    if failed and answer.run.returncode == 0:
        answer.broke(f"exit code 0 with the error {shown(answer.run.stdout)}", "a non-zero exit code with an error")
    if not failed and answer.run.returncode != 0:
        got = f"exit code {answer.run.returncode} with {shown(answer.run.stdout)}"
        answer.broke(got, 'exit code 0 with a result, or a member "error" with any other')


@of_arguments(valid_arguments, level=Level.SHOULD, applies=_deterministic)
def same_call_gets_the_same_answer(command: Command, arguments: dict[str, Any]) -> None:
    """The same call is answered with the same bytes, unless the command is described `"deterministic": false`."""
    first = command.call(arguments)
    only_if(first.ended)
    again = command.call(arguments)
    if first.run.stdout != again.run.stdout:
        got = f"{shown(first.run.stdout)} and then {shown(again.run.stdout)}"
        again.broke(got, 'the same answer, or "deterministic": false beside the command\'s name')


@of_arguments(valid_arguments, applies=_says_what_it_prints)
def result_is_as_described(command: Command, arguments: dict[str, Any]) -> None:
    """What a call with exit code 0 prints is valid under the command's `result`, and its `content` if it has some."""
    answer = command.call(arguments)
    only_if(answer.ended and answer.run.returncode == 0)
    try:
        printed = answer.document
    except NotJson:
        only_if(False)
        return
    blocks, result = content.parted(command.described, printed)
    fault = _misfit(command.described.get("result", True), result)
    if command.described.get("content") is True:
        fault = content.problem(blocks) or fault
    if fault:
        answer.broke(f"{shown(answer.run.stdout)}, in which {fault}", "what the command describes")


def _misfit(schema: Any, result: Any) -> str | None:
    error = next(Draft202012Validator(schema).iter_errors(result), None)
    if error is None:
        return None
    where = "".join(f"/{step}" for step in error.absolute_path) or "the document"
    return f"{where}: {error.message}"
