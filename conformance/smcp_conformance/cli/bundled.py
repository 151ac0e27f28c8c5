"""The bundled server, with the plugins of one folder: one process, kept until another folder is asked for."""

from __future__ import annotations

import atexit
import importlib.util
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

from smcp.__main__ import MISSING_EXTRA, NEEDED
from smcp_conformance.cli.sandbox import Sandbox, fresh_sandbox
from smcp_conformance.cli.surroundings import leading_to
from smcp_conformance.requirement import not_verified

if TYPE_CHECKING:
    from smcp_conformance.reply import Reply
    from smcp_conformance.server import Server
    from smcp_conformance.session import Session

UNSET = ("MCP_LOG_DIR", "MCP_PLUGIN_TIMEOUT", "MCP_PLUGIN_RUNNER", "SMCP_PROFILES", "SMCP_ATTACH_PROFILE")
"""Variables of the user's that would make the server another one: an empty one counts as none."""

START_TIMEOUT = 60.0


class Bundled:
    """A running server. `place` is where it runs, `env` what was changed in its environment."""

    def __init__(self, folder: Path) -> None:
        from smcp_conformance.fixtures import mcp_server  # brings the whole wire, which plugins alone can spare
        from smcp_conformance.target import bundled_command

        self.folder = folder
        words = (*bundled_command("stdio"), "--plugins-dir", str(folder))
        with ExitStack() as opening:
            self.place: Sandbox = opening.enter_context(fresh_sandbox())
            self.env: Mapping[str, str] = {**dict.fromkeys(UNSET, ""), **leading_to(self.place)}
            started = mcp_server(words, cwd=self.place.cwd, env=self.env, start_timeout=START_TIMEOUT)
            server: Server = opening.enter_context(started)
            self._session: Session = server.session()
            self._open = opening.pop_all()

    @property
    def revision(self) -> str:
        """What is spoken with it."""
        return self._session.revision

    @property
    def alive(self) -> bool:
        """True while it can be spoken to."""
        return self._session.alive

    def call(self, tool: str, arguments: Mapping[str, Any], timeout: float) -> Reply:
        """Call a tool; raises what `Session.request` does."""
        return self._session.request("tools/call", {"name": tool, "arguments": arguments}, timeout=timeout)

    def close(self) -> None:
        """End it."""
        self._open.close()


_running: list[Bundled] = []


def bundled(folder: Path) -> Bundled:
    """The server with the plugins of `folder`, which is started unless it runs already, still.

    Not verified where packages are missing that it needs. Raises `StartError` if it can't be started.
    """
    if missing := sorted({wanted for name, wanted in NEEDED.items() if importlib.util.find_spec(name) is None}):
        not_verified(" ".join(MISSING_EXTRA.format(missing=", ".join(missing)).split()))
    if not _running or _running[0].folder != folder or not _running[0].alive:
        end_bundled()
        _running.append(Bundled(folder))
    return _running[0]


def end_bundled() -> None:
    """End the server that runs, if one does."""
    while _running:
        _running.pop().close()


atexit.register(end_bundled)
