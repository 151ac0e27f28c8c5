"""Whether a command line is as declared: which plugins are accused of what, and which sane ones are not."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from smcp_conformance.cli import agreement, help_texts, optional
from smcp_conformance.cli.answer import Violation
from smcp_conformance.cli.command import Command, Described
from smcp_conformance.cli.discovery import describe
from smcp_conformance.cli.help_texts import flags_in
from smcp_conformance.requirement import NotApplicable, NotVerified

from .conftest import Writer

Check = Callable[[Command], None]
READ = "given = dict(word[2:].partition('=')[::2] for word in sys.argv[2:]); "
REFUSES_UNLESS = "print(json.dumps(given if right else {{'error': 'no', 'code': 'x'}})); sys.exit(not right)"


@pytest.fixture
def described(write_plugin: Writer) -> Callable[..., Described]:
    """A plugin whose only command takes `parameters` and succeeds if `right` is true of what was `given`."""

    def make(*parameters: dict[str, Any], right: str = "True", **command: Any) -> Described:
        answer = f"{READ}right = bool({right}); {REFUSES_UNLESS.format()}"
        one = {"name": "c", "description": "", "parameters": parameters, **command}
        return describe(write_plugin.described(one, answer=answer))

    return make


def optionals(*names: str) -> list[dict[str, Any]]:
    """Optional texts of these names."""
    return [{"name": name, "type": "string", "enum": ["x", "y"]} for name in names]


@pytest.mark.parametrize(
    "right",
    [
        "True",
        "'a' in given or 'b' in given",
        "('a' in given) != ('b' in given)",
        "len(given) >= 2",
        "given.get('a') != 'x' or 'b' in given",
        "'a' not in given or 'b' in given",
    ],
)
def test_commands_that_want_one_of_several_are_not_accused(right: str, described: Callable[..., Described]) -> None:
    """Nothing that is declared could say so."""
    (command,) = described(*optionals("a", "b", "c"), right=right).commands
    optional.optional_parameters_may_be_left_out(command)


def test_a_parameter_that_is_always_asked_for_is_required(described: Callable[..., Described]) -> None:
    """Whatever else is given."""
    (command,) = described(*optionals("a", "b"), right="'a' in given").commands
    with pytest.raises(Violation, match="exit code 1 without the optional 'a', must be exit code 0 as with 'a'"):
        optional.optional_parameters_may_be_left_out(command)


DEFAULT = {"name": "n", "type": "number", "default": 1}


@pytest.mark.parametrize("taken", ["1", "1.0"])
def test_a_default_may_be_another_spelling_of_the_same_number(taken: str, write_plugin: Writer) -> None:
    """1 is 1.0 in JSON."""
    answer = f"print(float(sys.argv[2][4:]) if sys.argv[2:] else {taken})"
    plugin = write_plugin.described({"name": "c", "description": "", "parameters": [DEFAULT]}, answer=answer)
    (command,) = describe(plugin).commands
    optional.declared_defaults_are_used(command)


def test_a_default_that_is_refused_is_found(described: Callable[..., Described]) -> None:
    """Where other values are taken; if none is, the flag is at fault."""
    (command,) = described(DEFAULT, right="given.get('n') != '1'").commands
    with pytest.raises(Violation, match="for the default itself"):
        optional.declared_defaults_are_used(command)


def test_a_flag_that_takes_nothing_is_not_its_defaults_fault(described: Callable[..., Described]) -> None:
    """Another check reports it."""
    (command,) = described(DEFAULT, right="'n' not in given").commands
    optional.declared_defaults_are_used(command)


def test_answers_at_random_say_nothing_of_defaults(write_plugin: Writer) -> None:
    """They differ anyway."""
    answer = "print(json.dumps(str(os.urandom(8))))"
    plugin = write_plugin.described({"name": "c", "description": "", "parameters": [DEFAULT]}, answer=answer)
    (command,) = describe(plugin).commands
    optional.declared_defaults_are_used(command)


@pytest.mark.parametrize(
    "parameter",
    [
        {"name": "a", "type": "string"},
        {"name": "a", "type": "string", "default": None},
        {"name": "a", "type": "boolean", "action": "store_true", "default": False},
        {"name": "a", "type": "boolean", "action": "store_false", "default": True},
        {"name": "a", "type": "array", "default": []},
    ],
)
def test_defaults_that_a_command_line_cannot_show_are_left_alone(
    parameter: dict[str, Any], described: Callable[..., Described]
) -> None:
    """Giving them is giving nothing, or a switch of unclear sense."""
    (command,) = described(parameter).commands
    with pytest.raises(NotApplicable):
        optional.declared_defaults_are_used(command)


@pytest.mark.parametrize(
    ("check", "parameter", "right"),
    [
        (agreement.wrong_type_is_refused, {"name": "n", "type": "integer"}, "True"),
        (agreement.missing_parameter_is_refused, {"name": "n", "type": "integer", "required": True}, "True"),
        (agreement.unknown_flag_is_refused, {"name": "n", "type": "integer"}, "True"),
        (agreement.declared_constraints_are_enforced, {"name": "n", "type": "integer", "maximum": 5}, "True"),
        (agreement.declared_constraints_are_enforced, {"name": "n", "type": "string", "enum": ["a"]}, "True"),
    ],
)
def test_what_is_taken_against_its_declaration_is_found(
    check: Check, parameter: dict[str, Any], right: str, described: Callable[..., Described]
) -> None:
    """A plugin that takes everything."""
    (command,) = described(parameter, right=right).commands
    with pytest.raises(Violation, match=r"got exit code 0.*must be a non-zero exit code"):
        check(command)


def test_all_that_is_taken_is_named(described: Callable[..., Described]) -> None:
    """So that one run shows what is to be done."""
    (command,) = described({"name": "n", "type": "integer", "minimum": 1, "maximum": 5}).commands
    with pytest.raises(Violation, match=r"and 3 more: .*breaks 'minimum' of 'n'.*breaks 'maximum' of 'n'"):
        agreement.declared_constraints_are_enforced(command)


@pytest.mark.parametrize("answer", ["print(json.dumps({'error': 'no'}))", "time.sleep(60)", "sys.exit(1)"])
def test_an_error_with_exit_code_0_a_hang_and_a_crash_are_no_acceptance(
    answer: str, write_plugin: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """How a wrong call is refused is another page's affair."""
    answer = f"print('{{}}') if sys.argv[2:] in ([], ['--n=5']) else {answer}"
    number = {"name": "n", "type": "integer", "maximum": 5, "minimum": 5}
    plugin = write_plugin.described({"name": "c", "description": "", "parameters": [number]}, answer=answer)
    monkeypatch.setattr("smcp_conformance.cli.command.MAX_HANGS", 99)
    monkeypatch.setattr("smcp_conformance.cli.command.PATIENCE_AFTER_HANG", 0.3)
    (command,) = describe(plugin).commands
    short = Command(type(plugin)(plugin.name, plugin.folder, plugin.command, timeout=2.0), command.described)
    agreement.declared_constraints_are_enforced(short)


def test_a_command_without_constraints_is_not_concerned(described: Callable[..., Described]) -> None:
    """There is nothing to break."""
    (command,) = described({"name": "t", "type": "string"}).commands
    with pytest.raises(NotApplicable):
        agreement.declared_constraints_are_enforced(command)


ARGPARSE = """options:
  -h, --help            show this help message and exit
  --describe            print the commands as JSON
  -n NUMBER, --number NUMBER
                        how many; see --other for more
  --how {sum,max}       how to do it, not --slow
  --fast, --no-fast
"""
CLICK = """Options:
  -l, --length FLOAT RANGE    [0<=x<=1; required]
  --shout / --no-shout        Loudly, as --loud did.
  --unit [metre|foot]
  --help                      Show this message and exit.
"""
TYPER = """╭─ Options ──────────────────────────╮
│ *  --word           <str>  [required] │
│    --dry-run  -d    <bool> like --wet │
│    --help           <bool> Show this  │
╰────────────────────────────────────╯
"""


@pytest.mark.parametrize(
    ("text", "flags"),
    [
        (ARGPARSE, ["help", "describe", "number", "how", "fast", "no-fast"]),
        (CLICK, ["length", "shout", "no-shout", "unit", "help"]),
        (TYPER, ["word", "dry-run", "help"]),
        ("usage: cli.py [--x X] --y\n\nPass --z to do it.\n--w at the margin", []),
    ],
)
def test_flags_are_read_from_the_head_of_an_entry(text: str, flags: Sequence[str]) -> None:
    """What a text tells about other flags is no offer of them."""
    assert list(flags_in(text)) == flags


def helping(text: str) -> str:
    """An answer that prints a help text for --help, else an object."""
    return f"print({text!r} if '--help' in sys.argv else '{{}}')"


def test_flags_of_frameworks_are_nothing_hidden(write_plugin: Writer) -> None:
    """Nor is the off switch of a boolean."""
    switch = {"name": "is_fast", "type": "boolean"}
    text = "Options:\n  --is-fast / --no-is-fast\n  --help\n  --version\n  --install-completion\n"
    plugin = write_plugin.described({"name": "c", "description": "", "parameters": [switch]}, answer=helping(text))
    (command,) = describe(plugin).commands
    help_texts.help_names_no_other_flags(command)


def test_hidden_flags_are_named(write_plugin: Writer) -> None:
    """All of them, once."""
    text = "Options:\n  --deep INT  x\n  --wide\n  --wide\n"
    plugin = write_plugin.described({"name": "c", "description": ""}, answer=helping(text))
    (command,) = describe(plugin).commands
    with pytest.raises(Violation, match="got --deep, --wide in --help alone"):
        help_texts.help_names_no_other_flags(command)


def test_without_a_help_nothing_is_said_of_what_it_hides(write_plugin: Writer) -> None:
    """The check of --help itself speaks."""
    plugin = write_plugin.described({"name": "c", "description": ""}, answer="sys.exit(2)")
    found = describe(plugin)
    with pytest.raises(NotVerified):
        help_texts.help_names_no_other_flags(found.commands[0])
    with pytest.raises(NotVerified):
        help_texts.help_names_no_other_commands(found)
    with pytest.raises(Violation, match="exit code 2"):
        help_texts.help_works(found)


def test_a_help_without_a_text_is_none(write_plugin: Writer) -> None:
    """Exit code 0 alone helps nobody."""
    found = describe(write_plugin.described({"name": "c", "description": ""}, answer="print()"))
    with pytest.raises(Violation, match="nothing on stdout"):
        help_texts.help_works(found)


def test_what_is_not_known_is_not_judged(write_plugin: Writer) -> None:
    """A plugin without a usable description is reported by the contract's page."""
    found = describe(write_plugin("print('no')"))
    with pytest.raises(NotVerified):
        help_texts.help_names_no_other_commands(found)
    with pytest.raises(NotVerified):
        agreement.unknown_command_is_refused(found)
