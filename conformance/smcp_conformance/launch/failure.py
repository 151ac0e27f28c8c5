"""What went wrong with a server's start, each as the first sentence of an explanation."""

from __future__ import annotations

import errno
import os
import signal
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from smcp_conformance.launch.astray import missing
from smcp_conformance.launch.program import has_folder, shebang
from smcp_conformance.target import SUFFIXES

_SHELL_WORDS = frozenset(("&&", "||", "|", ";", ">", "<", "cd", "source", "export"))
_SHOWN = 200


class StartError(Exception):
    """A target that could not be started; `explanation` is the whole story, over several lines."""

    def __init__(self, explanation: str) -> None:
        super().__init__(explanation)
        self.explanation = explanation


def exited(code: int, before: str = "answering") -> str:
    """Say that the process ended with `code` (negative: by that signal) before it did what was expected."""
    return f"the server {ending(code)} before {before}"


def ending(code: int) -> str:
    """Put an exit status as `subprocess` gives it into words."""
    if code >= 0:
        return f"exited with status {code}"
    try:
        return f"was killed by {signal.Signals(-code).name}"
    except ValueError:
        return f"was killed by signal {-code}"


def never_answered(seconds: float, request: str = "the first request") -> str:
    """Say that nothing came back."""
    return f"the server did not answer {request} within {seconds:g} s"


def answered_amiss(asked: object, answered: object) -> str:
    """Say that an answer came, but with an id that no request had."""
    kinds = f"{type(answered).__name__} in place of {type(asked).__name__}" if type(asked) is not type(answered) else ""
    told = f" ({kinds})" if kinds else ""
    return f"the server answered with the id {answered!r} where the request's id was {asked!r}{told}"


def printed_to_stdout(line: bytes) -> str:
    """Say that `line`, which is no MCP message, came over stdout."""
    text = line[:_SHOWN].decode(errors="backslashreplace").rstrip("\r\n")
    dots = "…" if len(line) > _SHOWN else ""
    return f"the server wrote to stdout what is not an MCP message: {text!r}{dots}"


def stdout_closed() -> str:
    """Say that stdout was closed by a process that lives on."""
    return "the server closed its stdout, but still runs"


def port_taken(port: int, holder: str | None) -> str:
    """Say that somebody else listens on `port` already."""
    return (
        f"port {port} is taken{f' by {holder}' if holder else ''}: something listened there before the server started"
    )


def never_listened(url: str, seconds: float) -> str:
    """Say that no connection could be made."""
    return f"nothing listened at {url} within {seconds:g} s"


def command_not_found(words: Sequence[str], cwd: Path, env: Mapping[str, str], places: Iterable[Path] = ()) -> str:
    """Say where the first of `words` was looked for, and what may have been meant: perhaps a path from `places`."""
    word = words[0]
    lines = [f"command not found: {word!r}"]
    if has_folder(word):
        path = Path(os.path.abspath(cwd / Path(word).expanduser()))
        lines.append(f"  looked for  {path}" + (", which may not be executed" if path.exists() else ""))
    else:
        lines.append(f"  beside the interpreter that runs pytest  {Path(sys.executable).parent}")
        lines += [f"  on PATH  {entry}" for entry in dict.fromkeys(env.get("PATH", os.defpath).split(os.pathsep))]
    lines += [f"  cwd  {cwd}"]
    hint = _meant(words, cwd) or (missing(word, cwd, places) if _may_be_astray(word, cwd) else None)
    return "\n".join([*lines, f"hint: {hint}"] if hint else lines)


def _may_be_astray(word: str, cwd: Path) -> bool:
    is_file = has_folder(word) or word.endswith(SUFFIXES)
    return is_file and not Path(word).expanduser().is_absolute() and not (cwd / word).exists()


def _meant(words: Sequence[str], cwd: Path) -> str | None:
    word = words[0]
    if _SHELL_WORDS & {*words}:
        return "no shell reads the command: set `cwd` or the environment instead, or say sh -c '…'"
    if " " in word.strip():
        return f"{word!r} is a single word; arguments must be words of their own ('args' in a JSON file)"
    if (cwd / word).is_file():
        return (
            f"a script needs its interpreter before it: {{python}} {word}"
            if word.endswith(".py")
            else (f"{word!r} must be executable, or have its interpreter before it")
        )
    return None


def not_started(argv: Sequence[str], error: OSError) -> str:
    """Say why the system would not run a program that exists."""
    line = shebang(argv[0])
    if error.errno == errno.ENOENT and line:
        return f"{argv[0]!r} could not be run: its first line names the interpreter {line[0]!r}, which does not exist"
    if error.errno == errno.ENOEXEC:
        return f"{argv[0]!r} could not be run: it is neither a program nor a script with a '#!' line"
    return f"{argv[0]!r} could not be run: {(error.strerror or str(error)).lower()}"
