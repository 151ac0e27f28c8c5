"""Laws in a run end to end: shown, replayed, known, kept secret, and the same on every worker."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from smcp_conformance.cli.collect import CHECK_MODULES

pytest_plugins = ["pytester"]
SECRET = "canary-nine"
SMALL = "plugins::sums::laws::sums_are_small"
CLI = """
import json, sys
PARAMETERS = [{"name": name, "type": "integer", "required": True} for name in "ab"]
ADD = {"name": "add", "description": "", "parameters": PARAMETERS}
if sys.argv[1:] == ["--describe"]:
    print(json.dumps({"plugin": {"name": "sums"}, "commands": [ADD]}))
else:
    a, b = (int(word.partition("=")[2]) for word in sys.argv[2:])
    open(sys.argv[0] + ".calls", "a").write(f"{a}+{b} ")
    print(json.dumps({"sum": a + b, "for": "canary-nine"}))
"""
LAWS = """
from smcp_conformance.laws import law

@law("add")
def sums_are_small(add, a, b):
    "No sum reaches LIMIT."
    assert add(a=a, b=b)["sum"] < LIMIT, add(a=1, b=1)

@law("add")
def sums_commute(add, a, b):
    assert add(a=a, b=b) == add(a=b, b=a)
"""


@pytest.fixture
def folder(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with one plugin, one of whose laws is broken by sums from 1000 on."""
    assert len(CHECK_MODULES) > 1  # imported out here, because pytester forgets half of what is imported within a run
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)
    monkeypatch.setattr("hypothesis.core.global_force_seed", None)
    made = pytester.path / "plugins" / "sums"
    made.mkdir(parents=True)
    (made / "cli.py").write_text(CLI)
    set_limit(made, 1000)
    return made


def set_limit(folder: Path, limit: int) -> None:
    """Let the law be broken from `limit` on."""
    (folder / "laws.py").write_text(LAWS.replace("LIMIT", str(limit)))


def calls(folder: Path) -> list[str]:
    """The calls that were made since the last time this was asked."""
    log = folder / "cli.py.calls"
    made = log.read_text().split()
    log.unlink()
    return made


def test_a_broken_law_is_shown_and_replayed_by_its_id(
    folder: Path, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the arguments that were found and no search; secrets stay out of the terminal and of the file."""
    monkeypatch.setenv("DEMO_TOKEN", SECRET)  # inherited is secret enough
    result = pytester.runpytest_inprocess("--smcp-conformance", "-k", "laws", "--hypothesis-seed=1")
    result.assert_outcomes(passed=2, failed=1)
    result.stdout.fnmatch_lines(
        [
            f"*_ {SMALL} _*",
            "law:       *plugins/sums/laws.py:7",
            "arguments: *",
            "call:      *cli.py add --a=1 --b=1",
            "           exit code 0, stdout *",
            f"failed: {SMALL}",
            "  MUST plugins/laws/sums_are_small: No sum reaches 1000.",
            "  *plugins/sums/laws.py:4",
            '  expected: add(a=a, b=b)["sum"] < 1000, add(a=1, b=1)',
            "  actual:   *1000 < 1000 for {*",
            f"  replay:   pytest --smcp-conformance --smcp-replay {SMALL}",
        ]
    )
    assert SECRET not in str(result.stdout)
    assert len(calls(folder)) > 4
    (file,) = Path(".smcp", "replays").glob("*.json")
    assert SECRET not in file.read_text()
    recorded = json.loads(file.read_text())
    inputs = recorded["plugin"]["inputs"]
    assert (recorded["item"], inputs["a"] + inputs["b"]) == (SMALL, 1000)
    assert recorded["link"].endswith("laws.py:4")
    again = pytester.runpytest_inprocess("--smcp-replay", SMALL)
    again.stdout.fnmatch_lines([f"{SMALL}: failed again"])
    assert calls(folder) == [f"{inputs['a']}+{inputs['b']}", "1+1"]
    set_limit(folder, 100_000)
    mended = pytester.runpytest_inprocess("--smcp-replay", str(file))
    mended.stdout.fnmatch_lines([f"{SMALL}: passed now (recorded: failed)"])
    assert calls(folder) == [f"{inputs['a']}+{inputs['b']}"]


def test_a_broken_law_may_be_known(folder: Path, pytester: pytest.Pytester) -> None:
    """An entry says why; one that isn't needed any more fails the run."""
    entry = '[[failure]]\ntarget = "plugins"\ncheck = "laws::sums_are_*"\nreason = "Sums grow."\n'
    Path("smcp-known-failures.toml").write_text(entry)
    known = pytester.runpytest_inprocess("--smcp-conformance", "-k", "laws", "-rx")
    known.assert_outcomes(passed=2, xfailed=1)
    known.stdout.fnmatch_lines([f"XFAIL {SMALL} - Sums grow."])
    set_limit(folder, 10**300)
    mended = pytester.runpytest_inprocess("--smcp-conformance", SMALL)
    assert mended.ret == 1
    mended.stdout.fnmatch_lines(["*smcp-known-failures.toml:1*passes now*"])


def test_workers_agree_on_the_laws(folder: Path, pytester: pytest.Pytester) -> None:
    """Each loads them for itself; one file that can't be loaded is the same failure on all."""
    other = folder.parent / "other"
    other.mkdir()
    (other / "cli.py").write_text(CLI.replace("sums", "other"))
    (other / "laws.py").write_text("import no_such_module_of_anyone\n")
    result = pytester.runpytest_subprocess("--smcp-conformance", "-n2", "-k", "laws", "-v")
    result.assert_outcomes(passed=2, failed=2)
    result.stdout.fnmatch_lines(["failed: plugins::other::laws::laws_can_be_loaded"])
    result.stdout.no_fnmatch_line("*Different tests were collected*")
