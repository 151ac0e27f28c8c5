"""What pyproject.toml says of plugins: where they are, and by what each is run.

    [tool.smcp-conformance.plugins]
    folders = ["plugins"]                # as --smcp-plugins; `plugins = ["plugins"]` says the same, and no more

    [tool.smcp-conformance.plugins.shop]
    folder = "tools/shop"                # the plugin's own folder, if it is in none of `folders`
    command = ["node", "cli.js"]         # any program that keeps the contract, in place of cli.py
    timeout = 30

    [tool.smcp-conformance.plugins.heavy]
    python = "plugins/heavy/.venv/bin/python"
    warm = false

`folders`, `folder` and `python` are relative to the file's folder, what `command` names to the plugin's. A `command`
is always run cold.
"""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from smcp_conformance.quantity import parse_seconds
from smcp_conformance.table import Table
from smcp_conformance.target import SUFFIXES, TargetError

KEYS = ("folder", "command", "python", "timeout", "warm")
FOLDERS = "folders"
CLI = "cli.py"


@dataclass(frozen=True)
class PluginSettings:
    """What is said of the plugin `name`; empty or None where nothing is. `timeout` is seconds for one call."""

    name: str
    folder: Path | None = None
    command: tuple[str, ...] = ()
    python: Path | None = None
    timeout: float | None = None
    warm: bool = True
    source: str = ""


def read_plugins(table: Table, base: Path) -> tuple[tuple[Path, ...], tuple[PluginSettings, ...]]:
    """Read `plugins` of `table`: a list of folders, or a table. Returns folders of plugins, and what is said of each.

    A plugin with a `folder` of its own stands among the folders, too. Raises TargetError.
    """
    if not isinstance(table.values.get("plugins"), dict):
        return tuple(base / each for each in table.texts("plugins")), ()
    plugins = replace(table.table("plugins"), source="[tool.smcp-conformance.plugins]")
    names = [name for name, value in plugins.values.items() if name != FOLDERS or isinstance(value, dict)]
    shelves = () if FOLDERS in names else plugins.texts(FOLDERS)
    settings = tuple(_read(name, plugins, base) for name in names)
    alone = (one.folder for one in settings if one.folder is not None)
    return (*(base / each for each in shelves), *alone), settings


def _read(name: str, plugins: Table, base: Path) -> PluginSettings:
    if not isinstance(plugins.values[name], dict):
        raise TargetError(
            f"{plugins.place(name)}: {plugins.values[name]!r} must be a table, [tool.smcp-conformance.plugins.{name}]; "
            f"folders that hold plugins are named by `{FOLDERS}`"
        )
    table = replace(plugins.table(name), source=f"[tool.smcp-conformance.plugins.{name}]")
    table.only(*KEYS)
    folder, python = table.text("folder"), table.text("python")
    if "command" in table.values and python is not None:
        raise TargetError(f"{table.source}: only one of `command` and `python` can say what runs the plugin")
    return PluginSettings(
        name,
        base / folder if folder is not None else None,
        _words(table) if "command" in table.values else (),
        base / python if python is not None else None,
        parse_seconds(table.values["timeout"], table.place("timeout")) if "timeout" in table.values else None,
        table.flag("warm") if "warm" in table.values else True,
        table.source,
    )


def _words(table: Table) -> tuple[str, ...]:
    words = table.texts("command")
    if isinstance(table.values["command"], str):
        try:
            words = tuple(shlex.split(words[0]))
        except ValueError as error:
            raise TargetError(f"{table.place('command')}: {words[0]!r} must be a command ({error})") from None
    if not words or not words[0].strip():
        raise TargetError(f"{table.place('command')}: the command is empty; it must be a program with its arguments")
    return words


def plugin_folders(places: Iterable[Path], settings: Sequence[PluginSettings] = ()) -> dict[str, Path]:
    """Map names of plugins to their folders, sorted; of equal names the first counts.

    `places` are folders with a folder for each plugin in them, or the `folder` of one in `settings`. A plugin has a
    cli.py, or a command in `settings`. A place that isn't there has none; raises OSError for one that can't be read.
    """
    alone = {one.folder: one.name for one in settings if one.folder is not None}
    commanded = {one.name for one in settings if one.command}
    found: dict[str, Path] = {}
    for place in places:
        inside = [(alone[place], place)] if place in alone else list(_inside(place, commanded))
        for name, folder in inside:
            found.setdefault(name, Path(os.path.abspath(folder)))
    return {name: found[name] for name in sorted(found)}


def _inside(shelf: Path, commanded: Container[str]) -> Iterator[tuple[str, Path]]:
    if not os.path.isdir(shelf):
        return
    with os.scandir(shelf) as entries:
        names = sorted(entry.name for entry in entries)
    for name in names:
        cli = os.path.join(shelf, name, CLI)  # unlike a Path's, these functions never raise
        if (os.path.lexists(cli) and not os.path.isdir(cli)) or (name in commanded and os.path.isdir(shelf / name)):
            yield name, shelf / name


def checked(
    places: Sequence[Path], settings: Sequence[PluginSettings], *, complete: bool
) -> tuple[PluginSettings, ...]:
    """Return the settings of plugins that are there; raises TargetError for what can't be run.

    With `complete`, settings without such a plugin are an error, too.
    """
    for place in places:
        if place.is_dir():
            _must_be_readable(place)
    there = plugin_folders(places, settings)
    for one in settings:
        if one.name in there:
            plugin_command(there[one.name], one)
        elif complete:
            known = ", ".join(there) or "none"
            raise TargetError(
                f"{one.source}: no plugin is called {one.name!r}, there is {known}; `folder` names where it is"
            )
    return tuple(one for one in settings if one.name in there)


def _must_be_readable(place: Path) -> None:
    try:
        os.scandir(place).close()
    except PermissionError as error:
        raise TargetError(f"plugins: {str(place)!r} can't be read: {str(error.strerror).lower()}") from None


def plugin_command(folder: Path, said: PluginSettings | None = None) -> tuple[str, ...]:
    """The words before a plugin's own arguments, with full paths, since calls are made from an empty folder.

    An interpreter keeps the name it has: resolving the link would leave a virtual environment. Raises TargetError.
    """
    if said is None or not (said.command or said.python):
        return sys.executable, str(folder / CLI)
    if said.python:
        return str(_program(said.python, f"{said.source}, python")), str(folder / CLI)
    place = f"{said.source}, command"
    return (_found(said.command[0], folder, place), *(_argument(word, folder, place) for word in said.command[1:]))


def _found(word: str, folder: Path, place: str) -> str:
    if word in ("{python}", "python", "python3"):
        return sys.executable
    if os.path.dirname(word):
        return str(_program(folder / word, place))
    found = shutil.which(word)
    if found is None:
        here = f"; there is one in the plugin's folder: './{word}'" if (folder / word).is_file() else ""
        raise TargetError(f"{place}: {word!r} is not found on PATH{here}")
    return os.path.abspath(found)


def _program(path: Path, place: str) -> Path:
    if not path.is_file():
        raise TargetError(f"{place}: {str(path)!r} must be a program; no such file is there")
    if not os.access(path, os.X_OK):
        raise TargetError(f"{place}: {str(path)!r} must be a program; it may not be executed")
    return Path(os.path.abspath(path))


def _argument(word: str, folder: Path, place: str) -> str:
    """An argument; one that names a file of the plugin's becomes its path."""
    if word.startswith("-") or not word:
        return word
    if (folder / word).is_file():
        return os.path.abspath(folder / word)
    if word.endswith(SUFFIXES):
        raise TargetError(f"{place}: {word!r} was looked for at {str(folder / word)!r}, where no such file is")
    return word


def by_name(settings: Iterable[PluginSettings]) -> Mapping[str, PluginSettings]:
    """The settings by the plugin's name."""
    return {one.name: one for one in settings}
