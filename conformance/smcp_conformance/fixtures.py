"""Servers, sessions and plugin CLIs for other projects' tests, as pytest fixtures or as plain context managers.

    with mcp_server("python -m shop") as server:
        assert server.session().list_all("tools/list", "tools")

Whatever was started is gone at the end of the block, however it ends. The pytest fixtures of the same names (see
`plugin`) take the same arguments and stop everything at the end of the test.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypedDict

from smcp_conformance.launch import StartError
from smcp_conformance.reply import HandshakeRefused
from smcp_conformance.server import Server, known_revision
from smcp_conformance.session import Session
from smcp_conformance.target import (
    BUNDLED,
    DEFAULT_URLS,
    TRANSPORTS,
    Policy,
    Target,
    TargetError,
    bundled_command,
    check_url,
    command_target,
    name_from_command,
    read_command,
    url_target,
)
from smcp_conformance.tracebacks import ours
from smcp_conformance.wire.errors import Died, NoAnswer, TooLarge, Unreachable

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from smcp_conformance.cli.handle import PluginCli

__tracebackhide__ = ours
SOURCE = "mcp_server"


class Launch(TypedDict, total=False):
    """How a server is started and spoken to; all of it may be left out.

    `transport` is "stdio", "http" or "sse" (default: http if the command holds `{port}`, else stdio), `url` where it
    serves if that isn't http://127.0.0.1:{port}/mcp, `revision` what sessions speak (default: what the server does),
    `cwd` its working directory, `env` additions to the inherited environment, `headers` go with each HTTP request,
    `capabilities` are what sessions declare as a client. Times are seconds.
    """

    transport: str | None
    url: str | None
    revision: str | None
    cwd: str | Path | None
    env: Mapping[str, str] | None
    headers: Mapping[str, str] | Iterable[tuple[str, str]]
    capabilities: Mapping[str, Any] | None
    start_timeout: float
    reply_timeout: float


class ServerFactory(Protocol):
    """The pytest fixture `mcp_server`."""

    def __call__(self, command: str | Sequence[str], **launch: Unpack[Launch]) -> Server:
        """Start a server, until the end of the test."""
        ...


class SessionFactory(Protocol):
    """The pytest fixture `mcp_session`."""

    def __call__(self, command: str | Sequence[str], **launch: Unpack[Launch]) -> Session:
        """Start a server and connect to it, until the end of the test."""
        ...


class CliFactory(Protocol):
    """The pytest fixture `plugin_cli`."""

    def __call__(self, folder: str | Path) -> PluginCli:
        """Hold the CLI of the plugin in `folder`."""
        ...


def mcp_server(command: str | Sequence[str], **launch: Unpack[Launch]) -> AbstractContextManager[Server]:
    """Start a server for the time of a `with` block.

    `command` is a command line, its words, "bundled", or the URL of a server that runs already. Raises TargetError
    for what can't be meant, on entry StartError with the whole story if there is no server.
    """
    return _running(planned(command, **launch))


def planned(command: str | Sequence[str], **launch: Unpack[Launch]) -> Server:
    """Return the server that `mcp_server` would start, not yet started; raises TargetError."""
    described: dict[str, Any] = {**launch}
    revision = known_revision(described.pop("revision", None))
    capabilities = described.pop("capabilities", None)
    return Server(_target(command, **described), revision, capabilities)


@contextmanager
def mcp_session(command: str | Sequence[str], **launch: Unpack[Launch]) -> Iterator[Session]:
    """Start a server and connect to it for the time of a `with` block; takes and raises what `mcp_server` does."""
    with mcp_server(command, **launch) as server:
        yield server.session()


def plugin_cli(folder: str | Path) -> PluginCli:
    """Return a runner for the plugin in `folder`, which must hold a cli.py; raises TargetError."""
    from smcp_conformance.cli.handle import PluginCli

    return PluginCli(folder)


@contextmanager
def _running(server: Server) -> Iterator[Server]:
    try:
        yield server.start()
    finally:
        server.stop()


def _target(
    command: str | Sequence[str],
    *,
    transport: str | None = None,
    url: str | None = None,
    cwd: str | Path | None = None,
    env: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | Iterable[tuple[str, str]] = (),
    start_timeout: float = Policy.start_timeout,
    reply_timeout: float = Policy.reply_timeout,
) -> Target:
    if transport not in (None, *TRANSPORTS):
        raise TargetError(f"{SOURCE}: transport {transport!r} must be one of {', '.join(TRANSPORTS)}")
    described = _described_by(command, transport, Path(cwd or Path.cwd()))
    described = replace(described, env={**described.env, **(env or {})})
    return replace(
        _over(described, transport, url),
        headers=tuple(dict(headers).items()),
        policy=Policy(start_timeout=start_timeout, reply_timeout=reply_timeout),
    )


def _described_by(command: str | Sequence[str], transport: str | None, cwd: Path) -> Target:
    if isinstance(command, str) and re.match(r"https?://", command):
        return url_target("server", command, cwd, SOURCE, transport)
    env, words = read_command(command, SOURCE) if isinstance(command, str) else ({}, tuple(command))
    if not words:
        raise TargetError(f"{SOURCE}: the command is empty; it must be a program with its arguments")
    if words == (BUNDLED,):
        return command_target(BUNDLED, bundled_command(transport or "stdio"), env, cwd, SOURCE)
    return command_target(name_from_command(words), words, env, cwd, SOURCE)


def _over(described: Target, transport: str | None, url: str | None) -> Target:
    """Let `transport` and `url` have their say on what the command or URL tells already."""
    transport = transport or described.transport
    if transport == "stdio":
        if not described.command or url:
            raise TargetError(f"{SOURCE}: a URL is not spoken to over stdio; transport must be http or sse")
        return replace(described, transport="stdio", url=None)
    serves = check_url(url, SOURCE) if url else described.url or DEFAULT_URLS[transport]
    if transport != described.transport and not url and described.command:
        serves = DEFAULT_URLS[transport]
    wants_port = any("{port}" in text for text in (*described.command, *described.env.values()))
    if described.command and "{port}" in serves and not wants_port:
        raise TargetError(f"{SOURCE}: over {transport} the command must hold {{port}}, or `url` say where it serves")
    return replace(described, transport=transport, url=serves)


__all__ = [
    "CliFactory",
    "Died",
    "HandshakeRefused",
    "Launch",
    "NoAnswer",
    "Server",
    "ServerFactory",
    "Session",
    "SessionFactory",
    "StartError",
    "TargetError",
    "TooLarge",
    "Unreachable",
    "mcp_server",
    "mcp_session",
    "plugin_cli",
]
