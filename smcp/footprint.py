"""What can be seen of a plugin from outside, to tell whether it changed."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

MOST = 2000
"""Files of one plugin that are looked at; those beyond are taken for unchanged."""

# What a description may be read from; databases and logs, which calls write, are left out.
_READ = (".json", ".toml", ".yaml", ".yml", ".ini", ".cfg", ".txt", ".md")
_NOT_ITS_OWN = ("__pycache__", "node_modules", "site-packages", "venv")

Marks = Mapping[str, tuple[int, int, int]]


@dataclass(frozen=True)
class Footprint:
    """Sizes, times and inodes of a plugin's Python files, and of other files that it may read."""

    python: Marks
    others: Marks


def footprint(cli: Path) -> Footprint:
    """Look at the files of the plugin's folder that make its description: no hidden ones, caches and dependencies."""
    marks: dict[str, tuple[int, int, int]] = {}
    for path in _files(cli.parent):
        try:
            seen = path.stat()
        except OSError:  # gone meanwhile, or a link to nowhere
            continue
        marks[str(path)] = (seen.st_size, seen.st_mtime_ns, seen.st_ino)
        if len(marks) == MOST:
            break
    python = {name: mark for name, mark in marks.items() if name.endswith(".py")}
    return Footprint(python, {name: mark for name, mark in marks.items() if name not in python})


def _files(folder: Path) -> Iterator[Path]:
    yield folder / "cli.py"
    for where, folders, names in os.walk(folder):
        folders[:] = sorted(one for one in folders if one not in _NOT_ITS_OWN and not one.startswith("."))
        yield from (Path(where, name) for name in sorted(names) if _counts(name))


def _counts(name: str) -> bool:
    return not name.startswith(".") and name.endswith((".py", *_READ))
