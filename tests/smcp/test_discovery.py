"""Finding plugins: what is offered, and one line on stderr for each that isn't."""

from __future__ import annotations

import json
import os
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest
from odd_plugin import ODD_PLUGIN, write_plugin

from smcp.discovery import Discovery

NO_HELP = "; and --help names no commands"
NO_JSON = f"--describe printed something else than one JSON object in UTF-8{NO_HELP}"


def describing(value: Any) -> str:
    """The source of a plugin that describes itself so."""
    return f"print({json.dumps(value)!r})"


def one(name: str, *commands: str) -> dict[str, Any]:
    """A minimal description."""
    return {"plugin": {"name": name}, "commands": [{"name": each, "description": ""} for each in commands]}


def found(*directories: Path, timeout: float = 60) -> tuple[list[str], list[str]]:
    """Discover; return the tools' names and what was said."""
    told: list[str] = []
    commands = Discovery(directories, timeout, told.append).start().commands.result(120)
    return [command.tool_name for command in commands], told


def test_plugins_are_found_in_order_and_the_first_of_a_name_counts(tmp_path: Path) -> None:
    """By folder, then by name; a symbolic link is as good as a folder."""
    first, second = tmp_path / "1", tmp_path / "2"
    write_plugin(first, "b", describing(one("b", "x", "connect", "a")))
    write_plugin(second, "b", describing(one("b", "other")))
    write_plugin(tmp_path / "elsewhere", "a", describing(one("a", "y")))
    (first / "a").symlink_to(tmp_path / "elsewhere" / "a")
    (first / "no_cli").mkdir()
    names, told = found(first, second)
    assert names == ["a__y", "b__x", "b__a"]
    assert told == [f"plugin 'b' in {str(second)!r} skipped: {str(first / 'b' / 'cli.py')!r} has its name"]


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("raise SystemExit('no')", f"--describe exited with code 1: no{NO_HELP}"),
        ("raise SystemExit(3)", f"--describe exited with code 3{NO_HELP}"),
        ("print('hello')", NO_JSON),
        (
            "import sys; sys.stdout.buffer.write(b'\"\\xff\"')",
            NO_JSON,
        ),
        ("print('[' * 100000)", NO_JSON),
        ("print('{}')", "plugin: is missing, but required; commands: is missing, but required"),
        ("while True: print('x' * 100000)", "--describe was ended: too much output"),
        (describing(one("p", "c" * 60)), None),
    ],
)
def test_a_plugin_that_cannot_be_used_costs_one_line(tmp_path: Path, source: str, reason: str | None) -> None:
    """The others are offered as if it weren't there."""
    write_plugin(tmp_path, "bad", source)
    write_plugin(tmp_path, "good", describing(one("good", "x")))
    names, told = found(tmp_path)
    assert names == ["good__x"]
    too_long = f"command 'bad__{'c' * 60}' skipped: a tool's name has at most 64 characters"
    assert told == [too_long if reason is None else f"plugin 'bad' skipped: {reason}"]


def test_a_hanging_plugin_costs_its_time_limit(tmp_path: Path) -> None:
    """And is gone afterwards."""
    write_plugin(tmp_path, "slow", "import time; time.sleep(600)")
    assert found(tmp_path, timeout=0.2) == ([], ["plugin 'slow' skipped: --describe was ended: timed out"])


def test_stopping_ends_the_questions(tmp_path: Path) -> None:
    """A server that is told to leave doesn't wait for descriptions."""
    write_plugin(tmp_path, "slow", "import time; time.sleep(600)")
    told: list[str] = []
    discovery = Discovery([tmp_path], 600, told.append).start()
    discovery.stop()
    assert discovery.commands.result(60) == ()
    assert told == ["plugin 'slow' skipped: --describe was ended: stopped"]


def test_no_two_tools_have_one_name(tmp_path: Path) -> None:
    """Two underscores may be part of a plugin's or a command's own name."""
    write_plugin(tmp_path, "a", describing(one("a", "b__c", "d")))
    write_plugin(tmp_path, "a__b", describing(one("a__b", "c", "e")))
    names, told = found(tmp_path)
    assert names == ["a__b__c", "a__d", "a__b__e"]
    assert told == ["command 'a__b__c' of plugin 'a__b' skipped: plugin 'a' has its name"]


def test_only_a_file_is_a_plugin(tmp_path: Path) -> None:
    """A folder called cli.py is none, nor is a link to nowhere."""
    (tmp_path / "folder" / "cli.py").mkdir(parents=True)
    (tmp_path / "link").mkdir()
    (tmp_path / "link" / "cli.py").symlink_to(tmp_path / "nothing")
    assert found(tmp_path) == ([], [])


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
def test_after_the_stop_no_plugin_is_left(tmp_path: Path) -> None:
    """Not even one that ignores SIGTERM, nor one that waits for its turn to be asked."""
    mark = tmp_path / "asked"
    stubborn = "import os, pathlib, signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
    stubborn += f"pathlib.Path({str(mark)!r}).open('a').write(str(os.getpid()) + '\\n'); time.sleep(600)"
    for number in range(2 * (os.cpu_count() or 1) + 2):
        write_plugin(tmp_path / "plugins", f"p{number}", stubborn)
    discovery = Discovery([tmp_path / "plugins"], 600, lambda _: None).start()
    assert _until(lambda: mark.exists() and mark.read_text(encoding="utf-8").endswith("\n"))
    discovery.stop()
    pids = [int(pid) for pid in mark.read_text(encoding="utf-8").split()]
    assert not [pid for pid in pids if psutil.pid_exists(pid)]
    assert discovery.commands.result(60) == ()
    assert len(pids) <= 2 * (os.cpu_count() or 1)


def _until(happened: Callable[[], bool]) -> bool:
    """Wait for something, not for ever."""
    pause = threading.Event()
    return any(happened() or pause.wait(0.05) for _ in range(1200))


def test_folders_that_cannot_be_plugins(tmp_path: Path) -> None:
    """A name that could be no tool's, and a directory that isn't there."""
    write_plugin(tmp_path, "my plugin", ODD_PLUGIN)
    names, told = found(tmp_path, tmp_path / "missing")
    assert names == []
    assert told == [
        "plugin 'my plugin' skipped: a plugin's folder name must match [a-zA-Z0-9_-]+",
        f"plugins directory {str(tmp_path / 'missing')!r} does not exist",
    ]


def test_an_interpreter_that_cannot_be_started_is_a_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The system's own words are passed on."""
    write_plugin(tmp_path, "p", "")
    monkeypatch.setattr(sys, "executable", str(tmp_path / "no-python"))
    [line] = found(tmp_path)[1]
    assert line == "plugin 'p' skipped: can't be started: No such file or directory"
