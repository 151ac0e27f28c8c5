"""What commands are called with: strategies that follow from their described parameters.

Wrong values are texts that no reader of the type could take,
because a false accusation is worse than a missed fault: "1.0", "1_000" and "nan" are left alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from smcp import contract
from smcp_conformance.cli.command import UNDECLARED, Command
from smcp_conformance.cli.runner import flags, sayable
from smcp_conformance.cli.values import Values, values

WRONG = {
    "integer": ("x", "", "1.5", "-0.5", "true", "[1]", "1e", "0x"),
    "number": ("x", "", "true", "1.5.5", "[1]", "1e", "0x"),
    "boolean": ("x", "maybe", "2", "[true]", "tru", "-"),
}
_LETTERS = st.text("abcdefghijklm", min_size=1, max_size=8)


@dataclass(frozen=True)
class WrongCall:
    """Words that the command must refuse, for the reason `fault`; `arguments` is what they were made from."""

    words: tuple[str, ...]
    fault: str
    arguments: Mapping[str, Any]


def valid_arguments(command: Command) -> st.SearchStrategy[dict[str, Any]]:
    """Arguments that are valid as declared and that a command line can carry."""
    return _arguments(command, leave_out="").filter(lambda found: sayable(command.words(found)))


def wrong_types(command: Command) -> st.SearchStrategy[WrongCall] | None:
    """Calls in which one integer, number or boolean is no such thing."""
    typed = [one for one in command.parameters if one["type"] in WRONG]
    return st.one_of(*(_wrongly_typed(command, one) for one in typed)) if typed else None


def missing_required(command: Command) -> st.SearchStrategy[WrongCall] | None:
    """Calls that lack one required parameter."""
    required = [str(one["name"]) for one in command.parameters if one.get("required")]
    if not required:
        return None

    def without(name: str) -> st.SearchStrategy[WrongCall]:
        valid = _arguments(command, leave_out=name)
        return valid.map(lambda found: WrongCall(command.words(found), f"without the required {name!r}", found))

    return st.one_of(*(without(name) for name in required)).filter(_sayable)


def unknown_flags(command: Command) -> st.SearchStrategy[WrongCall]:
    """Valid calls with a flag behind them that is not declared."""

    def extended(found: Mapping[str, Any], letters: str) -> WrongCall:
        flag = f"--{UNDECLARED}-{letters}"
        return WrongCall(command.words(found, f"{flag}=1"), f"with the undeclared flag {flag!r}", found)

    return st.builds(extended, valid_arguments(command), _LETTERS)


def telling(parameter: Mapping[str, Any]) -> Values:
    """Valid values that show on a command line: no empty array, no switch that is off."""
    name = parameter["name"]
    schema = contract.parameter_schema(parameter)
    return values(schema).filter(lambda value: bool(flags([parameter], {name: value})))


def _arguments(command: Command, leave_out: str) -> st.SearchStrategy[dict[str, Any]]:
    kept = [one for one in command.parameters if one["name"] != leave_out]
    made = {str(one["name"]): (values(contract.parameter_schema(one)), one.get("required", False)) for one in kept}
    return st.fixed_dictionaries(
        {name: strategy for name, (strategy, required) in made.items() if required},
        optional={name: strategy for name, (strategy, required) in made.items() if not required},
    )


def _wrongly_typed(command: Command, parameter: Mapping[str, Any]) -> st.SearchStrategy[WrongCall]:
    name, kind = str(parameter["name"]), str(parameter["type"])
    flag = "--" + name.replace("_", "-")

    def broken(found: Mapping[str, Any], text: str) -> WrongCall:
        return WrongCall(command.words(found, f"{flag}={text}"), f"with {text!r} as the {kind} {name!r}", found)

    texts = st.sampled_from(WRONG[kind]) | _LETTERS.map("z{}".format)
    return st.builds(broken, _arguments(command, leave_out=name), texts).filter(_sayable)


def _sayable(call: WrongCall) -> bool:
    return sayable(call.words)
