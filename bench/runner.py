"""What a plugin's command costs: run warm against run cold, in turns, so that both meet the same load."""

from __future__ import annotations

import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from smcp.runner import Call, Runs

DEMO = Path(__file__).resolve().parent.parent / "plugins" / "demo_math" / "cli.py"
CALCULATE = (str(DEMO), "calculate", "--operation=add", "--a=1", "--b=2")
DESCRIBE = (str(DEMO), "--describe")

HEAVY = """\
import json
import sys

import pydantic

print(json.dumps({"version": pydantic.VERSION, "words": sys.argv[1:], "is": issubclass(pydantic.BaseModel, object)}))
"""

CALLS = 60
WORKERS = 2


@contextmanager
def runners() -> Iterator[tuple[Runs, Runs]]:
    """A warm and a cold runner."""
    warm, cold = Runs("warm"), Runs("cold")
    try:
        yield warm, cold
    finally:
        warm.close()


def milliseconds(runs: Runs, call: Call) -> float:
    """Wall time of one call that must succeed."""
    began = time.perf_counter()
    outcome = runs.finish(call)
    took = time.perf_counter() - began
    if outcome.exit_code:
        sys.exit(f"{' '.join(call.argv)} failed:\n{outcome.stderr.decode()}")
    return 1000 * took


def sequential(words: tuple[str, ...], calls: int = CALLS) -> tuple[float, float]:
    """Median milliseconds of a call, warm and cold, one after the other."""
    call = Call((sys.executable, *words), timeout=60)
    with runners() as (warm, cold):
        milliseconds(warm, call)
        pairs = [(milliseconds(warm, call), milliseconds(cold, call)) for _ in range(calls)]
    return median(pair[0] for pair in pairs), median(pair[1] for pair in pairs)


def parallel(words: tuple[str, ...] = CALCULATE, calls: int = CALLS) -> tuple[float, float]:
    """Milliseconds per call with two workers, each with runs of its own, warm and cold."""
    call = Call((sys.executable, *words), timeout=60)
    with runners() as one, runners() as two:
        for runs in (*one, *two):
            milliseconds(runs, call)
        rounds = [
            (_at_once((one[0], two[0]), call, 10), _at_once((one[1], two[1]), call, 10)) for _ in range(calls // 10)
        ]
    return median(pair[0] for pair in rounds), median(pair[1] for pair in rounds)


def calculate() -> tuple[float, float]:
    """A light plugin's command."""
    return sequential(CALCULATE)


def describe() -> tuple[float, float]:
    """What a light plugin says of itself."""
    return sequential(DESCRIBE)


def heavy() -> tuple[float, float]:
    """A plugin that imports pydantic."""
    with tempfile.TemporaryDirectory() as folder:
        cli = Path(folder, "cli.py")
        cli.write_text(HEAVY, encoding="utf-8")
        return sequential((str(cli), "x"), CALLS // 3)


def _at_once(both: tuple[Runs, ...], call: Call, calls: int) -> float:
    def work(runs: Runs) -> None:
        for _ in range(calls):
            runs.finish(call)

    threads = [threading.Thread(target=work, args=(runs,)) for runs in both]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return 1000 * (time.perf_counter() - began) / (calls * len(both))


def table(rows: Mapping[str, Callable[[], tuple[float, float]]]) -> None:
    """Measure and print each row: two times in milliseconds, and their ratio."""
    for what, measure in rows.items():
        ours, base = measure()
        print(f"{what:42} {ours:8.2f} ms {base:8.2f} ms {ours / base:6.2f}x", flush=True)


ROWS: dict[str, Callable[[], tuple[float, float]]] = {
    "plugin, light: warm / cold": calculate,
    "plugin, --describe: warm / cold": describe,
    "plugin, imports pydantic: warm / cold": heavy,
    "plugin, light, two workers: warm / cold": parallel,
}
"""What `run.py` prints: a row's words, and what measures it."""


if __name__ == "__main__":
    table(ROWS)
