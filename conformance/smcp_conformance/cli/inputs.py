"""What commands are called with: strategies that follow from their described parameters.

Wrong values are texts that no reader of the type could take,
because a false accusation is worse than a missed fault: "1.0", "1_000" and "nan" are left alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from hypothesis import Phase, find, settings
from hypothesis import strategies as st
from hypothesis.errors import HypothesisException

from smcp import contract
from smcp_conformance.cli.command import UNDECLARED, Command
from smcp_conformance.cli.runner import flags, sayable
from smcp_conformance.cli.values import Values, values

Value = TypeVar("Value")
WRONG = {"integer": ("1.5", "x", ""), "number": ("x", "1.5.5", ""), "boolean": ("maybe", "2", "")}
FIRST = settings(database=None, deadline=None, derandomize=True, phases=(Phase.generate,))


@dataclass(frozen=True)
class WrongCall:
    """Words that the command must refuse, for the reason `fault`; `arguments` is what they were made from."""

    words: tuple[str, ...]
    fault: str
    arguments: Mapping[str, Any]


MakeWrong = Callable[[Mapping[str, Any]], WrongCall]


def valid_arguments(command: Command) -> st.SearchStrategy[dict[str, Any]]:
    """Arguments that are valid as declared and that a command line can carry."""
    made = {str(one["name"]): values(contract.parameter_schema(one)) for one in command.parameters}
    required = {str(one["name"]) for one in command.parameters if one.get("required")}
    return st.fixed_dictionaries(
        {name: strategy for name, strategy in made.items() if name in required},
        optional={name: strategy for name, strategy in made.items() if name not in required},
    ).filter(lambda found: sayable(command.words(found)))


def wrong_types(command: Command) -> st.SearchStrategy[WrongCall] | None:
    """Calls in which one integer, number or boolean is no such thing, and all else is as simple as can be."""
    typed = [one for one in command.parameters if one["type"] in WRONG]
    return _few(command, (partial(_wrongly_typed, command, one, text) for one in typed for text in WRONG[one["type"]]))


def missing_required(command: Command) -> st.SearchStrategy[WrongCall] | None:
    """Calls that lack one required parameter."""
    required = [str(one["name"]) for one in command.parameters if one.get("required")]
    return _few(command, (partial(_without, command, name) for name in required))


def unknown_flags(command: Command) -> st.SearchStrategy[WrongCall] | None:
    """Valid calls with a flag behind them that is not declared, with and without a value."""
    flags_ = (f"--{UNDECLARED}", f"--{UNDECLARED}=1")
    return _few(command, (partial(_with_unknown, command, flag) for flag in flags_))


def simplest(command: Command) -> dict[str, Any]:
    """The simplest valid arguments. Raises `HypothesisException` if none were found."""
    return first(valid_arguments(command))


def first(strategy: st.SearchStrategy[Value]) -> Value:
    """What Hypothesis tries first: the simplest value, always the same. Raises `HypothesisException` without one."""
    return find(strategy, lambda _: True, settings=FIRST)


def telling(parameter: Mapping[str, Any]) -> Values:
    """Valid values that show on a command line: no empty array, no switch that is off."""
    name = parameter["name"]
    schema = contract.parameter_schema(parameter)
    return values(schema).filter(lambda value: bool(flags([parameter], {name: value})))


def _few(command: Command, makers: Iterable[MakeWrong]) -> st.SearchStrategy[WrongCall] | None:
    """A few calls made from the simplest valid one, so few that Hypothesis gets to each; None if there are none."""
    makers = tuple(makers)
    if not makers:
        return None
    try:
        valid = simplest(command)
    except HypothesisException:
        return st.nothing()
    return st.sampled_from([make(valid) for make in makers])


def _wrongly_typed(command: Command, parameter: Mapping[str, Any], text: str, valid: Mapping[str, Any]) -> WrongCall:
    name, kind = str(parameter["name"]), str(parameter["type"])
    others = _less(valid, name)
    word = f"--{name.replace('_', '-')}={text}"
    return WrongCall(command.words(others, word), f"with {text!r} as the {kind} {name!r}", others)


def _without(command: Command, name: str, valid: Mapping[str, Any]) -> WrongCall:
    others = _less(valid, name)
    return WrongCall(command.words(others), f"without the required {name!r}", others)


def _with_unknown(command: Command, flag: str, valid: Mapping[str, Any]) -> WrongCall:
    return WrongCall(command.words(valid, flag), f"with the undeclared flag {flag!r}", valid)


def _less(arguments: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {other: value for other, value in arguments.items() if other != name}
