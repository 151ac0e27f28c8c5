"""Generated calls: how many a second each of the bundled server's tools takes, and what one costs over a bare call.

usage: examples.py      (the bundled server over stdio with warm plugins; a server that answers at once for the cost)
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

from hypothesis import Phase, given, seed, settings

from smcp_conformance.checks import all_checks
from smcp_conformance.detect import discover
from smcp_conformance.generate.valid import valid_objects
from smcp_conformance.host import Host
from smcp_conformance.leg import Leg
from smcp_conformance.search.hunt import Hunt, Search
from smcp_conformance.search.subject import Subject
from smcp_conformance.search.tool_check import TOOL_CHECKS
from smcp_conformance.search.tool_collect import checks
from smcp_conformance.search.trial import Trial
from smcp_conformance.target import Policy, Target, bundled_command

ROOT = Path(__file__).resolve().parent.parent
AT_ONCE = (sys.executable, str(ROOT / "tests" / "mutants" / "values" / "server.py"), "divides-by-zero", "--healthy")
REVISION = "2025-11-25"
CHECK = "valid_calls_are_answered"
EXAMPLES = 100
MANY, ROUNDS = 500, 5  # where the start of a process should not count
Clock = Callable[[], float]


@contextmanager
def leg_on(command: Sequence[str]) -> Iterator[Leg]:
    """A leg over stdio, watched by all monitors."""
    policy = Policy(start_timeout=60, reply_timeout=60, allow_tools=("*",))
    target = Target("server", tuple(command), policy=policy)
    offers = discover(target, (REVISION,)).offers
    host = Host(target, spare=True)
    leg = Leg(offers[0], host, tuple(check for check in all_checks() if check.monitor))
    try:
        yield leg
    finally:
        leg.close()
        host.close()


def search(
    leg: Leg, tool: Mapping[str, Any], number: int, examples: int = EXAMPLES, clock: Clock = time.perf_counter
) -> float:
    """Milliseconds of each example of a search in which nothing is found, monitors included."""
    leg.begin(f"generated::{tool['name']}")
    subject = Subject(leg, tool, None, lambda: False)
    hunt = Hunt(Trial(TOOL_CHECKS[CHECK], subject), Search(leg.probe, subject.name, examples, cli_seed=number))
    leg.session.ping()  # the process has started
    began = clock()
    hunt.attempt(hunt.test)
    leg.forget_shared()  # the monitors look at what was said once the session is over
    return 1000 * (clock() - began) / hunt.trial.judged


def generation(
    schema: Mapping[str, Any], number: int, examples: int = EXAMPLES, clock: Clock = time.perf_counter
) -> tuple[float, list[Any]]:
    """Milliseconds of drawing each example, Hypothesis's own work included, and the examples."""
    found: list[Any] = []

    @seed(number)
    @settings(max_examples=examples, database=None, deadline=None, phases=[Phase.generate])
    @given(valid_objects(schema))
    def draw(value: Any) -> None:
        found.append(value)

    began = clock()
    draw()
    return 1000 * (clock() - began) / len(found), found


def tools() -> Iterator[tuple[str, float, float]]:
    """Each tool of the bundled server, with the milliseconds of an example and, of these, of its generation."""
    with leg_on(bundled_command("stdio")) as leg:
        for tool in leg.tools:
            search(leg, tool, 0)
            yield tool["name"], search(leg, tool, 1), generation(tool["inputSchema"], 1)[0]


def over_a_bare_call() -> tuple[float, float]:
    """Milliseconds of an example without its generation, and of the bare call, on a server that answers at once.

    It is this process's own time, which holds still while the machine is busy with other things.
    """
    with leg_on(AT_ONCE) as leg, subprocess.Popen(AT_ONCE, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as bare:
        (tool,) = leg.tools
        search(leg, tool, 0)
        rounds = [_round(leg, tool, bare, number) for number in range(1, ROUNDS + 1)]
        assert bare.stdin is not None
        bare.stdin.close()
    return median(pair[0] for pair in rounds), median(pair[1] for pair in rounds)


def _round(leg: Leg, tool: Mapping[str, Any], bare: subprocess.Popen[bytes], number: int) -> tuple[float, float]:
    clock = time.process_time
    whole = search(leg, tool, number, MANY, clock)
    drawing, examples = generation(tool["inputSchema"], number, MANY, clock)
    began = clock()
    for arguments in examples:
        _bare_call(bare, {"name": tool["name"], "arguments": arguments})
    return whole - drawing, 1000 * (clock() - began) / len(examples)


def _bare_call(bare: subprocess.Popen[bytes], params: Mapping[str, Any]) -> None:
    assert bare.stdin is not None
    assert bare.stdout is not None
    bare.stdin.write(json.dumps({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}).encode() + b"\n")
    bare.stdin.flush()
    json.loads(bare.stdout.readline())


checks()  # so that they are registered
settings.register_profile("bench", database=None)
settings.load_profile("bench")
ROWS: dict[str, Callable[[], tuple[float, float]]] = {"generated example: searched / bare call (CPU)": over_a_bare_call}
"""What `run.py` prints: a row's words, and what measures it."""


def report() -> None:
    """Print examples a second of each tool, and beside them what generation takes."""
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")
    print(f"examples of the bundled server's tools, load {load:.1f}")
    for name, whole, drawing in tools():
        print(f"  {name:32} {1000 / whole:6.0f}/s  {whole:7.3f} ms, {drawing:6.3f} ms of them generation", flush=True)


if __name__ == "__main__":
    report()
    for what, measure in ROWS.items():
        ours, base = measure()
        print(f"{what:42} {ours:8.3f} ms {base:8.3f} ms {ours - base:+.3f}", flush=True)
