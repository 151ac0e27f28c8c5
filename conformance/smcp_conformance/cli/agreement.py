"""The agreement page: whether the command line is as `--describe` declares it, found by running it.

That a wrong call is refused is judged here, by the exit code alone. How it is refused is the behaviour page's affair.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any, TypeVar

from hypothesis.errors import HypothesisException

from smcp_conformance.cli.answer import Answer, NotJson, is_error
from smcp_conformance.cli.check import of_command, of_plugin
from smcp_conformance.cli.command import UNDECLARED, Command, Described
from smcp_conformance.cli.expressible import broken_constraints
from smcp_conformance.cli.inputs import (
    WrongCall,
    first,
    missing_required,
    simplest,
    telling,
    unknown_flags,
    working_arguments,
    wrong_types,
)
from smcp_conformance.requirement import not_applicable, not_verified

Value = TypeVar("Value")


@of_plugin("agreement")
def unknown_command_is_refused(plugin: Described) -> None:
    """A command that does not exist is refused with a non-zero exit code."""
    if not plugin.callable:
        not_verified(f"the commands are not known (--describe: {plugin.fault}), which other checks report")
    _must_be_refused(plugin.ask(UNDECLARED))


@of_command("agreement")
def declared_command_exists(command: Command) -> None:
    """The command line knows the command: its answer isn't the one that an invented command gets."""
    arguments = _made(partial(simplest, command), "the arguments")
    _tell_apart(
        command.call(arguments),
        command.say((UNDECLARED, *command.words(arguments)[1:])),
        command.name,
        "the answer of a command that exists",
    )


@of_command("agreement")
def declared_flags_are_accepted(command: Command) -> None:
    """The command takes each declared flag: its answer isn't the one that an invented flag in its place gets."""
    simple = _made(partial(simplest, command), "the arguments")
    for parameter in command.parameters:
        name = str(parameter["name"])
        known = {**simple, name: _made(partial(first, telling(parameter)), name)}
        words = command.words(known)
        flag = "--" + name.replace("_", "-")
        other = tuple(re.sub(rf"\A{re.escape(flag)}(?==|\Z)", f"--{UNDECLARED}", word) for word in words)
        answer, unknown = command.call(known), command.say(other, known)
        _not_underscored(command, answer, unknown)
        _tell_apart(answer, unknown, flag[2:], f"{flag} accepted, as declared")


@of_command("agreement")
def unknown_flag_is_refused(command: Command) -> None:
    """A flag that is not declared is refused with a non-zero exit code."""
    _all_refused(command, unknown_flags)


@of_command("agreement")
def missing_parameter_is_refused(command: Command) -> None:
    """A call without a required parameter is refused with a non-zero exit code."""
    _all_refused(command, missing_required)


@of_command("agreement")
def wrong_type_is_refused(command: Command) -> None:
    """An integer, number or boolean that is no such thing is refused with a non-zero exit code."""
    _all_refused(command, wrong_types)


@of_command("agreement")
def declared_constraints_are_enforced(command: Command) -> None:
    """A value that breaks what its parameter declares (`enum`, `minimum`, `pattern`, `items` …) is refused.

    Tried is what a command line can express and nobody can take for a valid value: an empty text for an optional
    parameter, another case or a blank at the end are left alone.
    """
    _all_refused(command, broken_constraints)


def _not_underscored(command: Command, known: Answer, unknown: Answer) -> None:
    """Demand that a refused call is not taken as soon as its flags are written with underscores.

    A plugin that takes an invented flag, too, ignores what it doesn't know: then that would prove nothing.
    """
    if known.run.returncode == 0 or unknown.run.returncode == 0 or known.run.timed_out:
        return
    words = [word.partition("=") for word in command.words(known.arguments or {})]
    names = [str(one["name"]) for one in command.parameters]
    spelt = {"--" + name.replace("_", "-"): f"--{name}" for name in names if "_" in name}
    meant = [given for given, _, _ in words if given in spelt]
    if not meant:
        return
    other = tuple(spelt.get(given, given) + equals + value for given, equals, value in words)
    if command.say(other, known.arguments).run.returncode == 0:
        taken = ", ".join(spelt[flag] for flag in meant)
        known.broke(
            f"a refusal, and exit code 0 with {taken}", f"{', '.join(meant)} accepted: underscores become hyphens"
        )


def _made(make: Callable[[], Value], what: str) -> Value:
    try:
        return make()
    except HypothesisException as reason:  # no such value, or none found
        not_verified(f"no valid value could be made for {what}: {type(reason).__name__}")


def _tell_apart(known: Answer, unknown: Answer, name: str, must_be: str) -> None:
    """Demand that `known` is not refused in the words that `unknown` is refused in.

    Where the refusal does not name what is unknown, equal words prove nothing.
    """
    if known.run.returncode == 0 or known.run.timed_out:
        return
    said, expected = _words(known), _words(unknown)
    if said != expected.replace(UNDECLARED, name):
        return
    if UNDECLARED not in expected:
        not_verified(f"refused in the same words as {UNDECLARED!r}, which don't say why")
    known.broke(f"{name!r} refused just as an invented name is", must_be)


def _words(answer: Answer) -> str:
    run = answer.run
    return f"{run.returncode}\n" + (run.stdout + b"\n" + run.stderr).decode("utf-8", "replace")


def _all_refused(command: Command, wrong: Callable[[Command, Mapping[str, Any]], Iterable[WrongCall]]) -> None:
    """Demand a refusal of each wrong call; all that are taken are named, the first one is shown."""
    if not any(True for _ in wrong(command, {})):
        not_applicable("none of the command's parameters is of this kind")
    answers = (_answer(command, call) for call in wrong(command, working_arguments(command)))
    taken = [answer for answer in answers if _taken(answer)]
    if taken:
        more = f", and {len(taken) - 1} more: {'; '.join(one.fault for one in taken[1:4])}" if taken[1:] else ""
        taken[0].broke(f"exit code 0{more}", "a non-zero exit code")


def _answer(command: Command, call: WrongCall) -> Answer:
    return command.say(call.words, call.arguments, call.fault)


def _must_be_refused(answer: Answer) -> None:
    if _taken(answer):
        answer.broke("exit code 0", "a non-zero exit code")


def _taken(answer: Answer) -> bool:
    """Whether a wrong call was answered as if it were right; an error with exit code 0 is another check's."""
    if answer.run.returncode != 0 or answer.run.ended_by_us:
        return False
    try:
        return not is_error(answer.document)
    except NotJson:
        return True
