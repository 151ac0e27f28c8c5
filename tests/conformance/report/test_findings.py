"""Counting, grouping and wording of results, and the rule that a leg must have verified something."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest
from rich.text import Text

from smcp_conformance.judge import Judgement
from smcp_conformance.masking import Mask
from smcp_conformance.offer import Discovery, Offer
from smcp_conformance.report.command import replay_command
from smcp_conformance.report.finding import finding_lines, findings, our_errors
from smcp_conformance.report.late import vacuous_legs
from smcp_conformance.report.ledger import Ledger, Result
from smcp_conformance.report.scheduling import make_scheduler, scope
from smcp_conformance.report.summary import Summary, rendered
from smcp_conformance.report.tally import Tally, by_level, excuses
from smcp_conformance.report.unchecked import unchecked
from smcp_conformance.requirement import Check, Verdict

STDIO, HTTP = "fix::stdio-2025-11-25", "fix::http-2025-11-25"
OFFERS = (Offer("fix", "fix", "stdio", "2025-11-25"), Offer("fix-http", "fix", "http", "2025-11-25"))
BROKEN = Judgement(
    Verdict.FAILED,
    "server/tools::a",
    "tools.a",
    "MUST",
    "https://example.org",
    "Do it.",
    got="no\n  way",
    must_be="yes",
)


def result(id: str, verdict: Verdict = Verdict.PASSED, level: str = "MUST", **more: str) -> Result:
    """The result of one item."""
    check = id.partition("::")[2].partition("::")[2]
    known = more.pop("known", "")
    judgement = replace(BROKEN, verdict=verdict, check=check, level=level)
    return Result(id, replace(judgement, **more), known)  # type: ignore[arg-type]  # only texts are given here


def ledger(*results: Result) -> Ledger:
    """A run with these results in the order of their collection."""
    found = Ledger(tuple(each.id for each in results))
    for each in reversed(results):
        found.add(each)
    return found


def test_counts_are_by_level_and_known_failures_count_as_nothing_else() -> None:
    """MAY counts with SHOULD; of what was not asked at all there is no row."""
    counted = by_level(
        [
            result(f"{STDIO}::p::a"),
            result(f"{STDIO}::p::b", Verdict.FAILED, "MUST NOT"),
            result(f"{STDIO}::p::c", Verdict.FAILED, known="because"),
            result(f"{STDIO}::p::d", Verdict.WARNED, "SHOULD NOT"),
            result(f"{STDIO}::p::e", Verdict.NOT_VERIFIED, "MAY"),
            result(f"{STDIO}::p::f", Verdict.NOT_APPLICABLE, "MAY"),
            result(f"{STDIO}::p::g", Verdict.NOT_APPLICABLE),
        ]
    )
    assert counted == {"MUST": Tally((1, 1, 0, 0, 1), 1), "SHOULD, MAY": Tally((0, 0, 1, 1, 1), 0)}
    assert list(by_level([result(f"{STDIO}::p::a")])) == ["MUST"]


def test_reasons_are_grouped_the_commonest_first() -> None:
    """An error of ours is no reason."""
    found = excuses(
        [
            result(f"{STDIO}::p::a", Verdict.NOT_VERIFIED, reason="rare"),
            result(f"{STDIO}::p::b", Verdict.NOT_VERIFIED, reason="common"),
            result(f"{HTTP}::p::b", Verdict.NOT_VERIFIED, reason="common"),
            Result("x::y::z::e", replace(BROKEN, verdict=Verdict.NOT_VERIFIED, internal=True)),
        ],
        Verdict.NOT_VERIFIED,
    )
    assert [(each.reason, len(each.ids)) for each in found] == [("common", 2), ("rare", 1)]


def test_what_repeats_over_legs_reads_as_one() -> None:
    """The legs are listed; another target's failure, a warning and a known one stand for themselves."""
    results = [
        result(f"{STDIO}::server/tools::a", Verdict.FAILED),
        result(f"{HTTP}::server/tools::a", Verdict.FAILED, got="in other words"),
        result("other::stdio-2025-11-25::server/tools::a", Verdict.FAILED),
        result(f"{STDIO}::server/tools::b", Verdict.WARNED),
        result(f"{STDIO}::server/tools::c", Verdict.FAILED, known="because"),
    ]
    assert [each.title for each in findings(results, Verdict.FAILED)] == [
        "failed: fix server/tools::a (stdio-2025-11-25, http-2025-11-25)",
        "failed: other server/tools::a (stdio-2025-11-25)",
    ]
    assert [each.title for each in findings(results, Verdict.WARNED)] == [
        "warned: fix server/tools::b (stdio-2025-11-25)"
    ]


def test_a_finding_has_few_lines_and_short_ones() -> None:
    """What the check wrote is put on one line, and bounded; long sentences are broken."""
    assert finding_lines(BROKEN, "pytest x") == [
        "MUST tools.a: Do it.",
        "  https://example.org",
        "expected: yes",
        "actual:   no way",
        "replay:   pytest x",
    ]
    unparsed = replace(BROKEN, verdict=Verdict.WARNED, reason="SHOULD", must_be="")
    assert finding_lines(unparsed, "")[2:4] == ["  warned: SHOULD", "expected: what the requirement says"]
    long = replace(BROKEN, text="All of it. " * 20, got='{"a": 1}' * 100)
    lines = finding_lines(long, "")
    assert " ".join(line.strip() for line in lines[:3]) == f"MUST tools.a: {long.text.strip()}"
    assert [line[:2] for line in lines[1:4]] == ["  "] * 3
    assert lines[3] == "  https://example.org"
    assert max(len(line) for line in lines[:4]) <= 96
    assert lines[5].startswith('actual:   {"a": 1}{"a": 1}')
    assert lines[5].endswith('{"a"… (800 characters)')
    assert len(lines[5]) < 350


def test_an_error_of_ours_says_so() -> None:
    """It is no verdict, and keeps its traceback, whose last line is enough for the summary."""
    ours = replace(BROKEN, verdict=Verdict.NOT_VERIFIED, internal=True, got="Traceback\n  KeyError\n")
    (found,) = our_errors([Result(f"{STDIO}::server/tools::a", ours)])
    assert found.title.startswith("error in the check itself, not a verdict on the server: fix server/tools::a")
    assert found.lines(lambda id: f"again {id}") == ["KeyError", f"replay:   again {STDIO}::server/tools::a"]
    assert finding_lines(ours, "x")[1:] == ["Traceback", "  KeyError", "replay:   x"]


def typed(**given: object) -> SimpleNamespace:
    """pytest's options as typed."""
    names = ("server", "url", "config", "plugins", "header", "allow_tools", "mask")
    lists: dict[str, object] = {f"smcp_{name}": [] for name in names}
    singles = ("revisions", "max_message", "start_timeout", "reply_timeout", "max_examples", "strict")
    nothing = {**lists, **{f"smcp_{name}": None for name in singles}, "inifilename": None, "rootdir": None}
    return SimpleNamespace(**{**nothing, **given})


def test_the_replay_command_repeats_what_matters_and_no_secret() -> None:
    """Of several servers the one concerned; what comes from config files is not written out."""
    given = typed(
        smcp_server=["other=node x.js", "fix=TOKEN=hunter2222 {python} a.py"],
        smcp_url=["http://127.0.0.1:1/mcp"],
        smcp_header=["X-Key: hunter2222"],
        smcp_revisions="all",
        smcp_strict=True,
        inifilename="our.ini",
        rootdir="..",
    )
    assert replay_command(f"{STDIO}::p::a", given, Mask(["hunter2222"])) == (
        "pytest -c our.ini --rootdir .. --smcp-conformance --smcp-server "
        "'fix=TOKEN=*** {python} a.py' --smcp-header 'X-Key: ***' --smcp-revisions all --smcp-strict "
        f"--smcp-replay {STDIO}::p::a"
    )
    assert replay_command("fix::start", typed(), Mask([])) == "pytest --smcp-conformance --smcp-replay fix::start"


def discoveries() -> list[Discovery]:
    """One target over two transports."""
    return [Discovery("fix", "fix", OFFERS[:1]), Discovery("fix-http", "fix", OFFERS[1:])]


def test_a_leg_that_verified_nothing_is_named() -> None:
    """With the reasons; its neighbour that did is not."""
    silent = [
        result(f"{HTTP}::p::a", Verdict.NOT_VERIFIED, reason="no tool may be called"),
        result(f"{HTTP}::p::b", Verdict.NOT_APPLICABLE),
    ]
    found = list(vacuous_legs(ledger(result(f"{STDIO}::p::a"), *silent), discoveries()))
    text = "nothing was verified on http-2025-11-25: none of its 2 checks could say anything\n"
    assert found == [(f"{HTTP}::nothing-verified", text + "  1 × no tool may be called")]


@pytest.mark.parametrize(
    "verdict", [Verdict.PASSED, Verdict.FAILED, Verdict.WARNED], ids=lambda verdict: str(verdict.value)
)
def test_one_verdict_makes_a_leg_verified(verdict: Verdict) -> None:
    """Be it good or bad."""
    results = ledger(result(f"{STDIO}::p::a", verdict), result(f"{STDIO}::p::b", Verdict.NOT_VERIFIED))
    assert not list(vacuous_legs(results, discoveries()))


def test_a_leg_of_which_something_was_deselected_is_not_judged() -> None:
    """What was left out may be what can be verified."""
    partly = ledger(result(f"{STDIO}::p::a", Verdict.NOT_VERIFIED))
    partly.possible = (*partly.possible, f"{STDIO}::p::b")
    assert not list(vacuous_legs(partly, discoveries()))


def test_the_summary_is_plain_without_a_terminal_and_fits_80_columns() -> None:
    """The table keeps to the width; what is to be copied stays whole, to be copied."""
    results = ledger(
        *[result(f"{STDIO}::p::a{number}") for number in range(99)],
        result(f"{STDIO}::p::b", Verdict.FAILED, known="because"),
        result(f"{STDIO}::p::c", Verdict.FAILED),
        *[result(f"{STDIO}::p::v{number}", Verdict.NOT_VERIFIED, reason="no tools") for number in range(5)],
    )
    command = "pytest " + "x" * 100
    lines = rendered(Summary(results, lambda id: command).parts(), 80, colour=False).splitlines()
    table = lines[: lines.index("")]
    assert [" ".join(line.split()) for line in table] == [
        "leg not not xfailed",
        "level passed failed warned verified applicable (known)",
        STDIO,
        "MUST 99 1 0 5 0 1",
    ]
    assert max(len(line) for line in table) <= 80
    assert f"  replay:   {command}" in lines
    assert "  5 × no tools" in lines
    assert lines[lines.index("  5 × no tools") + 3 :][:2] == [
        f"      {STDIO}::p::v2",
        "      and 2 more, which -v lists",
    ]
    assert not [line for line in lines if "\x1b" in line or "because" in line]


def test_the_summary_follows_verbosity_and_colour() -> None:
    """-q leaves the reasons out, -v lists all ids; a terminal gets colours."""
    results = ledger(
        *[result(f"{STDIO}::p::v{number}", Verdict.NOT_VERIFIED, reason="no tools") for number in range(5)],
        result(f"{STDIO}::p::c", Verdict.FAILED),
    )
    quiet, loud = (rendered(Summary(results, str, level).parts(), 80, colour=False) for level in (-1, 1))
    assert "no tools" not in quiet
    assert "more" not in loud
    assert f"{STDIO}::p::v4" in loud
    assert "\x1b[" in rendered(iter([Text("red", "red")]), 80, colour=True)


def test_what_is_not_applicable_is_explained_from_v_on() -> None:
    """-v names the reasons with the first ids, -vv all ids."""
    results = ledger(
        *[result(f"{STDIO}::p::n{number}", Verdict.NOT_APPLICABLE, reason="no prompts") for number in range(5)]
    )
    plain, loud, louder = (rendered(Summary(results, str, level).parts(), 80, colour=False) for level in (0, 1, 2))
    assert "no prompts" not in plain
    assert loud.endswith(
        f"not applicable, and why:\n  5 × no prompts\n      {STDIO}::p::n0\n      {STDIO}::p::n1\n"
        f"      {STDIO}::p::n2\n      and 2 more, which -vv lists"
    )
    assert louder.endswith(f"{STDIO}::p::n4")


def test_what_is_declared_and_has_no_checks_is_said_once_for_a_target() -> None:
    """Over all its legs; a page below the capability's own counts as checks of it, a longer name doesn't."""
    checks = [Check("x", page, (), print, "leg") for page in ("server/tools/listing", "server/prompts-of-others")]
    offer = replace(OFFERS[0], capabilities={"tools": {}, "prompts": {}, "logging": {}, "experimental": {}})
    found = [
        Discovery("fix", "fix", (offer, replace(offer, revision="2025-06-18", capabilities={"resources": {}}))),
        Discovery("other", "other", (replace(offer, group="other", capabilities={"tools": {}}),)),
    ]
    (line,) = unchecked(found, checks)
    assert line == "fix: declared but without checks yet: prompts, logging, resources"
    shown, quiet = (rendered(Summary(ledger(), str, level, (line,)).parts(), 80, colour=False) for level in (0, -1))
    assert line in shown
    assert line not in quiet


def test_findings_on_plugins_stand_for_themselves() -> None:
    """What one command does wrong says nothing of another, let alone of another plugin."""
    ids = ["plugins::a::behaviour::answers-x", "plugins::a::behaviour::answers-y", "plugins::b::behaviour::answers-x"]
    broken = replace(BROKEN, check="plugins/behaviour::answers")
    assert [each.title for each in findings([Result(id, broken) for id in ids], Verdict.FAILED)] == [
        f"failed: {id}" for id in ids
    ]


def test_each_worker_runs_everything_if_told_so(pytestconfig: pytest.Config, monkeypatch: pytest.MonkeyPatch) -> None:
    """`--dist each` is left to xdist."""
    monkeypatch.setattr(pytestconfig.option, "dist", "each")
    assert make_scheduler(pytestconfig, None, {"fix"}) is None


@pytest.mark.parametrize(
    ("nodeid", "dist", "expected"),
    [
        (f"{STDIO}::server/tools::a", "load", STDIO),
        ("fix::start", "loadfile", "fix::start"),
        ("plugins::demo::contract::a", "worksteal", "plugins::demo"),
        ("tests/test_a.py::TestA::test_b", "load", "tests/test_a.py::TestA::test_b"),
        ("tests/test_a.py::TestA::test_b", "loadfile", "tests/test_a.py"),
        ("tests/test_a.py::TestA::test_b", "loadscope", "tests/test_a.py::TestA"),
        ("tests/test_a.py::test_b@db", "loadgroup", "db"),
        ("tests/test_a.py::test_b[x@y]", "loadgroup", "tests/test_a.py::test_b[x@y]"),
        ("fixture/test_a.py::test_b", "worksteal", "fixture/test_a.py::test_b"),
    ],
)
def test_a_leg_is_one_portion_and_other_tests_are_dealt_as_dist_says(nodeid: str, dist: str, expected: str) -> None:
    """Ids with the same scope go to the same worker."""
    assert scope(nodeid, {"fix", "plugins"}, dist) == expected
