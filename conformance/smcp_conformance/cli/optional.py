"""The agreement page, parameters that need not be given: that they may be left out, and what is taken for them then."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from hypothesis.errors import HypothesisException

from smcp_conformance.cli.answer import Answer, shown
from smcp_conformance.cli.check import of_command
from smcp_conformance.cli.command import Command
from smcp_conformance.cli.inputs import first, less, telling, working_arguments
from smcp_conformance.cli.runner import flags, sayable
from smcp_conformance.requirement import not_applicable

Parameter = Mapping[str, Any]

MOST_CALLS = 12
"""Other calls that are made before a parameter is said to be required."""


@of_command("agreement")
def optional_parameters_may_be_left_out(command: Command) -> None:
    """A call that works still works without each parameter that isn't required.

    A parameter is only accused if no call without it is found that works: a command may want one of several.
    """
    optional = [one for one in command.parameters if not one.get("required")]
    if not optional:
        not_applicable("all parameters are required")
    working = working_arguments(command)
    for parameter in optional:
        _may_be_left_out(command, working, parameter)


@of_command("agreement")
def declared_defaults_are_used(command: Command) -> None:
    """Leaving a parameter out comes to the same as giving its declared default."""
    if not command.deterministic:
        not_applicable('the command says "deterministic": false')
    defaults = [one for one in command.parameters if _shows(one)]
    if not defaults:
        not_applicable("no parameter has a default that a command line can show")
    working = working_arguments(command)
    for parameter in defaults:
        _must_mean_the_same(command, working, parameter)


def _may_be_left_out(command: Command, working: Mapping[str, Any], parameter: Parameter) -> None:
    name = str(parameter["name"])
    if name not in working:
        return
    without = command.call(less(working, name))
    if not _refused(without) or any(not _refused(command.call(one)) for one in _others(command, working, name)):
        return
    without.broke(f"exit code {without.run.returncode} without the optional {name!r}", f"exit code 0 as with {name!r}")


def _others(command: Command, working: Mapping[str, Any], name: str) -> Iterator[dict[str, Any]]:
    """Other calls without a parameter: one of them may make up for it, or not ask for it."""
    required = {str(one["name"]) for one in command.parameters if one.get("required")}
    least = {other: value for other, value in working.items() if other in required}
    optional = [one for one in command.parameters if one["name"] not in (*required, name)]
    changes = [{str(one["name"]): value} for one in optional for value in _values(one)]
    alone, beside = ([{**base, **change} for change in changes] for base in (least, less(working, name)))
    return islice((least, *alone, *beside), MOST_CALLS)


def _values(parameter: Parameter) -> Iterator[Any]:
    if "enum" in parameter:
        return iter(parameter["enum"])
    try:
        return iter([first(telling(parameter))])
    except HypothesisException:
        return iter(())


def _must_mean_the_same(command: Command, working: Mapping[str, Any], parameter: Parameter) -> None:
    name, default = str(parameter["name"]), parameter["default"]
    without = command.call(less(working, name))
    if _refused(without):
        return
    given = command.call({**less(working, name), name: default})
    if _refused(given):
        if not any(not _refused(command.call({**working, name: value})) for value in _values(parameter)):
            return  # no value is taken, so that it isn't the default's fault
        given.broke(f"exit code {given.run.returncode} for the default itself", "exit code 0 as without it")
    if given.printed != without.printed and _steady(command, without):
        told = f"{shown(given.run.stdout)} with {name} = {default!r}, its default"
        given.broke(told, f"{shown(without.run.stdout)} as without it")


def _steady(command: Command, answer: Answer) -> bool:
    """Whether the same call is answered alike at all, which another check looks at."""
    return command.call(answer.arguments or {}).printed == answer.printed


def _refused(answer: Answer) -> bool:
    run = answer.run
    return run.returncode != 0 and not run.ended_by_us


def _shows(parameter: Parameter) -> bool:
    """Whether giving the default can be told from giving nothing: a bare switch that is off is no word at all."""
    default = parameter.get("default")
    if default is None or parameter.get("required"):
        return False
    words = flags([parameter], {parameter["name"]: default})
    return sayable(words) and any("=" in word for word in words)
