"""What a server wrote to stderr stands below the exchange, and does not bury it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from demo_project import Project

from smcp_conformance.judge import end_of
from smcp_conformance.wording import STDERR_LINES, STDERR_WIDTH

ITEM = "fix::http-2025-11-25::demo::fails"
SERVER = [sys.executable, str(Path(__file__).parents[2] / "odd" / "server.py"), "loud", "{port}"]


def test_the_last_lines_of_a_long_story_are_shown() -> None:
    """How many are left out is told, and where they are to be seen."""
    shown = end_of("\n".join(f"  line {number}" for number in range(100))).splitlines()
    assert shown[0] == "… 80 lines before these, which --smcp-replay shows"
    assert shown[1:] == [f"  line {number}" for number in range(80, 100)]


@pytest.mark.parametrize("text", ["", "one\n\n  three", "\n".join("x" * STDERR_LINES)])
def test_a_short_story_is_shown_as_it_is(text: str) -> None:
    """Indentation and blank lines too."""
    assert end_of(text) == text


def test_a_long_line_is_cut() -> None:
    """A log in JSON may have lines of any length."""
    assert end_of("x" * 100_000) == "x" * STDERR_WIDTH + " …"


def test_the_exchange_of_an_http_failure_comes_first_and_a_replay_shows_all(project: Project) -> None:
    """A server that logs forty lines for each request: its last twenty are shown, after what went over the wire."""
    project.checks("fails")
    shown = project.run(server=SERVER)
    exchange, _, stderr = str(shown.stdout).partition("server's stderr")
    assert '"method":"ping"' in exchange.partition("wire exchange")[2]
    stderr = stderr.partition("short test summary")[0]
    assert "lines before these, which --smcp-replay shows" in stderr
    assert "line 39 about ping" in stderr
    assert "line 19 about ping" not in stderr
    replayed = str(project.run("--smcp-replay", ITEM, server=SERVER).stdout).rpartition("server's stderr")[2]
    assert "line 0 about ping" in replayed
    assert "line 39 about ping" in replayed
