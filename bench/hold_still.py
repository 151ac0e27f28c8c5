"""Twenty runs on the bundled server, some with -n 2, some on a loaded machine: the same verdicts, nothing left behind.

usage: hold_still.py [RUNS]      (default 20; exit status 1 if any run differs from the first or leaves a process)
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parent.parent
MARKER = "HOLD_STILL_RUN"  # set by us for each run, inherited by all that it starts
SPIN = "import os; parent = os.getppid()\nwhile os.getppid() == parent: pass"  # ends with us, however we end


def verdicts(report: Path) -> dict[str, str]:
    """Item → verdict, from a JUnit report."""
    return {f"{case.get('classname')}::{case.get('name')}": outcome(case) for case in ET.parse(report).iter("testcase")}


def outcome(case: ET.Element) -> str:
    """The verdict that the item's properties name, else what JUnit says."""
    named = [one.get("value") for one in case.iter("property") if one.get("name") == "verdict"]
    kinds = [kind for kind in ("failure", "error", "skipped") if case.find(kind) is not None]
    return str((named or kinds or ["passed"])[0])


@contextmanager
def load(processes: int) -> Iterator[None]:
    """Keep that many busy processes beside us."""
    spinning = [subprocess.Popen([sys.executable, "-c", SPIN]) for _ in range(processes)]
    try:
        yield
    finally:
        for one in spinning:
            one.kill()
            one.wait()


def left_behind(number: int) -> list[str]:
    """Command lines of living processes that the run `number` has started."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get(MARKER) == mark(number) and process.status() != psutil.STATUS_ZOMBIE:
                found.append(" ".join(process.cmdline()))
        except psutil.Error:
            continue
    return found


def mark(number: int) -> str:
    """What tells the processes of one run from all others."""
    return f"{os.getpid()}-{number}"


def run(number: int) -> tuple[str, dict[str, str], float]:
    """Make one run: every third with -n 2, every fourth on a loaded machine."""
    parallel = ["-n", "2"] if number % 3 == 2 else []
    spinning = 2 if number % 4 == 3 else 0
    with tempfile.TemporaryDirectory() as folder, load(spinning):
        report = Path(folder, "report.xml")
        command = [sys.executable, "-m", "pytest", "--smcp-conformance", "--smcp-only", "-q", "-p", "no:cacheprovider"]
        env = {**os.environ, MARKER: mark(number)}
        began = time.perf_counter()
        subprocess.run(
            [*command, f"--junitxml={report}", *parallel], cwd=ROOT, capture_output=True, check=False, env=env
        )
        took = time.perf_counter() - began
        how = " ".join(parallel + ([f"beside {spinning} busy processes"] if spinning else [])) or "alone"
        return how, verdicts(report), took


def differences(first: dict[str, str], other: dict[str, str]) -> list[str]:
    """What two runs disagree on."""
    items = sorted(first.keys() | other.keys())
    return [f"{item}: {first.get(item)} then {other.get(item)}" for item in items if first.get(item) != other.get(item)]


def main() -> None:
    """Make the runs and compare each with the first."""
    runs, wrong = int(sys.argv[1]) if len(sys.argv) > 1 else 20, 0
    first: dict[str, str] = {}
    for number in range(runs):
        how, found, took = run(number)
        first = first or found
        differing, left = differences(first, found), left_behind(number)
        wrong += bool(differing or left)
        print(
            f"run {number + 1:2} {how:24} {took:6.1f} s, {len(found)} items, {len(differing)} differ, {len(left)} left"
        )
        print("".join(f"    {line}\n" for line in differing + left), end="", flush=True)
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
