"""What can be seen of a plugin from outside, to tell whether it changed."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

MOST = 2000
"""Files of one plugin that are looked at; those beyond are taken for unchanged."""

_NOT_ITS_OWN = ("__pycache__", "node_modules", "site-packages", "venv")

Marks = Mapping[str, tuple[int, int, int]]


@dataclass(frozen=True)
class Footprint:
    """Sizes, times and inodes of a plugin's Python files, and of its other files."""

    python: Marks
    others: Marks


def footprint(cli: Path) -> Footprint:
    """Look at every file of the plugin's folder that may be its own: not at hidden ones, caches and dependencies."""
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
        yield from (Path(where, name) for name in sorted(names) if not name.startswith("."))
