"""The command line: `smcp` and `python -m smcp`."""

from __future__ import annotations

import argparse
import atexit
import importlib.util
import logging
import math
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from smcp import __version__

# mcp_types came with mcp 2: without it, an older mcp is installed.
NEEDED = {"mcp": "mcp>=2.3", "mcp_types": "mcp>=2.3", "uvicorn": "uvicorn", "jsonschema": "jsonschema"}
MISSING_EXTRA = (
    "smcp: the server needs packages that are not installed: {missing}\n"
    'install them with: python -m pip install "smcp-conformance[server]"'
)


def main(words: Sequence[str] | None = None) -> NoReturn:
    """Serve until the client or a signal ends it, then exit: 0, 128 + signal, or 2 for a wrong command line."""
    options = parser().parse_args(words)
    missing = {wanted: None for name, wanted in NEEDED.items() if importlib.util.find_spec(name) is None}
    if missing:
        print(MISSING_EXTRA.format(missing=", ".join(missing)), file=sys.stderr)
        sys.exit(2)
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="smcp: %(levelname)s %(message)s")
    _leave(_serve(options))


def parser() -> argparse.ArgumentParser:
    """Build the command line's parser. Options win over the environment."""
    built = argparse.ArgumentParser(prog="smcp", description="Serve plugin CLIs as tools over MCP.")
    built.add_argument("--version", action="version", version=f"smcp {__version__}")
    built.add_argument("--transport", choices=("stdio", "http"), default="http", help="default: %(default)s")
    built.add_argument("--host", default="127.0.0.1", help="address to listen on; default: %(default)s")
    built.add_argument(
        "--port",
        type=_port,
        default=os.environ.get("MCP_PORT", "8000"),
        help="port to listen on, 0 for a free one; default: $MCP_PORT or 8000",
    )
    built.add_argument(
        "--plugins-dir",
        type=Path,
        action="append",
        help="folder whose <plugin>/cli.py are served; may be repeated; default: $MCP_PLUGINS_DIR or the demo plugins",
    )
    built.add_argument(
        "--plugin-timeout",
        type=_seconds,
        default=os.environ.get("MCP_PLUGIN_TIMEOUT", "0"),
        help="seconds a command may take, 0 for no limit; default: $MCP_PLUGIN_TIMEOUT or 0",
    )
    return built


def plugins_directories(chosen: Sequence[Path] | None) -> tuple[Path, ...]:
    """Return where plugins are looked for: as chosen, as the environment says, or where this package keeps its own."""
    if chosen:
        return tuple(chosen)
    if configured := os.environ.get("MCP_PLUGINS_DIR"):
        return tuple(Path(part) for part in configured.split(os.pathsep) if part)
    package = Path(__file__).parent
    packaged = package / "plugins"
    # An editable install doesn't copy the plugins into the package: they are beside it.
    return (packaged if packaged.is_dir() else package.parent / "plugins",)


def _serve(options: argparse.Namespace) -> int:
    # What is imported here is slow (the SDK alone takes most of a second): plugins describe themselves meanwhile.
    from smcp.discovery import Discovery

    discovery = Discovery(plugins_directories(options.plugins_dir))
    if options.transport == "stdio":
        discovery.start()
        from smcp.serving import serve_stdio

        return serve_stdio(discovery, options.plugin_timeout)
    from smcp.listening import Unbindable, bound

    try:
        listener = bound(options.host, options.port)
    except Unbindable as reason:
        print(f"smcp: {reason}", file=sys.stderr)
        return 2
    discovery.start()
    from smcp.serving import serve_http

    return serve_http(discovery, options.plugin_timeout, listener)


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) < 65536):
        raise argparse.ArgumentTypeError(f"{text!r} is not a port: 0 … 65535")
    return int(text)


def _seconds(text: str) -> float | None:
    """Seconds, None for no limit, which is also what zero and less mean."""
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not math.isfinite(seconds):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds")
    return seconds if seconds > 0 else None


def _leave(status: int) -> NoReturn:
    """Exit without taking the interpreter apart, which costs more than the rest of a shutdown."""
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


if __name__ == "__main__":
    main()
