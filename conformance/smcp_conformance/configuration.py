"""Targets and settings from `[tool.smcp-conformance]` in pyproject.toml.

    [tool.smcp-conformance]
    allow-tools = ["get_*"]

    [tool.smcp-conformance.targets.shop]
    command = "{python} -m shop"
    http-command = "{python} -m shop --port {port}"

A target's `transports` are those it has a command or URL for, unless it lists them. Times are seconds, sizes bytes
or "16 MiB". Paths are relative to the file's folder.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

from smcp_conformance.plugin_configuration import PluginSettings, read_plugins
from smcp_conformance.quantity import parse_examples, parse_pattern, parse_seconds, parse_size
from smcp_conformance.table import Table, Variables, read_document
from smcp_conformance.target import (
    BUNDLED,
    DEFAULT_URLS,
    TRANSPORTS,
    Policy,
    Target,
    TargetError,
    bundled_command,
    check_name,
    check_url,
    parse_header,
    read_command,
)
from smcp_conformance.tool_configuration import ToolSettings, read_tools

Number = TypeVar("Number", int, float)
POLICY_KEYS = ("allow-tools", "start-timeout", "reply-timeout", "max-message", "mask")
RUN_KEYS = (
    *("targets", "config", "plugins", "revisions", "strict", "known-failures", "max-examples", "time-budget", "tools"),
    *POLICY_KEYS,
)
COMMAND_KEYS = {"stdio": "command", "http": "http-command", "sse": "sse-command"}
TARGET_KEYS = (*COMMAND_KEYS.values(), "url", "transports", "cwd", "env", "headers", *POLICY_KEYS)
_NEEDS = {
    "stdio": "a `command` without {port}",
    "http": "`http-command`, a `command` with {port}, or a `url`",
    "sse": "`sse-command`, a `command` with {port}, or a `url`",
}


@dataclass(frozen=True)
class Configuration:
    """What `[tool.smcp-conformance]` says; empty or None where it is silent.

    `configs` are `mcpServers` files, `plugins` folders, `plugin_settings` what is said of single ones, `revisions` is
    as typed at `--smcp-revisions`, `time_budget` is in seconds.
    """

    targets: tuple[Target, ...] = ()
    configs: tuple[Path, ...] = ()
    plugins: tuple[Path, ...] = ()
    plugin_settings: tuple[PluginSettings, ...] = ()
    revisions: str | None = None
    strict: bool = False
    known_failures: Path | None = None
    max_examples: int | None = None
    time_budget: float | None = None
    tools: tuple[ToolSettings, ...] = ()
    policy: Policy = field(default_factory=Policy)


def read_pyproject(path: Path) -> Configuration:
    """Read `[tool.smcp-conformance]` of `path`; silent if there is no such table. Raises TargetError."""
    document = read_document(path, _parse_toml, "TOML")
    tool = document.get("tool")
    if isinstance(tool, dict) and "smcp_conformance" in tool:
        raise TargetError(f"{str(path)!r}: [tool.smcp_conformance] must be written [tool.smcp-conformance]")
    if not isinstance(tool, dict) or "smcp-conformance" not in tool:
        return Configuration()
    table = replace(Table(tool, str(path)).table("smcp-conformance"), source="[tool.smcp-conformance]")
    table.only(*RUN_KEYS)
    folder, policy = path.resolve().parent, read_policy(table, Policy())
    known_failures = table.text("known-failures")
    plugins, plugin_settings = read_plugins(table, folder)
    return Configuration(
        targets=_read_targets(table, folder, policy),
        configs=tuple(folder / each for each in table.texts("config")),
        plugins=plugins,
        plugin_settings=plugin_settings,
        revisions=",".join(table.texts("revisions")) or None,
        strict=table.flag("strict"),
        known_failures=folder / known_failures if known_failures else None,
        max_examples=_optional(table, "max-examples", parse_examples),
        time_budget=_optional(table, "time-budget", parse_seconds),
        tools=read_tools(table),
        policy=policy,
    )


def _optional(table: Table, key: str, parse: Callable[[object, str], Number]) -> Number | None:
    return parse(table.values[key], table.place(key)) if key in table.values else None


def read_policy(table: Table, base: Policy) -> Policy:
    """Read what `table` says about policy: lists add to those of `base`, the rest replaces it. Raises TargetError."""
    values = {**_written(base), **table.values}
    masks = tuple(parse_pattern(mask, table.place("mask")) for mask in table.texts("mask"))
    return Policy(
        allow_tools=base.allow_tools + table.texts("allow-tools"),
        start_timeout=parse_seconds(values["start-timeout"], table.place("start-timeout")),
        reply_timeout=parse_seconds(values["reply-timeout"], table.place("reply-timeout")),
        max_message=parse_size(values["max-message"], table.place("max-message")),
        mask=base.mask + masks,
    )


def _written(policy: Policy) -> dict[str, Any]:
    return {
        "start-timeout": policy.start_timeout,
        "reply-timeout": policy.reply_timeout,
        "max-message": policy.max_message,
    }


def _parse_toml(text: str) -> Any:
    return importlib.import_module("tomllib" if sys.version_info >= (3, 11) else "tomli").loads(text)


def _read_targets(table: Table, folder: Path, policy: Policy) -> tuple[Target, ...]:
    tables = table.table("targets")
    return tuple(target for name in tables.values for target in _read_target(name, tables, folder, policy))


def _read_target(name: str, tables: Table, folder: Path, policy: Policy) -> list[Target]:
    variables = Variables()
    table = replace(tables.table(name), source=f"[tool.smcp-conformance.targets.{name}]", variables=variables)
    table.only(*TARGET_KEYS)
    shared = Target(
        check_name(name, table.source),
        cwd=folder / (table.text("cwd") or ""),
        headers=tuple(parse_header(f"{name}: {value}") for name, value in table.pairs("headers").items()),
        policy=read_policy(table, policy),
        source=table.source,
    )
    commands, url = _commands(table), _url(table)
    transports = table.texts("transports") or _offered(table, commands, url)
    targets = [_over(transport, table, shared, commands, url) for transport in dict.fromkeys(transports)]
    if len(targets) > 1:
        targets = [replace(target, name=f"{name}-{target.transport}") for target in targets]
    return [replace(target, interpolated=tuple(variables.found)) for target in targets]


@dataclass(frozen=True)
class _Command:
    words: tuple[str, ...]
    env: Mapping[str, str]

    @property
    def wants_port(self) -> bool:
        return any("{port}" in text for text in (*self.words, *self.env.values()))


def _commands(table: Table) -> dict[str, _Command]:
    """Read the command for each transport; a plain `command` with {port} can serve both over HTTP."""
    if table.values.get("command") == BUNDLED:
        return {transport: _Command(bundled_command(transport), table.pairs("env")) for transport in TRANSPORTS}
    commands = {transport: _command(table, key) for transport, key in COMMAND_KEYS.items() if key in table.values}
    if len(commands) == 1 and "stdio" in commands and commands["stdio"].wants_port:
        return {"http": commands["stdio"], "sse": commands["stdio"]}
    return commands


def _command(table: Table, key: str) -> _Command:
    words = table.texts(key)
    env: dict[str, str] = {}
    if isinstance(table.values[key], str):
        env, words = read_command(words[0], table.place(key))
    if not words or not words[0].strip():
        raise TargetError(f"{table.place(key)}: the command is empty; it must be a program with its arguments")
    return _Command(words, {**table.pairs("env"), **env})


def _url(table: Table) -> str | None:
    url = table.text("url")
    return None if url is None else check_url(url, table.place("url"))


def _offered(table: Table, commands: Mapping[str, _Command], url: str | None) -> tuple[str, ...]:
    """Tell the transports that there is a command or URL for."""
    over_url = "sse" if urlsplit(url or "").path.rstrip("/").endswith("/sse") else "http"
    if commands.get("http") is commands.get("sse") is not None:
        return (over_url,)
    offered = {*commands, over_url} if url and not {"http", "sse"} & {*commands} else {*commands}
    if not offered:
        raise TargetError(f"{table.source}: needs one of {', '.join((*COMMAND_KEYS.values(), 'url'))}")
    return tuple(transport for transport in TRANSPORTS if transport in offered)


def _over(transport: str, table: Table, shared: Target, commands: Mapping[str, _Command], url: str | None) -> Target:
    """Complete `shared` for one transport: started by a command, or served at `url` already."""
    if transport not in TRANSPORTS:
        raise TargetError(f"{table.place('transports')}: {transport!r} must be one of {', '.join(TRANSPORTS)}")
    command = commands.get(transport)
    if transport == "stdio":
        url = None
    if not command and (not url or "{port}" in url):
        raise TargetError(f"{table.place('transports')}: {transport!r} needs {_NEEDS[transport]}")
    if command and transport != "stdio" and not url and not command.wants_port:
        raise TargetError(f"{table.place(COMMAND_KEYS[transport])}: needs {{port}} in the command, or a `url`")
    words, env = (command.words, command.env) if command else ((), {})
    return replace(shared, command=words, url=url or DEFAULT_URLS.get(transport), transport=transport, env=env)
