"""What decides whether a call may be warm, and what it must not notice of it."""

from __future__ import annotations

import errno
import os
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
from warm_plugins import SHOW_PARENT, call, gone, library, parent_shown, plugin, server_of

from smcp.runner import Call, Outcome, Runs, warm
from smcp.runner.words import LONGEST

pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="fork servers are POSIX"),
    pytest.mark.usefixtures("unmeasured"),
]


def test_a_changed_file_is_run_as_it_is_now(runs: Runs, tmp_path: Path) -> None:
    """By a new fork server; the old one ends."""
    cli = plugin(tmp_path, "print('one', os.getppid())")
    before = runs.finish(call(cli)).stdout.split()
    plugin(tmp_path, "print('two', os.getppid())")
    after = runs.finish(call(cli)).stdout.split()
    assert (before[0], after[0]) == (b"one", b"two")
    assert int(after[1]) not in (os.getpid(), int(before[1]))
    assert gone(int(before[1]))


def test_a_call_outlives_the_change_of_its_file(runs: Runs, tmp_path: Path) -> None:
    """Its fork server waits for it."""
    body = "if len(sys.argv) > 1:\n    open(sys.argv[1], 'w').close()\n    sys.stdin.read()\nprint(os.getppid())"
    cli = plugin(tmp_path, body)
    old = server_of(runs, cli)
    read, write = os.pipe()
    outcomes: list[Outcome] = []
    waiting = call(cli, str(tmp_path / "began"), stdin=read)
    thread = threading.Thread(target=lambda: outcomes.append(runs.finish(waiting)))
    thread.start()
    while not (tmp_path / "began").exists():
        pass
    plugin(tmp_path, body + "\nprint('', end='')")
    assert server_of(runs, cli) != old
    os.close(write)
    thread.join(60)
    os.close(read)
    assert parent_shown(outcomes[0]) == old.pid
    assert gone(old.pid)


def test_files_beside_the_plugin_are_read_in_each_call(runs: Runs, tmp_path: Path) -> None:
    """A fork server loads none of them ahead."""
    cli = plugin(tmp_path, "sys.dont_write_bytecode = True\nimport sibling\nprint(sibling.VALUE, os.getppid())")
    shown = []
    for value in (1, 2):
        (tmp_path / "sibling.py").write_text(f"VALUE = {value}\n", encoding="utf-8")
        shown.append(runs.finish(call(cli)).stdout.split())
    assert [value for value, _ in shown] == [b"1", b"2"]
    assert shown[0][1] == shown[1][1] != str(os.getpid()).encode()


def test_an_installed_module_is_loaded_once(runs: Runs, tmp_path: Path) -> None:
    """Until its folder changes."""
    env = library(tmp_path, "import os\nLOADED_BY = os.getpid()\n")
    cli = plugin(tmp_path, "print(installed.LOADED_BY, os.getppid())")
    cli.write_text("import installed\n" + cli.read_text(encoding="utf-8"), encoding="utf-8")
    one = runs.finish(call(cli, env=env)).stdout.split()
    assert one[0] == one[1]
    (tmp_path / "site-packages" / "another.py").touch()
    two = runs.finish(call(cli, env=env)).stdout.split()
    assert two[0] == two[1] != one[1]


def test_a_folder_around_that_of_a_module_may_change(runs: Runs, tmp_path: Path) -> None:
    """As a checkout does, on the path of an editable install, that holds its own environment."""
    env = library(tmp_path, "import os\nLOADED_BY = os.getpid()\n")
    env["PYTHONPATH"] = os.pathsep.join([str(tmp_path), env["PYTHONPATH"]])
    (tmp_path / "plugin").mkdir()
    cli = plugin(tmp_path / "plugin", "print(installed.LOADED_BY)")
    cli.write_text("import installed\n" + cli.read_text(encoding="utf-8"), encoding="utf-8")
    one = runs.finish(call(cli, env=env)).stdout
    (tmp_path / "some.log").touch()
    assert runs.finish(call(cli, env=env)).stdout == one != b""


@pytest.mark.skipif(sys.version_info < (3, 11), reason="PYTHONSAFEPATH came with 3.11")
def test_a_safe_path_is_kept(runs: Runs, tmp_path: Path) -> None:
    """The fork server finds its own files, and the plugin finds what it would find."""
    cli = plugin(tmp_path, "print(sys.path)\nprint(os.getppid(), file=sys.stderr)")
    safe = call(cli, env={**os.environ, "PYTHONSAFEPATH": "1"})
    warmed, cold = runs.finish(safe), Runs("cold").finish(safe)
    assert warmed.stdout == cold.stdout
    assert int(warmed.stderr) != int(cold.stderr) == os.getpid()


def test_one_fork_server_serves_all_folders(runs: Runs, tmp_path: Path) -> None:
    """And all homes: each child is where its call is."""
    cli = plugin(tmp_path, "print(os.getcwd(), os.environ['HOME'], os.getppid())")
    shown = []
    for name in ("one", "two"):
        folder = tmp_path / name
        folder.mkdir()
        shown.append(runs.finish(call(cli, cwd=str(folder), env={**os.environ, "HOME": str(folder)})).stdout.split())
        assert shown[-1][:2] == [os.fsencode(folder.resolve()), os.fsencode(folder)]
    assert shown[0][2] == shown[1][2] != str(os.getpid()).encode()


def test_what_imports_made_of_the_folder_is_not_kept_for_another(
    runs: Runs, tmp_path: Path, told: Callable[[], list[str]]
) -> None:
    """A call in another folder goes cold."""
    env = library(tmp_path, "import os\nVALUE = os.path.abspath('x')")
    cli = plugin(tmp_path, "print(os.path.dirname(installed.VALUE) == os.getcwd(), os.getppid() == int(sys.argv[1]))")
    cli.write_text("import installed\n" + cli.read_text(encoding="utf-8"), encoding="utf-8")
    me = str(os.getpid())
    shown = [runs.finish(call(cli, me, env=env, cwd=str(folder))).stdout for folder in (tmp_path, tmp_path.parent)]
    assert shown == [b"True False\n", b"True True\n"]
    assert "asked for another folder" in told()[0]


@pytest.mark.parametrize(
    "source",
    ["VALUE = os.environ.get('SWITCH')", "VALUE = dict(os.environ)['SWITCH']", "VALUE = os.getenv('SWITCH')"],
)
def test_what_imports_made_of_the_environment_is_not_kept_for_another(
    runs: Runs, tmp_path: Path, told: Callable[[], list[str]], source: str
) -> None:
    """A call with another value of a variable that was read goes cold; one with another variable doesn't."""
    env = {**library(tmp_path, "import os\n" + source), "SWITCH": "a"}
    cli = plugin(tmp_path, "print(installed.VALUE, os.getppid() == int(sys.argv[1]))")
    cli.write_text("import installed\n" + cli.read_text(encoding="utf-8"), encoding="utf-8")
    environments = [env, {**env, "SWITCH": "b"}, {**env, "OTHER": "c"}]
    shown = [runs.finish(call(cli, str(os.getpid()), env=one)).stdout for one in environments]
    assert shown == [b"a False\n", b"b True\n", b"a False\n"]
    assert "another value of SWITCH" in told()[0]


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("import threading, time\nthreading.Thread(target=time.sleep, args=(600,), daemon=True).start()", "threads"),
        ("print('hello from an import')", "write to stdout or stderr"),
    ],
)
def test_imports_with_effects_keep_a_plugin_cold(
    runs: Runs, tmp_path: Path, told: Callable[[], list[str]], source: str, reason: str
) -> None:
    """With one line that says why, however often it is called."""
    env = library(tmp_path, source)
    cli = plugin(tmp_path, SHOW_PARENT)
    cli.write_text("import installed\n" + cli.read_text(encoding="utf-8"), encoding="utf-8")
    outcomes = [runs.finish(call(cli, env=env)) for _ in range(3)]
    assert [int(outcome.stdout.split()[-1]) for outcome in outcomes] == [os.getpid()] * 3
    (line,) = told()
    assert str(cli) in line
    assert reason in line


def test_a_module_that_takes_the_place_of_another_keeps_a_plugin_cold(
    runs: Runs, tmp_path: Path, told: Callable[[], list[str]]
) -> None:
    """A fork server would have loaded the other one."""
    (tmp_path / "csv.py").write_text("WHOSE = 'the plugin'\n", encoding="utf-8")
    cli = plugin(tmp_path, "import csv\nprint(csv.WHOSE, os.getppid())")
    cli.write_text("import importlib.metadata\n" + cli.read_text(encoding="utf-8"), encoding="utf-8")
    assert runs.finish(call(cli)).stdout == f"the plugin {os.getpid()}\n".encode()
    (line,) = told()
    assert "its module 'csv'" in line


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("print('\\d')\n", "compiled in silence"),
        ("x = = 1\n", "compiled in silence"),
        ("import os\nos._exit(0)\n", "did not tell its modules"),
        ("import os, signal\nos.kill(os.getppid(), signal.SIGKILL)\n", "did not start: it said nothing"),
    ],
)
def test_a_plugin_that_cannot_be_prepared_is_run_cold(
    runs: Runs, tmp_path: Path, told: Callable[[], list[str]], text: str, reason: str
) -> None:
    """And the line says why."""
    cli = tmp_path / "cli.py"
    if "getppid" in text:
        text = (
            f"import os, sys\nif '--describe' in sys.argv:\n    {text.splitlines()[1].replace('signal.SIGKILL', '9')}\n"
        )
    cli.write_text(text, encoding="utf-8")
    assert runs.finish(call(cli)) == Runs("cold").finish(call(cli))
    (line,) = told()
    assert reason in line


def test_a_hanging_describe_keeps_a_plugin_cold(
    runs: Runs, tmp_path: Path, told: Callable[[], list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """After the time a fork server has to start, and without leaving one."""
    monkeypatch.setattr(warm, "START_LIMIT", 0.5)
    cli = tmp_path / "cli.py"
    cli.write_text("import sys, time\nif '--describe' in sys.argv:\n    time.sleep(600)\nprint(1)\n", encoding="utf-8")
    assert runs.finish(call(cli)).stdout == b"1\n"
    assert "was not ready within 0.5 s" in told()[0]
    assert not [child for child in psutil.Process().children(recursive=True) if str(cli) in child.cmdline()]


def test_a_shim_is_never_a_fork_servers_interpreter(runs: Runs, tmp_path: Path, told: Callable[[], list[str]]) -> None:
    """Nobody knows what a script will start."""
    cli = plugin(tmp_path, SHOW_PARENT)
    shim = tmp_path / "python"
    shim.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n', encoding="utf-8")
    shim.chmod(0o755)
    assert parent_shown(runs.finish(Call((str(shim), str(cli)), timeout=60))) == os.getpid()
    assert "its interpreter is a script" in told()[0]


@pytest.mark.parametrize(
    "argv",
    [(sys.executable, "-c", "print(1)"), (sys.executable, "-I", "{cli}"), ("env", "python3", "{cli}"), ("true",)],
)
def test_other_commands_are_run_cold(
    runs: Runs, tmp_path: Path, told: Callable[[], list[str]], argv: tuple[str, ...]
) -> None:
    """Only an interpreter and a file can be served."""
    cli = plugin(tmp_path, "print(1)")
    assert runs.finish(Call([word.format(cli=cli) for word in argv], timeout=60)).exit_code == 0
    assert "not an interpreter" in told()[0]


def test_a_relative_file_is_found_from_its_folder(runs: Runs, tmp_path: Path) -> None:
    """And shows the same name of itself as in a cold run."""
    cli = plugin(tmp_path, "print(sys.argv, __file__, sys.path[0])")
    relative = Call((sys.executable, cli.name), timeout=60, cwd=str(tmp_path))
    assert runs.finish(relative) == Runs("cold").finish(relative)
    assert len(runs._servers._servers) == 1


@pytest.mark.parametrize("mode", ["cold", "warm"])
@pytest.mark.parametrize(
    ("word", "error", "number"),
    [
        ("x\0y", ValueError, None),
        ("\ud800", ValueError, None),
        pytest.param(
            "x" * (LONGEST + 1),
            OSError,
            errno.E2BIG,
            marks=pytest.mark.skipif(sys.platform != "linux", reason="MAX_ARG_STRLEN is Linux's"),
        ),
    ],
)
def test_words_that_no_command_line_takes_are_errors_in_both_modes(
    mode: str, word: str, error: type[Exception], number: int | None, tmp_path: Path
) -> None:
    """The same ones."""
    cli = plugin(tmp_path, "print(1)")
    runs = Runs(mode)
    try:
        with pytest.raises(error) as raised:
            runs.finish(call(cli, word))
        assert getattr(raised.value, "errno", None) == number
    finally:
        runs.close()


@pytest.mark.skipif(sys.platform != "linux", reason="MAX_ARG_STRLEN is Linux's")
def test_the_longest_word_reaches_the_plugin(runs: Runs, tmp_path: Path, told: Callable[[], list[str]]) -> None:
    """In a cold run: the operating system judges whether it can be taken."""
    cli = plugin(tmp_path, "print(len(sys.argv[1]))")
    assert runs.finish(call(cli, "x" * LONGEST)).stdout == f"{LONGEST}\n".encode()
    assert "too long to be passed on" in told()[0]


def test_an_impossible_environment_is_the_same_error(runs: Runs, tmp_path: Path) -> None:
    """A name with "=" can't be told from its value."""
    cli = plugin(tmp_path, "print(1)")
    runs.finish(call(cli))
    with pytest.raises(ValueError, match="illegal environment variable name"):
        runs.finish(call(cli, env={**os.environ, "A=B": "x"}))


def test_a_folder_that_is_not_there_is_the_same_error(runs: Runs, tmp_path: Path) -> None:
    """As from a cold start."""
    cli = plugin(tmp_path, "print(1)")
    for _ in range(2):
        with pytest.raises(FileNotFoundError):
            runs.finish(call(cli, cwd=str(tmp_path / "nowhere")))
        assert runs.finish(call(cli)).stdout == b"1\n"
