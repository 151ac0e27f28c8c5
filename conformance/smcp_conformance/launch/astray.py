"""Where a script is that a command names, but not from the folder that the command runs in."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path, PurePath

from smcp_conformance.target import SUFFIXES

DEEP = 3
"""Folders below a place that are looked into."""

MANY = 2000
"""Folders that are looked into at most."""

NAMED = 3
"""Files that are named at most."""

ELSEWHERE = frozenset(("node_modules", "site-packages", "__pycache__", "venv", "env"))
FETCHING = frozenset(("npx", "bunx", "uvx", "pipx", "docker", "podman"))


def missing_script(words: Sequence[str], cwd: Path, places: Iterable[Path]) -> str | None:
    """Say where the first script among the arguments was looked for, if it isn't there; `words` are a whole command."""
    if PurePath(words[0]).stem in FETCHING:  # its arguments name packages
        return None
    scripts = (word for word in words[1:] if _is_relative_script(word))
    return next((missing(word, cwd, places) for word in scripts if not (cwd / word).exists()), None)


def missing(word: str, cwd: Path, places: Iterable[Path]) -> str:
    """Say that the relative path `word` is none from `cwd`, and where there is such a file in or below `places`."""
    roots = list(dict.fromkeys(Path(os.path.abspath(place)) for place in (cwd, *places)))
    found = list(islice(_files(PurePath(word).name, roots), NAMED))
    lost = f"{word!r} was looked for at {os.path.abspath(cwd / word)}, where no such file is"
    if not found:
        return f"{lost}; nor is there one of that name in or shortly below {', '.join(map(str, roots))}"
    path = os.path.relpath(found[0], cwd)
    return f"{lost}; there is {', '.join(map(str, found))}, so write {path!r}, or set the server's cwd"


def _is_relative_script(word: str) -> bool:
    return (
        word.endswith(SUFFIXES) and not word.startswith("-") and "://" not in word and not PurePath(word).is_absolute()
    )


def _files(name: str, roots: Iterable[Path]) -> Iterator[Path]:
    """The files called `name`, each once, those closest to the first of `roots` first."""
    folders = (folder for root in roots for folder in _folders(root))
    seen = dict.fromkeys(folder / name for folder in islice(folders, MANY))
    return (path for path in seen if path.is_file())


def _folders(root: Path) -> Iterator[Path]:
    """`root` and the folders below it, level by level, without those that hold what others made."""
    level = [root]
    for _ in range(DEEP + 1):
        yield from level
        level = [child for folder in level for child in _children(folder)]


def _children(folder: Path) -> list[Path]:
    try:
        with os.scandir(folder) as entries:
            folders = [entry.name for entry in entries if entry.is_dir(follow_symlinks=False)]
    except OSError:
        return []
    return [folder / name for name in sorted(folders) if not name.startswith(".") and name not in ELSEWHERE]
