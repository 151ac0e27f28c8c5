"""Targets from the JSON that MCP clients keep their servers in: `.mcp.json`, `.vscode/mcp.json` and their like.

Two layouts are common: `{"mcpServers": {NAME: …}}` and VS Code's `{"servers": {NAME: …}}`. A server is a `command`
with `args`, `env` and `cwd`, or a `url` with `headers`; what else clients are known to keep beside these is theirs,
and what no client is known for is remarked upon: it may be a slip. Names become target names in lower case. VS Code
allows comments and trailing commas.
"""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from smcp_conformance.table import Table, Variables, Verbatim, read_document
from smcp_conformance.target import Target, TargetError, command_target, parse_header, slug, url_target

_TYPES = {"stdio": "stdio", "http": "http", "streamable-http": "http", "streamablehttp": "http", "sse": "sse"}
_TEXTS = ("type", "transport", "command", "cwd", "envFile", "url")
_PAIRS = ("env", "headers")
_FLAGS = ("disabled", "enabled")
_READ = (*_TEXTS, "args", *_PAIRS, *_FLAGS)
_THEIRS = frozenset(
    (
        *("alwaysAllow", "auth", "authProviderType", "autoApprove", "autoStart", "chatMenu", "connectionTimeout"),
        *("description", "dev", "disabledTools", "displayName", "enabledTools", "excludeTools", "gallery"),
        *("headersHelper", "icon", "iconPath", "id", "includeTools", "initTimeout", "name", "note", "notes"),
        *("oauth", "priority", "requestTimeout", "restart", "sandbox", "sandboxEnabled", "scopes"),
        *("serverInstructions", "settings", "source", "startup", "startupTimeout", "tags", "timeout", "title"),
        *("toolTimeout", "tools", "trust", "version", "watchPaths"),
    )
)
"""Keys that clients keep for themselves."""
_EDITOR_FOLDERS = (".vscode", ".cursor")
_COMMENT = r"//[^\n]*|/\*.*?\*/"
_STRING_OR_EXTRA = re.compile(rf'("(?:\\.|[^"\\])*")|{_COMMENT}|,(?=(?:\s|{_COMMENT})*[}}\]])', re.DOTALL)
_ENV_LINE = re.compile(r"""\s*(?:export\s+)?(?P<name>[A-Za-z_]\w*)\s*=\s*(?P<quote>["']?)(?P<value>.*?)(?P=quote)\s*""")


def read_mcp_servers(path: Path) -> tuple[Target, ...]:
    """Read the servers of an MCP client's JSON file, without those it calls disabled.

    They run in the file's folder (in the project's, for `.vscode` and `.cursor`) unless they say `cwd`. Raises
    TargetError.
    """
    document = read_document(path, _parse, "JSON")
    key = next((key for key in ("mcpServers", "servers") if key in document), None)
    if key is None:
        found = ", ".join(map(repr, list(document)[:5])) or "nothing"
        raise TargetError(f"{str(path)!r} must hold an object 'mcpServers' (or 'servers'); it holds {found}")
    servers = Table(document, str(path)).table(key)
    targets = tuple(_read_server(servers, name, path) for name in servers.values if not _disabled(servers, name))
    if not targets:
        raise TargetError(f"{str(path)!r} names no server under {key!r}; it must name at least one")
    return targets


def _parse(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        plain = _STRING_OR_EXTRA.sub(lambda match: match[1] or re.sub(r"[^\n]", " ", match[0]), text)
        if plain == text:
            raise
        return json.loads(plain)


def _disabled(servers: Table, name: str) -> bool:
    server = servers.table(name)
    for key in _FLAGS:
        server.flag(key)
    return server.flag("disabled") or server.values.get("enabled") is False


def _read_server(servers: Table, name: str, path: Path) -> Target:
    folder = path.resolve().parent
    folder = folder.parent if folder.name in _EDITOR_FOLDERS else folder
    variables = Variables({"workspaceFolder": str(folder), "userHome": str(Path.home())})
    server = replace(servers.table(name), source=f"{str(path)!r}, {name}", variables=variables)
    _demand_types(replace(server, variables=Verbatim()))
    transport = _transport(server)
    read = _read_url if transport in ("http", "sse") or "url" in server.values else _read_command
    target = read(server, slug(name), folder, transport)
    remarks = tuple(f"{server.source}: {remark}" for remark in _remarks(server))
    return replace(target, interpolated=tuple(variables.found), remarks=remarks)


def _demand_types(server: Table) -> None:
    """Refuse a value of a wrong type, also where this kind of server has no use for it."""
    for key in _TEXTS:
        server.text(key)
    for key in _PAIRS:
        server.pairs(key)
    server.words("args")


def _remarks(server: Table) -> Iterator[str]:
    for key in server.values:
        if key not in _READ and key not in _THEIRS and key[:1] not in ("_", "$", "/"):
            close = difflib.get_close_matches(key, _READ, n=1)
            meant = f"did you mean {close[0]!r}?" if close else f"those that are read: {', '.join(_READ)}"
            yield f"unknown key {key!r} is ignored; {meant}"


def _transport(server: Table) -> str | None:
    kind = server.text("type") or server.text("transport")
    if kind is not None and kind.lower() not in _TYPES:
        raise TargetError(f"{server.source}: type {kind!r} must be one of {', '.join(_TYPES)}")
    return _TYPES[kind.lower()] if kind else None


def _read_command(server: Table, name: str, folder: Path, transport: str | None) -> Target:
    command = server.text("command")
    if not command or not command.strip():
        unknown = "".join(f"; {remark}" for remark in _remarks(server))
        raise TargetError(f"{server.source}: needs a 'command' or a 'url'{unknown}")
    words = (command, *server.words("args"))
    cwd = folder / (server.text("cwd") or "")
    env = {**_env_file(server, folder), **server.pairs("env")}
    return command_target(name, words, env, cwd, server.source)


def _env_file(server: Table, folder: Path) -> dict[str, str]:
    """Read VS Code's `envFile`: lines of `NAME=value`, perhaps with quotes and a leading `export`."""
    file = server.text("envFile")
    if file is None:
        return {}
    try:
        lines = (folder / file).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise TargetError(f"{server.place('envFile')}: can't read {file!r}: {error}") from None
    matches = map(_ENV_LINE.fullmatch, lines)
    return {match["name"]: match["value"] for match in matches if match}


def _read_url(server: Table, name: str, folder: Path, transport: str | None) -> Target:
    url = server.text("url")
    if not url:
        raise TargetError(f"{server.source}: needs a 'url'")
    target = url_target(name, url, folder, server.source, transport)
    headers = tuple(parse_header(f"{name}: {value}") for name, value in server.pairs("headers").items())
    return replace(target, headers=headers)
