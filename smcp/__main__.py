"""The command line: `smcp`, `smcp-stdio` and `python -m smcp`."""

from __future__ import annotations

import atexit
import importlib.util
import os
import sys
from collections.abc import Sequence
from typing import NoReturn

from smcp import logs, scaffold
from smcp.settings import Settings

# mcp_types came with mcp 2: without it, an older mcp is installed.
NEEDED = {
    "mcp": "mcp>=2.3",
    "mcp_types": "mcp>=2.3",
    "uvicorn": "uvicorn",
    "watchfiles": "watchfiles",
    "jsonschema": "jsonschema",
}
MISSING_EXTRA = (
    "smcp: the server needs packages that are not installed: {missing}\n"
    'install them with: python -m pip install "smcp-conformance[server]"'
)


def main(words: Sequence[str] | None = None) -> NoReturn:
    """Serve until the client or a signal ends it, then exit: 0, 128 + signal, or 2 for a wrong command line.

    `smcp new NAME` writes a plugin instead, and needs none of what serving does.
    """
    given = sys.argv[1:] if words is None else words
    if given[:1] == ["new"]:
        sys.exit(scaffold.main(given[1:]))
    _run(Settings.read(words, os.environ))


def main_stdio(words: Sequence[str] | None = None) -> NoReturn:
    """Do the same with stdio as the transport."""
    _run(Settings.read(words, os.environ, stdio=True))


def _run(settings: Settings) -> NoReturn:
    missing = {wanted: None for name, wanted in NEEDED.items() if importlib.util.find_spec(name) is None}
    if missing:
        print(MISSING_EXTRA.format(missing=", ".join(missing)), file=sys.stderr)
        sys.exit(2)
    try:
        logs.configure(settings)
    except OSError as error:
        print(f"smcp: MCP_LOG_DIR: can't write to {str(settings.log_directory)!r}: {error.strerror}", file=sys.stderr)
        sys.exit(2)
    _leave(_serve(settings))


def _serve(settings: Settings) -> int:
    # What is imported here is slow (the SDK alone takes most of a second): plugins describe themselves meanwhile.
    from smcp.discovery import Discovery

    discovery = Discovery(settings.plugins_directories)
    if settings.transport == "stdio":
        discovery.start()
        from smcp.serving import serve_stdio

        return serve_stdio(discovery, settings)
    from smcp.web.listening import Unbindable, bound

    try:
        listener = bound(settings.host, settings.port)
    except Unbindable as reason:
        print(f"smcp: {reason}", file=sys.stderr)
        return 2
    discovery.start()
    from smcp.serving import serve_http

    return serve_http(discovery, settings, listener)


def _leave(status: int) -> NoReturn:
    """Exit without taking the interpreter apart, which costs more than the rest of a shutdown."""
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


if __name__ == "__main__":
    main()
