"""Servers whose fault shows only in a sequence: the fixture server with one fault each, harmless request by request.

`shortest` is the least number of steps that its author expects to show it; the ping that a client sends after each
step is none. `command(…)` is the argv that starts one. Nothing is started by importing.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from importlib import import_module
from typing import NamedTuple

from mutants.machine import Machine

SERVER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "server.py")
MODULES = ("calling", "connecting", "listing")


class Sequential(NamedTuple):
    """One such fault: its name, the requirement that a sequence shows broken, how many steps that takes, where."""

    name: str
    breaks: str
    shortest: int
    summary: str
    inject: Callable[[Machine], None]
    transport: str
    revision: str


REGISTRY: dict[str, Sequential] = {}


def sequential(
    name: str, *, breaks: str, shortest: int, summary: str, transport: str = "stdio", revision: str = "2025-11-25"
) -> Callable[[Callable[[Machine], None]], Callable[[Machine], None]]:
    """Register a function as the fault `name`."""

    def register(inject: Callable[[Machine], None]) -> Callable[[Machine], None]:
        if name in REGISTRY:
            raise ValueError(f"fault {name!r} is defined twice")
        REGISTRY[name] = Sequential(name, breaks, shortest, summary, inject, transport, revision)
        return inject

    return register


def load() -> dict[str, Sequential]:
    """Import all modules of faults and return the registry."""
    for module in MODULES:
        import_module(f"{__name__}.{module}")
    return REGISTRY


def command(fault: Sequential) -> list[str]:
    """The argv of the server with `fault`; over HTTP it holds `{port}`."""
    port = ["--port", "{port}"] if fault.transport == "http" else []
    return [sys.executable, SERVER, "--transport", fault.transport, *port, "--fault", fault.name]
