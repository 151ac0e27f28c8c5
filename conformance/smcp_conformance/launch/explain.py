"""Why there is no server: the whole story that users read."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from smcp_conformance.launch.astray import missing_script
from smcp_conformance.launch.failure import ending
from smcp_conformance.launch.program import OURS, shown
from smcp_conformance.wording import stderr_lines

if TYPE_CHECKING:
    from smcp_conformance.launch.process import ServerProcess
    from smcp_conformance.launch.resolve import Resolved

_WIDTH = 10_000  # of a line of stderr: what a server died of is shown whole
_MISSING_MODULE = re.compile(r"No module named '?([\w.]+)'?")
_ADDRESS_IN_USE = re.compile(r"address already in use|EADDRINUSE|WinError 10048|only one usage of each socket", re.I)
_SERVES_HTTP = re.compile(r"https?://(?:127\.0\.0\.1|localhost|0\.0\.0\.0|\[::1?\]):(\d+)", re.I)


def explain_start_failure(resolved: Resolved, process: ServerProcess | None, happened: str) -> str:
    """Tell the whole story of a server that could not be started or spoken to, without secrets.

    `happened` is its first sentence (see `failure`); then come what each word of the command resolved to, how the
    process fares, the end of its standard error, and what would help where that is known.
    """
    stderr = process.stderr_tail().decode(errors="backslashreplace").rstrip() if process else ""
    lines = [happened, *(f"  {note}" for note in resolved.notes)]
    if process:
        lines += [f"  process: {_state(process)}", *(f"  {line}" for line in stderr_lines(stderr, width=_WIDTH))]
    lines += [f"hint: {hint}" for hint in _hints(resolved, process, happened, stderr)]
    return resolved.masked("\n".join(lines))


def port_holder(port: int) -> str | None:
    """Name the process that listens on `port`, if the system lets us look."""
    import psutil

    try:
        connections = psutil.net_connections(kind="tcp")
        pids = [
            connection.pid
            for connection in connections
            if connection.status == psutil.CONN_LISTEN and connection.laddr[1:] == (port,) and connection.pid
        ]
        return f"process {pids[0]} ({psutil.Process(pids[0]).name()})" if pids else None
    except (psutil.Error, OSError):
        return None


def _state(process: ServerProcess) -> str:
    code = process.poll()
    return f"{process.pid} still runs" if code is None else f"{process.pid} {ending(code)}"


def _hints(resolved: Resolved, process: ServerProcess | None, happened: str, stderr: str) -> Iterator[str]:
    astray = missing_script(resolved.argv, resolved.cwd, resolved.places) if resolved.argv else None
    if astray:
        yield astray
    missing = _MISSING_MODULE.findall(stderr)
    if missing:
        yield missing_module(missing[-1], resolved)
    if _ADDRESS_IN_USE.search(stderr):
        yield _address_in_use(resolved)
    if "wrote to stdout" in happened:
        yield "over stdio, stdout belongs to the protocol; logs and greetings must go to stderr"
    serves = _SERVES_HTTP.search(stderr)
    if serves and serves[1] != str(resolved.port) and process and process.poll() is None:
        yield _serves_elsewhere(serves[0], resolved)


def _serves_elsewhere(url: str, resolved: Resolved) -> str:
    if resolved.port is None:
        return f"it seems to serve {url}: put {{port}} into its command, or start it yourself and use --smcp-url"
    return f"it seems to serve {url}, but was to serve {resolved.url}: its port must come from {{port}}"


def _address_in_use(resolved: Resolved) -> str:
    if resolved.port is None:
        return "the server wants a fixed port that is taken: put {port} into its command to have a free one chosen"
    holder = port_holder(resolved.port)
    return f"port {resolved.port} is taken{f' by {holder}' if holder else ''}"


def missing_module(module: str, resolved: Resolved) -> str:
    """Tell which interpreter lacks `module`, whether ours has it, and the command that would mend it."""
    top = module.partition(".")[0]
    if resolved.interpreter is None:
        return f"{module!r} is missing in the Python that {resolved.argv[0]} runs; {_ours_has(top)}"
    if _same_environment(resolved.interpreter, sys.executable):
        return _missing_in_ours(module, top, resolved)
    lacking = f"{module!r} is missing in {resolved.interpreter}; {_ours_has(top)}"
    install = _install(resolved.interpreter, top)
    if _origin(top) is not None and resolved.interpreter == resolved.argv[0]:
        ours = shown(("{python}", *resolved.argv[1:]))
        return f"{lacking}, so start the server with that:\n    {ours}\n  or install:\n    {install}"
    return f"{lacking}. To install it:\n    {install}"


def _missing_in_ours(module: str, top: str, resolved: Resolved) -> str:
    lacking = f"{module!r} is missing in {resolved.interpreter}, which is {OURS}"
    origin = _origin(top)
    if origin:
        return f"{lacking}; pytest itself finds it in {origin}: set the server's cwd or PYTHONPATH to that folder"
    return f"{lacking}. To install it:\n    {_install(sys.executable, top)}"


def _ours_has(top: str) -> str:
    verb = "doesn't have it either" if _origin(top) is None else "has it"
    return f"{OURS} ({sys.executable}) {verb}"


def _origin(top: str) -> str | None:
    """Return the folder that pytest's own process would import `top` from."""
    try:
        spec = importlib.util.find_spec(top)
    except (ImportError, ValueError):
        return None
    if spec is None:
        return None
    places = list(spec.submodule_search_locations or ())
    return str(Path(places[0] if places else spec.origin or "").parent)


def _same_environment(one: str, other: str) -> bool:
    """Tell whether two interpreters, links or not, are of one environment."""
    same_folder = os.path.dirname(os.path.abspath(one)) == os.path.dirname(os.path.abspath(other))
    return same_folder and os.path.realpath(one) == os.path.realpath(other)


def _install(interpreter: str, top: str) -> str:
    distribution = metadata.packages_distributions().get(top, [top])[0]
    has_pip = any(Path(interpreter).parent.glob("pip*"))
    if not has_pip and shutil.which("uv"):
        return shown(("uv", "pip", "install", "--python", interpreter, distribution))
    return shown((interpreter, "-m", "pip", "install", distribution))
