"""The house's own papers agree with each other, and `make` sets up once."""

from __future__ import annotations

import importlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from smcp_conformance.configuration import read_pyproject
from smcp_conformance.target import TRANSPORTS

ROOT = Path(__file__).parents[2]
make = shutil.which("make")
needs_make = pytest.mark.skipif(make is None, reason="make is not installed")


def project() -> dict[str, Any]:
    """The table `project` of pyproject.toml, with the groups of development."""
    toml = importlib.import_module("tomllib" if sys.version_info >= (3, 11) else "tomli")
    document: dict[str, Any] = toml.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return {**document["project"], "groups": document["dependency-groups"]}


def names(requirements: list[str]) -> set[str]:
    """The distributions that are required."""
    return {re.split(r"[\s<>=!~;\[]", requirement)[0] for requirement in requirements}


def test_every_dependency_has_its_reason() -> None:
    """In CONTRIBUTING's table, which names no other."""
    papers = project()
    needed = names(papers["dependencies"]).union(*map(names, papers["optional-dependencies"].values()))
    table = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").partition("## Dependencies")[2].partition("##")[0]
    rows = [row.split("|")[1:4] for row in table.splitlines() if row.startswith("| ") and "---" not in row][1:]
    packages = (re.sub(r"`.*`", "", package) for package, _, reason in rows if reason.strip())  # without the extra
    told = {name for package in packages for name in re.findall(r"[a-z][\w-]+", package)}
    assert needed <= told
    tools = {"ruff", "mypy", "pyright", "build", "hatchling"}
    assert told <= needed | tools


def test_the_workflow_runs_every_python_that_is_promised() -> None:
    """Those of the classifiers, in tests and in the wheel's."""
    promised = re.findall(r"Python :: (3\.\d+)", "\n".join(project()["classifiers"]))
    workflow = (ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8")
    matrices = re.findall(r"python: \[(.*)\]", workflow)
    assert len(matrices) == 2
    assert all(re.findall(r'"([\d.]+)"', matrix) == promised for matrix in matrices)


def test_the_bundled_server_is_this_projects_target() -> None:
    """Over each transport that it speaks."""
    targets = read_pyproject(ROOT / "pyproject.toml").targets
    assert {(target.group, target.transport) for target in targets} == {("bundled", one) for one in TRANSPORTS}


class TestMake:
    """What a target does before its work."""

    @pytest.fixture
    def checkout(self, tmp_path: Path) -> Path:
        """A folder that looks as if everything was set up there."""
        for name in ("Makefile", "pyproject.toml"):
            shutil.copy(ROOT / name, tmp_path)
        programs = tmp_path / ".venv" / "bin"
        programs.mkdir(parents=True)
        (programs / "python").symlink_to(sys.executable)
        (tmp_path / ".venv" / ".ready").touch()
        return tmp_path

    def plan(self, checkout: Path, *words: str) -> str:
        """What `make` would do."""
        env = {name: value for name, value in os.environ.items() if name not in ("PYTHON", "MAKEFLAGS", "MAKELEVEL")}
        done = subprocess.run(
            [str(make), "-n", *words], cwd=checkout, env=env, capture_output=True, text=True, timeout=60, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    @needs_make
    @pytest.mark.parametrize("target", ["test", "conformance", "lint", "coverage", "bench", "real"])
    def test_nothing_is_set_up_again(self, checkout: Path, target: str) -> None:
        """Neither environment nor packages, once that was done."""
        plan = self.plan(checkout, target)
        assert ".venv/bin/" in plan
        assert "pip" not in plan
        assert "-m venv" not in plan

    @needs_make
    def test_a_changed_pyproject_installs_again(self, checkout: Path) -> None:
        """Into the environment that is there."""
        os.utime(checkout / ".venv" / ".ready", (0, 0))
        plan = self.plan(checkout, "test")
        assert "install --group dev --editable" in plan
        assert "rm -rf" not in plan

    @needs_make
    def test_the_interpreter_that_is_there_may_be_named(self, checkout: Path) -> None:
        """That is no change."""
        assert "pip" not in self.plan(checkout, "test", f"PYTHON={sys.executable}")

    @needs_make
    def test_another_interpreter_makes_the_environment_anew(self, checkout: Path) -> None:
        """Instead of running the tests on the one from before, unnoticed."""
        other = checkout / "python-of-tomorrow"
        other.write_text("#!/bin/sh\necho Python 3.99.0\n", encoding="utf-8")
        other.chmod(0o755)
        plan = self.plan(checkout, "test", f"PYTHON={other}")
        assert "rm -rf .venv" in plan
        assert f"{other} -m venv" in plan

    @needs_make
    def test_an_interpreter_that_is_not_there_costs_nothing(self, checkout: Path) -> None:
        """The environment that works is left alone."""
        words = [str(make), "test", "PYTHON=python-of-never"]
        done = subprocess.run(words, cwd=checkout, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode != 0
        assert "python-of-never" in done.stderr
        assert (checkout / ".venv" / "bin" / "python").exists()
