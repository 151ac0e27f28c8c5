"""Plugins for the tests of warm runs, and what is asked of their processes."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import psutil

from smcp.runner import Call, Outcome, Runs

DESCRIBED = """\
import os, sys, time
if "--describe" in sys.argv:
    sys.exit(0)
"""
SHOW_PARENT = "print(os.getppid())"
LINGER = "print(os.getpid(), flush=True)\ntime.sleep(600)"


def plugin(folder: Path, body: str) -> Path:
    """A plugin that answers `--describe` and otherwise does what `body` says."""
    cli = folder / "cli.py"
    cli.write_text(DESCRIBED + body + "\n", encoding="utf-8")
    return cli


def call(cli: Path, *words: str, timeout: float = 60, **more: object) -> Call:
    """A call of it with this interpreter."""
    return Call((sys.executable, str(cli), *words), timeout=timeout, **more)  # type: ignore[arg-type]  # test's brevity


def parent_shown(outcome: Outcome) -> int:
    """Who started a plugin that shows its parent."""
    assert outcome.exit_code == 0, outcome
    return int(outcome.stdout)


def gone(pid: int) -> bool:
    """Wait until there is no such process; a zombie that nobody reaps in a container counts as gone."""
    try:
        process = psutil.Process(pid)
        if process.status() != psutil.STATUS_ZOMBIE:
            process.wait(30)
    except psutil.NoSuchProcess:
        pass
    return True


def server_of(runs: Runs, cli: Path) -> psutil.Process:
    """The fork server that runs a plugin that shows its parent."""
    return psutil.Process(parent_shown(runs.finish(call(cli))))


def library(tmp_path: Path, source: str) -> dict[str, str]:
    """An environment in which a module `installed` with that source comes from site-packages."""
    folder = tmp_path / "site-packages"
    folder.mkdir()
    (folder / "installed.py").write_text(source, encoding="utf-8")
    return {**os.environ, "PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
