"""What a fork server stands for, and whether that is still what is on disk."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass

from smcp.runner.call import Call

_PREFIXES = ("PYTHON", "LC_", "LD_", "DYLD_", "MALLOC_", "GLIBC_", "OPENBLAS_", "OMP_", "MKL_", "NUMEXPR_", "__PYVENV")
_NAMES = frozenset({"LANG", "LANGUAGE", "TZ", "HOME", "PATH"})


@dataclass(frozen=True)
class Program:
    """What a fork server is for: an interpreter, a file, a folder, and the environment that interpreters read."""

    interpreter: str
    file: str
    folder: str
    startup: frozenset[tuple[str, str]]

    @classmethod
    def of(cls, call: Call, environment: Mapping[str, str]) -> Program:
        """The program of a call that is suited to a fork server."""
        folder = os.path.abspath(call.cwd or os.getcwd())
        file = os.path.join(folder, call.argv[1])
        read = [(name, value) for name, value in environment.items() if is_startup(name)]
        return cls(call.argv[0], file, folder, frozenset(read))


def is_startup(name: str) -> bool:
    """True for a variable that an interpreter, or a library that it loads, reads only once."""
    return name in _NAMES or name.startswith(_PREFIXES)


def fingerprint(path: str) -> tuple[int, int, int]:
    """What changes when a file is written or replaced: time of change in ns, size, inode. Raises `OSError`."""
    found = os.stat(path)
    return found.st_mtime_ns, found.st_size, found.st_ino
