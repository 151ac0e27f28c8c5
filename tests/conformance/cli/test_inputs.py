"""What commands are called with: valid values by the parameter's schema, and calls that must be refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import find, given, settings
from hypothesis.errors import Unsatisfiable

from smcp_conformance.cli.command import Command
from smcp_conformance.cli.discovery import describe
from smcp_conformance.cli.inputs import (
    missing_required,
    simplest,
    telling,
    unknown_flags,
    valid_arguments,
    working_arguments,
    wrong_types,
)
from smcp_conformance.cli.runner import Plugin, sayable
from smcp_conformance.generate.valid import NotGenerable
from smcp_conformance.requirement import NotVerified

from .conftest import Writer

PARAMETERS = [
    {"name": "a_text", "type": "string", "required": True},
    {"name": "count", "type": "integer", "required": True, "minimum": 0},
    {"name": "rate", "type": "number"},
    {"name": "yes", "type": "boolean"},
    {"name": "tags", "type": "array"},
]
COMMAND = Command(Plugin("p", Path(), ()), {"name": "go", "description": "", "parameters": PARAMETERS})
BARE = Command(Plugin("p", Path(), ()), {"name": "bare", "description": ""})
OF_TEXT = Command(COMMAND.plugin, {"name": "t", "description": "", "parameters": [{"name": "x", "type": "string"}]})

TRIED = settings(max_examples=1000, database=None, derandomize=True)


@pytest.mark.parametrize(
    "never",
    [
        {"type": "integer", "minimum": 3, "maximum": 2},
        {"type": "string", "minLength": 3, "maxLength": 2},
        {"type": "string", "pattern": "("},
    ],
    ids=str,
)
def test_parameters_that_no_value_fits_are_said_to_have_none(never: dict[str, Any]) -> None:
    """In Hypothesis' own words where one value was asked for, in the generator's where a search was to begin."""
    command = Command(COMMAND.plugin, {"name": "c", "parameters": [{"name": "n", "required": True, **never}]})
    with pytest.raises(Unsatisfiable):
        simplest(command)
    with pytest.raises(NotGenerable):
        find(valid_arguments(command), lambda _: True, settings=settings(database=None))


def test_what_a_command_line_cannot_carry_is_not_tried() -> None:
    """The one text that is allowed holds a NUL, which is no plugin's fault."""
    text = {"name": "x", "type": "string", "enum": ["a\0b"], "required": True}
    with pytest.raises(Unsatisfiable):
        simplest(Command(COMMAND.plugin, {"name": "c", "parameters": [text]}))


def test_numbers_near_the_end_of_doubles_are_among_them() -> None:
    """A plugin that overflows is found."""
    huge = lambda made: abs(made.get("rate", 0)) > 1e307  # noqa: E731 - shorter than a function and its docstring
    assert sayable(COMMAND.words(find(valid_arguments(COMMAND), huge, settings=TRIED)))


def test_zero_the_limits_and_no_text_are_not_left_to_chance() -> None:
    """Each comes beside arguments that are anything else, and only where it is valid."""
    seen: list[dict[str, Any]] = []

    @settings(max_examples=60, database=None, deadline=None, derandomize=True)
    @given(valid_arguments(COMMAND))
    def note(made: dict[str, Any]) -> None:
        seen.append(made)

    note()
    assert sum(made["count"] == 0 for made in seen) >= 3
    assert sum(made["a_text"] == "" and made["count"] != 0 for made in seen) >= 3
    assert sum(made.get("rate") == 0 and made["a_text"] != "" for made in seen) >= 3


def test_examples_of_the_commands_own_are_calls_to_begin_with(write_plugin: Writer) -> None:
    """A command that takes little else is called as its author shows."""
    number = {"name": "n", "type": "integer", "required": True}
    shown = {"name": "c", "description": "", "parameters": [number], "examples": ["prose", {"n": 424242}]}
    plugin = write_plugin.described(shown, answer="sys.exit(sys.argv[2] != '--n=424242')")
    (command,) = describe(plugin).commands
    assert working_arguments(command) == {"n": 424242}


@settings(max_examples=50, deadline=None)
@given(valid_arguments(COMMAND))
def test_valid_arguments_have_what_is_required_and_can_be_said(arguments: dict[str, Any]) -> None:
    """Optional ones come and go."""
    assert {"a_text", "count"} <= arguments.keys() <= {"a_text", "count", "rate", "yes", "tags"}
    assert sayable(COMMAND.words(arguments))


@pytest.mark.parametrize("awkward", ["-1", "--help", "\n", "😀"])
def test_awkward_texts_are_among_them(awkward: str) -> None:
    """What trips command lines is tried on purpose."""
    found = find(valid_arguments(COMMAND), lambda made: made["a_text"].startswith(awkward), settings=TRIED)
    assert any(word.startswith(f"--a-text={awkward}") for word in COMMAND.words(found))


def test_wrongly_typed_calls_have_one_wrong_word() -> None:
    """Each integer, number and boolean with each text that no reader of that type could take."""
    valid = {"a_text": "x", "count": 7, "yes": True}
    calls = list(wrong_types(COMMAND, valid))
    wrong = [call.words[-1] for call in calls]
    assert {"--count=1.5", "--count=x", "--count=", "--rate=x", "--yes=maybe"} <= set(wrong)
    assert len(wrong) == len(set(wrong)) == 9
    assert all(call.words[:-1] == COMMAND.words(call.arguments) for call in calls)
    assert all(call.words[-1].partition("=")[0] not in " ".join(call.words[:-1]) for call in calls)
    assert "with '1.5' as the integer 'count'" in {call.fault for call in calls}


def test_each_required_parameter_is_missed_once() -> None:
    """All others are there."""
    calls = list(missing_required(COMMAND, {"a_text": "x", "count": 7, "rate": 1.5}))
    assert [set(call.arguments) for call in calls] == [{"count", "rate"}, {"a_text", "rate"}]
    assert [call.fault for call in calls] == ["without the required 'a_text'", "without the required 'count'"]


def test_an_undeclared_flag_stands_behind_a_valid_call() -> None:
    """With a value and without, and it is no beginning of a declared one, which argparse would complete."""
    valid = {"a_text": "x", "count": 7}
    calls = list(unknown_flags(COMMAND, valid))
    assert [call.words[-1] for call in calls] == ["--zq-undeclared", "--zq-undeclared=1"]
    assert all(call.words[:-1] == COMMAND.words(valid) for call in calls)


def test_a_command_without_such_parameters_gets_no_such_calls() -> None:
    """Nothing required, nothing typed."""
    assert list(wrong_types(BARE, {})) == list(missing_required(BARE, {})) == list(wrong_types(OF_TEXT, {})) == []


def test_what_is_wrong_is_put_into_a_call_that_works(write_plugin: Writer) -> None:
    """The simplest call that the command answers with exit code 0, looked for once."""
    answer = "open(sys.argv[0] + '.n', 'a').write('x'); sys.exit(sys.argv[2] == '--n=0')"
    number = {"name": "n", "type": "integer", "required": True}
    plugin = write_plugin.described({"name": "c", "description": "", "parameters": [number]}, answer=answer)
    (command,) = describe(plugin).commands
    found = working_arguments(command)
    assert found["n"] != 0
    calls = (plugin.folder / "cli.py.n").stat().st_size
    assert working_arguments(command) == found
    assert (plugin.folder / "cli.py.n").stat().st_size == calls


@pytest.mark.parametrize("text", ["--help", "-h", "--he"])
def test_a_plea_for_help_is_no_call_that_works(text: str, write_plugin: Writer) -> None:
    """It is answered with exit code 0 whatever else is wrong, so nothing wrong is put beside it."""
    title = {"name": "title", "type": "string", "required": True, "enum": [text, "plain"]}
    plugin = write_plugin.described(
        {"name": "c", "description": "", "parameters": [title]}, answer=f"sys.exit(sys.argv[2] != '--title={text}')"
    )
    (command,) = describe(plugin).commands
    assert command.call({"title": text}).run.returncode == 0
    with pytest.raises(NotVerified, match="no valid call was answered with exit code 0"):
        working_arguments(command)


@pytest.mark.parametrize("bounds", [{}, {"minimum": 2, "maximum": 1}])
def test_without_a_call_that_works_nothing_is_verified(bounds: dict[str, int], write_plugin: Writer) -> None:
    """Else every refusal would count, whatever its reason."""
    number = {"name": "n", "type": "integer", "required": True, **bounds}
    plugin = write_plugin.described(
        {"name": "c", "description": "", "parameters": [number]}, answer="print('{\"error\": 1}'); sys.exit(1)"
    )
    (command,) = describe(plugin).commands
    with pytest.raises(NotVerified, match="no valid call was answered with exit code 0"):
        working_arguments(command)


@pytest.mark.parametrize(
    "parameter",
    [
        {"name": "on", "type": "boolean", "action": "store_true"},
        {"name": "many", "type": "array", "items": {"type": "string"}},
    ],
)
def test_a_telling_value_shows_on_the_command_line(parameter: dict[str, Any]) -> None:
    """A switch is on and an array has an element."""
    assert find(telling(parameter), lambda _: True, settings=settings(database=None))
