"""Finding the processes that a server started, wherever they went.

Each process that we start gets an environment variable of its own, which all its descendants inherit: also those
that moved into a session of their own and whose parents are dead. A run inside a run appends to the variable, so
the outer run still finds the inner one's processes.
"""

from __future__ import annotations

import contextlib
import sys
import uuid
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import psutil

MARKER = "SMCP_CONFORMANCE_RUN"
_SWEEPS = 50


def marked(env: Mapping[str, str]) -> tuple[dict[str, str], str]:
    """Return `env` with a new marker in it, and the marker."""
    marker = uuid.uuid4().hex
    return {**env, MARKER: f"{env.get(MARKER, '')}/{marker}"}, marker


def bearing(marker: str) -> Iterator[psutil.Process]:
    """Find the living processes whose environment holds `marker`; those of other users can't be looked into."""
    import psutil

    for pid in psutil.pids():
        if not _may_bear(pid, marker):
            continue
        try:
            process = psutil.Process(pid)
            if marker in process.environ().get(MARKER, "").split("/"):
                yield process
        except (psutil.Error, OSError):  # gone, a zombie, or not ours
            continue


def _may_bear(pid: int, marker: str) -> bool:
    """Rule out most processes five times faster than psutil could, where there is a /proc."""
    if not sys.platform.startswith("linux"):
        return True
    try:
        return marker.encode() in Path(f"/proc/{pid}/environ").read_bytes()
    except OSError:
        return False


def descendants(pid: int) -> list[psutil.Process]:
    """Find the processes that `pid` and its children started and that still have a living line to it."""
    import psutil

    try:
        return psutil.Process(pid).children(recursive=True)
    except psutil.Error:
        return []


def living(process: psutil.Process) -> bool:
    """Tell whether `process` still runs; a zombie doesn't."""
    import psutil

    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


def kill(process: psutil.Process) -> None:
    """Kill `process` unless it has gone or isn't ours."""
    import psutil

    with contextlib.suppress(psutil.Error):
        process.kill()


def end_bearing(marker: str) -> None:
    """Kill the processes whose environment holds `marker`, and what those start meanwhile.

    A sweep that finds none proves nothing if processes were started during it: a chain of processes, each of which
    starts the next one and ends, always has its living one among them.
    """
    import psutil

    for _ in range(_SWEEPS):
        before = set(psutil.pids())
        found = list(bearing(marker))
        for process in found:
            kill(process)
        if not found and before.issuperset(psutil.pids()):
            return
