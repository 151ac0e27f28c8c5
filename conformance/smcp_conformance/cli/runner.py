"""Run a plugin's CLI in a sandbox, bounded in time, output and processes: cold unless a warm start is handed in.

The engine is the server's own (`smcp.runner`), so both end a command's whole process group alike. What differs is
the surroundings: an empty temporary folder as cwd, and a HOME of its own that is thrown away with it.
"""

from __future__ import annotations

import shlex
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from smcp import runner as engine
from smcp.arguments import argv
from smcp.discovery import Command as Described
from smcp.runner import cold
from smcp.runner.run import Started
from smcp_conformance.cli.crowd import WatchedRun
from smcp_conformance.cli.sandbox import Sandbox, fresh_sandbox

TIMEOUT = 10.0
"""Seconds a command may take."""

MAX_OUTPUT = 4 * 1024 * 1024
"""Bytes of stdout a command may write; it is ended when it writes more."""

MAX_WORD = 128 * 1024
"""Bytes of one word of a command line, its closing NUL included: Linux takes no more."""

Start = Callable[[engine.Call], Started]


@dataclass(frozen=True)
class Plugin:
    """A plugin on disk. `command` are the words before its own arguments: `(interpreter, cli.py)`.

    `timeout` is what a call may take, in seconds; `warm` lets its volume of calls be run by a fork server.
    """

    name: str
    folder: Path
    command: tuple[str, ...]
    timeout: float = TIMEOUT
    warm: bool = True


@dataclass(frozen=True)
class Run:
    """One finished call. `returncode` is negative for a signal, `stderr` is its tail, `seconds` is wall time.

    `flooded` says that it was ended because it wrote more than `MAX_OUTPUT`, `crowded` because it had too many
    processes; `env` is what was changed in its environment (None: removed).
    """

    argv: tuple[str, ...]
    returncode: int
    stdout: bytes
    stderr: bytes
    timed_out: bool
    seconds: float
    flooded: bool = False
    crowded: bool = False
    env: Mapping[str, str | None] = field(default_factory=dict[str, "str | None"])

    @property
    def ended_by_us(self) -> bool:
        """True if its exit code says nothing."""
        return self.timed_out or self.flooded or self.crowded

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
    timeout: float | None = None,
) -> Run:
    """Run the plugin's CLI with `args`, cold, and wait for its end.

    `env` changes the environment (None removes a variable), `cwd` replaces the empty temporary folder, `timeout`
    (seconds) the plugin's own. Raises `OSError` if the command can't be started, `ValueError` for a word with a NUL.
    """
    with fresh_sandbox() as sandbox:
        if stdin is None:
            return finished(call_of(plugin, args, sandbox, env=env, cwd=cwd, timeout=timeout), env=env)
        with tempfile.TemporaryFile() as given:
            given.write(stdin)
            given.seek(0)
            return finished(call_of(plugin, args, sandbox, given, env=env, cwd=cwd, timeout=timeout), env=env)


def call_of(
    plugin: Plugin,
    args: Sequence[str],
    sandbox: Sandbox,
    stdin: int | IO[bytes] = subprocess.DEVNULL,
    *,
    env: Mapping[str, str | None] | None = None,
    cwd: Path | None = None,
    timeout: float | None = None,
) -> engine.Call:
    """The call of the plugin with `args` in a sandbox; the rest is as `run` takes it."""
    return engine.Call(
        (*plugin.command, *args),
        timeout=plugin.timeout if timeout is None else timeout,
        max_output=MAX_OUTPUT,
        cwd=str(cwd or sandbox.cwd),
        env=sandbox.environment(env or {}),
        stdin=stdin,
    )


def finished(call: engine.Call, start: Start = cold.start, env: Mapping[str, str | None] | None = None) -> Run:
    """Make a call and wait for its end; `env` is what of its environment a replay has to change."""
    watched = WatchedRun(call, start)
    started = time.perf_counter()
    outcome = watched.finish()
    return Run(
        tuple(call.argv),
        outcome.exit_code,
        outcome.stdout,
        outcome.stderr,
        timed_out=outcome.end is engine.End.TIMED_OUT,
        seconds=time.perf_counter() - started,
        flooded=outcome.end is engine.End.TOO_MUCH_OUTPUT,
        crowded=watched.crowded,
        env=env or {},
    )


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
