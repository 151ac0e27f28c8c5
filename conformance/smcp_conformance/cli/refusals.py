"""The behaviour page, calls that are refused: how commands say no."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

from smcp_conformance.cli.answer import Answer, NotJson, Violation, is_error, shown
from smcp_conformance.cli.check import of_command, of_plugin
from smcp_conformance.cli.command import UNDECLARED, Command, Described
from smcp_conformance.cli.expressible import broken_constraints
from smcp_conformance.cli.inputs import WrongCall, missing_required, unknown_flags, working_arguments, wrong_types
from smcp_conformance.requirement import Level, not_applicable, not_verified

KINDS: tuple[Callable[[Command, Mapping[str, Any]], Iterable[WrongCall]], ...] = (
    missing_required,
    unknown_flags,
    wrong_types,
    broken_constraints,
)
PER_KIND = 4
"""Wrong calls of each kind that are made: each costs an interpreter start, and all of a kind are refused alike."""


@of_plugin("behaviour")
def unknown_command_gets_an_error_in_json(plugin: Described) -> None:
    """The refusal of a command that does not exist is an error in JSON on stdout, without a traceback."""
    if not plugin.callable:
        not_verified(f"the commands are not known (--describe: {plugin.fault}), which other checks report")
    answer = plugin.ask(UNDECLARED)
    if not _meant_as_refusal(answer):
        not_verified("it was not refused, which another check reports")
    answer.must_be_refusal()


@of_command("behaviour")
def refusals_are_errors_in_json(command: Command) -> None:
    """Whatever wrong call is refused gets an error in JSON and a non-zero exit code: no traceback, no text, no hang."""
    refused = [answer for _, answer in _wrong_answers(command) if _meant_as_refusal(answer)]
    if not refused:
        not_applicable("no wrong call was refused")
    for answer in refused:
        answer.must_be_refusal()


@of_command("behaviour", level=Level.SHOULD)
def errors_have_a_stable_code(command: Command) -> None:
    """An error says what it is by a `code` that is the same each time: `{"error": "…", "code": "out_of_range"}`."""
    refused = [(call, answer) for call, answer in _wrong_answers(command, 1) if _says_no(answer)]
    if not refused:
        not_applicable("no wrong call got an error in JSON")
    for call, answer in refused:
        _must_be_code(_code(answer), answer)
        again = _made(command, call)
        if _code(again) != _code(answer):
            again.broke(f"the code {_code(answer)!r} and then {_code(again)!r}", "the same code for the same call")


def _must_be_code(code: object, answer: Answer) -> None:
    if not isinstance(code, (str, int)) or isinstance(code, bool) or code == "":
        answer.broke(f"the error {shown(answer.run.stdout)}", 'a member "code" with a short text beside "error"')


def _wrong_answers(command: Command, most: int = PER_KIND) -> Iterator[tuple[WrongCall, Answer]]:
    """The answers to a few wrong calls of each kind."""
    valid = working_arguments(command)
    for kind in KINDS:
        yield from ((call, _made(command, call)) for call in islice(kind(command, valid), most))


def _made(command: Command, call: WrongCall) -> Answer:
    return command.say(call.words, call.arguments, call.fault)


def _meant_as_refusal(answer: Answer) -> bool:
    """Whether a call was not taken: by its exit code or, failing that, by what it printed."""
    if answer.run.returncode != 0:
        return True
    try:
        return is_error(answer.document)
    except NotJson:
        return False


def _says_no(answer: Answer) -> bool:
    try:
        answer.must_be_refusal()
    except Violation:
        return False
    return True


def _code(answer: Answer) -> object:
    """The code of an error, beside it or in it; None without one."""
    try:
        document = answer.document
    except NotJson:
        return None
    if not is_error(document):
        return None
    inner = document["error"]
    return document.get("code", inner.get("code") if isinstance(inner, dict) else None)
