"""Coverage measures what it claims to: the right files, with or without pytest-cov, children included."""

from __future__ import annotations

import configparser
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CHILD = """
import subprocess, sys

def test_in_a_child():
    code = "import smcp.contract; smcp.contract.problems({{}})"
    subprocess.run([sys.executable, "-c", code], check=True, cwd={cwd!r})
    subprocess.run([sys.executable, {cli!r}, "--describe"], check=True, cwd={cwd!r})
"""
REPORT = ("report", "--fail-under=0", "--include=smcp/contract.py,plugins/demo_text/cli.py,plugins/demo_math/cli.py")


def run(*words: str, data: Path) -> subprocess.CompletedProcess[str]:
    """Run a Python module in the checkout, measuring into `data`, apart from a measurement that we are part of."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith(("COVERAGE_", "COV_CORE_"))}
    return subprocess.run(
        [sys.executable, "-m", *words],
        cwd=ROOT,
        env={**ours, "COVERAGE_FILE": str(data / ".coverage")},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


@pytest.fixture
def child_test(tmp_path: Path) -> Path:
    """A test whose only work is done by child processes, elsewhere than in the checkout."""
    path = tmp_path / "test_child.py"
    cli = str(ROOT / "plugins" / "demo_text" / "cli.py")
    path.write_text(CHILD.format(cwd=str(tmp_path), cli=cli), encoding="utf-8")
    return path


def measured(data: Path) -> list[str]:
    """The lines of the report on what the child did."""
    return [line for line in run("coverage", *REPORT, data=data).stdout.splitlines() if ".py " in line]


@pytest.mark.slow
def test_both_ways_to_measure_agree(child_test: Path, tmp_path: Path) -> None:
    """`coverage run -m pytest` and `pytest --cov` give the same numbers, children included."""
    options = ("--import-mode=importlib", "-p", "no:cacheprovider", str(child_test))
    one, other = tmp_path / "one", tmp_path / "other"
    one.mkdir()
    other.mkdir()
    ran = run("coverage", "run", "-m", "pytest", *options, data=one)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    run("coverage", "combine", data=one)
    ran = run("pytest", *options, "--cov", "--cov-fail-under=0", data=other)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert measured(one) == measured(other)
    rows = {line.split()[0]: line.split()[5] for line in measured(one)}
    assert rows["smcp/contract.py"] != "0%"
    assert rows["plugins/demo_text/cli.py"] != "0%"
    assert rows["plugins/demo_math/cli.py"] == "0%"  # a CLI that nobody ran is shown all the same


@pytest.mark.slow
def test_too_little_coverage_fails(child_test: Path, tmp_path: Path) -> None:
    """The floor holds for `pytest --cov` without further options."""
    ran = run("pytest", "--import-mode=importlib", "-p", "no:cacheprovider", str(child_test), "--cov", data=tmp_path)
    assert ran.returncode == 1, ran.stdout + ran.stderr
    assert "Required test coverage of 95.0% not reached" in ran.stdout


@pytest.mark.parametrize(
    "source", ["smcp_conformanse", "conformance.smcp_conformance", "tests/test_nothing.py", "docs"]
)
def test_a_wrong_target_can_not_read_zero_unnoticed(source: str, tmp_path: Path) -> None:
    """What can't be measured is refused, by its name and with those that can be."""
    ran = run("pytest", "--collect-only", "-q", "tests/house", f"--cov={source}", data=tmp_path)
    assert ran.returncode == pytest.ExitCode.USAGE_ERROR
    assert f"--cov: {source!r} must be a folder or a package, such as smcp, smcp_conformance" in ran.stderr


@pytest.mark.parametrize("source", ["smcp", "smcp_conformance", "plugins", "conformance"])
def test_a_right_target_is_taken(source: str, tmp_path: Path) -> None:
    """Packages and folders."""
    ran = run("pytest", "--collect-only", "-q", "tests/house/test_texts.py", f"--cov={source}", data=tmp_path)
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_the_settings_say_what_the_design_asks_for() -> None:
    """Branches, children, the floor; and in .coveragerc alone, since a second place would win or lose unseen."""
    settings = configparser.ConfigParser()
    settings.read(ROOT / ".coveragerc", encoding="utf-8")
    assert settings["run"].getboolean("branch")
    assert settings["run"]["patch"] == "subprocess"
    assert settings["run"].getboolean("sigterm")
    assert settings["report"].getint("fail_under") == 95
    assert settings["report"].getboolean("include_namespace_packages")
    assert all((ROOT / folder).is_dir() for folder in settings["run"]["source"].split())
    pyproject = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert "[tool.coverage" not in pyproject
    assert "[tool.pytest" not in pyproject
