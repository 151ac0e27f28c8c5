"""Servers whose fault shows with one kind of value only: the fixture server with one fault each.

`minimal` is the simplest value that its author expects to show it, `check` the one that is to find it. `command(…)` is
the argv that starts one. Nothing is started by importing.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from importlib import import_module
from typing import Any, NamedTuple

from mutants.machine import Machine

SERVER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "server.py")
MODULES = ("members", "headers", "arguments")


class ValueFault(NamedTuple):
    """One such fault: its name, the check that finds it, the simplest value that shows it, what is wrong, and where."""

    name: str
    check: str
    minimal: Any
    summary: str
    inject: Callable[[Machine], None]
    transport: str
    revision: str


REGISTRY: dict[str, ValueFault] = {}


def with_value(
    name: str, *, check: str, minimal: Any, summary: str, transport: str = "stdio", revision: str = "2025-11-25"
) -> Callable[[Callable[[Machine], None]], Callable[[Machine], None]]:
    """Register a function as the fault `name`."""

    def register(inject: Callable[[Machine], None]) -> Callable[[Machine], None]:
        if name in REGISTRY:
            raise ValueError(f"fault {name!r} is defined twice")
        REGISTRY[name] = ValueFault(name, check, minimal, summary, inject, transport, revision)
        return inject

    return register


def load() -> dict[str, ValueFault]:
    """Import all modules of faults and return the registry."""
    for module in MODULES:
        import_module(f"{__name__}.{module}")
    return REGISTRY


def command(fault: ValueFault) -> list[str]:
    """The argv of the server with `fault`; over HTTP it holds `{port}`."""
    port = ["--port", "{port}"] if fault.transport == "http" else []
    return [sys.executable, SERVER, "--transport", fault.transport, *port, "--fault", fault.name]
