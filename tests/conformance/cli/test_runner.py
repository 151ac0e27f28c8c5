"""The cold runner: a real start in a sandbox, bounded, ended as a group, and replayable by one line."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smcp_conformance.cli.runner import MAX_OUTPUT, Plugin, Run, flags, quoted, run, sayable

from .conftest import Writer


def python(code: str) -> Plugin:
    """A plugin whose CLI is this code."""
    return Plugin("inline", Path(), (sys.executable, "-c", code))


def test_a_call_gives_exit_code_and_both_streams_as_bytes() -> None:
    """What the process did, and which words started it."""
    made = run(python("import sys; print('out'); print('err', file=sys.stderr); sys.exit(3)"), ["a", "--b=c"])
    assert (made.returncode, made.stdout.strip(), made.stderr.strip()) == (3, b"out", b"err")
    assert made.argv[0] == sys.executable
    assert made.argv[-2:] == ("a", "--b=c")
    assert not made.timed_out
    assert not made.flooded
    assert made.seconds > 0


def test_home_cwd_and_temporary_folder_are_thrown_away_with_the_call() -> None:
    """What a plugin leaves there is gone afterwards, and none of them is the user's."""
    code = "import json, os, tempfile; print(json.dumps([os.getcwd(), os.environ['HOME'], tempfile.mkdtemp()]))"
    places = [Path(place) for place in json.loads(run(python(code), []).stdout)]
    assert len(set(places)) == 3
    assert not any(place.exists() for place in places)
    assert Path.home() not in places


def test_folders_that_the_users_settings_name_are_not_handed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """XDG folders would lead around the sandboxed HOME; everything else is inherited."""
    monkeypatch.setenv("XDG_CONFIG_HOME", "/somewhere")
    monkeypatch.setenv("OF_THE_USER", "kept")
    code = "import os; print(os.environ.get('XDG_CONFIG_HOME'), os.environ['OF_THE_USER'])"
    assert run(python(code), []).stdout.split() == [b"None", b"kept"]


def test_packages_of_the_user_are_found_in_spite_of_the_sandboxed_home() -> None:
    """`pip install --user` goes by HOME, so its folder is named."""
    code = "import site; print(site.getuserbase())"
    expected = subprocess.run([sys.executable, "-c", code], stdout=subprocess.PIPE, check=True).stdout
    assert run(python(code), []).stdout == expected


def test_environment_changes_add_and_remove() -> None:
    """A value of None removes the variable."""
    code = "import os; print(os.environ['NEW'], 'PYTHONIOENCODING' in os.environ)"
    made = run(python(code), [], env={"NEW": "1", "PYTHONIOENCODING": None})
    assert made.stdout.split() == [b"1", b"False"]


def test_stdin_is_empty_unless_given() -> None:
    """A CLI that reads stdin gets its end at once."""
    code = "import sys; print(len(sys.stdin.read()))"
    assert run(python(code), []).stdout.strip() == b"0"
    assert run(python(code), [], stdin=b"four").stdout.strip() == b"4"


def test_the_cwd_can_be_named(tmp_path: Path) -> None:
    """It replaces the temporary one."""
    assert run(python("import os; print(os.getcwd())"), [], cwd=tmp_path).stdout.decode().strip() == str(tmp_path)


def test_a_call_past_its_time_is_ended_with_its_children() -> None:
    """The whole process group goes, whatever the command started."""
    child = "import time; time.sleep(600)"
    code = f"import subprocess, sys, time\nprint(subprocess.Popen([sys.executable, '-c', {child!r}]).pid, flush=True)\n"
    made = run(python(code + "time.sleep(600)"), [], timeout=5)
    assert made.timed_out
    pid = int(made.stdout)
    assert not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


def test_output_without_end_is_cut() -> None:
    """Memory stays bounded, and the reason is told."""
    made = run(python("while True: print('x' * 100_000)"), [])
    assert made.flooded
    assert len(made.stdout) == MAX_OUTPUT


def test_a_command_that_is_not_there_is_an_error_of_the_system() -> None:
    """It is no finished call."""
    with pytest.raises(FileNotFoundError):
        run(Plugin("gone", Path(), ("/nowhere/python",)), [])


def test_flags_are_written_as_the_server_writes_them() -> None:
    """Underscores become hyphens, null is left out, switches take no value, arrays repeat, objects are JSON."""
    parameters = [
        {"name": "a_text", "type": "string"},
        {"name": "none", "type": "string"},
        {"name": "yes", "type": "boolean"},
        {"name": "switch", "type": "boolean", "action": "store_true"},
        {"name": "off", "type": "boolean", "arg_style": "flag"},
        {"name": "many", "type": "array"},
        {"name": "deep", "type": "array"},
        {"name": "thing", "type": "object"},
        {"name": "whole", "type": "integer"},
    ]
    arguments = {
        "a_text": "--x",
        "none": None,
        "yes": False,
        "switch": True,
        "off": False,
        "many": ["a", 1],
        "deep": [{"k": 1}],
        "thing": {"k": "é"},
        "whole": 5.0,
    }
    assert flags(parameters, arguments) == [
        "--a-text=--x",
        "--yes=false",
        "--switch",
        "--many=a",
        "--many=1",
        '--deep=[{"k":1}]',
        '--thing={"k":"é"}',
        "--whole=5",
    ]


@pytest.mark.parametrize("word", ["a\0b", "\ud800", "x" * (128 * 1024), "é" * (64 * 1024)])
def test_what_a_command_line_cannot_carry_is_known(word: str) -> None:
    """NUL, lone surrogates, and words beyond 128 KiB with the closing NUL."""
    assert not sayable(["fine", word])


@pytest.mark.skipif(sys.platform != "linux", reason="the limit of a word is Linux's")
def test_the_longest_sayable_word_arrives() -> None:
    """One byte below the limit is carried, so the limit is no guess."""
    longest = "x" * (128 * 1024 - 1)
    assert sayable([longest])
    made = run(python("import sys; print(len(sys.argv[1]))"), [longest])
    assert int(made.stdout) == len(longest)


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20))
def test_a_quoted_word_stays_on_one_line(word: str) -> None:
    """Whatever it holds, so that a replay line can be copied."""
    assert len(quoted(word).splitlines()) == 1


@pytest.mark.skipif(not os.path.exists("/bin/bash"), reason="needs bash")
@pytest.mark.parametrize("word", ["", "plain", "a b", "it's", "a\nb", "back\\slash\n", "é\n'", "\x1b[0m", "\u202e"])
def test_a_quoted_word_means_the_word_to_a_shell(word: str) -> None:
    """bash gives back what was quoted."""
    script = f"printf %s {quoted(word)}"
    assert subprocess.run(["/bin/bash", "-c", script], stdout=subprocess.PIPE, check=True).stdout.decode() == word


def test_the_replay_line_makes_the_same_call(write_plugin: Writer) -> None:
    """Words and changed environment included."""
    plugin = write_plugin("import os, sys; print(sys.argv[1:], os.environ.get('ADDED'), os.environ.get('HOMELESS'))")
    made = run(plugin, ["go", "--text=a b\n"], env={"ADDED": "1", "HOMELESS": None})
    again = subprocess.run(["/bin/bash", "-c", made.replay], stdout=subprocess.PIPE, check=True)
    assert again.stdout == made.stdout
    assert made.replay.startswith("env -u HOMELESS ADDED=1 ")


def test_a_run_without_changes_replays_without_env() -> None:
    """The line is no longer than it has to be."""
    assert Run(("a", "b c"), 0, b"", b"", timed_out=False, seconds=0.1).replay == "a 'b c'"
