"""Start a command cold: a process of its own, from nothing."""

from __future__ import annotations

import subprocess
from contextlib import suppress

from smcp.runner.call import Call
from smcp.runner.processes import KILL, has_exited, signal_group
from smcp.runner.words import encoded


class ColdProcess:
    """A command that is a child of ours."""

    news: int | None = None

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdout is not None
        assert process.stderr is not None
        self._process = process
        self.pid = process.pid
        self._streams = (process.stdout, process.stderr)
        self.stdout = process.stdout.fileno()
        self.stderr = process.stderr.fileno()

    def over(self) -> bool:
        """Say whether it has ended, without reaping it: a zombie keeps its number."""
        return has_exited(self._process)

    def signal(self, number: int) -> None:
        """Signal its group, unless it was reaped and its number may belong to others."""
        if self._process.returncode is None:
            signal_group(self._process, number)

    def reap(self) -> int:
        """Kill what is left of the group while its number is still ours, then return the exit code."""
        signal_group(self._process, KILL)
        for stream in self._streams:
            with suppress(OSError):
                stream.close()
        return self._process.wait()


def start(call: Call) -> ColdProcess:
    """Start it. Raises `OSError` or `ValueError` if it can't be started."""
    encoded(call.argv)
    return ColdProcess(
        subprocess.Popen(
            list(call.argv),
            stdin=call.stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=call.cwd,
            env=call.environment,
            start_new_session=True,
        )
    )
