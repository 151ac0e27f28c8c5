"""Warm and cold are the same to whoever looks from outside: streams, exit code and files."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from smcp.runner import Call, End, Outcome, Runs
from smcp.runner.warm import WarmProcess

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="fork servers are POSIX")

ROOT = Path(__file__).resolve().parents[2]
DEMOS = {name: ROOT / "plugins" / name / "cli.py" for name in ("demo_math", "demo_text")}

DESCRIBED = """\
import sys
if "--describe" in sys.argv:
    sys.exit(0)
"""

STDIN = b"line one\nline two \xff\n"

PLUGINS = {
    "reads stdin": "print(repr(sys.stdin.buffer.read()), sys.stdin, repr(sys.stdin.read()))",
    "reads a line": "print(repr(input('prompt> ')))",
    "writes a file": "open('written', 'w').write('x')",
    "leaves a file open": "f = open('written', 'w')\nf.write('unflushed')\ndef g(): return f",
    "leaves a file open in a shared module": (
        "import json\njson.left = open('written', 'w')\njson.left.write('unflushed')"
    ),
    "leaves a file open in its own module": (
        "import sibling\nsibling.left = open('written', 'w')\nsibling.left.write('x')"
    ),
    "raises": (
        "def f():\n    1 / 0\ntry:\n    f()\nexcept ZeroDivisionError as error:\n    raise KeyError('x') from error"
    ),
    "raises in a hook's view": "sys.excepthook = lambda *a: print(a[0], a[1], a[2].tb_next, a[2].tb_lineno)\n1 / 0",
    "keeps the last error": (
        "import atexit, traceback\n"
        "atexit.register(lambda: (print(sys.last_type), traceback.print_tb(sys.last_traceback)))\n1 / 0"
    ),
    "is interrupted": "raise KeyboardInterrupt",
    "interrupts itself": "import os, signal, time\nos.kill(os.getpid(), signal.SIGINT)\ntime.sleep(60)",
    "terminates itself": "import os, time\nprint('x', flush=True)\nos.kill(os.getpid(), 15)\ntime.sleep(60)",
    "aborts": "import os\nprint('lost', end='')\nos.abort()",
    "leaves in the middle": "import os\nprint('lost', end='')\nos._exit(9)",
    **{
        f"exits with {value}": f"sys.exit({value})"
        for value in ("None", "'text'", "256", "-1", "1.5", "(1, 2)", "True", "2**70", "3", "'ä\\udc80'", "[]")
    },
    "says bye at exit": (
        "import atexit\natexit.register(print, 'first')\n"
        "atexit.register(lambda: print(sorted(globals())))\natexit.register(lambda: 1 / 0)"
    ),
    "exits and says bye": "import atexit\natexit.register(lambda: print(sorted(globals())))\nsys.exit(2)",
    "logs to a file at exit": (
        "import logging, logging.handlers as h\n"
        "logging.getLogger().addHandler(h.MemoryHandler(99, target=logging.FileHandler('written')))\n"
        "logging.warning('kept')"
    ),
    "deletes at the end": (
        "class D:\n    def __init__(self, n): self.n = n\n    def __del__(self): print('del', self.n, __name__)\n"
        "a = D('a')\nb = D('b')\nb.b = b"
    ),
    "fails to delete at the end": "class D:\n    def __del__(self):\n        import decimal\nd = D()",
    "writes without a newline": "print('x', end='')\nsys.stderr.write('e')",
    "writes a lone surrogate": "print('\\udc80')",
    "shows its words": "print([ascii(word) for word in sys.argv], len(sys.orig_argv))",
    "closes stdout": "print('x')\nsys.stdout.close()",
    "closes the descriptor of stdout": "import os\nprint('x')\nos.close(1)",
    "replaces stdout": "import io\nsys.stdout = io.TextIOWrapper(sys.stdout.buffer, encoding='utf-16')\nprint('x')",
    "closes stderr": "sys.stderr.close()\nprint('x')",
    "changes folder": (
        "import os\nos.mkdir('sub')\nos.chdir('sub')\nopen('written', 'w').write(os.path.basename(os.getcwd()))"
    ),
    "imports a sibling": "import sibling\nprint(sibling.VALUE, sibling.__file__)",
    "imports lazily": "def f():\n    import decimal, random\n    return decimal.Decimal(1)\nprint(f())",
    "looks at its modules": "print(sorted(sys.modules))",
    "looks at its modules after imports": "import argparse, json\nprint(sorted(sys.modules))",
    "uses a submodule without its import": "import xml\nprint(xml.etree)",
    "looks at itself": "print(__name__, __file__, __doc__, __spec__, __builtins__, type(__loader__), list(globals()))",
    "looks at sys": "print(sys.argv, sys.flags, sys.executable, sys.path, sys.warnoptions, sys.gettrace())",
    "looks at the environment": "import os\nprint(sorted(os.environ.items()), os.getcwd())",
    "looks at signals": (
        "import signal\nprint([(s, signal.getsignal(s)) for s in sorted(signal.valid_signals() - {15})])\n"
        "print(signal.set_wakeup_fd(-1), signal.pthread_sigmask(signal.SIG_BLOCK, []))"
    ),
    "looks at descriptors": "import os\nprint(open(os.devnull).fileno(), [os.get_inheritable(fd) for fd in range(3)])",
    "looks at its session": "import os\nprint(os.getsid(0) == os.getpid() == os.getpgrp())",
    "looks at its streams": (
        "for s in (sys.stdin, sys.stdout, sys.stderr):\n"
        "    print(s, s.buffer, s.line_buffering, s.write_through, s.errors, s.mode, s.isatty(), s.fileno())\n"
        "print(sys.stdout is sys.__stdout__)"
    ),
    "looks at the collector": "import gc\nprint(gc.isenabled(), gc.get_threshold(), gc.callbacks)",
    "pickles its own class": (
        "import pickle\nclass A: pass\nprint(pickle.dumps(A()), type(pickle.loads(pickle.dumps(A()))))"
    ),
    "warns": (
        "import warnings\nwarnings.warn('d', DeprecationWarning)\ndef f(): warnings.warn('two', stacklevel=2)\nf()"
    ),
    "can be warned about": "print('\\d')",
    "can't be compiled": "x = = 1",
    "has children that inherit its streams": "import subprocess\nsubprocess.run(['cat'])\nprint('x')",
    "leaves a child that writes": (
        "import subprocess\nprint('x', flush=True)\nsubprocess.Popen(['sh', '-c', 'echo late'])"
    ),
    "forks": (
        "import os\nif os.fork() == 0:\n    print('child', flush=True)\n    os._exit(0)\nos.wait()\nprint('parent')"
    ),
    "uses a pool of processes": (
        "import multiprocessing\ndef f(x): return 2 * x\n"
        "if __name__ == '__main__':\n    for way in 'fork', 'spawn':\n"
        "        with multiprocessing.get_context(way).Pool(1) as p: print(p.map(f, [1, 2]))"
    ),
    "waits for its thread": (
        "import threading, time\ndef f(): time.sleep(0.1); print('t', threading.main_thread().name)\n"
        "threading.Thread(target=f).start()\nprint('m', threading.active_count())"
    ),
    "leaves a daemon thread": (
        "import threading, time\nthreading.Thread(target=lambda: time.sleep(600), daemon=True).start()\nprint('m')"
    ),
    "raises in a thread": "import threading\nt = threading.Thread(target=lambda: 1 / 0, name='T')\nt.start()\nt.join()",
    "runs a loop": (
        "import asyncio\nasync def f():\n    p = await asyncio.create_subprocess_exec('echo', 'q')\n"
        "    return await p.wait()\nprint(asyncio.run(f()))"
    ),
    "replaces itself": "import os\nos.execvp('echo', ['echo', 'execd'])",
    "loses its main module": "del sys.modules['__main__']\nprint(1)",
    "prints the traceback itself": (
        "import traceback\ntry:\n    1 / 0\nexcept ZeroDivisionError:\n    traceback.print_exc()"
    ),
}

ENVIRONMENTS: dict[str, dict[str, str]] = {
    "as it is": {},
    "unbuffered": {"PYTHONUNBUFFERED": "1", "PYTHONIOENCODING": "utf-8"},
    "another encoding": {"PYTHONIOENCODING": "latin-1:strict", "LC_ALL": "C"},
    "another variable": {"SMCP_TEST": "ä"},
}


@pytest.fixture(scope="module")
def warm() -> Iterator[Runs]:
    """Runs that wait for their fork server."""
    runs = Runs("warm")
    yield runs
    runs.close()


COLD = Runs("cold")


def plugin(folder: Path, body: str) -> Path:
    """A plugin with that body; it answers `--describe`."""
    (folder / "sibling.py").write_text("VALUE = 5\n", encoding="utf-8")
    cli = folder / "cli.py"
    cli.write_text(DESCRIBED + body + "\n", encoding="utf-8")
    return cli


def seen(runs: Runs, cli: Path, words: tuple[str, ...], env: dict[str, str] | None = None) -> tuple[Any, ...]:
    """What a run shows: its end, exit code, streams without addresses, and the files it wrote, which are removed."""
    folder = cli.parent
    (folder / "stdin").write_bytes(STDIN)
    with (folder / "stdin").open("rb") as stdin:
        outcome = runs.finish(
            Call((sys.executable, str(cli), *words), timeout=60, stdin=stdin, cwd=str(folder), env=env)
        )
    files = {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("written")}
    for name in files:
        (folder / name).unlink()
    if (folder / "sub").is_dir():
        (folder / "sub").rmdir()
    return outcome.end, outcome.exit_code, _without_addresses(outcome.stdout), _without_addresses(outcome.stderr), files


def _without_addresses(stream: bytes) -> bytes:
    return re.sub(rb"0x[0-9a-f]+", b"0x", stream)


@pytest.mark.parametrize("what", PLUGINS)
def test_a_plugin_shows_the_same(what: str, warm: Runs, tmp_path: Path) -> None:
    """Whatever it does; twice, because the first call must leave nothing to the second."""
    cli = plugin(tmp_path, PLUGINS[what])
    expected = seen(COLD, cli, ("ä", "\udc80", ""))
    assert seen(warm, cli, ("ä", "\udc80", "")) == expected
    assert seen(warm, cli, ("ä", "\udc80", "")) == expected


@pytest.mark.parametrize("env", ENVIRONMENTS)
@pytest.mark.parametrize("what", ["looks at its streams", "writes a lone surrogate", "leaves in the middle"])
def test_the_environment_decides_the_same(what: str, env: str, warm: Runs, tmp_path: Path) -> None:
    """Variables that the interpreter reads, and others."""
    cli = plugin(tmp_path, PLUGINS[what])
    environment = {**os.environ, **ENVIRONMENTS[env]}
    assert seen(warm, cli, ("ä",), environment) == seen(COLD, cli, ("ä",), environment)


def test_other_variables_are_set_and_removed_for_one_call_only(warm: Runs, tmp_path: Path) -> None:
    """One fork server serves them all."""
    cli = plugin(tmp_path, "import os\nprint(sorted(os.environ.items()))")
    base = {**os.environ, "SMCP_A": "1"}
    environments = [base, {**base, "SMCP_B": "2"}, dict(os.environ), {**base, "SMCP_A": "ä\udcff"}, base]
    assert [seen(warm, cli, (), env) for env in environments] == [seen(COLD, cli, (), env) for env in environments]


VALUES = st.one_of(
    st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=20),
    st.integers().map(str),
    st.floats().map(str),
    st.sampled_from(["", "-1", "--help", "add", "divide", "0", "si", "1e999", "\udc80", "9" * 5000]),
)
WORDS = {
    "demo_math": [
        "calculate",
        "format_bytes",
        "coin_flip",
        "--describe",
        "--operation",
        "--a",
        "--b",
        "--size",
        "--unit",
    ],
    "demo_text": [
        "echo",
        "word_count",
        "slugify",
        "hash_preview",
        "morse",
        "--message",
        "--text",
        "--algorithm",
        "--describe",
    ],
}


@pytest.mark.parametrize("name", DEMOS)
@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_demo_plugins_answer_the_same(name: str, warm: Runs, data: st.DataObject) -> None:
    """On well and badly formed command lines."""
    known = st.sampled_from(WORDS[name])
    word = known | VALUES | st.builds("{}={}".format, known, VALUES)
    words = data.draw(st.lists(word, max_size=5).filter(lambda words: "coin_flip" not in words))
    call = Call((sys.executable, str(DEMOS[name]), *words), timeout=60)
    assert warm.finish(call) == COLD.finish(call)


@pytest.mark.parametrize("operation", ["add", "subtract", "multiply", "divide"])
@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
@given(a=st.integers() | st.floats(), b=st.integers(-1, 1) | st.floats())
def test_sums_come_out_the_same(operation: str, warm: Runs, a: float, b: float) -> None:
    """Results, refusals and exit codes."""
    words = ("calculate", f"--operation={operation}", f"--a={a}", f"--b={b}")
    call = Call((sys.executable, str(DEMOS["demo_math"]), *words), timeout=60)
    assert warm.finish(call) == COLD.finish(call)


def test_these_calls_were_warm(warm: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    """Otherwise all of the above would compare cold with cold."""
    started: list[WarmProcess] = []
    init = WarmProcess.__init__

    def noted(self: WarmProcess, *arguments: Any) -> None:
        started.append(self)
        init(self, *arguments)

    monkeypatch.setattr(WarmProcess, "__init__", noted)
    outcomes = [warm.finish(Call((sys.executable, str(cli), "--describe"), timeout=60)) for cli in DEMOS.values()]
    assert [outcome.exit_code for outcome in outcomes] == [0, 0]
    assert len(started) == len(DEMOS)


def test_random_numbers_differ_from_call_to_call(warm: Runs, tmp_path: Path) -> None:
    """Children of one parent must not share the state of its generators."""
    cli = plugin(tmp_path, "import random, uuid, tempfile\nprint(random.random(), uuid.uuid4(), tempfile.mktemp())")
    outcomes: list[Outcome] = [warm.finish(Call((sys.executable, str(cli)), timeout=60)) for _ in range(5)]
    assert {outcome.end for outcome in outcomes} == {End.EXITED}
    assert len({word for outcome in outcomes for word in outcome.stdout.split()}) == 15
