"""Small servers for tests of starting and stopping, and ways to look at their processes."""

import contextlib
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from smcp_conformance.launch import ServerProcess, exited, explain_start_failure
from smcp_conformance.launch.escaped import living
from smcp_conformance.target import Target

posix = pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals, sessions and '#!' lines")
PATIENCE = 30.0  # seconds that anything may take on a loaded machine

READ_TO_END = "import sys; sys.stdin.read()"
SLEEP = "import time; time.sleep(600)"
# Coverage, where it measures child processes, writes its data before it lets SIGTERM end them.
MORTAL = "import signal; signal.signal(signal.SIGTERM, signal.SIG_DFL)"
DEAF = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)"
ESCAPE = "import os; os.setsid()"
TELL_PID = "import os; print(os.getpid(), flush=True)"

Launch = Callable[[Target], ServerProcess]


def python(*lines: str) -> Target:
    """Make a target of the lines of a program."""
    return Target("x", ("{python}", "-c", "\n".join(lines)))


def with_child(*child: str, last: str = READ_TO_END, options: str = "{}") -> Target:
    """Make a server whose child runs `child`, the parent `last`; the child says its pid on the shared stdout."""
    code = "\n".join((*child, TELL_PID, SLEEP))
    return python(f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {code!r}], **{options})", last)


def line(server: ServerProcess) -> str:
    """Read one line of what the server prints."""
    assert server.stdout
    return server.stdout.readline().decode().strip()


def gone(pid: int) -> bool:
    """Wait for the end of any process; a zombie that nobody reaps has ended, too."""
    deadline = time.monotonic() + PATIENCE
    while psutil.pid_exists(pid) and time.monotonic() < deadline:
        with contextlib.suppress(psutil.Error):
            process = psutil.Process(pid)
            if not living(process):
                return True
            process.wait(0.05)
    return not psutil.pid_exists(pid)


def story(process: ServerProcess) -> str:
    """Wait until the server has exited and tell why."""
    code = process.wait(PATIENCE)
    assert code is not None
    return explain_start_failure(process.resolved, process, exited(code))


def command(*words: str, cwd: Path | None = None) -> Target:
    """Make a target of a command's words."""
    return Target("shop", words, cwd=cwd or Path.cwd(), source="a test")
