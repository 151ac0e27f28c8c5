"""Which file a command's first word is, and which Python runs it."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

_PYTHON = re.compile(r"pythonw?[\d.]*(\.exe)?", re.IGNORECASE)
_TRAMPOLINE = re.compile(rb"""'''exec' ("[^"]+"|\S+) """)  # how pip and uv write an interpreter's long path
_PLAIN = re.compile(r"[\w@%+=:,./{}-]+")
OURS = "the interpreter that runs pytest"


@dataclass(frozen=True)
class Program:
    """A file to run, and how it was found."""

    path: str
    found: str


def find_program(word: str, cwd: Path, env: Mapping[str, str]) -> Program | None:
    """Find `word`: as a path from `cwd`, as our own Python, beside it, or on the PATH of `env`."""
    if word in ("python", "python3", "{python}"):
        return Program(sys.executable, OURS)
    if has_folder(word):
        path = os.path.abspath(cwd / Path(word).expanduser())
        return Program(path, f"a path from {cwd}") if shutil.which(path) else None
    beside = shutil.which(word, path=str(Path(sys.executable).parent))
    if beside:
        return Program(beside, f"beside {OURS}")
    path_entries = env.get("PATH", os.defpath)
    found = shutil.which(word, path=path_entries)
    return Program(os.path.abspath(found), f"PATH entry {os.path.dirname(found)}") if found else None


def shown(words: Iterable[str]) -> str:
    """Join `words` as one would type them; placeholders need no quotes."""
    return " ".join(word if _PLAIN.fullmatch(word) else shlex.quote(word) for word in words)


def has_folder(word: str) -> bool:
    """Tell whether `word` is a path rather than a name to be looked up."""
    return any(separator and separator in word for separator in (os.sep, os.altsep))


def is_python(path: str) -> bool:
    """Tell whether `path` is called like a Python interpreter."""
    return bool(_PYTHON.fullmatch(os.path.basename(path)))


def interpreter_of(path: str, env: Mapping[str, str]) -> str | None:
    """Tell which Python runs the program at `path`: itself, or the one in its first line; None if it's none."""
    if is_python(path):
        return path
    line = shebang(path)
    if line and line[0].endswith("/env"):
        names = [word for word in line[1:] if not word.startswith("-") and "=" not in word]
        found = shutil.which(names[0], path=env.get("PATH", os.defpath)) if names else None
        return found if found and is_python(found) else None
    if line:
        return line[0] if is_python(line[0]) else None
    same_folder = os.path.dirname(path) == os.path.dirname(sys.executable)
    return sys.executable if same_folder and path.lower().endswith(".exe") else None  # a script's launcher on Windows


def shebang(path: str) -> list[str]:
    """Return the words of the `#!` line of the script at `path`, or nothing."""
    try:
        with open(path, "rb") as file:
            start = file.read(1024)
    except OSError:
        return []
    if not start.startswith(b"#!"):
        return []
    trampoline = _TRAMPOLINE.search(start)
    if trampoline:
        return [os.fsdecode(trampoline[1].strip(b'"'))]
    return os.fsdecode(start[2:].partition(b"\n")[0]).split()
