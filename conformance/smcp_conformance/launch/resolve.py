"""What each word of a command means on this machine."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from smcp_conformance.launch.failure import StartError, command_not_found
from smcp_conformance.launch.ports import free_port
from smcp_conformance.launch.program import OURS, Program, find_program, interpreter_of, shown
from smcp_conformance.masking import MASK, masked
from smcp_conformance.target import Target


@dataclass(frozen=True)
class Resolved:
    """A command ready to be started, or a URL ready to be spoken to (then `argv` is empty).

    `env` is the whole environment of the process; `interpreter` is the Python that runs the server, if one does and
    it could be told; `notes` say what each word resolved to, without secrets; `secrets` and `masks` are what no
    output may show; `places` are other folders that a path in the command may have been meant from.
    """

    argv: tuple[str, ...] = field(repr=False)
    cwd: Path
    env: Mapping[str, str] = field(repr=False, hash=False)
    interpreter: str | None = None
    notes: tuple[str, ...] = ()
    port: int | None = None
    url: str | None = field(default=None, repr=False)
    secrets: tuple[str, ...] = field(default=(), repr=False)
    masks: tuple[str, ...] = field(default=(), repr=False)
    places: tuple[Path, ...] = field(default=(), repr=False)

    def masked(self, text: str) -> str:
        """Return `text` without secrets."""
        return masked(text, self.secrets, self.masks)


def resolve(target: Target, *, port: int | None = None) -> Resolved:
    """Find the program, interpreter, cwd and environment of `target`; raises StartError.

    A target that wants a port gets `port`, else a free one, which is claimed until the process is stopped.
    """
    if not target.command:
        return _resolve_url(target)
    cwd = Path(os.path.abspath(target.cwd))
    if not cwd.is_dir():
        raise StartError(f"{target.name}: the working directory {str(cwd)!r} must be a folder ({target.source})")
    env = {**os.environ, **target.env}
    program = find_program(target.command[0], cwd, env)
    if program is None:
        raise StartError(_masked(target, command_not_found(target.command, cwd, env, target.places)))
    return _resolve_command(target, program, cwd, port)


def _resolve_url(target: Target) -> Resolved:
    return Resolved(
        (),
        target.cwd,
        dict(os.environ),
        None,
        (f"url: {_masked(target, target.url or '')}",),
        None,
        target.url,
        target.secrets,
        target.policy.mask,
    )


def _resolve_command(target: Target, program: Program, cwd: Path, port: int | None) -> Resolved:
    texts = (*target.command, *target.env.values(), target.url or "")
    if any("{port}" in text for text in texts):
        port = port or free_port()

    def filled(text: str) -> str:
        return text.replace("{python}", sys.executable).replace("{port}", str(port))

    env = {**os.environ, **{name: filled(value) for name, value in target.env.items()}}
    interpreter = interpreter_of(program.path, env)
    return Resolved(
        argv=(program.path, *map(filled, target.command[1:])),
        cwd=cwd,
        env=env,
        interpreter=interpreter,
        notes=tuple(_notes(target, program, interpreter, cwd, port)),
        port=port,
        url=filled(target.url) if target.url else None,
        secrets=target.secrets,
        masks=target.policy.mask,
        places=target.places,
    )


def _notes(target: Target, program: Program, interpreter: str | None, cwd: Path, port: int | None) -> list[str]:
    notes = [f"command: {_masked(target, shown(target.command))}", f"program: {program.path} ({program.found})"]
    if interpreter and interpreter != program.path:
        ours = f" ({OURS})" if interpreter == sys.executable else ""
        notes.append(f"interpreter: {interpreter}{ours}")
    notes.append(f"cwd: {cwd}")
    notes += [f"env: {name}={MASK}" for name in target.env]
    return [*notes, f"url: {target.url}".replace("{port}", str(port))] if target.url else notes


def _masked(target: Target, text: str) -> str:
    return masked(text, target.secrets, target.policy.mask)
