"""A run end to end: what users read, the exit status, and pytest's own ways of choosing and reporting."""

from __future__ import annotations

import json
from xml.etree import ElementTree

import pytest
from demo_project import Project

pytest_plugins = ["pytester"]
EVERYTHING = ("passes", "fails", "warns", "cannot", "cannot_either", "has_no_subject")
ITEM = "fix::stdio-2025-11-25::demo::"


def test_header_summary_and_junit_of_a_mixed_run(project: Project) -> None:
    """Every verdict has its place: header, counts, reasons, four lines, last line, properties in the XML.

    An error of ours fails, accuses nobody and keeps its traceback; replay files that can't be written stop nothing.
    """
    project.checks(*EVERYTHING, "breaks")
    (project.path / ".smcp").write_text("in the way")
    result = project.run("--junitxml=junit.xml", "-rA", "-p", "no:xdist")
    assert result.ret == 1
    result.stdout.fnmatch_lines(
        [
            "smcp-conformance: 1 target from command line; revisions: default",
            "  policy: tools called: those that say readOnlyHint;*",
            "target fix:",
            "  command: *server.py --transport stdio --revisions 2025-11-25",
            "  leg stdio-2025-11-25: fixture-server 1.0.0",
            "*- replay file -*",
            "*.json could not be written: *",
            "*= MCP conformance =*",
            "leg *not *not*",
            "  level *passed *failed *warned *verified *applicable*",
            "fix::stdio-2025-11-25",
            "  MUST *1 *1 *0 *? *1",
            "  SHOULD, MAY *0 *0 *1 *1 *0",
            "not verified, and why:",
            "  2 × no tool may be called; --smcp-allow-tools names some",
            f"      {ITEM}cannot",
            f"      {ITEM}cannot_either",
            "error in the check itself, not a verdict on the server: fix demo::breaks (stdio-2025-11-25)",
            "  KeyError: 'nothing'",
            "failed: fix demo::fails (stdio-2025-11-25)",
            "  MUST jsonrpc.method-not-found: *",
            "    https://modelcontextprotocol.io/specification/2025-11-25/*",
            '  expected: "yes" or "perhaps"',
            '  actual:   "no"',
            f"  replay:   pytest --smcp-conformance --smcp-server 'fix=*' --smcp-replay {ITEM}fails",
            "warned: fix demo::warns (stdio-2025-11-25)",
            "  SHOULD jsonrpc.unicode-roundtrip: *",
            "    warned: SHOULD, basis *",
            "  expected: 2",
            "  actual:   1",
            "*= 2 failed, 2 passed, 1 warned, 2 not verified, 1 not applicable in *",
        ]
    )
    cases = {case.get("name"): case for case in ElementTree.parse(project.path / "junit.xml").iter("testcase")}
    properties = {
        name: {str(each.get("name")): str(each.get("value")) for each in case.iter("property")}
        for name, case in cases.items()
    }
    assert properties["start"] == {"verdict": "passed"}
    assert set(properties["passes"]) == {"verdict", "requirement", "level", "text", "link"}
    assert_four_lines(properties["fails"], "failed", "MUST", '"yes" or "perhaps"', '"no"')
    assert_four_lines(properties["warns"], "warned", "SHOULD", "2", "1")
    assert properties["warns"]["reason"].startswith("SHOULD, basis ")
    assert properties["cannot"]["verdict"] == "not verified"
    assert properties["cannot"]["reason"] == "no tool may be called; --smcp-allow-tools names some"
    assert properties["cannot"]["replay"].endswith(f" --smcp-replay {ITEM}cannot")


def assert_four_lines(properties: dict[str, str], verdict: str, level: str, *found: str) -> None:
    """Assert that a testcase of the XML tells what the four lines do; `found` are what was expected, and was there."""
    named = [properties.get(name) for name in ("verdict", "level", "expected", "actual")]
    assert named == [verdict, level, *found]
    assert properties["requirement"].startswith("jsonrpc.")
    assert properties["text"].endswith(".")
    assert properties["link"].startswith("https://modelcontextprotocol.io/")
    assert properties["replay"].startswith("pytest --smcp-conformance --smcp-server 'fix=")


@pytest.mark.parametrize("args", [(), ("-q",), ("--tb=no",), ("-rN",), ("-vv",), ("-n2",)], ids=" ".join)
def test_details_stand_above_and_the_four_lines_below_and_nothing_twice(
    project: Project, args: tuple[str, ...]
) -> None:
    """pytest's section has the sentence and the wire, its short summary one line each; other reporters get it all."""
    project.checks("fails", "breaks", "warns")
    result = project.run("--junitxml=junit.xml", *args)
    lines = result.outlines
    above = lines[: next(number for number, line in enumerate(lines) if "= MCP conformance =" in line)]
    detailed = "--tb=no" not in args
    assert above.count('got "no", must be "yes" or "perhaps"') == detailed
    assert any("wire exchange" in line for line in above) == detailed
    assert any("Traceback" in line for line in above) == detailed
    for once in ('  expected: "yes" or "perhaps"', "  expected: 2", "  KeyError: 'nothing'"):
        assert lines.count(once) == 1
    assert not [line for line in lines if line.startswith(("expected:", "actual:"))]
    assert sum("--smcp-replay" in line for line in lines if "[gw" not in line) == 3 + detailed
    short = [line for line in lines if line.startswith("FAILED ")]
    assert len(short) == (0 if "-rN" in args else 2)
    told = [node.text or "" for node in ElementTree.parse(project.path / "junit.xml").iter("failure")]
    assert ["expected: " in text for text in told] == [True, False]


def test_of_a_start_the_short_summary_has_the_first_line(project: Project) -> None:
    """The whole story stands above, also with -vv, where pytest shortens nothing."""
    result = project.run("-vv", server=["{python}", "-c", "raise SystemExit(3)"])
    result.stdout.fnmatch_lines(
        ["  process: *", "FAILED fix::start - the server exited with status 3 before answering"]
    )
    assert result.outlines[-2].startswith("FAILED fix::start")


def test_a_leg_without_a_verdict_fails_the_run(project: Project) -> None:
    """An all-skipped run is no success: the leg fails, once, in the XML, too."""
    project.checks("cannot", "has_no_subject")
    result = project.run("--junitxml=junit.xml")
    assert result.ret == 1
    result.stdout.fnmatch_lines(
        [
            "*_ fix::stdio-2025-11-25::nothing-verified _*",
            "nothing was verified on stdio-2025-11-25: none of its 2 checks could say anything",
            "  1 × no tool may be called; --smcp-allow-tools names some",
            "FAILED fix::stdio-2025-11-25::nothing-verified*",
            "*= 1 failed, 1 passed, 1 not verified, 1 not applicable in *",
        ]
    )
    cases = [case.get("name") for case in ElementTree.parse(project.path / "junit.xml").iter("testcase")]
    assert cases == ["start", "cannot", "has_no_subject", "nothing-verified"]


def test_known_failures_are_xfailed_and_must_stay_true(project: Project) -> None:
    """Failures and warnings that are listed are expected; an entry that passes now fails the run under xdist, too."""
    project.checks("passes", "fails", "warns")
    listed = '[[failure]]\ncheck = "demo::fails"\nreason = "because"\n[[failure]]\ncheck = "demo::w*"\nreason = "so"\n'
    file = project.path / "smcp-known-failures.toml"
    file.write_text(listed)
    result = project.run("-rx")
    assert result.ret == 0
    result.stdout.fnmatch_lines(
        [
            "  known failures: smcp-known-failures.toml (2 entries)",
            f"XFAIL {ITEM}fails - because",
            f"XFAIL {ITEM}warns - so",
            "*= 2 passed, 2 xfailed in *",
        ]
    )
    file.write_text(
        listed + '[[failure]]\ncheck = "demo::passes"\nreason = "gone"\n[[failure]]\ncheck="x"\nreason = "y"'
    )
    result = project.run("-n2")
    assert result.ret == 1
    result.stdout.fnmatch_lines(
        [
            "*_ smcp-known-failures.toml:7 _*",
            "this known failure passes now: 1 passed of 'demo::passes' on target *",
            "*_ smcp-known-failures.toml:10 _*",
            "this known failure matches no check of this run: *",
            "FAILED smcp-known-failures.toml:7 - this known failure passes now: *",
            "*= 2 failed, 2 passed, 2 xfailed in *",
        ]
    )
    file.write_text("[[failure]]\ncheck = 1")
    result = project.run()
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: known failures: *smcp-known-failures.toml:1: 'reason' is missing*"])


def test_two_workers_say_the_same_and_a_leg_stays_on_one(project: Project) -> None:
    """The controller sums up what the workers send, whatever `--dist` says of other tests."""
    project.checks(*EVERYTHING)
    project.pytester.makepyfile("def test_a(): pass\ndef test_b(): pass\n")
    result = project.run("-n2", "--dist=worksteal", "-v")
    assert result.ret == 1
    result.stdout.fnmatch_lines(
        [
            "fix::stdio-2025-11-25",
            "  MUST *1 *1 *0 *1 *1",
            "  SHOULD, MAY *0 *0 *1 *1 *0",
            "*= 1 failed, 4 passed, 1 warned, 2 not verified, 1 not applicable in *",
        ]
    )
    workers = {line.split("]")[0] for line in result.outlines if line.startswith("[gw") and "fix::stdio" in line}
    assert len(workers) == 1


def test_ids_choose_items_from_anywhere(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """A copied id works as an argument, with workers, from a subfolder; `--co` prints what can be copied.

    That of a leg which verified nothing stands for the whole leg.
    """
    project.checks("passes", "fails")
    project.pytester.makeini("[pytest]")
    listed = project.run("--collect-only", "-q", "fix::start", "fix::stdio-2025-11-25::nothing-verified")
    assert listed.outlines[:3] == ["fix::start", f"{ITEM}passes", f"{ITEM}fails"]
    monkeypatch.chdir(project.pytester.mkdir("below"))
    result = project.run("-v", f"../{ITEM}passes", "-n2")  # as pytest prints it there
    assert result.ret == 0
    result.stdout.fnmatch_lines([f"*PASSED* ../{ITEM}passes*", "*= 1 passed in *"])
    missing = project.run(f"{ITEM}passed")
    assert missing.ret == pytest.ExitCode.USAGE_ERROR
    missing.stderr.fnmatch_lines([f"ERROR: not found: '{ITEM}passed' is no conformance item; *"])


def test_an_id_of_a_target_that_did_not_start_is_answered_with_its_start(project: Project) -> None:
    """No item of it exists; "no tests ran" would not say why. An id of no target is a mistake."""
    broken = ["{python}", "-c", "raise SystemExit(3)"]
    result = project.run(f"{ITEM}passes", server=broken)
    assert result.ret == 1
    result.stdout.fnmatch_lines(["*_ fix::start _*", "the server exited with status 3 before answering"])
    strange = project.run("--smcp-only", "fox::start", server=broken)
    assert strange.ret == pytest.ExitCode.USAGE_ERROR
    strange.stderr.fnmatch_lines(["ERROR: not found: 'fox::start'; no target is called 'fox', there is fix"])


def test_what_failed_last_is_run_alone_and_markers_choose(project: Project) -> None:
    """`--lf`, `-x`, `-m` and `--deselect` see our items as any others; fewer items, fewer words (`-q`)."""
    project.checks("passes", "fails", "warns")
    first = project.run("-x", "-m", "must")
    first.stdout.fnmatch_lines(["*= 1 failed, 2 passed, 1 deselected in *"])
    again = project.run("--lf", "-q")
    assert again.ret == 1
    assert "not verified, and why:" not in again.outlines
    again.stdout.fnmatch_lines(["1 failed, 3 deselected in *"])
    strict = project.run("--smcp-strict", "--deselect", f"{ITEM}fails")
    assert strict.ret == 1
    strict.stdout.fnmatch_lines(["*= 1 failed, 2 passed, 1 deselected in *"])


@pytest.mark.parametrize("args", [(), ("-n2",)], ids=" ".join)
def test_rs_lists_what_was_skipped(project: Project, args: tuple[str, ...]) -> None:
    """A line for each reason, beside the user's own tests; the counts stay those of verdicts."""
    project.checks("cannot", "cannot_either", "has_no_subject")
    project.pytester.makepyfile("import pytest\n\ndef test_mine():\n    pytest.skip('not today')\n")
    result = project.run("-rs", *args)
    short = [line for line in result.outlines if line.startswith("SKIPPED")]
    assert sorted(short) == [
        "SKIPPED [1] fix: not applicable: there are no tools",
        "SKIPPED [1] test_rs_lists_what_was_skipped.py:4: not today",
        "SKIPPED [2] fix: not verified: no tool may be called; --smcp-allow-tools names some",
    ]
    result.stdout.fnmatch_lines(["*= 1 failed, 1 passed, 1 skipped, 2 not verified, 1 not applicable in *"])


def test_under_strict_a_warning_is_a_failure_everywhere(project: Project) -> None:
    """In the table, the summary, the XML and the replay file; it is said where it came from."""
    project.checks("passes", "warns")
    result = project.run("--smcp-strict", "--junitxml=junit.xml")
    assert result.ret == 1
    result.stdout.fnmatch_lines(
        [
            "  SHOULD, MAY *0 *1 *0 *0 *0",
            "failed: fix demo::warns (stdio-2025-11-25)",
            "*a warning, which --smcp-strict makes a failure: SHOULD, basis *",
        ]
    )
    assert not [line for line in result.outlines if line.startswith("warned:")]
    (case,) = (each for each in ElementTree.parse(project.path / "junit.xml").iter("testcase") if len(each) > 1)
    verdicts = [each.get("value") for each in case.iter("property") if each.get("name") == "verdict"]
    assert verdicts == ["failed"]
    (file,) = (project.path / ".smcp" / "replays").glob("*warns.json")
    assert json.loads(file.read_text())["verdict"] == "failed"


def test_a_finding_is_replayed_by_id_and_from_its_file(project: Project) -> None:
    """The fourth line's command shows the whole exchange of that item alone; so does the file, without a target.

    What a monitor found is shown with the traffic that showed it: the check that was at work runs before it.
    """
    project.checks("passes", "fails", "reads", "monitor")
    project.run()
    (file,) = (project.path / ".smcp" / "replays").glob("*fails.json")
    recorded = json.loads(file.read_text())
    assert (recorded["item"], recorded["verdict"]) == (f"{ITEM}fails", "failed")
    assert recorded["exchange"][0]["direction"] == "->"
    passing = project.run("--smcp-replay", f"{ITEM}passes")
    assert passing.ret == 0
    passing.stdout.fnmatch_lines(["*= replay =*", f"{ITEM}passes: passed", "*-> stdin*ping*", "*<- stdout*result*"])
    result = project.plain("--smcp-replay", str(file))
    assert result.ret == 1
    result.stdout.fnmatch_lines([f"{ITEM}fails: failed again", "*-> stdin*", "*= 1 failed in *"])
    again = project.run("--smcp-replay", f"{ITEM}nobody_reads")
    again.stdout.fnmatch_lines(
        [
            "collected 2 items",
            f"{ITEM}reads: passed",
            "*-> stdin*resources/read*",
            f"{ITEM}nobody_reads: failed again",
            "*= 1 failed, 1 passed in *",
        ]
    )
