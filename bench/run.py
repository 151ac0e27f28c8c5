"""`make bench`: what the toolkit costs, as ratios measured in one run. Times are medians; read them with the load.

usage: run.py [--quick]      (--quick leaves out the long ones: memory, full runs on the bundled server)
"""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

import examples
import round_trip
import runner
import serving

import plugins

ROOT = Path(__file__).resolve().parent.parent
PLAIN_RUNS = 41
PYTEST = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]


def seconds(command: list[str], cwd: Path, env: dict[str, str] | None = None) -> float:
    """Wall time of a command that must succeed."""
    began = time.perf_counter()
    done = subprocess.run(command, cwd=cwd, env=env, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    took = time.perf_counter() - began
    if done.returncode:
        sys.exit(f"{' '.join(command)} failed:\n{done.stdout.decode()}{done.stderr.decode()}")
    return took


def plain_run() -> tuple[float, float]:
    """Milliseconds of a pytest run with one trivial test: with our plugin loaded, and without it."""
    env = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "test_nothing.py").write_text("def test_nothing():\n    pass\n", encoding="utf-8")
        with_it = [*PYTEST, "-p", "smcp_conformance.plugin"]
        seconds(with_it, Path(folder), env)
        pairs = [(seconds(with_it, Path(folder), env), seconds(PYTEST, Path(folder), env)) for _ in range(PLAIN_RUNS)]
    return 1000 * median(pair[0] for pair in pairs), 1000 * median(pair[1] for pair in pairs)


def bundled_run(*more: str) -> float:
    """Seconds of the full run on the bundled server, as `make conformance` makes it."""
    return seconds([*PYTEST, "--smcp-conformance", "--smcp-only", *more], ROOT)


def row(what: str, ours: float, base: float, unit: str) -> None:
    """Print one comparison."""
    print(f"{what:52} {ours:9.3f} {base:9.3f} {unit:3} {ours - base:+9.3f} {ours / base:7.2f}x", flush=True)


def main() -> None:
    """Measure everything and print the table."""
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")
    print(f"Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} cores, load {load:.1f}")
    print(f"{'':52} {'ours':>9} {'base':>9}     {'more':>9} {'ratio':>8}")
    row("plain pytest run: plugin loaded / not loaded", *plain_run(), "ms")
    row("stdio round trip: our session / bare pipes", *round_trip.stdio(), "ms")
    row("HTTP round trip: our session / http.client", *round_trip.http_(), "ms")
    for what, measure in {**examples.ROWS, **runner.ROWS, **plugins.ROWS, **serving.ROWS}.items():
        row(what, *measure(), "ms")
    if "--quick" not in sys.argv:
        row("server's memory: after 10,000 calls / after 1,000", *serving.memory(), "MiB")
        serial = bundled_run()
        row("full run, bundled server: -n 2 / serial", bundled_run("-n", "2"), serial, "s")


if __name__ == "__main__":
    main()
