"""What `make real` rests on: exact pins, readable lists of known failures, an honest word about what is left out."""

from __future__ import annotations

import re
import shutil

import pytest
from real.run import FOLDER, Outcome, Server, main, prepared, servers

from smcp_conformance.configuration import read_pyproject
from smcp_conformance.report.known import read_known_failures

PIN = re.compile(r"[\w.-]+==[\d.]+|@?[\w./-]+@[\d.]+")
OUTPUT = """\
=========== MCP conformance ===========
leg     passed
x::http 3

not verified, and why:
==== 3 passed, 1 xfailed in 0.10s =====
"""


@pytest.mark.parametrize("server", servers(), ids=lambda server: server.name)
def test_a_server_is_pinned_and_known_by_its_folder(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every package has one exact version, and the target is called what the folder is called."""
    monkeypatch.setenv(FOLDER, "anywhere")
    pins = (*server.pypi, *server.npm)
    assert pins
    assert [pin for pin in pins if not PIN.fullmatch(pin)] == []
    assert {target.group for target in read_pyproject(server.folder / "pyproject.toml").targets} == {server.name}


@pytest.mark.parametrize("server", servers(), ids=lambda server: server.name)
def test_what_is_known_to_be_wrong_has_a_reason(server: Server) -> None:
    """The list can be read, which demands a reason of each entry; none excuses a whole page."""
    entries = read_known_failures(server.folder / "smcp-known-failures.toml").entries
    assert entries
    assert [entry.check for entry in entries if entry.check.endswith("::*")] == []


def test_servers_that_need_node_are_named_and_left_out_without_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing is skipped in silence."""
    monkeypatch.setattr(shutil, "which", lambda program: None)
    assert list(prepared([Server("a", npm=("b@1",))])) == []
    assert capsys.readouterr().out == "a: left out, because node and npm are not on PATH\n"


@pytest.mark.parametrize(("code", "left", "good"), [(0, 0, True), (1, 0, False), (0, 1, False)])
def test_an_outcome_is_good_if_nothing_was_found_and_nothing_is_left(code: int, left: int, good: bool) -> None:
    """A process that stays is as bad as a failure; the counts are pytest's."""
    outcome = Outcome(Server("a"), code, OUTPUT, left)
    assert outcome.good is good
    assert outcome.counts == "3 passed, 1 xfailed in 0.10s"
    assert outcome.table.splitlines() == ["leg     passed", "x::http 3"]


@pytest.mark.parametrize(("found", "code"), [(0, 0), (1, 1)])
def test_the_exit_code_tells_whether_anything_is_unexplained(
    found: int, code: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """One server suffices; options go on to pytest, names do not."""
    seen: list[list[str]] = []

    def judge(server: Server, options: list[str]) -> Outcome:
        seen.append([server.name, *options])
        return Outcome(server, found, OUTPUT, 0)

    monkeypatch.setattr(Server, "installed", True)
    monkeypatch.setattr(shutil, "which", lambda program: program)
    monkeypatch.setattr("real.run.judge", judge)
    assert main(["time", "memory", "-x"]) == code
    assert seen == [["time", "-x"], ["memory", "-x"]]
    assert "memory: 3 passed, 1 xfailed in 0.10s" in capsys.readouterr().out
