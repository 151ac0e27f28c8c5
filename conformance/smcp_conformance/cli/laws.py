"""The laws page: what plugins' authors wrote down in `laws.py`, as checks like all others.

A law that can't be meant (an unknown command, a parameter that nothing fills) is a failing item of that name; the
other laws, and the other plugins, are tested all the same.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from hypothesis import strategies as st

from smcp_conformance.cli.answer import Violation
from smcp_conformance.cli.check import CommandCheck, PluginCheck
from smcp_conformance.cli.command import Command, Described
from smcp_conformance.cli.inputs import valid_arguments
from smcp_conformance.cli.law_calls import BrokenLaw, hold, spelled
from smcp_conformance.cli.law_file import LawFile
from smcp_conformance.laws import Law
from smcp_conformance.requirement import Level, not_verified

PAGE = "laws"
LOADED = "`laws.py` beside `cli.py` can be imported and holds laws."
POSITIONAL = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
VARIADIC = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)


@dataclass(frozen=True)
class LawCheck(CommandCheck):
    """A law as a check of the commands that it names."""

    commands: tuple[Command, ...] = field(default=(), compare=False)


@dataclass(frozen=True)
class Flawed(Exception):
    """A law that can't be meant: what it is, and what it must be."""

    got: str
    must_be: str


def law_checks(described: Described) -> Iterator[PluginCheck | LawCheck]:
    """The checks that a plugin's `laws.py` brings: that it can be loaded, then its laws; none without one."""
    file = described.laws
    if file is None:
        return
    yield PluginCheck("laws_can_be_loaded", PAGE, Level.MUST, partial(_loaded, file), LOADED, str(file.path))
    for law in file.laws:
        yield _check(law, described)


def _loaded(file: LawFile, plugin: Described) -> None:
    if file.skipped:
        not_verified(f"laws.py says that it is to be skipped: {file.skipped}")
    if file.fault:
        raise BrokenLaw(file.fault, "a laws.py that can be imported", detail=file.story)
    if not file.laws:
        not_verified("laws.py holds no law; @law('COMMAND') makes one of a function")


def _check(law: Law, described: Described) -> PluginCheck | LawCheck:
    plain = partial(PluginCheck, law.name, PAGE, Level.MUST, said=law.text, link=law.place)
    if not described.callable:
        return plain(partial(_unknown, described.fault))
    try:
        commands = tuple(_named(law, described))
        taken = _parameters(law)
        inputs = _inputs(law, commands, taken)
    except Flawed as flaw:
        return plain(partial(_flawed, flaw))
    return LawCheck(
        law.name,
        PAGE,
        Level.MUST,
        lambda first, arguments: hold(law, [one.warm if first.warmly else one for one in commands], arguments),
        inputs=lambda _: inputs,
        commands=commands,
        said=law.text,
        link=law.place,
    )


def _unknown(fault: str, plugin: Described) -> None:
    not_verified(f"the commands are not known (--describe: {fault}), which other checks report")


def _flawed(flaw: Flawed, plugin: Described) -> None:
    raise Violation(flaw.got, flaw.must_be)


def _named(law: Law, described: Described) -> Iterator[Command]:
    found = {command.name: command for command in described.commands}
    for name in law.commands:
        if name not in found:
            raise Flawed(f"a law on the command {name!r}", f"one of {', '.join(found) or 'no command at all'}")
        yield found[name]


def _parameters(law: Law) -> tuple[inspect.Parameter, ...]:
    """The parameters behind those for the commands. Raises `Flawed` for what can't be run or filled."""
    if inspect.iscoroutinefunction(law.function) or inspect.isgeneratorfunction(law.function):
        raise Flawed(f"{law.name!r}, which is async or yields", "a plain function: else nothing in it would run")
    taken = tuple(inspect.signature(law.function).parameters.values())
    if any(one.kind in VARIADIC for one in taken):
        raise Flawed(f"{law.name!r}, which takes * or **", "a function whose parameters all have names")
    first = [one for one in taken if one.kind in POSITIONAL][: len(law.commands)]
    if len(first) < len(law.commands):
        raise Flawed(
            f"{law.name!r} with {len(first)} parameters", f"at first one for each command: {', '.join(law.commands)}"
        )
    return taken[len(first) :]


def _inputs(law: Law, commands: Sequence[Command], taken: Sequence[inspect.Parameter]) -> st.SearchStrategy[Any]:
    given: dict[str, Any] = dict(law.given)
    names = {one.name for one in taken}
    for name, strategy in given.items():
        if name not in names:
            raise Flawed(f"a strategy for {name!r}", f"one for a parameter of the law: {', '.join(names) or 'none'}")
        if not isinstance(strategy, st.SearchStrategy):
            raise Flawed(f"{name}={strategy!r}", "a Hypothesis strategy")
    wanted = [one for one in taken if one.name not in given]
    described = {one.name: command for one in wanted for command in _describing(one.name, commands)}
    for one in wanted:
        if one.name not in described and one.default is inspect.Parameter.empty:
            raise Flawed(f"the parameter {one.name!r}", f"one of {_known(commands)}, or given: @law(…, {one.name}=…)")
    generated = [_of_described(command, described) for command in commands if command in described.values()]
    return st.tuples(*generated, st.fixed_dictionaries(given)).map(_merged)


def _describing(name: str, commands: Sequence[Command]) -> list[Command]:
    """The first of the commands that describes such a parameter, if any does."""
    return [command for command in commands if name in map(spelled, _names(command))][:1]


def _of_described(command: Command, described: Mapping[str, Command]) -> st.SearchStrategy[Any]:
    """Valid values of those parameters of `command` that a law takes: each of them, required or not."""
    mine = {name for name, owner in described.items() if owner is command}
    taken = [{**one, "required": True} for one in command.parameters if spelled(str(one["name"])) in mine]
    narrowed = replace(command, described={"name": command.name, "description": "", "parameters": taken})
    return valid_arguments(narrowed).map(lambda made: {spelled(name): value for name, value in made.items()})


def _known(commands: Sequence[Command]) -> str:
    return ", ".join(spelled(name) for command in commands for name in _names(command)) or "no parameters"


def _names(command: Command) -> Iterator[str]:
    return (str(one["name"]) for one in command.parameters)


def _merged(parts: tuple[dict[str, Any], ...]) -> dict[str, Any]:
    return {name: value for part in parts for name, value in part.items()}
