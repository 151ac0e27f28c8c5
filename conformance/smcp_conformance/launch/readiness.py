"""When an HTTP server can be spoken to."""

from __future__ import annotations

import time
from urllib.parse import urlsplit

from smcp_conformance.launch.explain import explain_start_failure
from smcp_conformance.launch.failure import StartError, exited, never_listened
from smcp_conformance.launch.ports import HOST, listening
from smcp_conformance.launch.process import ServerProcess

_PAUSE = 0.02  # seconds between attempts; an attempt on a closed port costs a tenth of a millisecond


def wait_until_listening(process: ServerProcess | None, url: str, timeout: float) -> None:
    """Wait until something accepts connections at `url`, at most `timeout` seconds.

    Raises StartError when time is up, or at once when `process` ends.
    """
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    deadline = time.monotonic() + timeout
    while not listening(host, port):
        if process and process.poll() is not None:
            _give_up(process, url, exited(process.poll() or 0, "it listened"))
        if time.monotonic() > deadline:
            _give_up(process, url, never_listened(url, timeout) + _elsewhere(host, port))
        _pause(process)


def _elsewhere(host: str, port: int) -> str:
    """Name the other loopback address, which is what `localhost` means to some servers."""
    return f", but something does at http://[::1]:{port}" if host == HOST and listening("::1", port) else ""


def _pause(process: ServerProcess | None) -> None:
    """Wait a little, or until `process` ends."""
    if process:
        process.wait(_PAUSE)
    else:
        time.sleep(_PAUSE)


def _give_up(process: ServerProcess | None, url: str, happened: str) -> None:
    if process is None:
        raise StartError(happened)
    raise StartError(explain_start_failure(process.resolved, process, happened))
