"""Run a plugin's CLI cold: one real interpreter start per call, in a sandbox, bounded in time and output.

The engine is the server's own (`smcp.runner`), so both end a command's whole process group alike. What differs is
the surroundings: an empty temporary folder as cwd, and a HOME of its own that is thrown away with it.
"""

from __future__ import annotations

import shlex
import site
import subprocess
import tempfile
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from smcp import runner as engine
from smcp.arguments import argv
from smcp.discovery import Command as Described
from smcp.discovery import plugin_environment

TIMEOUT = 10.0
"""Seconds a command may take."""

MAX_OUTPUT = 4 * 1024 * 1024
"""Bytes of stdout a command may write; it is ended when it writes more."""

MAX_WORD = 128 * 1024
"""Bytes of one word of a command line, its closing NUL included: Linux takes no more."""

_OF_THE_USER = ("XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME")


@dataclass(frozen=True)
class Plugin:
    """A plugin on disk. `command` are the words before its own arguments: `(interpreter, cli.py)`."""

    name: str
    folder: Path
    command: tuple[str, ...]


@dataclass(frozen=True)
class Run:
    """One finished call. `returncode` is negative for a signal, `stderr` is its tail, `seconds` is wall time.

    `flooded` says that it was ended because it wrote more than `MAX_OUTPUT`; `env` is what was changed in its
    environment (None: removed).
    """

    argv: tuple[str, ...]
    returncode: int
    stdout: bytes
    stderr: bytes
    timed_out: bool
    seconds: float
    flooded: bool = False
    env: Mapping[str, str | None] = field(default_factory=dict[str, "str | None"])

    @property
    def replay(self) -> str:
        """A line for a shell that makes the same call again."""
        removed = [word for name, value in self.env.items() if value is None for word in ("-u", name)]
        added = [f"{name}={value}" for name, value in self.env.items() if value is not None]
        changed = ["env", *removed, *added] if self.env else []
        return " ".join(quoted(word) for word in (*changed, *self.argv))


def run(
    plugin: Plugin,
    args: Sequence[str],
    *,
    stdin: bytes | None = None,
    env: Mapping[str, str | None] | None = None,
    cwd: Path | None = None,
    timeout: float = TIMEOUT,
) -> Run:
    """Run the plugin's CLI with `args` and wait for its end.

    `env` changes the environment (None removes a variable), `cwd` replaces the empty temporary folder, `timeout`
    is in seconds. Raises `OSError` if the command can't be started, `ValueError` for a word with a NUL.
    """
    words = (*plugin.command, *args)
    with tempfile.TemporaryDirectory(prefix="smcp-cli-", ignore_cleanup_errors=True) as folder:
        sandbox = Path(folder)
        for name in ("home", "cwd", "tmp"):
            (sandbox / name).mkdir()
        with (sandbox / "stdin").open("w+b") as given:
            given.write(stdin or b"")
            given.seek(0)
            call = engine.Call(
                words,
                timeout=timeout,
                max_output=MAX_OUTPUT,
                cwd=str(cwd or sandbox / "cwd"),
                env=_environment(sandbox, env or {}),
                stdin=subprocess.DEVNULL if stdin is None else given,
            )
            return _finished(call, env or {})


def flags(parameters: Sequence[Mapping[str, Any]], arguments: Mapping[str, Any]) -> list[str]:
    """Write arguments as words, `--name=value`, just as the server does; `parameters` as described."""
    return argv(Described("", Path(), {"name": "", "parameters": parameters}), arguments)[1:]


def sayable(words: Iterable[str]) -> bool:
    """Tell whether a command line can carry the words: no NUL, no lone surrogate, none beyond 128 KiB."""
    return all("\0" not in word and 0 <= _size(word) <= MAX_WORD for word in words)


def quoted(word: str) -> str:
    """Quote one word for a shell, on one line whatever it holds."""
    if word.isprintable():
        return shlex.quote(word)
    return "$'" + "".join(_escaped(sign) for sign in word) + "'"


def _finished(call: engine.Call, env: Mapping[str, str | None]) -> Run:
    started = time.perf_counter()
    outcome = engine.Run(call).finish()
    return Run(
        tuple(call.argv),
        outcome.exit_code,
        outcome.stdout,
        outcome.stderr,
        timed_out=outcome.end is engine.End.TIMED_OUT,
        seconds=time.perf_counter() - started,
        flooded=outcome.end is engine.End.TOO_MUCH_OUTPUT,
        env=env,
    )


def _environment(sandbox: Path, changes: Mapping[str, str | None]) -> dict[str, str]:
    """What the server gives its plugins, with a home and a temporary folder of its own."""
    inherited = {name: value for name, value in plugin_environment().items() if name not in _OF_THE_USER}
    home = str(sandbox / "home")
    # Packages installed with `pip install --user` are found through HOME unless told otherwise.
    user_base = site.getuserbase()
    moved = {"PYTHONUSERBASE": user_base, "HOME": home, "USERPROFILE": home, "TMPDIR": str(sandbox / "tmp")}
    changed: dict[str, str | None] = {**inherited, **moved, **changes}
    return {name: value for name, value in changed.items() if value is not None}


def _size(word: str) -> int:
    try:
        return len(word.encode("utf-8")) + 1
    except UnicodeEncodeError:
        return -1


def _escaped(sign: str) -> str:
    if sign in "'\\":
        return "\\" + sign
    if sign.isprintable():
        return sign
    return "".join(f"\\x{byte:02x}" for byte in sign.encode("utf-8"))
