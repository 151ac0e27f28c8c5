"""When an HTTP server can be spoken to."""

from __future__ import annotations

from smcp_conformance.launch.process import ServerProcess


def wait_until_listening(process: ServerProcess | None, url: str, timeout: float) -> None:
    """Wait until something listens at `url`, at most `timeout` seconds; raises StartError."""
    raise NotImplementedError
