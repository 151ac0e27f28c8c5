"""What commands are called with: strategies that follow from the schema of their arguments.

Wrong values are texts that no reader of the type could take,
because a false accusation is worse than a missed fault: "1.0", "1_000" and "nan" are left alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypeVar

from hypothesis import HealthCheck, Phase, find, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable

from smcp import contract
from smcp_conformance.cli.command import UNDECLARED, Command
from smcp_conformance.cli.runner import flags, sayable
from smcp_conformance.generate.dialect import NoDialect
from smcp_conformance.generate.schema import schema_root
from smcp_conformance.generate.valid import NotGenerable, valid_objects, valid_values
from smcp_conformance.requirement import not_verified

Value = TypeVar("Value")
WRONG = {"integer": ("1.5", "x", ""), "number": ("x", "1.5.5", ""), "boolean": ("maybe", "2", "")}
CANDIDATES = 25
FIRST = settings(
    max_examples=CANDIDATES,
    database=None,
    deadline=None,
    derandomize=True,
    phases=(Phase.generate,),
    suppress_health_check=(
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
        HealthCheck.filter_too_much,
        HealthCheck.large_base_example,
        HealthCheck.nested_given,
    ),
)


@dataclass(frozen=True)
class WrongCall:
    """Words that the command must refuse, for the reason `fault`; `arguments` is what they were made from."""

    words: tuple[str, ...]
    fault: str
    arguments: Mapping[str, Any]


def valid_arguments(command: Command) -> st.SearchStrategy[dict[str, Any]]:
    """Arguments that are valid as declared and that a command line can carry.

    Made when they are first drawn, which raises `NotGenerable` or `NoDialect` where there are none.
    """
    return st.deferred(lambda: _valid(command)).filter(lambda found: sayable(command.words(found)))


def working_arguments(command: Command) -> dict[str, Any]:
    """Valid arguments that the command answers with exit code 0, always the same: an example of its own, or simple.

    What is wrong is put into such a call: else a refusal could have another reason. Not verified without one.
    A text that many readers of command lines take for a plea for help is none: help is an exit code 0 for anything.
    """
    if not command.working:
        candidates = [*_examples(command), *_candidates(valid_arguments(command))]
        fit = (one for one in candidates if not _asks_for_help(one))
        answered = (one for one in fit if command.call(one).run.returncode == 0)
        command.working.extend(islice(answered, 1))
    if not command.working:
        not_verified("no valid call was answered with exit code 0, so that a refusal proves nothing")
    return command.working[0]


def wrong_types(command: Command, valid: Mapping[str, Any]) -> Iterator[WrongCall]:
    """Calls in which one integer, number or boolean is no such thing."""
    for parameter in command.parameters:
        name, kind = str(parameter["name"]), str(parameter["type"])
        others = less(valid, name)
        for text in WRONG.get(kind, ()):
            words = command.words(others, f"--{name.replace('_', '-')}={text}")
            yield WrongCall(words, f"with {text!r} as the {kind} {name!r}", others)


def missing_required(command: Command, valid: Mapping[str, Any]) -> Iterator[WrongCall]:
    """Calls that lack one required parameter."""
    for name in (str(one["name"]) for one in command.parameters if one.get("required")):
        others = less(valid, name)
        yield WrongCall(command.words(others), f"without the required {name!r}", others)


def unknown_flags(command: Command, valid: Mapping[str, Any]) -> Iterator[WrongCall]:
    """Calls with a flag behind them that is not declared, with a value and without."""
    for flag in (f"--{UNDECLARED}", f"--{UNDECLARED}=1"):
        yield WrongCall(command.words(valid, flag), f"with the undeclared flag {flag!r}", valid)


def simplest(command: Command) -> dict[str, Any]:
    """The simplest valid arguments. Raises `HypothesisException` if none were found."""
    return first(valid_arguments(command))


def first(strategy: st.SearchStrategy[Value]) -> Value:
    """What Hypothesis tries first: the simplest value, always the same. Raises `HypothesisException` without one."""
    try:
        return find(strategy, lambda _: True, settings=FIRST)
    except (NotGenerable, NoDialect) as reason:
        raise Unsatisfiable(str(reason)) from None


def telling(parameter: Mapping[str, Any]) -> st.SearchStrategy[Any]:
    """Valid values that a command line can carry and that show on it: no empty array, no switch that is off."""

    def shows(value: Any) -> bool:
        words = flags([parameter], {parameter["name"]: value})
        return bool(words) and sayable(words)

    return st.deferred(lambda: valid_values(contract.parameter_schema(parameter))).filter(shows)


def _valid(command: Command) -> st.SearchStrategy[dict[str, Any]]:
    integers = [str(one["name"]) for one in command.parameters if one["type"] == "integer"]
    whole = valid_objects(contract.input_schema(command.described)).map(lambda found: _counted(found, integers))
    corners = [{str(one["name"]): value} for one in command.parameters for value in _corners(one)]
    if not corners:
        return whole
    return whole | st.tuples(whole, st.sampled_from(corners)).map(lambda two: {**two[0], **two[1]})


def _counted(arguments: dict[str, Any], integers: Iterable[str]) -> dict[str, Any]:
    """Write 5.0 as 5 where an integer is due, as the command line does: a law's author counts on it."""
    return {**arguments, **{name: int(arguments[name]) for name in integers if name in arguments}}


def _corners(parameter: Mapping[str, Any]) -> Iterator[Any]:
    """What is too often forgotten to be left to chance, if it is valid: zero, the limits, no text."""
    schema = contract.parameter_schema(parameter)
    limits = [schema[name] for name in ("minimum", "maximum") if name in schema]
    kinds: Mapping[str, Sequence[Any]] = {"integer": (0, *limits), "number": (0, *limits), "string": ("",)}
    allowed = schema_root(schema)
    return (value for value in dict.fromkeys(kinds.get(str(parameter["type"]), ())) if allowed.accepts(value))


def _examples(command: Command) -> Iterator[dict[str, Any]]:
    """The examples that the command describes and a command line can carry; all of them are valid."""
    described = command.described.get("examples", ())
    return (dict(one) for one in described if isinstance(one, Mapping) and sayable(command.words(one)))


def _candidates(strategy: st.SearchStrategy[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """A few values, always the same, the simplest one first; none if there are none."""
    found: list[dict[str, Any]] = []

    @FIRST
    @given(strategy)
    def note(value: dict[str, Any]) -> None:
        found.append(value)

    with suppress(Unsatisfiable, NotGenerable, NoDialect):
        note()
    return iter(found)


def _asks_for_help(value: Any) -> bool:
    """Tell whether a text that begins like `-h` or `--help` is in a value."""
    if isinstance(value, str):
        return value.startswith(("-h", "--h"))
    inner = value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ()
    return any(_asks_for_help(each) for each in inner)


def less(arguments: Mapping[str, Any], name: str) -> dict[str, Any]:
    """The arguments without one of them."""
    return {other: value for other, value in arguments.items() if other != name}
