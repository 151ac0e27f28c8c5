"""The guard's own process, run as a script: `watchdog.py [ENTRY OF sys.path …]`.

It reads lines: `watch PID MARKER` and `forget PID -`. End of file means that whoever told us so is gone, and what is
still watched is killed: its process group, and every process that bears the marker. To start fast it needs the
standard library alone; `psutil` is imported, by way of the given path, when there is something to kill.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterable


def watch(lines: Iterable[str]) -> dict[int, str]:
    """Follow `lines` to their end; return what is watched then."""
    watched: dict[int, str] = {}
    for line in lines:
        word, pid, marker = line.split()
        if word == "watch":
            watched[int(pid)] = marker
        else:
            watched.pop(int(pid), None)
    return watched


def kill(watched: dict[int, str]) -> None:
    """Kill the groups and the bearers of the markers in `watched`."""
    for pid in watched:
        try:
            os.killpg(pid, signal.SIGKILL)
        except OSError:  # it ended by itself
            continue
    from smcp_conformance.launch import escaped

    for marker in watched.values():
        escaped.end_bearing(marker)


def main() -> None:
    """Watch until standard input ends, deaf to the signals of the terminal."""
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, signal.SIG_IGN)
    watched = watch(sys.stdin)
    if watched:
        sys.path[:] = sys.argv[1:]
        kill(watched)


if __name__ == "__main__":
    main()
