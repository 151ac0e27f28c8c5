"""What a fork server stands for, and whether that is still what is on disk."""

from __future__ import annotations

import os
from dataclasses import dataclass

from smcp.runner.call import Call

_PREFIXES = ("PYTHON", "LC_", "LD_", "DYLD_", "MALLOC_", "GLIBC_", "OPENBLAS_", "OMP_", "MKL_", "NUMEXPR_", "__PYVENV")
_NAMES = frozenset({"LANG", "LANGUAGE", "TZ", "PATH"})


@dataclass(frozen=True)
class Program:
    """What a fork server is for: an interpreter, a file, and the environment that interpreters read.

    Not the folder that a call is made in: the child enters it.
    """

    interpreter: str
    file: str
    startup: frozenset[tuple[str, str]]

    @classmethod
    def of(cls, call: Call) -> Program:
        """The program of a call that is suited to a fork server."""
        file = os.path.join(folder_of(call), call.argv[1])
        environment = call.environment
        read = [(name, value) for name, value in environment.items() if is_startup(name)]
        return cls(call.argv[0], file, frozenset([*read, ("HOME", _packages_of(environment.get("HOME", "")))]))


def folder_of(call: Call) -> str:
    """The folder that a call is made in. Raises `OSError` if that is gone."""
    return os.path.abspath(call.cwd or os.getcwd())


def _packages_of(home: str) -> str:
    """Where a user may have packages of their own, "" for a home without any."""
    places = (os.path.join(home, ".local", "lib"), os.path.join(home, "Library", "Python"))
    return home if any(os.path.isdir(place) for place in places) else ""


def is_startup(name: str) -> bool:
    """True for a variable that an interpreter, or a library that it loads, reads only once."""
    return name in _NAMES or name.startswith(_PREFIXES)


def fingerprint(path: str) -> tuple[int, int, int]:
    """What changes when a file is written or replaced: time of change in ns, size, inode. Raises `OSError`."""
    found = os.stat(path)
    return found.st_mtime_ns, found.st_size, found.st_ino
