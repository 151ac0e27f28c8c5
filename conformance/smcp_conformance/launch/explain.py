"""Why there is no server: the text that users read."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from smcp_conformance.launch.process import ServerProcess
    from smcp_conformance.launch.resolve import Resolved


class StartError(Exception):
    """A target that could not be started; `explanation` is the whole story, over several lines."""

    def __init__(self, explanation: str) -> None:
        super().__init__(explanation)
        self.explanation = explanation


def exited(code: int, before: str = "answering") -> str:
    """Say that the process ended with `code` (negative: by that signal) before it did what was expected."""
    raise NotImplementedError


def never_answered(request: str, seconds: float) -> str:
    """Say that nothing came back."""
    raise NotImplementedError


def printed_to_stdout(line: bytes) -> str:
    """Say that `line`, which is no MCP message, came over stdout."""
    raise NotImplementedError


def stdout_closed() -> str:
    """Say that stdout was closed by a process that lives on."""
    raise NotImplementedError


def explain_start_failure(resolved: Resolved, process: ServerProcess | None, happened: str) -> str:
    """Tell the whole story of a server that could not be started or spoken to."""
    raise NotImplementedError
