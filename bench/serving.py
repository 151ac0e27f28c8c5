"""What the bundled server costs: calls with the warm runner against the cold one, side by side, and what it keeps."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

import psutil
from runner import table

from smcp_conformance.host import Host
from smcp_conformance.session import Session
from smcp_conformance.target import Policy, Target

DEMO = Path(__file__).resolve().parent.parent / "plugins"
NEWEST = "2025-11-25"
CALCULATE = {"name": "demo_math__calculate", "arguments": {"operation": "add", "a": 1, "b": 2}}
HEAVY_CALL = {"name": "heavy__answer", "arguments": {}}
DESCRIBED = {
    "contract_version": "1.0",
    "plugin": {"name": "heavy", "version": "0.1.0", "description": "Imports a lot."},
    "commands": [{"name": "answer", "description": "Answer.", "parameters": []}],
}
HEAVY = f"""
import json, sys
from pydantic import BaseModel
print(json.dumps({DESCRIBED!r} if "--describe" in sys.argv else {{"is": 1}}))
"""
CALLS = 60
AT_ONCE = 8
SOAK = (1000, 9000)


def command(runner: str, plugins: Path, transport: str) -> tuple[str, ...]:
    """How the bundled server is started."""
    where = ("--transport", "stdio") if transport == "stdio" else ("--transport", "http", "--port", "{port}")
    return ("{python}", "-m", "smcp", *where, "--plugin-runner", runner, "--plugins-dir", str(plugins))


@contextmanager
def served(runner: str, transport: str = "stdio", plugins: Path = DEMO) -> Iterator[Session]:
    """A session of the newest handshake revision with the bundled server."""
    url = None if transport == "stdio" else "http://127.0.0.1:{port}/mcp"
    policy = Policy(start_timeout=60, reply_timeout=60)
    target = Target("smcp", command(runner, plugins, transport), transport=transport, url=url, policy=policy)
    host = Host(target)
    try:
        with host.connect(NEWEST) as session:
            session.open()
            yield session
    finally:
        host.close()


def called(session: Session, params: Mapping[str, Any]) -> float:
    """Milliseconds of one call that must succeed."""
    began = time.perf_counter()
    reply = session.request("tools/call", params)
    took = 1000 * (time.perf_counter() - began)
    if not reply.succeeded or reply.result.get("isError"):
        sys.exit(f"{json.dumps(params)} failed: {reply}")
    return took


def p50(transport: str, params: Mapping[str, Any], plugins: Path = DEMO, calls: int = CALLS) -> tuple[float, float]:
    """Median milliseconds of a call with the warm and with the cold runner, in turns."""
    with served("warm", transport, plugins) as warm, served("cold", transport, plugins) as cold:
        for session in (warm, cold):
            called(session, params)
        pairs = [(called(warm, params), called(cold, params)) for _ in range(calls)]
    return median(pair[0] for pair in pairs), median(pair[1] for pair in pairs)


def heavy() -> tuple[float, float]:
    """The same for a plugin that imports pydantic."""
    with tempfile.TemporaryDirectory() as folder:
        plugin = Path(folder, "heavy")
        plugin.mkdir()
        (plugin / "cli.py").write_text(HEAVY, encoding="utf-8")
        return p50("stdio", HEAVY_CALL, Path(folder), CALLS // 3)


def concurrent() -> tuple[float, float]:
    """Milliseconds per call: eight at a time, and one after the other, with the cold runner."""
    with served("cold") as session:
        called(session, CALCULATE)
        rounds = [(_at_once(session), _in_turn(session)) for _ in range(CALLS // AT_ONCE)]
    return median(one[0] for one in rounds), median(one[1] for one in rounds)


def first_answer() -> tuple[float, float]:
    """Milliseconds from the start to the first answer, and those of an interpreter that only imports the SDK."""
    pairs = [(_first_answer(), _bare_import()) for _ in range(5)]
    return median(pair[0] for pair in pairs), median(pair[1] for pair in pairs)


def _at_once(session: Session) -> float:
    began = time.perf_counter()
    pending = [session.start("tools/call", CALCULATE) for _ in range(AT_ONCE)]
    for one in pending:
        one.wait()
    return 1000 * (time.perf_counter() - began) / AT_ONCE


def _in_turn(session: Session) -> float:
    return sum(called(session, CALCULATE) for _ in range(AT_ONCE)) / AT_ONCE


def _first_answer() -> float:
    began = time.perf_counter()
    with served("auto"):
        return 1000 * (time.perf_counter() - began)


def _bare_import() -> float:
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", "import mcp"], check=True)
    return 1000 * (time.perf_counter() - began)


def memory() -> tuple[float, float]:
    """MiB that the server holds after 10,000 calls, and after 1,000; it must hold no more descriptors or processes."""
    with served("auto") as session:
        process = getattr(session.transport, "process", None)
        server = psutil.Process(process.pid if process else 0)
        few, many = [_held(session, server, calls) for calls in SOAK]
    if many[1:] > few[1:]:
        sys.exit(f"descriptors and processes after {SOAK[0]} calls: {few[1:]}, after {sum(SOAK)}: {many[1:]}")
    return many[0], few[0]


def _held(session: Session, server: psutil.Process, calls: int) -> tuple[float, int, int]:
    """MiB, descriptors and child processes after so many calls more."""
    for _ in range(calls):
        called(session, CALCULATE)
    return server.memory_info().rss / 2**20, server.num_fds(), len(server.children(recursive=True))


ROWS: dict[str, Callable[[], tuple[float, float]]] = {
    "tools/call over stdio: warm / cold": lambda: p50("stdio", CALCULATE),
    "tools/call over HTTP: warm / cold": lambda: p50("http", CALCULATE),
    "tools/call, imports pydantic: warm / cold": heavy,
    "tools/call, cold: 8 at once / in turn": concurrent,
    "start to first answer / `import mcp`": first_answer,
}
"""What `run.py` prints: a row's words, and what measures it."""


if __name__ == "__main__":
    table(ROWS)
