"""The fixture server and its mutants: the fixture server with exactly one fault each.

`command(…)` is the argv that starts one, `faults()` is what can be wrong. Nothing is started by importing.
"""

from __future__ import annotations

import os
import sys

from mutants.faults import Fault as Fault
from mutants.faults import load

SERVER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "server.py")
HOSTILE = os.path.join(os.path.dirname(SERVER), "hostile")


def command(
    fault: str | None = None,
    transport: str = "stdio",
    port: int | None = None,
    revisions: tuple[str, ...] | list[str] | None = None,
    auth: str | None = None,
) -> list[str]:
    """The argv of the fixture server, with `fault` if given, speaking `revisions` (default: all)."""
    options = {"--fault": fault, "--port": port, "--revisions": revisions and ",".join(revisions), "--auth": auth}
    given = [str(part) for name, value in options.items() if value is not None for part in (name, value)]
    return [sys.executable, SERVER, "--transport", transport, *given]


def hostile(name: str) -> list[str]:
    """The argv of a hostile server, by the name of its script without the suffix."""
    return [sys.executable, os.path.join(HOSTILE, f"{name}.py")]


def faults() -> tuple[Fault, ...]:
    """All faults, in the order of the spec pages they break."""
    return tuple(load().values())
