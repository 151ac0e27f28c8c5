"""Plugins in a run end to end: ids, workers, what is shown, and replaying."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from smcp_conformance.cli.collect import CHECK_MODULES

pytest_plugins = ["pytester"]
SECRET = "canary-five"
GO = "plugins::bad::behaviour::valid_arguments_are_answered-go"
CLI = """
import json, sys
N = {"name": "n", "type": "integer", "required": True}
GO = {"name": "go", "description": "", "parameters": [N]}
KEPT = {"name": "wipe", "description": "", "annotations": {"destructiveHint": True}}
if sys.argv[1:] == ["--describe"]:
    print(json.dumps({"plugin": {"name": "bad"}, "commands": [GO, KEPT]}))
elif sys.argv[2:] and sys.argv[2].startswith("--n="):
    open(sys.argv[0] + ".calls", "a").write(sys.argv[2] + " ")
    sys.exit(print("{}") if int(sys.argv[2][4:]) < LIMIT else print("too much canary-five") or 3)
else:
    sys.exit(print(json.dumps({"error": "zq"})) or 2)
"""


@pytest.fixture
def cli(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with one plugin, which fails for numbers from 1000 on."""
    assert len(CHECK_MODULES) > 1  # imported out here, because pytester forgets half of what is imported within a run
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)
    monkeypatch.setattr("hypothesis.core.global_force_seed", None)
    folder = pytester.path / "ours" / "plugins" / "bad"
    folder.mkdir(parents=True)
    (folder.parents[1] / "pytest.ini").write_text("[pytest]\n")
    monkeypatch.chdir(folder.parents[1])
    set_limit(folder / "cli.py", 1000)
    return folder / "cli.py"


def set_limit(cli: Path, limit: int) -> None:
    """Let the plugin fail from `limit` on."""
    cli.write_text(CLI.replace("LIMIT", str(limit)))


def calls(cli: Path) -> list[str]:
    """The calls that were made since the last time this was asked."""
    log = cli.with_name("cli.py.calls")
    made = log.read_text().split()
    log.unlink()
    return made


def test_a_plugin_is_shown_like_a_leg_and_stays_on_one_worker(cli: Path, pytester: pytest.Pytester) -> None:
    """Header, verdicts, counts and findings, whatever `--dist` says; the controller alone asks for descriptions."""
    asked = cli.with_name("asked")
    cli.write_text(
        f"import os\nopen({str(asked)!r}, 'a').write(os.environ.get('PYTEST_XDIST_WORKER', 'x'))\n{cli.read_text()}"
    )
    (cli.parents[1] / "other").symlink_to(cli.parent)
    picked = "describe_exits_0 or valid_arguments or missing"
    result = pytester.runpytest_subprocess(
        *("--smcp-conformance", "-n2", "--dist=worksteal", "-v", "-k", picked, "--hypothesis-seed=1"),
        *("--smcp-mask", "canar[y]-five"),
    )
    assert result.ret == 1
    result.stdout.fnmatch_lines(
        [
            "smcp-conformance: 2 plugins from plugins/ below the rootdir",
            "plugins in *plugins:",
            "  interpreter: *python*",
            "  commands called: *",
            "  bad: go, wipe",
            "*_ plugins::bad::behaviour::valid_arguments_are_answered-go _*",
            "got *, must be exactly one strict JSON document in UTF-8",
            'arguments: {"n": 1000}',
            "call:      *cli.py go --n=1000",
            "plugins::bad",
            "  MUST *2 *1 *0 *2 *0",
            "plugins::other",
            "  MUST *2 *1 *0 *2 *0",
            f"failed: {GO}",
            "  MUST plugins/behaviour/valid_arguments_are_answered: *",
            "  expected: exactly one strict JSON document in UTF-8",
            "  actual:   *",
            f"  replay:   *--smcp-replay {GO}",
            "*= 2 failed, 4 passed, 4 not verified in *",
        ]
    )
    assert SECRET not in str(result.stdout)
    workers = [line.split("]")[0] for line in result.outlines if line.startswith("[gw") and "plugins::bad" in line]
    assert len(workers) == 5
    assert len(set(workers)) == 1


def test_a_finding_is_replayed_with_the_arguments_that_were_found(
    cli: Path, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A copied id runs one item; its file is enough to make the very call again, from anywhere, without a search."""
    monkeypatch.setenv("DEMO_TOKEN", SECRET)  # inherited is secret enough
    result = pytester.runpytest_inprocess("--smcp-conformance", GO)
    result.assert_outcomes(failed=1)
    assert SECRET not in str(result.stdout)
    assert len(calls(cli)) > 1
    (file,) = Path(".smcp", "replays").glob("*.json")
    assert SECRET not in file.read_text()
    recorded = json.loads(file.read_text())
    call = recorded["plugin"]["call"]
    assert (recorded["item"], recorded["verdict"], recorded["plugin"]["inputs"]) == (GO, "failed", {"n": 1000})
    assert call["argv"][-3:] == [str(cli), "go", "--n=1000"]
    assert (call["arguments"], call["exit-code"]) == ({"n": 1000}, 3)
    assert (call["stdout"], call["stderr"]) == ("too much ***\n", "")
    here = file.absolute()
    monkeypatch.chdir(pytester.mkdir("elsewhere"))
    again = pytester.runpytest_inprocess("--smcp-replay", str(here))
    again.stdout.fnmatch_lines([f"{GO}: failed again", 'arguments: {"n": 1000}'])
    assert calls(cli) == ["--n=1000"]
    monkeypatch.chdir(here.parents[2])
    set_limit(cli, 100_000)
    mended = pytester.runpytest_inprocess("--smcp-replay", GO)
    mended.stdout.fnmatch_lines([f"{GO}: passed now (recorded: failed)", "no call broke *"])
    assert (mended.ret, calls(cli)) == (0, ["--n=1000"])


def test_arguments_that_a_file_hides_are_searched_for(cli: Path, pytester: pytest.Pytester) -> None:
    """A plugin that is not there any more is told."""
    pytester.runpytest_inprocess("--smcp-conformance", GO)
    (file,) = Path(".smcp", "replays").glob("*.json")
    document = json.loads(file.read_text())
    document["plugin"]["masked"] = True
    file.write_text(json.dumps(document))
    calls(cli)
    assert pytester.runpytest_inprocess("--smcp-replay", GO).ret == 1
    assert len(calls(cli)) > 1
    cli.unlink()
    gone = pytester.runpytest_inprocess("--smcp-replay", GO)
    assert gone.ret == pytest.ExitCode.USAGE_ERROR
    gone.stderr.fnmatch_lines(["ERROR: --smcp-replay: no plugin is called 'bad'; --smcp-plugins DIR names its folder"])


@pytest.mark.parametrize(("how", "expected"), [("raise ValueError", "errors"), ("pytest.skip", "skipped")])
def test_what_goes_wrong_around_an_item_tells_no_secret(
    how: str, expected: str, cli: Path, pytester: pytest.Pytester
) -> None:
    """A user's own fixture runs around generated items, too."""
    code = f"import pytest\n@pytest.fixture(autouse=True)\ndef fixture(request):\n    {how}('it was {SECRET}')\n"
    Path("conftest.py").write_text(code)
    result = pytester.runpytest_inprocess("--smcp-conformance", "-rA", "--smcp-mask", "canar[y]-[f]ive", GO)
    result.assert_outcomes(**{expected: 1})
    assert "it was ***" in str(result.stdout)
    assert not [line for line in result.outlines if SECRET in line]
