"""The behaviour page: how commands answer generated arguments, valid and wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from hypothesis import assume

from smcp_conformance.cli.answer import NotJson, is_error, shown
from smcp_conformance.cli.check import of_arguments, of_command, of_plugin
from smcp_conformance.cli.command import UNDECLARED, Command, Described
from smcp_conformance.cli.inputs import (
    WrongCall,
    missing_required,
    unknown_flags,
    valid_arguments,
    working_arguments,
    wrong_types,
)
from smcp_conformance.requirement import Level, not_applicable, not_verified


def _deterministic(command: Command) -> bool:
    return command.deterministic


@of_plugin("behaviour")
def unknown_command_is_refused(plugin: Described) -> None:
    """A command that does not exist is refused with a non-zero exit code and an error in JSON."""
    if not plugin.callable:
        not_verified(f"the commands are not known (--describe: {plugin.fault}), which other checks report")
    plugin.ask(UNDECLARED).must_be_refusal()


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
    assume(answer.ended)
    try:
        failed = is_error(answer.document)
    except NotJson:
        assume(False)
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
    assume(first.ended)
    again = command.call(arguments)
    if first.run.stdout != again.run.stdout:
        got = f"{shown(first.run.stdout)} and then {shown(again.run.stdout)}"
        again.broke(got, 'the same answer, or "deterministic": false beside the command\'s name')


@of_command("behaviour")
def wrong_type_is_refused(command: Command) -> None:
    """An integer, number or boolean that is no such thing is refused: non-zero exit code, error in JSON."""
    _all_refused(command, wrong_types)


@of_command("behaviour")
def missing_parameter_is_refused(command: Command) -> None:
    """A call without a required parameter is refused: non-zero exit code, error in JSON."""
    _all_refused(command, missing_required)


@of_command("behaviour")
def unknown_flag_is_refused(command: Command) -> None:
    """A flag that is not declared is refused: non-zero exit code, error in JSON."""
    _all_refused(command, unknown_flags)


def _all_refused(command: Command, wrong: Callable[[Command, Mapping[str, Any]], Iterator[WrongCall]]) -> None:
    if not any(wrong(command, {})):
        not_applicable("none of the command's parameters is of this kind")
    for call in wrong(command, working_arguments(command)):
        command.say(call.words, call.arguments, call.fault).must_be_refusal()
