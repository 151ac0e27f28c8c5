"""Imports whose threads and random numbers a fork would lose or repeat, as those of libraries for numbers may."""

from __future__ import annotations

import os
import random
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest
from warm_plugins import call, library, plugin

from smcp.runner import Outcome, Runs, suitability

pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="fork servers are POSIX"),
    pytest.mark.usefixtures("unmeasured"),
]

# A thread that Python knows nothing of, as those of OpenBLAS, which numpy loads.
NATIVE = """\
import ctypes, os
libc = ctypes.CDLL(None)
thread = ctypes.c_void_p()
libc.pthread_create.argtypes = [ctypes.c_void_p] * 4
libc.pthread_create(ctypes.byref(thread), None, ctypes.cast(libc.sleep, ctypes.c_void_p), ctypes.c_void_p(600))
libc.pthread_cancel.argtypes = [ctypes.c_void_p]
libc.pthread_join.argtypes = [ctypes.c_void_p, ctypes.c_void_p]

def stop():
    if thread.value:
        libc.pthread_cancel(thread)
        libc.pthread_join(thread, None)
        thread.value = None
"""
YIELDS = NATIVE + "os.register_at_fork(before=stop)\n"

# Draws what nobody can foretell, from a state that is made at import.
KEEPS = "import random\nDRAW = random.Random().random\n"
GLOBAL = "import random\nDRAW = random.random\n"
ASKS = "import random\nDRAW = random.SystemRandom().random\n"

# What numpy's generators look like to us: a global one that its module's seed() makes anew, and ones of one's own.
NUMPY = """\
import os, sys, types

class BitGenerator:
    def __init__(self):
        self.state = os.urandom(8)

class RandomState:
    def __init__(self):
        self._bit_generator = BitGenerator()
    def random(self):
        return self._bit_generator.state

_rand = RandomState()

def seed():
    _rand._bit_generator.state = os.urandom(8)

for name in ("numpy.random", "numpy.random.mtrand"):
    sys.modules[name] = module = types.ModuleType(name)
    vars(module).update(BitGenerator=BitGenerator, RandomState=RandomState, _rand=_rand, seed=seed)
"""


def runs_of(runs: Runs, tmp_path: Path, source: str, body: str) -> list[Outcome]:
    """Three calls of a plugin that imports `installed` with that source, and then does what `body` says."""
    env = library(tmp_path, source)
    cli = plugin(tmp_path, body)
    cli.write_text("import installed\n" + cli.read_text(encoding="utf-8"), encoding="utf-8")
    outcomes = [runs.finish(call(cli, env=env)) for _ in range(3)]
    assert [outcome.exit_code for outcome in outcomes] == [0, 0, 0], outcomes
    return outcomes


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere threads that Python doesn't know can't be counted")
def test_threads_that_make_way_for_forks_are_no_hindrance(
    runs: Runs, tmp_path: Path, told: Callable[[], list[str]]
) -> None:
    """As those of numpy: they end before each fork, and begin again when there is work for them."""
    outcomes = runs_of(runs, tmp_path, YIELDS, "print(os.getppid())")
    assert told() == []
    assert os.getpid() not in {int(outcome.stdout) for outcome in outcomes}


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere threads that Python doesn't know can't be counted")
def test_threads_that_a_fork_would_lose_keep_a_plugin_cold(
    runs: Runs, tmp_path: Path, told: Callable[[], list[str]]
) -> None:
    """Also those that Python knows nothing of."""
    outcomes = runs_of(runs, tmp_path, NATIVE, "print(os.getppid())")
    assert {int(outcome.stdout) for outcome in outcomes} == {os.getpid()}
    (line,) = told()
    assert "its imports start threads (2 now)" in line


@pytest.mark.parametrize("source", [GLOBAL, ASKS, NUMPY + "DRAW = _rand.random\n"])
def test_random_numbers_differ_between_warm_calls(
    runs: Runs, tmp_path: Path, told: Callable[[], list[str]], source: str
) -> None:
    """Python's own generator and numpy's are seeded anew in each child, and the system's has no state."""
    outcomes = runs_of(runs, tmp_path, source, "print(os.getppid(), installed.DRAW())")
    assert told() == []
    assert len({outcome.stdout.split()[0] for outcome in outcomes}) == 1
    assert len({outcome.stdout for outcome in outcomes}) == 3


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        (KEEPS, "Random"),
        (NUMPY + "OWN = RandomState()\nDRAW = OWN.random\n", "RandomState"),
        (NUMPY + "OWN = BitGenerator()\nDRAW = lambda: OWN.state\n", "BitGenerator"),
    ],
)
def test_imports_that_keep_random_numbers_of_their_own_keep_a_plugin_cold(
    runs: Runs, tmp_path: Path, told: Callable[[], list[str]], source: str, kind: str
) -> None:
    """Warm, each call would draw the same."""
    outcomes = runs_of(runs, tmp_path, source, "print(installed.DRAW())")
    assert len({outcome.stdout for outcome in outcomes}) == 3
    (line,) = told()
    assert "its imports keep random numbers of their own" in line
    assert kind in line


def test_a_plugins_own_generator_is_made_in_each_call(
    runs: Runs, tmp_path: Path, told: Callable[[], list[str]]
) -> None:
    """The file itself is run after the fork, so it may keep what it likes."""
    body = "import random\nDRAW = random.Random()\nprint(os.getppid(), DRAW.random())"
    outcomes = runs_of(runs, tmp_path, "", body)
    assert told() == []
    assert len({outcome.stdout for outcome in outcomes}) == 3


def test_generators_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    """The global one and those that ask the system are harmless; one more is not; without any module all is well."""
    made = ModuleType("random")
    vars(made).update(Random=random.Random, SystemRandom=random.SystemRandom, _inst=random._inst)
    system = random.SystemRandom()
    known = [random._inst, system]
    monkeypatch.setattr(suitability, "gc", SimpleNamespace(get_objects=lambda: known))
    monkeypatch.setitem(sys.modules, "random", made)
    suitability.check_generators()
    known.append(random.Random())
    with pytest.raises(suitability.Refused, match="random numbers of their own"):
        suitability.check_generators()
    monkeypatch.delitem(sys.modules, "random")
    suitability.check_generators()


@pytest.mark.parametrize(("after", "yields"), [(1, True), (2, False)])
def test_only_a_fork_tells_which_threads_make_way(monkeypatch: pytest.MonkeyPatch, after: int, yields: bool) -> None:
    """What is left of them afterwards decides."""
    monkeypatch.setattr(suitability, "threads", lambda: after)
    monkeypatch.setattr("os.fork", lambda: 4711)
    monkeypatch.setattr("os.waitpid", lambda pid, options: (pid, 0))
    assert suitability.threads_yield() is yields
