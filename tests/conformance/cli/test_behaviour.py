"""How commands answer and refuse, and what their calls need and leave: edges at which sane plugins are not accused."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis.errors import UnsatisfiedAssumption

from smcp_conformance.cli import behaviour, hygiene, refusals
from smcp_conformance.cli.answer import Violation
from smcp_conformance.cli.command import Command
from smcp_conformance.cli.contract import examples_of_parameters_are_valid
from smcp_conformance.cli.discovery import describe
from smcp_conformance.requirement import NotApplicable, NotVerified

from .conftest import Writer

Make = Callable[..., Command]
LEAVES = (
    "import subprocess; subprocess.Popen([sys.executable, '-c', 'import time; time.sleep({})'], stdout=-3, stderr=-3)"
)


@pytest.fixture
def command(write_plugin: Writer) -> Make:
    """The command of a plugin that answers by some code."""

    def make(answer: str, **described: Any) -> Command:
        one = {"name": "c", "description": "", **described}
        return describe(write_plugin.described(one, answer=answer)).commands[0]

    return make


RESULT = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}
LINK = {"type": "resource_link", "uri": "https://example.org/", "name": "x"}


@pytest.mark.parametrize("printed", [{"n": 1}, {"n": 1.0, "more": None}])
def test_results_as_described_pass(printed: dict[str, Any], command: Make) -> None:
    """In JSON's sense."""
    behaviour.result_is_as_described(command(f"print(json.dumps({printed!r}))", result=RESULT), {})


@pytest.mark.parametrize(
    ("printed", "described", "fault"),
    [
        ({"n": "1"}, {"result": RESULT}, "/n: '1' is not of type 'integer'"),
        ({}, {"result": RESULT}, "the document: 'n' is a required property"),
        ({"n": 1, "content": [{**LINK, "uri": "x"}]}, {"result": RESULT, "content": True}, "content"),
        ({"n": 1}, {"content": True}, "content"),
    ],
)
def test_results_that_are_not_as_described_are_found(
    printed: dict[str, Any], described: dict[str, Any], fault: str, command: Make
) -> None:
    """With the place of what is wrong."""
    with pytest.raises(Violation) as raised:
        behaviour.result_is_as_described(command(f"print(json.dumps({printed!r}))", **described), {})
    assert fault in raised.value.got


def test_content_is_not_held_to_the_result(command: Make) -> None:
    """Which describes what is printed besides."""
    closed = {**RESULT, "additionalProperties": False}
    printed = {"n": 1, "content": [LINK]}
    answer = f"print(json.dumps({printed!r}))"
    behaviour.result_is_as_described(command(answer, result=closed, content=True), {})


@pytest.mark.parametrize("answer", ["print('no')", "print('{}'); sys.exit(1)", "1 / 0"])
def test_what_is_no_result_is_left_to_other_checks(answer: str, command: Make) -> None:
    """Refusals, crashes and texts."""
    with pytest.raises(UnsatisfiedAssumption):
        behaviour.result_is_as_described(command(answer, result=RESULT), {})


NUMBER = [{"name": "n", "type": "integer"}]


def refusing(document: str, status: int = 1) -> str:
    """An answer that takes nothing but a call without words, and prints a document else."""
    return f"print('{{}}' if len(sys.argv) < 3 else {document}); sys.exit({status} if sys.argv[2:] else 0)"


@pytest.mark.parametrize("code", ['"out_of_range"', "7", "0"])
@pytest.mark.parametrize("shape", ['{{"error": "no", "code": {}}}', '{{"error": {{"code": {}}}}}'])
def test_codes_are_texts_or_numbers_beside_the_error_or_in_it(code: str, shape: str, command: Make) -> None:
    """Both are common, and both are stable."""
    found = command(refusing(repr(shape.format(code))), parameters=NUMBER)
    refusals.errors_have_a_stable_code(found)
    refusals.refusals_are_errors_in_json(found)


@pytest.mark.parametrize("code", ['""', "null", "true", "[1]"])
def test_what_is_no_code_is_found(code: str, command: Make) -> None:
    """Nobody could tell errors apart by it."""
    document = f'{{"error": "no", "code": {code}}}'
    with pytest.raises(Violation, match='a member "code"'):
        refusals.errors_have_a_stable_code(command(refusing(repr(document)), parameters=NUMBER))


def test_an_error_with_exit_code_0_is_no_refusal(command: Make) -> None:
    """The server would take it for a success."""
    answer = refusing("""'{"error": "no", "code": "x"}'""", status=0)
    with pytest.raises(Violation, match="exit code 0, must be a non-zero exit code"):
        refusals.refusals_are_errors_in_json(command(answer, parameters=NUMBER))


def test_a_command_that_takes_everything_refuses_nothing(command: Make) -> None:
    """How it says no can't be seen."""
    takes_all = command("print('{}')")
    with pytest.raises(NotApplicable):
        refusals.refusals_are_errors_in_json(takes_all)
    with pytest.raises(NotApplicable):
        refusals.errors_have_a_stable_code(takes_all)


@pytest.mark.parametrize("answer", ["print('{}')", "print('[1]')", "print('no')"])
def test_an_unknown_command_that_is_taken_is_another_checks(answer: str, write_plugin: Writer) -> None:
    """The agreement page's."""
    found = describe(write_plugin.described({"name": "c", "description": ""}, answer=answer))
    with pytest.raises(NotVerified):
        refusals.unknown_command_gets_an_error_in_json(found)


def test_commands_that_may_write_may_write(command: Make) -> None:
    """readOnlyHint: false says that they do."""
    answer = "open('out.txt', 'w').close(); print('{}')"
    hygiene_check = hygiene.nothing_is_written_outside_the_temporary_folder
    with pytest.raises(NotApplicable):
        hygiene_check(command(answer, annotations={"readOnlyHint": False}))


@pytest.mark.parametrize(
    ("answer", "left"),
    [
        ("open('out.txt', 'w').close()", "'cwd/out.txt'"),
        ("open(os.path.expanduser('~/out'), 'w').close()", "'home/out'"),
        ("open(sys.argv[0] + '.log', 'a').write('x')", "'cli.py.log'"),
        ("import tempfile; tempfile.mkstemp()", ""),
        ("os.makedirs(os.path.expanduser('~/.cache/x')); open(os.path.expanduser('~/.cache/x/y'), 'w').close()", ""),
        ("open('out.txt', 'w').close(); os.remove('out.txt')", ""),
    ],
)
def test_files_that_stay_are_seen_but_for_temporary_ones_and_caches(
    answer: str, left: str, write_plugin: Writer
) -> None:
    """In the working directory, in HOME and in the plugin's own folder."""
    plugin = write_plugin.described({"name": "c", "description": ""}, answer=f"{answer}; print('{{}}')")
    (found,) = describe(plugin).commands
    if not left:
        hygiene.nothing_is_written_outside_the_temporary_folder(found)
        return
    with pytest.raises(Violation) as raised:
        hygiene.nothing_is_written_outside_the_temporary_folder(found)
    assert raised.value.got == f"the files {left}"


def test_a_process_that_ends_soon_is_not_left_behind(command: Make) -> None:
    """It may have to tidy up."""
    hygiene.nothing_is_left_running(command(f"{LEAVES.format(0.2)}; print('{{}}')"))


def test_a_process_that_stays_is_named(command: Make) -> None:
    """And ended by us."""
    with pytest.raises(Violation, match=r"got '.*time\.sleep\(33\).*' still there 2 s after its end"):
        hygiene.nothing_is_left_running(command(f"{LEAVES.format(33)}; print('{{}}')"))


def test_a_call_that_hangs_now_is_ended(command: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that nothing is left of it, and nobody is accused of that."""
    once = "print('{}') if not os.path.exists(sys.argv[0] + '.n') else time.sleep(60)"
    found = command(f"{once}; open(sys.argv[0] + '.n', 'w').close()")
    found.call({})
    found.working.append({})
    short = type(found.plugin)(found.plugin.name, found.plugin.folder, found.plugin.command, timeout=0.5)
    hygiene.nothing_is_left_running(Command(short, found.described, working=[{}]))


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX alone has such stdins")
@pytest.mark.parametrize(
    ("answer", "got"),
    [
        ("print(json.dumps(sys.stdin is None))", "'true\\n' with a closed stdin"),
        ("sys.exit(sys.stdin is None)", "exit code 1 with a closed stdin"),
        ("print(json.dumps(sys.stdin and sys.stdin.read()) if sys.stdin else '\"\"')", "no end within"),
        ("print(json.dumps(str(os.urandom(4))))", ""),
        ("print('{}')", ""),
    ],
)
def test_stdins_that_matter_are_found(answer: str, got: str, command: Make) -> None:
    """But not where answers differ anyway."""
    found = command(answer)
    quick = type(found.plugin)(found.plugin.name, found.plugin.folder, found.plugin.command, timeout=3.0)
    quickly = Command(quick, found.described)
    if not got:
        hygiene.stdin_is_not_needed(quickly)
        return
    with pytest.raises(Violation) as raised:
        hygiene.stdin_is_not_needed(quickly)
    assert got in raised.value.got


def test_stdin_is_not_judged_by_a_call_that_works_no_more(command: Make) -> None:
    """Another check reports it."""
    with pytest.raises(NotVerified):
        hygiene.stdin_is_not_needed(Command(command("sys.exit(1)").plugin, {"name": "c"}, working=[{}]))


@pytest.mark.parametrize("text", ["é", "plain"])
def test_texts_that_a_locale_garbles_are_not_sent_in_it(text: str, command: Make) -> None:
    """What is printed is judged, not what a command line made of the arguments."""
    parameters = [
        {"name": "t", "type": "string"},
        {"name": "many", "type": "array", "items": {"type": "string"}},
        {"name": "o", "type": "object"},
    ]
    answer = "print('{}'); sys.exit(not ''.join(sys.argv).isascii())"
    found = command(answer, parameters=parameters)
    arguments = {"t": text, "many": [text, "x"], "o": {"a": [text, 1]}}
    hygiene.answers_in_any_locale(Command(found.plugin, found.described, working=[arguments]))


def test_without_a_call_in_ascii_a_locale_says_nothing(command: Make) -> None:
    """A command may want its text in Greek."""
    found = command("sys.exit(1)")
    with pytest.raises(NotVerified, match="no call in ASCII works"):
        hygiene.answers_in_any_locale(Command(found.plugin, found.described, working=[{}]))


def test_examples_of_parameters_are_named_with_their_fault(write_plugin: Writer) -> None:
    """By the parameter and the number."""
    number = {"name": "n", "type": "integer", "examples": [1, "2"]}
    found = describe(write_plugin.described({"name": "c", "description": "", "parameters": [number]}))
    with pytest.raises(Violation, match=r"n\.examples\[1\]: '2' is not of type 'integer'"):
        examples_of_parameters_are_valid(found)
