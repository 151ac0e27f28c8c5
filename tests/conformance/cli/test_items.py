"""Plugin checks in a pytest run: ids, markers, verdicts, and what a failure shows."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import Phase, settings

from smcp_conformance.cli.discovery import describe
from smcp_conformance.requirement import Verdict

from .conftest import SEEDED, Outcome, Runner, Writer

pytest_plugins = ["pytester"]

NUMBER = {"name": "go-on", "description": "", "parameters": [{"name": "n", "type": "integer", "required": True}]}
FAST = ("-k", "describe_exits_0 or valid_arguments")


def text(outcome: Outcome) -> str:
    """What pytest printed."""
    return outcome.result.stdout.str()


def test_ids_name_plugin_page_and_check_and_are_fit_for_pytest(write_plugin: Writer, run_plugins: Runner) -> None:
    """Brackets would break --lf; a command's name stands behind the check's."""
    write_plugin.described(NUMBER, name="odd[1]")
    outcome = run_plugins(write_plugin.shelf, args=("--collect-only", "-q"))
    assert "plugins::odd%5B1%5D::contract::describe_exits_0" in outcome.judgements
    assert "plugins::odd%5B1%5D::behaviour::valid_arguments_are_answered-go-on" in outcome.judgements
    assert not any("[" in id or id.count("::") != 3 for id in outcome.judgements)


def test_only_what_the_user_asked_for_is_collected(write_plugin: Writer, run_plugins: Runner) -> None:
    """An id of ours as an argument names an item, or all below it."""
    write_plugin.described(NUMBER)
    outcome = run_plugins(write_plugin.shelf, args=("--collect-only",), chosen="plugins::sample::behaviour")
    assert outcome.judgements
    assert all(id.startswith("plugins::sample::behaviour::") for id in outcome.judgements)


def test_two_collections_are_the_same(write_plugin: Writer, run_plugins: Runner) -> None:
    """Workers of one run have to agree."""
    for name in ("b", "a"):
        write_plugin.described({"name": "z", "description": ""}, {"name": "y", "description": ""}, name=name)
    first, second = (list(run_plugins(write_plugin.shelf, args=("--collect-only",)).judgements) for _ in range(2))
    assert first == second
    assert len(set(first)) == len(first)
    assert first.index("plugins::a::contract::describe_exits_0") < first.index("plugins::b::contract::describe_exits_0")


@pytest.mark.parametrize(
    ("expression", "expected"),
    [("conformance", True), ("must", True), ("not must", False), ("hypothesis", True), ("not hypothesis", False)],
)
def test_markers_select(expression: str, expected: bool, write_plugin: Writer, run_plugins: Runner) -> None:
    """Every item says whose it is and how strict; generated ones are Hypothesis tests like any other."""
    write_plugin.described(NUMBER, answer="print(json.dumps({'ok': True}))")
    args = ("-m", expression, "--collect-only", "-q")
    assert ("valid_arguments_are_answered" in text(run_plugins(write_plugin.shelf, args=args))) is expected


def test_a_failure_shows_the_least_call_and_how_to_repeat_it(write_plugin: Writer, run_plugins: Runner) -> None:
    """Plugin, command, arguments as JSON, one line for a shell, exit code and both streams; no traceback of ours.

    Arguments and call stand below what was expected and what was there, and once more with all the rest.
    """
    answer = "n = int(sys.argv[2].partition('=')[2]); print('{}' if n < 1000 else 'too much'); sys.exit(n >= 1000)"
    plugin = write_plugin.described(NUMBER, answer=answer)
    outcome = run_plugins(write_plugin.shelf, args=(*SEEDED, "-k", "valid_arguments_are_answered"))
    shown = text(outcome)
    call = f'arguments: {{"n": 1000}}\ncall:      {plugin.command[0]} {plugin.command[1]} go-on --n=1000\n'
    assert "actual:   stdout that is no JSON" in shown.partition(call)[0]
    assert shown.count(call) >= 2  # and a third time where pytest knows itself in CI, and shortens nothing
    assert "plugin:    sample\n" in shown
    assert "command:   go-on\n" in shown
    assert 'arguments: {"n": 1000}\n' in shown
    assert f"call:      {plugin.command[0]} {plugin.command[1]} go-on --n=1000\n" in shown
    assert "exit code: 1\n" in shown
    assert "stdout:    'too much\\n'\n" in shown
    assert "stderr:    nothing\n" in shown
    assert "Traceback" not in shown
    assert "Falsifying" not in shown


def test_a_broken_should_warns_and_fails_only_when_strict(write_plugin: Writer, run_plugins: Runner) -> None:
    """Being deterministic is a SHOULD: the call that showed it is kept for the report."""
    answer = "print(json.dumps(str(os.urandom(8))))"
    write_plugin.described({"name": "c", "description": ""}, answer=answer)
    args = ("-k", "same_call")
    lenient, strict = (run_plugins(write_plugin.shelf, args=args, strict=one) for one in (False, True))
    assert lenient.result.ret == 0
    assert lenient.broken == {"same_call_gets_the_same_answer"}
    (judgement,) = [one for one in lenient.judgements.values() if one is not None]
    assert (judgement.verdict, judgement.level, judgement.reason) == (Verdict.WARNED, "SHOULD", "SHOULD")
    assert "call:      " in judgement.exchange
    assert strict.result.ret == 1


def test_a_fault_that_comes_and_goes_is_reported_as_such(write_plugin: Writer, run_plugins: Runner) -> None:
    """Hypothesis can't repeat it, and the plugin is told so instead of the tool's user."""
    answer = "open(sys.argv[0] + '.n', 'a').write('x'); print(os.path.getsize(sys.argv[0] + '.n') % 4 and '{}' or 'no')"
    write_plugin.described(NUMBER, answer=answer)
    outcome = run_plugins(write_plugin.shelf, args=("-k", "valid_arguments_are_answered"))
    (judgement,) = [one for one in outcome.judgements.values() if one is not None]
    assert judgement.verdict is Verdict.FAILED
    assert judgement.got.endswith("(not each time the same call was made)")


def test_nothing_that_could_be_generated_is_not_verified(write_plugin: Writer, run_plugins: Runner) -> None:
    """It is said, with the reason, and is no failure of the plugin."""
    never = {"name": "n", "type": "integer", "required": True, "minimum": 2, "maximum": 1}
    write_plugin.described({"name": "c", "description": "", "parameters": [never]})
    outcome = run_plugins(
        write_plugin.shelf, args=("-k", "valid_arguments or declared_command or declared_flags", "-rs")
    )
    assert outcome.broken == set()
    assert outcome.named(Verdict.NOT_VERIFIED) == {
        "valid_arguments_are_answered",
        "declared_command_exists",
        "declared_flags_are_accepted",
    }
    assert "not verified: arguments of this kind can't be generated" in text(outcome)


def test_a_refusal_that_names_nothing_proves_nothing(write_plugin: Writer, run_plugins: Runner) -> None:
    """A plugin that always says the same, such as that a key is missing, is not accused of lacking a command."""
    write_plugin.described(NUMBER, answer="print(json.dumps({'error': 'no key'})); sys.exit(1)")
    outcome = run_plugins(write_plugin.shelf, args=(*SEEDED, "-k", "declared_ or _is_refused"))
    assert outcome.broken == set()
    assert outcome.named(Verdict.NOT_VERIFIED) == {
        "declared_command_exists",
        "declared_flags_are_accepted",
        "missing_parameter_is_refused",
        "unknown_flag_is_refused",
        "wrong_type_is_refused",
    }


@pytest.mark.parametrize(
    ("required", "takes", "broken"),
    [(False, "--max_length", True), (True, "--max_length", True), (False, "--max-length", False), (True, "", False)],
)
def test_flags_with_underscores_are_told_from_flags_that_lack(
    required: bool, takes: str, broken: bool, write_plugin: Writer, run_plugins: Runner
) -> None:
    """A plugin that takes --max_length in place of --max-length is told why, whatever words it refuses in."""
    length = {"name": "max_length", "type": "integer", "required": required, "minimum": 1, "maximum": 2}
    other = {"name": "n", "type": "integer", "required": True}
    given = "given = [word.partition('=')[0] for word in sys.argv[2:]]"
    right = f"right = set(given) <= {{'--n', {takes!r}}} and ({takes!r} in given or not {required})"
    answer = f"{given}; {right}; print(json.dumps({{}} if right else {{'error': 'no'}})); sys.exit(not right)"
    write_plugin.described({"name": "c", "description": "", "parameters": [other, length]}, answer=answer)
    outcome = run_plugins(write_plugin.shelf, args=("-k", "declared_flags"))
    assert outcome.broken == ({"declared_flags_are_accepted"} if broken else set())
    (judgement,) = [one for one in outcome.judgements.values() if one is not None]
    told = "--max-length accepted: underscores become hyphens"
    assert judgement.must_be == (told if broken else "")
    assert ("and exit code 0 with --max_length" in judgement.got) is broken


@pytest.mark.parametrize("hint", ["destructiveHint", "openWorldHint"])
def test_a_command_that_says_it_does_harm_is_called_only_if_allowed(
    hint: str, write_plugin: Writer, run_plugins: Runner
) -> None:
    """What was therefore not verified is listed, with the option that would change it."""
    mark = "open(sys.argv[0] + '.called', 'w').close(); print('{}')"
    plugin = write_plugin.described({"name": "c", "description": "", "annotations": {hint: True}}, answer=mark)
    called = plugin.folder / "cli.py.called"
    args = ("-k", "valid_arguments or declared_command", "-rs")
    outcome = run_plugins(write_plugin.shelf, args=args)
    assert f"sample__c says {hint}: true; --smcp-allow-tools 'sample__c' lets it be called" in text(outcome)
    assert outcome.named(Verdict.PASSED) == set()
    assert not called.exists()
    assert "valid_arguments_are_answered" in run_plugins(write_plugin.shelf, args=args, allow=("sample__*",)).named(
        Verdict.PASSED
    )
    assert called.exists()


@pytest.mark.parametrize("name", ["connect", "disconnect"])
def test_commands_that_plugins_keep_to_themselves_are_not_called(
    name: str, write_plugin: Writer, run_plugins: Runner
) -> None:
    """The server makes no tools of them; that they weren't tried is said."""
    write_plugin.described({"name": name, "description": ""}, answer="1 / 0")
    outcome = run_plugins(write_plugin.shelf, args=("-k", name, "-rs"))
    assert outcome.broken | outcome.named(Verdict.PASSED) == set()
    assert f"not verified: '{name}' is a command that plugins keep to themselves" in text(outcome)


def test_a_check_without_a_subject_is_not_applicable(write_plugin: Writer, run_plugins: Runner) -> None:
    """A command without parameters can't be called with a wrong one."""
    write_plugin.described({"name": "c", "description": "", "deterministic": False})
    outcome = run_plugins(write_plugin.shelf, args=("-k", "agreement"))
    assert outcome.named(Verdict.NOT_APPLICABLE) == {
        "declared_constraints_are_enforced",
        "declared_defaults_are_used",
        "missing_parameter_is_refused",
        "optional_parameters_may_be_left_out",
        "wrong_type_is_refused",
    }
    assert not any("same_call" in id for id in outcome.judgements)


def test_an_error_of_ours_is_shown_as_one(
    write_plugin: Writer, run_plugins: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a traceback and without a judgement: nobody is accused."""
    write_plugin.described({"name": "c", "description": ""})
    monkeypatch.setattr("smcp_conformance.cli.command.Command.call", lambda *_: 1 / 0)
    outcome = run_plugins(write_plugin.shelf, args=("-k", "valid_arguments or declared_command"))
    assert outcome.result.ret == 1
    assert set(outcome.judgements.values()) == {None}
    assert "ZeroDivisionError" in text(outcome)


def test_the_same_seed_makes_the_same_calls_whatever_else_runs(write_plugin: Writer, run_plugins: Runner) -> None:
    """Seeds come from the item's id, so selecting fewer items changes nothing, and commands get calls of their own."""
    log = "open(sys.argv[0] + '.' + sys.argv[1], 'a').write(repr(sys.argv[2:]) + '\\n'); print('{}')"
    plugin = write_plugin.described(NUMBER, {**NUMBER, "name": "other"}, answer=log)
    logs = [plugin.folder / f"cli.py.{name}" for name in ("go-on", "other")]
    made = []
    for expression in ("valid_arguments_are", "valid_arguments_are and go-on"):
        run_plugins(write_plugin.shelf, args=(*SEEDED, "-k", expression))
        made.append([log.read_text() for log in logs])
        for log_file in logs:
            log_file.write_text("")
    assert made[0][0] == made[1][0]
    assert made[0][0] != made[0][1]
    assert made[1][1] == ""


def test_failures_are_remembered_per_item(write_plugin: Writer, run_plugins: Runner) -> None:
    """A second run tries the failing arguments first, and a neighbour that passes doesn't make it forget them."""
    log = "open(sys.argv[0] + '.' + sys.argv[1], 'a').write(sys.argv[2] + '\\n'); "
    answer = log + "print('no' if sys.argv[1:] not in (['bad', '--n=0'], ['good', sys.argv[2]]) else '{}')"
    plugin = write_plugin.described({**NUMBER, "name": "bad"}, {**NUMBER, "name": "good"}, answer=answer)
    log_file = plugin.folder / "cli.py.bad"
    # No seed and no profile of CI's, which do without memory.
    args = ("-k", "valid_arguments_are_answered", "--hypothesis-profile=default")
    run_plugins(write_plugin.shelf, args=args)
    log_file.unlink()
    run_plugins(write_plugin.shelf, args=args)
    assert log_file.read_text().splitlines()[0] != "--n=0"  # which would come first if nothing were remembered


def test_a_profile_without_a_database_is_respected(write_plugin: Writer, run_plugins: Runner) -> None:
    """As on CI, where Hypothesis' own profile is in force."""
    write_plugin.described(NUMBER, answer="print('no')")
    outcome = run_plugins(write_plugin.shelf, args=(*FAST, "--hypothesis-profile=ci"))
    assert outcome.broken == {"valid_arguments_are_answered"}


def test_a_profile_with_less_to_do_is_respected(write_plugin: Writer, run_plugins: Runner) -> None:
    """Fewer examples than ours are tried, and nothing is made smaller, if the profile in force says so."""
    plugin = write_plugin.described(NUMBER, answer="open(sys.argv[0] + '.n', 'a').write('x'); print('{}')")
    settings.register_profile("two calls", max_examples=2, phases=(Phase.generate,))
    cold = describe(replace(plugin, warm=False))
    run_plugins(described=(cold,), args=("-k", "valid_arguments_are", "--hypothesis-profile=two calls"))
    assert (plugin.folder / "cli.py.n").read_text() == "xx"
