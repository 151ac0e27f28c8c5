"""A monitor that runs without the checks whose traffic it once complained of is not green for that."""

from __future__ import annotations

import json

import pytest
from demo_project import LEG, Project

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
