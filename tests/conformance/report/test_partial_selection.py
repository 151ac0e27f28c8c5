"""A monitor that runs without the checks whose traffic it once complained of is not green for that."""

from __future__ import annotations

import json

import pytest
from demo_project import LEG, REVISION, Project
from mutants import command

ITEM = f"fix::{LEG}::demo::"


def test_a_monitor_judges_the_ordinary_traffic_whatever_else_is_selected(project: Project) -> None:
    """The fixture server's resources are read for it, even if another check gave it something to see."""
    project.checks("passes", "monitor")
    result = project.run("-k", "passes or nobody_reads")
    assert result.ret == 1
    result.stdout.fnmatch_lines([f"*{ITEM}nobody_reads*"])
    result.assert_outcomes(passed=1, failed=1, deselected=2)


@pytest.mark.parametrize("more", [(), ("-n", "2")], ids=["alone", "xdist"])
def test_what_only_one_check_shows_stays_red_until_it_is_mended(project: Project, more: tuple[str, ...]) -> None:
    """`--lf` runs that check for its traffic alone, again and again; a mended server makes it forget."""
    project.checks("passes", "asks", "monitor")
    assert project.run(*more).parseoutcomes()["failed"] == 2
    for _ in range(2):
        again = project.run("--lf", *more)
        again.assert_outcomes(failed=2, deselected=0 if more else 3)
        again.stdout.fnmatch_lines([f"*{ITEM}nobody_asks*"])
    assert project.run(f"{ITEM}nobody_asks", *more).ret == 1
    project.checks("passes", "monitor")
    project.run("-k", "asks", *more)
    kept = json.loads((project.path / ".pytest_cache" / "v" / "smcp-conformance" / "seen-during").read_text())
    assert f"{ITEM}nobody_asks" not in kept


def test_without_a_cache_nothing_is_remembered(project: Project) -> None:
    """`-p no:cacheprovider` takes away the memory, and breaks nothing."""
    project.checks("asks", "monitor")
    project.run("-p", "no:cacheprovider")
    assert project.run("-p", "no:cacheprovider", f"{ITEM}nobody_asks").ret == 0
    assert not (project.path / ".pytest_cache").exists()


DEAD = ("--smcp-server", "dead={python} -c 'raise SystemExit(3)'")


@pytest.mark.parametrize(
    "selection",
    [
        ("-k", "passes"),
        ("-k", "not fails"),
        ("-k", "demo and stdio"),
        ("-k", "start and passes"),
        ("-m", "must"),
        ("-m", "should"),
        ("-k", "passes", "-n", "2"),
    ],
    ids=" ".join,
)
def test_a_server_that_can_not_start_fails_whoever_wants_its_checks(
    project: Project, selection: tuple[str, ...]
) -> None:
    """Its start stands for the checks that it would have had, beside a server that starts."""
    project.checks("passes", "fails", "warns")
    result = project.run(*DEAD, *selection)
    assert result.ret == 1
    result.stdout.fnmatch_lines(["*dead::start*"])


@pytest.mark.parametrize(
    "selection",
    [("-k", "passes and not start"), ("-k", "fix and passes"), ("--deselect", "dead::start", "-k", "passes")],
)
def test_a_server_that_nobody_wants_may_be_dead(project: Project, selection: tuple[str, ...]) -> None:
    """What leaves out the start, or all the checks that it stands for, leaves out its failure."""
    project.checks("passes", "fails")
    result = project.run(*DEAD, *selection)
    result.assert_outcomes(passed=1, deselected=3)


def test_a_server_that_died_since_is_found_by_lf(project: Project) -> None:
    """Of the checks that failed, none is left: its start stands for them; another server's failures run again."""
    project.checks("passes", "fails")
    also = "also={python} " + " ".join(command(revisions=[REVISION])[1:])
    assert project.run("--smcp-server", also).parseoutcomes()["failed"] == 2
    result = project.run("--lf", "--smcp-server", "also={python} -c 'raise SystemExit(3)'")
    result.assert_outcomes(failed=2, deselected=2)
    result.stdout.fnmatch_lines(["*also::start*"])
