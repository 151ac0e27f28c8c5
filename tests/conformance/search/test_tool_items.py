"""Generated calls as pytest items: their ids, what they show, how they are repeated, and what users say of tools."""

from __future__ import annotations

import json
import shlex

import pytest
from mutants.values import command

from smcp_conformance.checks import all_checks

ON = ("--smcp-only", "--smcp-revisions", "2025-11-25")
LEG = "val::stdio-2025-11-25"
TOOL = f"{LEG}::generated/tools::take"
DIES = "dies-on-empty-text"


@pytest.fixture(autouse=True)
def quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    """The project's pytest doesn't hear of the options of this one."""
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)


def run(pytester: pytest.Pytester, mutant: str, *args: str, healthy: bool = False) -> pytest.RunResult:
    """Run pytest on a value mutant, called `val`."""
    server = ("--smcp-server", f"val={shlex.join(command(mutant, healthy=healthy))}")
    return pytester.runpytest_subprocess(*ON, *server, *args)


def test_items_come_after_the_checks_and_before_the_monitors_and_generate_nothing_before_they_run(
    pytester: pytest.Pytester,
) -> None:
    """Collection is the same everywhere, and costs no import of Hypothesis."""
    pytester.makeconftest(
        """
        import sys

        def pytest_collection_finish():
            assert "hypothesis" not in sys.modules
        """
    )
    result = run(pytester, "byte-wraps", "--collect-only", "-q")
    ids = [line for line in result.outlines if line.startswith("val::")]
    ours = [number for number, id in enumerate(ids) if id.startswith(TOOL)]
    assert f"{TOOL}::valid_calls_are_answered" in ids
    assert ours == list(range(ours[0], ours[-1] + 1))
    monitors = {f"{LEG}::{check.id}" for check in all_checks() if check.monitor}
    assert not monitors & {*ids[: ours[0]]}
    assert monitors & {*ids[ours[-1] :]}
    assert result.ret == 0


def test_a_failure_shows_the_call_and_the_command_that_repeats_it(pytester: pytest.Pytester) -> None:
    """Tool, the smallest arguments as JSON, the answer, the requirement; and the repetition searches nothing."""
    id = f"{TOOL}::random_faults_are_refused"
    result = run(pytester, "extra-member", id, "--hypothesis-seed=1")
    result.stdout.fnmatch_lines(
        [
            """*got from 'take' with {"a": 1, "unknown_member": 1} (*, must be an isError result or the error -32602""",
            "failed: val generated/tools::take::random_faults_are_refused (stdio-2025-11-25)",
            "*MUST tools.call.inputs-validated: *",
            "*https://modelcontextprotocol.io/*",
            f"*replay: *--smcp-replay {id}",
        ]
    )
    (file,) = (pytester.path / ".smcp/replays").glob("*.json")
    recorded = json.loads(file.read_text(encoding="utf-8"))
    assert recorded["inputs"]["arguments"] == {"a": 1, "unknown_member": 1}
    assert recorded["inputs"]["fault"]["keyword"] == "additionalProperties"

    file.write_text(json.dumps({**recorded, "inputs": {**recorded["inputs"], "arguments": {"a": 7, "b": 8}}}))
    again = run(pytester, "extra-member", "--smcp-replay", id)
    again.stdout.fnmatch_lines([f"{id}: failed again", '*"arguments":{"a":7,"b":8}*'])
    assert again.stdout.str().count('"method":"tools/call"') == 1


def test_junit_reports_hold_the_arguments(pytester: pytest.Pytester) -> None:
    """What failed in CI must be read there."""
    run(pytester, DIES, f"{TOOL}::valid_calls_are_answered", "--junitxml=report.xml")
    assert "{&quot;value&quot;: &quot;&quot;}" in (pytester.path / "report.xml").read_text(encoding="utf-8")


def test_the_same_seed_gives_the_same_verdicts_and_the_same_calls(pytester: pytest.Pytester) -> None:
    """Three runs of all of a tool's items, each on its own, agree in every verdict and every smallest call."""

    def told() -> list[str]:
        args = ("-k", "generated/tools", "--hypothesis-seed=5", "--smcp-max-examples=30", "-rA")
        lines = run(pytester, "divides-by-zero", *args).outlines
        return [line for line in lines if line.startswith(("PASSED ", "WARNED ", "actual", "  actual", "failed: "))]

    first = told()
    assert any('with {"value": 0}' in line for line in first)
    assert first == told() == told()


def test_a_monitors_finding_is_repeated_with_the_call_that_showed_it(pytester: pytest.Pytester) -> None:
    """Monitors judge generated calls, too; what one complains of comes with the arguments."""
    run(pytester, "takes-nan-for-number", "-k", "generated/tools or every_number_is_finite", "--smcp-max-examples=200")
    files = {path.name: path for path in (pytester.path / ".smcp/replays").glob("*every_number_is_finite*")}
    (file,) = files.values()
    recorded = json.loads(file.read_text(encoding="utf-8"))
    assert recorded["inputs"] == {"arguments": {"value": "NaN"}}
    assert recorded["during"].startswith(TOOL)
    again = run(pytester, "takes-nan-for-number", "--smcp-replay", str(file))
    again.stdout.fnmatch_lines(["*every_number_is_finite: failed again"])


def test_a_known_failure_is_expected_and_named_by_its_glob(pytester: pytest.Pytester) -> None:
    (pytester.path / "smcp-known-failures.toml").write_text(
        '[[failure]]\ncheck = "generated/tools::take::valid_calls_are_answered"\nreason = "bytes"\n'
    )
    result = run(pytester, DIES, "-k", "valid_calls_are_answered")
    result.assert_outcomes(xfailed=1)
    assert result.ret == 0


def test_the_time_budget_leaves_the_rest_unverified(pytester: pytest.Pytester) -> None:
    """And says so."""
    result = run(pytester, "byte-wraps", "-k", "generated/tools", "--smcp-time-budget=0.001", healthy=True)
    result.stdout.fnmatch_lines(["*not verified, and why:", "*the time budget (--smcp-time-budget) was used up*"])
    assert "passed" not in result.outlines[-1]


def test_tools_that_may_not_be_called_are_named_by_one_item(pytester: pytest.Pytester) -> None:
    """Not by a dozen for each."""
    pytester.makepyprojecttoml("[tool.smcp-conformance.tools.take]\nskip = 'it is sore'\n")
    result = run(pytester, "byte-wraps", "-k", "generated/tools")
    result.stdout.fnmatch_lines(["*1 × skipped: take (it is sore)"])
    assert f"{TOOL}::valid_calls_are_answered" not in result.stdout.str()


def test_users_bring_their_own_arguments(pytester: pytest.Pytester) -> None:
    """A function that makes a strategy; what it makes is all that valid calls are made with."""
    pytester.makepyfile(
        ours="""
        from hypothesis import strategies as st

        def places():
            return st.fixed_dictionaries({"value": st.just("")})
        """
    )
    pytester.makepyprojecttoml(
        '[tool.smcp-conformance.tools."t*"]\narguments = "ours:places"\ntimeout = 3\nmax-examples = 5\n'
    )
    result = run(pytester, DIES, f"{TOOL}::valid_calls_are_answered")
    result.stdout.fnmatch_lines(['*with {"value": ""}*'])


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        (
            "arguments = 'ours'",
            "*tools.\"take\"], arguments: 'ours' must name a strategy, as in 'our_strategies:places'*",
        ),
        ("arguments = 'nowhere:x'", "*'nowhere:x' must be in a module that can be imported from *"),
        ("arguments = 'json:nothing'", "*'json:nothing' must be there: *"),
        ("arguments = 'json:dumps'", "*'json:dumps' must be a function that needs no arguments: *"),
        ("arguments = 'json:__name__'", "*must be a Hypothesis strategy, or a function that makes one; it is 'json'*"),
        ("skip = ' '", "*skip: ' ' must be a reason*"),
        ("timeout = 0", "*timeout: 0 must be a number of seconds above 0*"),
        ("max-examples = 'all'", "*max-examples: 'all' must be a number of examples above 0, or 'thorough'*"),
        ("argument = 'a:b'", "*unknown key 'argument'; the valid ones are arguments, skip, timeout, max-examples*"),
    ],
)
def test_a_wrong_setting_is_a_usage_error_that_says_what_would_be_right(
    pytester: pytest.Pytester, line: str, complaint: str
) -> None:
    pytester.makepyprojecttoml(f"[tool.smcp-conformance.tools.take]\n{line}\n")
    result = run(pytester, "byte-wraps")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([complaint])
