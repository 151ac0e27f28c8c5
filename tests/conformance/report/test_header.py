"""The lines at the top of a run."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from smcp_conformance.cli.answer import Answer
from smcp_conformance.cli.command import Described
from smcp_conformance.cli.page import CONTRACT
from smcp_conformance.cli.runner import Plugin, Run
from smcp_conformance.offer import Discovery, Offer
from smcp_conformance.options import TYPED, Options
from smcp_conformance.plugin_configuration import PluginSettings
from smcp_conformance.report.header import header, known_line
from smcp_conformance.report.known import Known, KnownFailures
from smcp_conformance.target import Policy, Target

ALLOWING = Policy(allow_tools=("get_*",))


def test_the_header_says_what_was_found_and_what_is_allowed() -> None:
    """Legs with the server's own name, the policy, or why there is no leg."""
    offer = replace(Offer("fix", "fix", "stdio", "2025-11-25"), server={"name": "shop", "version": "1.2"})
    found = [
        Discovery("fix", "fix", (offer, Offer("fix-http", "fix", "http", "2025-11-25")), notes=("cwd: here",)),
        Discovery("gone", "gone", failure="no\nway"),
    ]
    options = Options(
        targets=(Target("fix", policy=ALLOWING), Target("gone", policy=ALLOWING)),
        strict=True,
        revisions=("2025-11-25",),
        origin="somewhere",
    )
    lines = list(header(options, found, ()))
    assert lines[0] == "smcp-conformance: 2 targets from somewhere; revisions: 2025-11-25"
    assert "readOnlyHint, and 'get_*';" in lines[1]
    assert lines[1].endswith("warnings fail")
    assert lines[2:] == [
        "target fix:",
        "  cwd: here",
        "  leg stdio-2025-11-25: shop 1.2",
        "  leg http-2025-11-25: a server that gives no name",
        "target gone:",
        "  no leg: no",
    ]


def test_targets_with_policies_of_their_own_are_shown_with_them() -> None:
    """What pyproject.toml allows one of them is not said of all."""
    options = Options(targets=(Target("fix", policy=ALLOWING), Target("other")), origin="somewhere")
    lines = list(header(options, [Discovery("fix", "fix"), Discovery("other", "other")], ()))
    assert [line.partition(";")[0] for line in lines[1:]] == [
        "target fix:",
        "  policy: tools called: those that say readOnlyHint, and 'get_*'",
        "target other:",
        "  policy: tools called: those that say readOnlyHint",
    ]


def test_the_header_notes_what_is_odd() -> None:
    """Of a target, and of the run."""
    options = Options(targets=(Target("fix", remarks=("odd",)),), remarks=("odder",), origin="somewhere")
    assert list(header(options, (), ()))[2:] == ["  note: odd", "  note: odder"]


def plugin(name: str, *commands: str, problems: tuple[str, ...] | None = ()) -> Described:
    """A plugin that described these commands; `problems` are those of its description, None that there is none."""
    run = Run((), 0, b"{}", b"", timed_out=False, seconds=0.1)
    document = {"commands": [{"name": command} for command in commands]}
    return Described(Plugin(name, Path(name), ("python9", "cli.py")), (Answer(run), Answer(run)), document, problems)


def test_the_header_says_what_runs_each_plugin_where_that_differs() -> None:
    """An interpreter of its own, or a command; a place that is a plugin itself holds no others."""
    commanded = replace(plugin("shop", "buy"), plugin=Plugin("shop", Path("/shop"), ("/bin/node", "/shop/a b.js")))
    heavy = replace(plugin("heavy"), plugin=Plugin("heavy", Path("/heavy"), ("/env/python", "/heavy/cli.py")))
    settings = (PluginSettings("shop", Path("/shop"), ("node", "a b.js")), PluginSettings("heavy", Path("/heavy")))
    options = Options(plugins=(Path("/shop"), Path("/heavy")), plugin_settings=settings, origin="somewhere")
    lines = list(header(options, (), (plugin("a"), heavy, commanded)))
    assert lines[2:5] == [
        "  interpreter of a: python9",
        "  interpreter of heavy: /env/python",
        "  command of shop: /bin/node '/shop/a b.js'",
    ]
    assert not any("no plugin, for it holds" in line for line in lines)


def test_a_folder_that_cannot_be_read_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the system's reason: whether it is a plugin nobody can tell."""

    listed = os.listdir

    def refuse(folder: Path) -> list[str]:
        if Path(folder).name == "locked":
            raise PermissionError(13, "Permission denied")
        return listed(folder)

    (tmp_path / "locked").mkdir()
    monkeypatch.setattr("smcp_conformance.report.header.os.listdir", refuse)
    lines = list(header(Options(plugins=(tmp_path,), origin="somewhere"), (), (plugin("a"),)))
    assert lines[-1] == "  locked: no plugin, for it can't be read: permission denied"


def test_the_header_of_plugins_alone_speaks_of_no_server(tmp_path: Path) -> None:
    """Where they are, what runs them, what is called, what each offers; what is wrong, and what is no plugin."""
    for file in ("a/cli.py", "other/main.py", "_private/x.py"):
        (tmp_path / file).parent.mkdir()
        (tmp_path / file).touch()
    (tmp_path / "empty").mkdir()
    options = Options(plugins=(tmp_path,), policy=Policy(allow_tools=("a__*",)), origin="somewhere")
    found = (plugin("a", "y", "x"), plugin("b", problems=("wrong",)), plugin("c"))
    assert list(header(options, (), found)) == [
        "smcp-conformance: 3 plugins from somewhere",
        f"plugins in {tmp_path}:",
        "  interpreter: python9",
        "  commands called: those that say neither destructiveHint nor openWorldHint, and 'a__*'",
        "  a: x, y",
        f"  b: no command: `cli.py --describe` must describe them ({CONTRACT}), but gave wrong",
        "  c: no command",
        "  other: no plugin, for it holds no cli.py",
    ]
    both = list(header(replace(options, targets=(Target("fix"),)), (), found[:1]))
    assert both[0] == "smcp-conformance: 1 target and 1 plugin from somewhere; revisions: default"
    assert both[1].startswith("  policy: ")


@pytest.mark.parametrize(
    ("ending", "problems", "told"),
    [
        ({"returncode": 2}, None, "gave exit code 2"),
        ({"stdout": b"hello"}, None, "gave stdout that is no JSON (line 1 column 1): 'hello'"),
        ({"timed_out": True}, None, "gave no end within 0.1 s"),
        ({}, ("wrong", "worse", "worst"), "gave wrong and 2 more"),
        ({"stdout": b"[]"}, (), "gave other bytes the second time"),
    ],
)
def test_the_header_tells_what_a_plugin_gave_in_place_of_a_description(
    ending: dict[str, Any], problems: tuple[str, ...] | None, told: str, tmp_path: Path
) -> None:
    """Many a cli.py was written without knowing of `--describe`."""
    described = plugin("a", problems=problems)
    first = Answer(replace(described.answer.run, **ending))
    found = replace(described, answers=(first, described.answers[1]))
    (line,) = list(header(Options(plugins=(tmp_path,)), (), [found]))[4:]
    assert line == f"  a: no command: `cli.py --describe` must describe them ({CONTRACT}), but {told}"


def test_the_header_names_the_known_failures_that_cannot_be_judged() -> None:
    """They may hold a typo in the target's name; where nothing was typed they fail the run instead."""
    options = Options(known_failures=Path("known.toml"), origin=TYPED)
    known = KnownFailures((Known("known.toml", 1, "*", "x"), Known("known.toml", 5, "*", "x", target="fox")))
    assert known_line(options, known, {"fix"}, Path()) == (
        "known.toml (2 entries, 1 for targets that have no part in this run: 'fox' in line 5)"
    )
    assert known_line(options, known, {"fix", "fox"}, Path()) == "known.toml (2 entries)"
    assert known_line(replace(options, origin="pyproject.toml"), known, {"fix"}, Path()) == "known.toml (2 entries)"
    assert known_line(Options(), KnownFailures(), {"fix"}, Path()) == ""
