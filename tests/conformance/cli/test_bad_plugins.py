"""Plugins folders and plugins as they should not be: a clear verdict on each, and the others still tested."""

from __future__ import annotations

import json
import shutil
import sys
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from smcp_conformance.cli.discovery import describe
from smcp_conformance.cli.runner import Plugin, run
from smcp_conformance.cli.sandbox import end_escaped

from .conftest import Writer

pytest_plugins = ["pytester"]
CONFORMANCE = ("--smcp-conformance", "-p", "no:cacheprovider", "--hypothesis-seed=1")
CONTRACT = (*CONFORMANCE, "-k", "describe_exits_0 or describe_prints", "-rf")
DESCRIPTION = json.dumps({"plugin": {"name": "x"}, "commands": []})
GOOD = f"print('{DESCRIPTION}')\n"
LARGE = "import sys\nfor _ in range(100):\n    sys.stdout.write('x' * 1_000_000)\n"
# As forks go, a slow and a small one: it must not hurt the machine if nothing ends it.
FORKING = """
import os, time
if os.fork() == 0:
    for _ in range(400):
        time.sleep(0.002)
        if os.fork() == 0:
            time.sleep(120)
            os._exit(0)
time.sleep(120)
"""
CHAIN = """
import os, time
for _ in range(100_000):
    if os.fork():
        os._exit(0)
    os.setsid()
    time.sleep(0.01)
"""


def write(folder: Path, code: str) -> None:
    """Write a plugin."""
    folder.mkdir(parents=True)
    (folder / "cli.py").write_text(code, encoding="utf-8")


@pytest.mark.parametrize(
    ("code", "verdict"),
    [
        ("def broken(:\n", "got exit code 1, must be exit code 0"),
        (LARGE, "more than 4194304 bytes on stdout"),
        ("raise SystemExit(3)\n", "got exit code 3"),
        ("print('no JSON')\n", "stdout that is no JSON"),
        ("import os; os.kill(os.getpid(), 11)\n", "death by signal 11"),
    ],
    ids=["syntax", "100 MB", "exit code", "prose", "signal"],
)
def test_a_plugin_that_cannot_be_used_fails_and_the_others_are_tested(
    code: str, verdict: str, pytester: pytest.Pytester
) -> None:
    """Its failure says what was got, and what must be."""
    write(pytester.path / "plugins" / "bad", code)
    write(pytester.path / "plugins" / "good", GOOD)
    result = pytester.runpytest_subprocess(*CONTRACT)
    shown = result.stdout.str()
    assert result.ret == 1
    assert verdict in shown
    assert "plugins::bad::contract" in shown
    assert "FAILED plugins::good" not in shown
    assert "  good: no command" in shown


def test_a_folder_that_is_not_there_is_told(pytester: pytest.Pytester) -> None:
    """With what it must be."""
    result = pytester.runpytest_subprocess(*CONFORMANCE, "--smcp-plugins", "nowhere")
    result.stderr.fnmatch_lines(["*plugins: *nowhere' must be a folder that holds NAME/cli.py*"])
    assert result.ret == pytest.ExitCode.USAGE_ERROR


def test_a_file_in_place_of_the_folder_is_told(pytester: pytest.Pytester) -> None:
    """It holds nothing."""
    (pytester.path / "plugins.txt").touch()
    result = pytester.runpytest_subprocess(*CONFORMANCE, "--smcp-plugins", "plugins.txt")
    result.stderr.fnmatch_lines(["*plugins.txt' must be a folder that holds NAME/cli.py*"])


def test_an_empty_folder_is_told(pytester: pytest.Pytester) -> None:
    """Whether it was named or lies where plugins are looked for."""
    (pytester.path / "plugins").mkdir()
    named = pytester.runpytest_subprocess(*CONFORMANCE, "--smcp-plugins", "plugins")
    found = pytester.runpytest_subprocess(*CONFORMANCE)
    named.stderr.fnmatch_lines(["*plugins' must be a folder that holds NAME/cli.py*"])
    found.stderr.fnmatch_lines(["*nothing to test was found*"])
    assert (named.ret, found.ret) == (pytest.ExitCode.USAGE_ERROR, pytest.ExitCode.USAGE_ERROR)


def test_files_and_links_that_go_round_in_circles_are_passed_by(pytester: pytest.Pytester) -> None:
    """The plugin beside them is tested."""
    shelf = pytester.path / "plugins"
    write(shelf / "good", GOOD)
    (shelf / "loop").symlink_to(shelf / "loop")
    (shelf / "itself").symlink_to(shelf)
    (shelf / "file").touch()
    result = pytester.runpytest_subprocess(*CONTRACT)
    assert result.ret == 0
    assert "1 plugin from plugins/ below the rootdir" in result.stdout.str()


def test_a_link_to_nowhere_in_place_of_cli_py_fails(pytester: pytest.Pytester) -> None:
    """The interpreter's own words are shown."""
    write(pytester.path / "plugins" / "good", GOOD)
    (pytester.path / "plugins" / "broken").mkdir()
    (pytester.path / "plugins" / "broken" / "cli.py").symlink_to("cli.py")
    result = pytester.runpytest_subprocess(*CONTRACT)
    assert result.ret == 1
    assert "FAILED plugins::broken::contract::describe_exits_0" in result.stdout.str()
    assert "can't open file" in result.stdout.str()


def test_an_interpreter_that_cannot_be_started_fails_like_a_program_that_cannot(tmp_path: Path) -> None:
    """As a shell would put it; nothing is raised."""
    (tmp_path / "python").write_text("no program", encoding="utf-8")
    (tmp_path / "python").chmod(0o755)
    found = describe(Plugin("p", tmp_path, (str(tmp_path / "python"), "cli.py")))
    assert found.answer.run.returncode == 126
    assert b"Exec format error" in found.answer.run.stderr
    assert found.fault == "exit code 126"


@pytest.mark.skipif(sys.platform != "linux", reason="processes without end are tried where all of them can be found")
class TestProcessesWithoutEnd:
    """Commands that start processes and never stop."""

    def test_a_crowd_is_ended_long_before_the_time_limit(
        self, write_plugin: Writer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """All of it, and the reason is told."""
        monkeypatch.setattr("smcp_conformance.cli.crowd.MOST", 40)
        found = describe(replace(write_plugin(FORKING), timeout=60))
        assert found.answer.run.crowded
        assert found.answer.run.seconds < 50
        assert found.fault.startswith("more than ")
        assert found.fault.endswith(" processes at a time")
        assert not [process for process in psutil.process_iter() if _runs(process, found.plugin)]

    def test_a_chain_of_processes_that_hide_is_ended_with_the_run(self, write_plugin: Writer) -> None:
        """Each in a session of its own and without a parent: they are known by the mark that they inherit."""
        plugin = write_plugin(CHAIN)
        made = run(plugin, [], timeout=20)
        assert made.returncode == 0
        end_escaped()
        assert not [process for process in psutil.process_iter() if _runs(process, plugin)]


def _runs(process: psutil.Process, plugin: Plugin) -> bool:
    try:
        return plugin.command[1] in process.cmdline() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


NODE = """
const words = process.argv.slice(2);
const command = {name: "twice", description: "", deterministic: true,
                 parameters: [{name: "n", type: "integer", required: true, minimum: 0, maximum: 1000}]};
const say = (document, code) => { console.log(JSON.stringify(document)); process.exit(code); };
if (words[0] === "--describe") say({plugin: {name: "js"}, commands: [command]}, 0);
const found = words.slice(1).map((word) => /^--n=(\\d{1,4})$/.exec(word));
if (words[0] !== "twice" || found.length !== 1 || !found[0] || +found[0][1] > 1000)
  say({error: {code: "usage", message: `no such call: ${words.join(" ")}`}}, 2);
say({twice: 2 * +found[0][1]}, 0);
"""


@pytest.mark.skipif(shutil.which("node") is None, reason="there is no node")
def test_a_plugin_in_another_language_is_tested_by_its_command(pytester: pytest.Pytester) -> None:
    """Cold, beside one in Python; the header says what runs it, and what only warm runs could show doesn't apply."""
    write(pytester.path / "plugins" / "good", GOOD)
    (pytester.path / "plugins" / "js").mkdir()
    (pytester.path / "plugins" / "js" / "cli.js").write_text(NODE, encoding="utf-8")
    (pytester.path / "pyproject.toml").write_text(
        '[tool.smcp-conformance.plugins.js]\ncommand = ["node", "cli.js"]\ntimeout = 60\n', encoding="utf-8"
    )
    chosen = "describe_exits_0 or describe_prints or valid_arguments or warm_and_cold or wrong_type"
    result = pytester.runpytest_subprocess(*CONFORMANCE, "-k", chosen, "-rs")
    shown = result.stdout.str()
    assert result.ret == 0, shown
    assert f"  interpreter of good: {sys.executable}" in shown
    assert f"  command of js: {shutil.which('node')} {pytester.path / 'plugins' / 'js' / 'cli.js'}" in shown
    assert "  js: twice" in shown
    assert "not applicable: it is run cold: its configuration says so" in shown


def test_a_plugin_with_an_environment_of_its_own_is_run_by_its_interpreter(pytester: pytest.Pytester) -> None:
    """What it needs is installed there alone, and it is run warm all the same."""
    folder = pytester.path / "plugins" / "heavy"
    code = f"import os, sys\nassert sys.executable == {str(folder / 'env' / 'python')!r}, sys.executable\n"
    write(folder, code + GOOD)
    (folder / "env").mkdir()
    (folder / "env" / "python").symlink_to(sys.executable)
    (pytester.path / "pyproject.toml").write_text(
        '[tool.smcp-conformance.plugins.heavy]\npython = "plugins/heavy/env/python"\n', encoding="utf-8"
    )
    result = pytester.runpytest_subprocess(*CONTRACT)
    assert result.ret == 0, result.stdout.str()
    assert f"  interpreter: {folder / 'env' / 'python'}" in result.stdout.str()
