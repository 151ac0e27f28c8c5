"""Find plugins on disk and ask them what they offer."""

from __future__ import annotations

import base64
import sys
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from smcp import contract
from smcp_conformance.cli.answer import Answer, NotJson
from smcp_conformance.cli.command import Described
from smcp_conformance.cli.runner import Plugin, Run, run


def find_plugins(dirs: Iterable[Path]) -> tuple[Plugin, ...]:
    """Return every subfolder of `dirs` that has a `cli.py`, by name; of equal names the first one counts.

    Each is run by the interpreter that runs us, under the name we were started by: resolving the link would leave
    a virtual environment. Raises `OSError` for a folder that can't be read.
    """
    found: dict[str, Plugin] = {}
    for folder in dirs:
        for cli in sorted(folder.absolute().glob("*/cli.py")):
            if cli.is_file():
                name = cli.parent.name
                found.setdefault(name, Plugin(name, cli.parent, (sys.executable, str(cli))))
    return tuple(found[name] for name in sorted(found))


def describe(plugin: Plugin) -> Described:
    """Ask a plugin what it offers: twice, to see whether it says the same, unless the first call hangs."""
    first = Answer(run(plugin, ["--describe"]))
    second = first if first.run.timed_out else Answer(run(plugin, ["--describe"]))
    return described(plugin, first, second)


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
    return {"name": plugin.name, "folder": str(plugin.folder), "command": plugin.command, "answers": answers}


def from_json(data: Mapping[str, Any]) -> Described:
    """Undo `to_json`."""
    plugin = Plugin(data["name"], Path(data["folder"]), tuple(data["command"]))
    first, second = (Answer(_run_from_json(answer)) for answer in data["answers"])
    return described(plugin, first, second)


def _run_to_json(made: Run) -> dict[str, Any]:
    streams = {name: base64.b64encode(getattr(made, name)).decode() for name in ("stdout", "stderr")}
    return {**vars(made), **streams, "env": dict(made.env)}


def _run_from_json(data: Mapping[str, Any]) -> Run:
    streams = {name: base64.b64decode(data[name]) for name in ("stdout", "stderr")}
    return Run(**{**data, **streams, "argv": tuple(data["argv"])})
