"""Find plugins on disk and ask them what they offer."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from smcp import contract
from smcp_conformance.cli.answer import Answer, NotJson
from smcp_conformance.cli.command import Described
from smcp_conformance.cli.runner import TIMEOUT, Plugin, Run, run
from smcp_conformance.plugin_configuration import PluginSettings, by_name, plugin_command, plugin_folders

NOT_STARTED = 126
"""The exit code that a shell has for a program that can't be started."""


def find_plugins(places: Iterable[Path], settings: Sequence[PluginSettings] = ()) -> tuple[Plugin, ...]:
    """Return every plugin in `places`, by name, as `settings` say how it is run; of equal names the first one counts.

    Without settings it is a subfolder with a `cli.py`, run by the interpreter that runs us. Raises `OSError` for a
    place that can't be read, `TargetError` for what can't be run.
    """
    said = by_name(settings)
    return tuple(_plugin(name, folder, said.get(name)) for name, folder in plugin_folders(places, settings).items())


def _plugin(name: str, folder: Path, said: PluginSettings | None) -> Plugin:
    command = plugin_command(folder, said)
    if said is None:
        return Plugin(name, folder, command)
    return Plugin(name, folder, command, said.timeout or TIMEOUT, warm=said.warm and not said.command)


def describe(plugin: Plugin) -> Described:
    """Ask a plugin what it offers: twice, to see whether it says the same, unless the first call hangs."""
    first = Answer(_ask(plugin))
    second = first if first.run.ended_by_us else Answer(_ask(plugin))
    return described(plugin, first, second)


def _ask(plugin: Plugin) -> Run:
    """Run it with `--describe`; what can't even be started looks as a shell would tell it."""
    try:
        return run(plugin, ["--describe"])
    except OSError as error:
        words = (*plugin.command, "--describe")
        return Run(words, NOT_STARTED, b"", f"{words[0]}: {error.strerror}".encode(), timed_out=False, seconds=0.0)


def described(plugin: Plugin, first: Answer, second: Answer) -> Described:
    """Read a plugin's two answers to `--describe`."""
    try:
        document = first.document
    except NotJson:
        return Described(plugin, (first, second))
    return Described(plugin, (first, second), document, contract.problems(document))


def describe_all(plugins: Iterable[Plugin]) -> tuple[Described, ...]:
    """Ask all plugins at once, a few at a time."""
    with ThreadPoolExecutor(max_workers=4, thread_name_prefix="smcp describe") as pool:
        return tuple(pool.map(describe, plugins))


def to_json(found: Described) -> dict[str, Any]:
    """Plain JSON of a plugin and its answers, for xdist's workers."""
    plugin = found.plugin
    answers = [_run_to_json(answer.run) for answer in found.answers]
    return {**vars(plugin), "folder": str(plugin.folder), "answers": answers}


def from_json(data: Mapping[str, Any]) -> Described:
    """Undo `to_json`."""
    said = {name: value for name, value in data.items() if name != "answers"}
    plugin = Plugin(**{**said, "folder": Path(data["folder"]), "command": tuple(data["command"])})
    first, second = (Answer(_run_from_json(answer)) for answer in data["answers"])
    return described(plugin, first, second)


def _run_to_json(made: Run) -> dict[str, Any]:
    streams = {name: base64.b64encode(getattr(made, name)).decode() for name in ("stdout", "stderr")}
    return {**vars(made), **streams, "env": dict(made.env)}


def _run_from_json(data: Mapping[str, Any]) -> Run:
    streams = {name: base64.b64decode(data[name]) for name in ("stdout", "stderr")}
    return Run(**{**data, **streams, "argv": tuple(data["argv"])})
