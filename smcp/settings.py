"""What the server was told: options and environment, read once, checked, and frozen.

An option wins over its variable, and an empty variable counts as none. Whatever can't be meant ends the program with
exit code 2 before anything starts; above all, nothing but loopback is listened on without a key, unless someone says
in so many words that everybody may run the plugins.
"""

from __future__ import annotations

import argparse
import math
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from smcp import __version__
from smcp.runner import MODES
from smcp.web.listening import is_loopback

TRANSPORTS = ("stdio", "http")
LOOPBACK = "127.0.0.1"
EVERYWHERE = "0.0.0.0"

_YES = ("1", "true", "yes", "on")
_NO = ("0", "false", "no", "off")

ValueT = TypeVar("ValueT")


@dataclass(frozen=True)
class Settings:
    """How to serve.

    `plugin_timeout` is in seconds, None for no limit. `keys` are the API keys; without any, and with
    `authentication_disabled`, nobody is asked for one. `loopback_exempt` spares clients on this machine.
    """

    transport: str = "http"
    host: str = LOOPBACK
    port: int = 8000
    plugins_directories: tuple[Path, ...] = ()
    plugin_timeout: float | None = None
    plugin_runner: str = "auto"
    log_directory: Path | None = None
    keys: tuple[str, ...] = field(default=(), repr=False)
    authentication_disabled: bool = False
    loopback_exempt: bool = True

    @classmethod
    def read(cls, words: Sequence[str] | None, environ: Mapping[str, str], *, stdio: bool = False) -> Settings:
        """Read a command line (None for this process's own) and an environment.

        `stdio` makes that the default transport. Exits with code 2, saying what was wrong and what would be right.
        """
        reading = _Reading(command_line("smcp-stdio" if stdio else "smcp", "stdio" if stdio else "http"), environ)
        return reading.settings(words)


def command_line(program: str = "smcp", transport: str = "http") -> argparse.ArgumentParser:
    """Build the command line's parser."""
    built = argparse.ArgumentParser(prog=program, description="Serve plugin CLIs as tools over MCP.")
    option = built.add_argument
    option("--version", action="version", version=f"smcp {__version__}")
    option("--transport", choices=TRANSPORTS, default=transport, help="default: %(default)s")
    option("--host", help=f"address to listen on; default: $MCP_HOST or {LOOPBACK}")
    option("--port", help="port to listen on, 0 for a free one; default: $MCP_PORT or 8000")
    option("--allow-external", action="store_true", help=f"listen on {EVERYWHERE}, unless --host names an address")
    option("--require-auth", action="store_true", help="ask clients on this machine for a key too")
    directory = "folder whose <plugin>/cli.py are served; may be repeated; default: $MCP_PLUGINS_DIR or demo plugins"
    option("--plugins-dir", type=Path, action="append", help=directory)
    option("--plugin-timeout", help="seconds a command may take, 0: no limit; default: $MCP_PLUGIN_TIMEOUT or 0")
    runner = f"how plugins run: {', '.join(MODES)}; default: $MCP_PLUGIN_RUNNER or auto"
    option("--plugin-runner", metavar="RUNNER", help=runner)
    built.epilog = (
        "Keys: $MCP_API_KEY, $MCP_API_KEYS (separated by commas). $MCP_AUTH_ALLOW_LOOPBACK=0 is --require-auth, "
        "$MCP_AUTH_DISABLED=1 asks nobody for a key. $MCP_LOG_DIR: folder for mcp_server.log; without it no file."
    )
    return built


def plugins_directories(chosen: Sequence[Path] | None, configured: str) -> tuple[Path, ...]:
    """Return where plugins are looked for: as chosen, as configured, or where this package keeps its own."""
    if chosen:
        return tuple(chosen)
    if configured:
        return tuple(Path(part) for part in configured.split(os.pathsep) if part)
    package = Path(__file__).parent
    packaged = package / "plugins"
    # An editable install doesn't copy the plugins into the package: they are beside it.
    return (packaged if packaged.is_dir() else package.parent / "plugins",)


class _Reading:
    """One reading of options and environment."""

    def __init__(self, parser: argparse.ArgumentParser, environ: Mapping[str, str]) -> None:
        self._parser = parser
        self._environ = environ

    def settings(self, words: Sequence[str] | None) -> Settings:
        options = self._parser.parse_args(words)
        logs = self._environ.get("MCP_LOG_DIR", "")
        read = Settings(
            transport=options.transport,
            host=self._host(options),
            port=self._value(options.port, "--port", "MCP_PORT", "8000", _port),
            plugins_directories=plugins_directories(options.plugins_dir, self._environ.get("MCP_PLUGINS_DIR", "")),
            plugin_timeout=self._value(options.plugin_timeout, "--plugin-timeout", "MCP_PLUGIN_TIMEOUT", "0", _seconds),
            plugin_runner=self._value(options.plugin_runner, "--plugin-runner", "MCP_PLUGIN_RUNNER", "auto", _runner),
            log_directory=Path(logs) if logs else None,
            keys=self._keys(),
            authentication_disabled=self._value(None, "", "MCP_AUTH_DISABLED", "0", _truth),
            loopback_exempt=self._value(None, "", "MCP_AUTH_ALLOW_LOOPBACK", "1", _truth) and not options.require_auth,
        )
        if read.transport == "http":
            self._check_authentication(read, options.require_auth)
        return read

    def _value(
        self, chosen: str | None, option: str, variable: str, default: str, understood: Callable[[str], ValueT]
    ) -> ValueT:
        text = chosen if chosen is not None else self._environ.get(variable) or default
        try:
            return understood(text)
        except ValueError as error:
            self._parser.error(f"{variable if chosen is None else option}: {error}")

    def _host(self, options: Any) -> str:
        chosen = options.host
        if options.allow_external and chosen is not None and is_loopback(chosen):
            self._parser.error(f"--allow-external: contradicts --host {chosen!r}, which only this machine can reach")
        if options.allow_external and chosen is None:
            return EVERYWHERE
        return self._value(chosen, "--host", "MCP_HOST", LOOPBACK, _host)

    def _keys(self) -> tuple[str, ...]:
        given = {"MCP_API_KEY": [self._environ.get("MCP_API_KEY", "")]}
        given["MCP_API_KEYS"] = self._environ.get("MCP_API_KEYS", "").split(",")
        found: dict[str, None] = {}
        for variable, texts in given.items():
            keys = [text.strip() for text in texts if text.strip()]
            if self._environ.get(variable) and not keys:
                self._parser.error(f"{variable}: holds no key; unset it, or let it hold one")
            if any(ord(character) < 0x20 or ord(character) == 0x7F for key in keys for character in key):
                self._parser.error(f"{variable}: a key holds a control character, which no header can carry")
            found |= dict.fromkeys(keys)
        return tuple(found)

    def _check_authentication(self, read: Settings, demanded: bool) -> None:
        """Fail closed: what can't be authenticated is served on loopback only, or to everyone on purpose."""
        if read.authentication_disabled:
            if demanded:
                self._parser.error("--require-auth: contradicts MCP_AUTH_DISABLED")
            return
        if read.keys:
            return
        if not is_loopback(read.host):
            self._parser.error(
                f"can't listen on {read.host!r} without authentication: every machine that reaches it could run the "
                "plugins; set MCP_API_KEY, or MCP_AUTH_DISABLED=1 if that is what you want"
            )
        if not read.loopback_exempt:
            asked = "--require-auth" if demanded else "MCP_AUTH_ALLOW_LOOPBACK"
            self._parser.error(f"{asked}: there is no key to ask for; set MCP_API_KEY or MCP_API_KEYS")


def _host(text: str) -> str:
    if not text.strip() or text.split() != [text]:
        raise ValueError(f"{text!r} is not an address or host name")
    return text


def _port(text: str) -> int:
    # Longer digits than a port's could also be too long for int().
    if not (text.isascii() and text.isdigit() and len(text) <= 5 and int(text) < 65536):
        raise ValueError(f"{text!r} is not a port: 0 … 65535")
    return int(text)


def _seconds(text: str) -> float | None:
    """Seconds, None for no limit, which is also what zero and less mean."""
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not math.isfinite(seconds):
        raise ValueError(f"{text!r} is not a number of seconds")
    return seconds if seconds > 0 else None


def _runner(text: str) -> str:
    if text not in MODES:
        raise ValueError(f"{text!r} is not a runner: {', '.join(MODES)}")
    return text


def _truth(text: str) -> bool:
    if text.lower() not in (*_YES, *_NO):
        raise ValueError(f"{text!r} is neither yes ({', '.join(_YES)}) nor no ({', '.join(_NO)})")
    return text.lower() in _YES
