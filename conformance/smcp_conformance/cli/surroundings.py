"""Surroundings that a plugin is put into on purpose, to see whether it minds: no network, folders that are watched.

Which network calls can be cut off depends on the machine: see `offline`.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from smcp_conformance.cli.runner import Plugin
from smcp_conformance.cli.sandbox import Sandbox

NOBODY = "http://127.0.0.1:9"
"""A proxy that nobody is: port 9, "discard", is closed wherever it isn't there on purpose."""

PROXIES = ("http_proxy", "https_proxy", "ftp_proxy", "all_proxy")
WITHOUT_SOCKETS = Path(__file__).parent / "offline"
"""A folder for PYTHONPATH whose `sitecustomize` takes a Python program's network away."""

CACHES = frozenset({"__pycache__", ".cache", ".git", ".hypothesis", ".venv", "venv", "node_modules"})
"""Folders in which files come and go without anybody's doing."""

MOST_FILES = 20_000

Files = Mapping[str, tuple[int, int]]


@dataclass(frozen=True)
class Offline:
    """How the network is cut off: words before the plugin's own, changes to its environment, and what that misses."""

    words: tuple[str, ...]
    env: Mapping[str, str]
    misses: str

    def around(self, plugin: Plugin) -> Plugin:
        """The plugin, started so that it has no network."""
        return replace(plugin, command=(*self.words, *plugin.command))


@cache
def offline() -> Offline:
    """The best that this machine allows.

    On Linux a network namespace of its own, in which nothing can be reached. Where that is forbidden, or elsewhere:
    proxies that don't answer and, in Python programs, sockets that don't connect and names that don't resolve. That
    misses programs that aren't written in Python and use no proxy.
    """
    alone = ("unshare", "--map-current-user", "--net")
    if sys.platform.startswith("linux") and shutil.which("unshare") and _works((*alone, "true")):
        return Offline(alone, {}, "")
    proxies = {name: NOBODY for lower in PROXIES for name in (lower, lower.upper())}
    path = os.pathsep.join(filter(None, (str(WITHOUT_SOCKETS), os.environ.get("PYTHONPATH", ""))))
    more = {"no_proxy": "", "NO_PROXY": "", "PYTHONPATH": path}
    return Offline((), {**proxies, **more}, "what isn't written in Python and uses no proxy")


def leading_to(place: Sandbox) -> dict[str, str]:
    """The changes to the environment that make a sandbox the home and the temporary folder of a call."""
    home, temporary = str(place.folder / "home"), str(place.folder / "tmp")
    return {"HOME": home, "USERPROFILE": home, "TMPDIR": temporary, "TEMP": temporary, "TMP": temporary}


def files(folder: Path) -> Files:
    """Size and time of each file below a folder, by its path in there; caches are left out."""
    return dict(_files(folder))


def changed(before: Files, after: Files) -> list[str]:
    """The paths of the files that came, went or changed."""
    return sorted(path for path in {*before, *after} if before.get(path) != after.get(path))


def _files(folder: Path) -> Iterator[tuple[str, tuple[int, int]]]:
    seen = 0
    for where, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if name not in CACHES]
        for name in names:
            seen += 1
            path = Path(where) / name
            if seen > MOST_FILES:
                return
            if path.suffix != ".pyc" and (found := _stamp(path)):
                yield path.relative_to(folder).as_posix(), found


def _stamp(path: Path) -> tuple[int, int] | None:
    try:
        found = path.lstat()
    except OSError:  # it has gone meanwhile
        return None
    return found.st_size, found.st_mtime_ns


def _works(words: tuple[str, ...]) -> bool:
    try:
        done = subprocess.run(words, capture_output=True, stdin=subprocess.DEVNULL, timeout=10, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0
