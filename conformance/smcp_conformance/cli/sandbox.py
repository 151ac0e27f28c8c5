"""The folders that a call of a plugin may do with what it likes: they are emptied after it, or thrown away."""

from __future__ import annotations

import os
import shutil
import site
import tempfile
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from smcp.discovery import plugin_environment
from smcp_conformance.launch.escaped import MARKER, end_bearing

_OF_THE_USER = ("XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME")
_FOLDERS = ("home", "cwd", "tmp")
_MARK = uuid.uuid4().hex


@dataclass(frozen=True)
class Sandbox:
    """A home, a working and a temporary folder below `folder`."""

    folder: Path

    @property
    def cwd(self) -> Path:
        """Where calls are made."""
        return self.folder / "cwd"

    def prepare(self) -> None:
        """Make the three folders."""
        for name in _FOLDERS:
            (self.folder / name).mkdir(exist_ok=True)

    def clear(self) -> None:
        """Throw away what is in them, as far as that can be done."""
        for name in _FOLDERS:
            if not _empty(self.folder / name):
                shutil.rmtree(self.folder / name, ignore_errors=True)

    def environment(self, changes: Mapping[str, str | None]) -> dict[str, str]:
        """What the server gives its plugins, with a home and a temporary folder of its own.

        It bears a mark, by which `end_escaped` knows what has left a call's process group. None in `changes` removes.
        """
        inherited = {name: value for name, value in plugin_environment().items() if name not in _OF_THE_USER}
        home = str(self.folder / "home")
        # Packages installed with `pip install --user` are found through HOME unless told otherwise.
        moved = {"PYTHONUSERBASE": _user_base(), "HOME": home, "USERPROFILE": home, "TMPDIR": str(self.folder / "tmp")}
        marked = {MARKER: f"{inherited.get(MARKER, '')}/{_MARK}"}
        changed: dict[str, str | None] = {**inherited, **moved, **marked, **changes}
        return {name: value for name, value in changed.items() if value is not None}


@contextmanager
def fresh_sandbox() -> Iterator[Sandbox]:
    """A sandbox for one call."""
    with tempfile.TemporaryDirectory(prefix="smcp-cli-", ignore_cleanup_errors=True) as folder:
        made = Sandbox(Path(folder))
        made.prepare()
        yield made


def end_escaped() -> None:
    """Kill what calls of this process have left behind, in whatever session that is, and what that starts meanwhile."""
    end_bearing(_MARK)


def _empty(folder: Path) -> bool:
    try:
        with os.scandir(folder) as entries:
            return next(entries, None) is None
    except OSError:
        return False


@cache
def _user_base() -> str:
    return site.getuserbase()
