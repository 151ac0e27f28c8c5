"""The reader of known failures, and what its entries must keep true."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from pathlib import Path

import pytest

from smcp_conformance.judge import Judgement
from smcp_conformance.report.known import KnownFailures, KnownFailuresError, read_known_failures
from smcp_conformance.report.late import untrue_entries
from smcp_conformance.report.ledger import Ledger, Result
from smcp_conformance.requirement import Verdict

TODAY = datetime.date(2026, 8, 1)
A, B = "fix::stdio-2025-11-25::server/tools::a", "fix::http-2025-11-25::server/tools::a"
FULL = """\
# what we know
[[failure]]
target = "fix"
check = "server/tools::*"
reason = "the SDK does so"
link = "https://example.org/1"
expires = 2026-08-01

[[failure]]
check = "http-*::server/tools::a"
reason = "proxy"
"""


def read(tmp_path: Path, text: str) -> KnownFailures:
    """Read `text` as the file of known failures."""
    path = tmp_path / "smcp-known-failures.toml"
    path.write_text(text, encoding="utf-8")
    return read_known_failures(path, TODAY)


def ledger(verdicts: Mapping[str, Verdict], possible: tuple[str, ...] = ()) -> Ledger:
    """A run in which these items ran."""
    found = Ledger(possible or tuple(verdicts))
    found.schedule(verdicts)
    for id, verdict in verdicts.items():
        found.add(Result(id, Judgement(verdict, "server/tools::a", "r", "MUST", "", "")))
    return found


def complaints(
    known: KnownFailures,
    of: Ledger,
    groups: tuple[str, ...] | None = ("fix",),
    failed: tuple[str, ...] = (),
    narrowed: bool = False,
) -> list[str]:
    """The texts of all complaints."""
    return [f"{place}: {text}" for place, text in untrue_entries(known, of, groups, failed, narrowed)]


def test_entries_know_their_lines_and_excuse_what_they_name(tmp_path: Path) -> None:
    """A glob of page::check holds on every leg, one of leg::page::check on those it names."""
    known = read(tmp_path, FULL)
    assert [entry.place for entry in known.entries] == ["smcp-known-failures.toml:2", "smcp-known-failures.toml:9"]
    assert known.excuse(A) == "the SDK does so (https://example.org/1)"
    assert known.excuse(A.replace("fix", "other")) == ""
    assert known.excuse(B.replace("fix", "other")) == "proxy"
    assert known.excuse("fix::start") == ""


def test_an_expired_entry_excuses_nothing(tmp_path: Path) -> None:
    """The last day is the one named."""
    entry = read(tmp_path, FULL).entries[0]
    assert KnownFailures((entry,), TODAY).excuse(A)
    assert not KnownFailures((entry,), TODAY + datetime.timedelta(1)).excuse(A)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[[failure]]\nreason = 'x'", ":1: 'check' is missing"),
        ("\n[[failure]]\ncheck = 'x'", ":2: 'reason' is missing"),
        ("[[failure]]\ncheck = 'x'\nreason = ' '", ":1: reason ' ' must be a string that says something"),
        ("[[failure]]\ncheck = 1\nreason = 'x'", ":1: check 1 must be a string"),
        ("[[failure]]\ncheck = 'x'\nreason = 'x'\nexpires = '2027-01-31'", "must be a date without quotes"),
        ("[[failure]]\ncheck = 'x'\nreason = 'x'\nexpires = 2027-01-31T10:00:00", "must be a date without quotes"),
        (
            "[[failure]]\nchecks = 'x'",
            ":1: unknown key 'checks'; the valid ones are target, check, reason, link, expires",
        ),
        ("[failure]\ncheck = 'x'", "'failure' must be a list of tables, written as [[failure]]"),
        ("failure = [1]", ":1: 1 must be a table, written as [[failure]]"),
        ("[[failures]]\ncheck = 'x'", "unknown key 'failures'; entries are written as [[failure]]"),
        ("[[failure]\n", ":1:10: must be TOML: expected ']]'"),
        ("[[failure]]\ncheck = 'x", ":2:11: must be TOML: expected "),
    ],
)
def test_a_bad_file_is_told_by_line_with_what_is_right(tmp_path: Path, text: str, told: str) -> None:
    """Every message starts with the file."""
    with pytest.raises(KnownFailuresError) as raised:
        read(tmp_path, text)
    assert str(raised.value).startswith(str(tmp_path / "smcp-known-failures.toml"))
    assert told in str(raised.value)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    """The path is named."""
    with pytest.raises(KnownFailuresError, match=r"can't read .*nosuch\.toml.*: no such file"):
        read_known_failures(tmp_path / "nosuch.toml")


@pytest.mark.parametrize(
    ("verdicts", "told"),
    [
        ({A: Verdict.FAILED, B: Verdict.PASSED}, []),
        ({A: Verdict.WARNED, B: Verdict.NOT_VERIFIED}, []),
        ({A: Verdict.NOT_VERIFIED, B: Verdict.NOT_VERIFIED}, []),
        ({A: Verdict.PASSED, B: Verdict.NOT_VERIFIED}, ["passes now: 1 passed, 1 not verified of 'server/tools::*'"]),
        ({A: Verdict.NOT_APPLICABLE, B: Verdict.NOT_APPLICABLE}, ["passes now: 2 not applicable"]),
    ],
)
def test_an_entry_is_stale_once_nothing_of_it_fails_or_warns(
    tmp_path: Path, verdicts: dict[str, Verdict], told: list[str]
) -> None:
    """One check that still fails keeps it; where none could be verified, nobody knows."""
    known = read(tmp_path, '[[failure]]\ncheck = "server/tools::*"\nreason = "x"')
    found = complaints(known, ledger(verdicts))
    assert len(found) == len(told)
    assert all(text in shown and "smcp-known-failures.toml:1" in shown for text, shown in zip(told, found, strict=True))


def test_an_entry_is_not_judged_when_some_of_its_checks_were_deselected(tmp_path: Path) -> None:
    """What was left out may be what fails."""
    known = read(tmp_path, '[[failure]]\ncheck = "server/tools::*"\nreason = "x"')
    assert complaints(known, ledger({A: Verdict.PASSED}, (A, B))) == []


def test_an_entry_that_matches_nothing_is_named(tmp_path: Path) -> None:
    """A typo must not look like a fault that went away; without a target, any target of the run is meant."""
    known = read(tmp_path, '[[failure]]\ntarget = "f*"\ncheck = "server/fools::*"\nreason = "x"')
    (told,) = complaints(known, ledger({A: Verdict.PASSED}))
    assert told == (
        "smcp-known-failures.toml:1: this known failure matches no check of this run: target 'f*', "
        "check 'server/fools::*'"
    )
    anywhere = read(tmp_path, '[[failure]]\ncheck = "server/fools::*"\nreason = "x"')
    assert len(complaints(anywhere, ledger({A: Verdict.PASSED}))) == 1


def test_an_entry_for_a_target_that_has_no_part_in_the_run_is_not_judged(tmp_path: Path) -> None:
    """One file serves several command lines; where the target is there, the entry has to be true."""
    known = read(tmp_path, '[[failure]]\ntarget = "shop"\ncheck = "server/tools::*"\nreason = "x"')
    assert complaints(known, ledger({A: Verdict.PASSED})) == []
    assert len(complaints(known, ledger({A: Verdict.PASSED}), groups=("fix", "shop"))) == 1


def test_an_entry_for_a_target_that_does_not_exist_is_named(tmp_path: Path) -> None:
    """Where all targets of the project took part, a strange name is a typo."""
    known = read(tmp_path, '[[failure]]\ntarget = "shop"\ncheck = "server/tools::*"\nreason = "x"')
    (told,) = complaints(known, ledger({A: Verdict.PASSED}), groups=None)
    assert told.startswith("smcp-known-failures.toml:1: this known failure matches no check of this run: target 'shop'")
    assert complaints(known, ledger({A: Verdict.PASSED}), groups=None, failed=("shop",)) == []


def test_entries_name_plugins_as_they_name_legs(tmp_path: Path) -> None:
    """The target of all plugins is called `plugins`."""
    id = "plugins::demo::behaviour::valid_arguments_are_answered-go"
    known = read(tmp_path, '[[failure]]\ntarget = "plugins"\ncheck = "demo::behaviour::valid_*"\nreason = "x"')
    assert known.excuse(id) == "x"
    assert known.excuse(id.replace("demo", "other")) == ""
    (told,) = complaints(known, ledger({id: Verdict.PASSED}), groups=("plugins",))
    assert "passes now" in told


def test_an_expired_entry_is_named_if_its_checks_were_to_run(tmp_path: Path) -> None:
    """Whatever their verdict."""
    known = read(tmp_path, '[[failure]]\ncheck = "server/tools::*"\nreason = "x"\nexpires = 2026-07-31')
    (told,) = complaints(known, ledger({A: Verdict.FAILED}))
    assert told.endswith("this known failure has expired on 2026-07-31")
    assert complaints(known, ledger({}, (A,))) == []


def test_entries_are_spared_where_the_run_could_not_know(tmp_path: Path) -> None:
    """A target that did not start has no checks; legs that nobody asked for are no typos."""
    known = read(tmp_path, '[[failure]]\ntarget = "gone"\ncheck = "server/tools::*"\nreason = "x"')
    assert complaints(known, ledger({A: Verdict.PASSED}), groups=("fix", "gone"), failed=("gone",)) == []
    leg = read(tmp_path, '[[failure]]\ncheck = "stdio-2024-11-05::*::*"\nreason = "x"')
    assert complaints(leg, ledger({A: Verdict.PASSED}), narrowed=True) == []
    assert len(complaints(leg, ledger({A: Verdict.PASSED}))) == 1
