"""What the user asked for, from options and config files, as one frozen value.

Which options there are, and whether they ask for anything, is `command_line`'s business: that module is loaded in
every pytest run of an environment, this one only where conformance is wanted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from smcp_conformance.command_line import KNOWN_FAILURES, wanted
from smcp_conformance.quantity import parse_examples, parse_pattern, parse_seconds, parse_size
from smcp_conformance.revisions import REVISIONS
from smcp_conformance.target import Policy, Target, TargetError, parse_header, parse_server_option, parse_url_option

if TYPE_CHECKING:
    from smcp_conformance.configuration import Configuration
    from smcp_conformance.plugin_configuration import PluginSettings
    from smcp_conformance.tool_configuration import ToolSettings

PLUGINS = "plugins"
MAX_EXAMPLES = 25
TYPED = "command line"
FILLED = {
    "smcp_config": "the JSON file of an MCP client",
    "smcp_plugins": "a folder that holds NAME/cli.py",
    "smcp_known_failures": "a TOML file",
    "smcp_allow_tools": "the name of a tool, or a glob of names",
    "smcp_replay": "the id of an item (NAME::leg::page::check) or a file in .smcp/replays/",
}
"""What may not be empty, though an empty text could be read as something."""

FOUR_WAYS = """\
--smcp-conformance: nothing to test was found; say what in one of four ways:
  a command      --smcp-server 'python server.py'   (NAME='…' names it; {port} in it means HTTP)
  a URL          --smcp-url http://127.0.0.1:8000/mcp
  a config file  --smcp-config .mcp.json, or [tool.smcp-conformance.targets.NAME] in pyproject.toml
  plugin CLIs    --smcp-plugins DIR, or plugins/NAME/cli.py below the rootdir
(the server that comes with this package is tested only when named: --smcp-server bundled)"""


@dataclass(frozen=True)
class Options:
    """What this run is to do.

    `revisions` is "default" (the newest handshake revision and 2026-07-28, where spoken) or a tuple of revisions,
    oldest first; `plugins` are directories whose subfolders hold a `cli.py`, or the `folder` of one of
    `plugin_settings`, which say how single plugins are run; `origin` says where the subjects come from; `policy` is
    what holds where a target says nothing else (targets carry their own, complete); `remarks` are what is odd about
    them, though no mistake; `max_examples` are the generated inputs for each check of a tool or command, and
    `time_budget` the seconds after which nothing is generated any more (None: no end); `tools` is what is said of
    single ones.
    """

    enabled: bool = False
    only: bool = False
    targets: tuple[Target, ...] = ()
    plugins: tuple[Path, ...] = ()
    plugin_settings: tuple[PluginSettings, ...] = ()
    revisions: str | tuple[str, ...] = "default"
    strict: bool = False
    known_failures: Path | None = None
    replay: str | None = None
    max_examples: int = MAX_EXAMPLES
    time_budget: float | None = None
    tools: tuple[ToolSettings, ...] = ()
    policy: Policy = field(default_factory=Policy)
    origin: str = ""
    remarks: tuple[str, ...] = ()


def from_config(config: pytest.Config) -> Options:
    """Read everything the user configured; raises pytest.UsageError that names the valid values.

    Where no conformance is wanted, nothing is read.
    """
    if not wanted(config):
        return Options()
    try:
        configured = _read_configuration(config.rootpath / "pyproject.toml")
        return _Reader(config.option, config.rootpath, config.invocation_params.dir, configured).options()
    except TargetError as error:
        raise pytest.UsageError(str(error)) from None


def _refuse_nothing(typed: Any) -> None:
    """Refuse empty values: a variable of a script that wasn't set must not choose another default."""
    for name, meant in FILLED.items():
        given = getattr(typed, name)
        if "" in (given if isinstance(given, list) else [given]):
            raise TargetError(f"--{name.replace('_', '-')}: '' must be {meant}")


def parse_revisions(text: str, source: str) -> str | tuple[str, ...]:
    """Read "default", "all" or revisions between commas; raises TargetError."""
    if text.strip() == "default":
        return "default"
    names = [name.strip() for name in text.split(",") if name.strip()]
    if names == ["all"]:
        return REVISIONS
    if {"all", "default"} & {*names}:
        raise TargetError(f"{source}: {text!r} must be 'default' alone, 'all' alone, or revisions between commas")
    for name in names or [text]:
        if name not in REVISIONS:
            raise TargetError(
                f"{source}: unknown revision {name!r}; the valid ones are default, all, {', '.join(REVISIONS)}"
            )
    return tuple(revision for revision in REVISIONS if revision in names)


@dataclass(frozen=True)
class _Reader:
    """One reading of options and files; paths that were typed are relative to `here`, where pytest was called."""

    typed: Any
    rootdir: Path
    here: Path
    configured: Configuration

    def options(self) -> Options:
        _refuse_nothing(self.typed)
        headers = tuple(parse_header(text) for text in self.typed.smcp_header)
        policy = self._policy(self.configured.policy)
        targets, plugins, origin = self._subjects()
        if plugins and any(target.group == PLUGINS for target in targets):
            raise TargetError(
                f"a target is called {PLUGINS!r}, like the items of the plugin folders: choose another name"
            )
        return Options(
            enabled=True,
            only=self.typed.smcp_only,
            targets=tuple(_distinct(self._completed(target, headers) for target in targets)),
            plugins=tuple(plugins),
            plugin_settings=self._plugin_settings(plugins, origin),
            revisions=self._revisions(),
            strict=self.typed.smcp_strict or self.configured.strict,
            known_failures=self._known_failures(),
            replay=self.typed.smcp_replay,
            max_examples=self._max_examples(),
            time_budget=self._time_budget(),
            tools=self.configured.tools,
            policy=policy,
            origin=origin,
            remarks=() if self.typed.smcp_replay else _remarks(headers, targets),
        )

    def _subjects(self) -> tuple[Sequence[Target], Sequence[Path], str]:
        """Return the targets and plugin folders that were typed, else configured, else lie beside the rootdir."""
        typed = self._typed_targets(), [self.here / folder for folder in self.typed.smcp_plugins]
        if any(typed):
            return *typed, TYPED
        configured = self._configured_targets(), self.configured.plugins
        if any(configured):
            return *configured, str(self.rootdir / "pyproject.toml")
        if _plugins_in(self.rootdir / "plugins", self.configured.plugin_settings):
            return (), (self.rootdir / "plugins",), "plugins/ below the rootdir"
        if self.typed.smcp_replay:
            return (), (), "replay"
        raise TargetError(FOUR_WAYS + _lacking(self.rootdir / "plugins"))

    def _plugin_settings(self, places: Sequence[Path], origin: str) -> tuple[PluginSettings, ...]:
        """What is configured for the plugins in `places`, which must hold some."""
        settings = self.configured.plugin_settings
        if not places and not settings:
            return ()
        from smcp_conformance.plugin_configuration import checked

        found = checked(places, settings, complete=origin not in (TYPED, "replay"))
        for place in places:
            if place not in [one.folder for one in found]:
                _must_hold_plugins(place, found)
        return found

    def _typed_targets(self) -> list[Target]:
        targets = [parse_server_option(text, self.rootdir) for text in self.typed.smcp_server]
        targets += [parse_url_option(text, self.rootdir) for text in self.typed.smcp_url]
        files = _read_all(self.here / file for file in self.typed.smcp_config)
        return [replace(target, policy=self.configured.policy) for target in (*targets, *files)]

    def _configured_targets(self) -> list[Target]:
        files = _read_all(self.configured.configs)
        return [*self.configured.targets, *(replace(target, policy=self.configured.policy) for target in files)]

    def _completed(self, target: Target, headers: tuple[tuple[str, str], ...]) -> Target:
        """Add to `target` what was typed for all of them."""
        sent = headers if target.transport != "stdio" else ()
        places, policy = (self.here, self.rootdir), self._policy(target.policy)
        return replace(target, headers=target.headers + sent, policy=policy, places=places)

    def _policy(self, base: Policy) -> Policy:
        typed = self.typed
        masks = tuple(parse_pattern(mask, "--smcp-mask") for mask in typed.smcp_mask)
        return Policy(
            allow_tools=base.allow_tools + tuple(typed.smcp_allow_tools),
            start_timeout=parse_seconds(_given(typed.smcp_start_timeout, base.start_timeout), "--smcp-start-timeout"),
            reply_timeout=parse_seconds(_given(typed.smcp_reply_timeout, base.reply_timeout), "--smcp-reply-timeout"),
            max_message=parse_size(_given(typed.smcp_max_message, base.max_message), "--smcp-max-message"),
            mask=base.mask + masks,
        )

    def _revisions(self) -> str | tuple[str, ...]:
        if self.typed.smcp_revisions is not None:
            return parse_revisions(self.typed.smcp_revisions, "--smcp-revisions")
        return parse_revisions(self.configured.revisions or "default", "[tool.smcp-conformance], revisions")

    def _max_examples(self) -> int:
        if self.typed.smcp_max_examples is not None:
            return parse_examples(self.typed.smcp_max_examples, "--smcp-max-examples")
        return self.configured.max_examples or MAX_EXAMPLES

    def _time_budget(self) -> float | None:
        if self.typed.smcp_time_budget is not None:
            return parse_seconds(self.typed.smcp_time_budget, "--smcp-time-budget")
        return self.configured.time_budget

    def _known_failures(self) -> Path | None:
        default = self.rootdir / KNOWN_FAILURES
        typed = self.typed.smcp_known_failures
        chosen = self.here / typed if typed else self.configured.known_failures
        if chosen and not chosen.is_file():
            raise TargetError(f"known failures: {str(chosen)!r} must be a file")
        return chosen or (default if default.is_file() else None)


def _given(typed: str | None, otherwise: float) -> str | float:
    return otherwise if typed is None else typed


def _read_configuration(path: Path) -> Configuration:
    from smcp_conformance.configuration import Configuration, read_pyproject

    return read_pyproject(path) if path.is_file() else Configuration()


def _read_all(files: Iterable[Path]) -> Iterator[Target]:
    from smcp_conformance.mcp_servers import read_mcp_servers

    for file in files:
        yield from read_mcp_servers(file)


def _remarks(headers: Sequence[object], targets: Sequence[Target]) -> tuple[str, ...]:
    from smcp_conformance.remarks import remarks

    return tuple(remarks(headers, targets))


def _distinct(targets: Iterable[Target]) -> list[Target]:
    """Return `targets` if no two share a NAME, unless they are one target over several transports."""
    chosen: list[Target] = []
    for target in targets:
        for other in chosen:
            same = {target.name, target.group} & {other.name, other.group}
            if same and (target.name == other.name or target.source != other.source):
                raise TargetError(_clash(sorted(same)[0], other, target))
        chosen.append(target)
    return chosen


def _clash(name: str, first: Target, second: Target) -> str:
    return (
        f"two targets are called {name!r}: {first.source} and {second.source}; "
        "names must differ, and NAME=… before a command or URL gives one"
    )


def _must_hold_plugins(folder: Path, settings: Sequence[PluginSettings]) -> None:
    if not _plugins_in(folder, settings):
        itself = f"; it is a plugin itself, so name {str(folder.parent)!r}" if (folder / "cli.py").is_file() else ""
        raise TargetError(f"plugins: {str(folder)!r} must be a folder that holds NAME/cli.py{itself}")


def _lacking(shelf: Path) -> str:
    """Say of a folder of plugins that it holds none, if it holds folders."""
    names = sorted(folder.name for folder in shelf.glob("[!._]*") if folder.is_dir())
    return f"\n({shelf} is there, but no cli.py is in any of {', '.join(names)})" if names else ""


def _plugins_in(folder: Path, settings: Sequence[PluginSettings]) -> Mapping[str, Path]:
    from smcp_conformance.plugin_configuration import plugin_folders

    return plugin_folders([folder], settings) if folder.is_dir() else {}
