"""What each word of a command means on this machine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from smcp_conformance.target import Target


@dataclass(frozen=True)
class Resolved:
    """A command ready to be started, or a URL ready to be spoken to (then `argv` is empty).

    `env` is the whole environment of the process; `interpreter` is the Python that runs the server, if one does and
    it could be told; `notes` say what each word resolved to, without secrets.
    """

    argv: tuple[str, ...]
    cwd: Path
    env: Mapping[str, str] = field(repr=False, hash=False)
    interpreter: str | None = None
    notes: tuple[str, ...] = ()
    port: int | None = None
    url: str | None = None
    secrets: tuple[str, ...] = field(default=(), repr=False)


def resolve(target: Target, *, port: int | None = None) -> Resolved:
    """Find the program, interpreter, cwd and environment of `target`; raises StartError."""
    raise NotImplementedError
