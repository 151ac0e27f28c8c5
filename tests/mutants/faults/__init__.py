"""Every fault that the fixture server can be given, one module per spec page.

A fault is a small function that receives the `Machine` (server and transport) before it starts and replaces one
seam of it: `override(owner, "method", replacement)` puts `replacement(original, …)` in the place of a method; the
other functions below do so for the commonest seams.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from importlib import import_module
from typing import Any, NamedTuple

from mutants.machine import Machine
from mutants.session import Call
from mutants.wire import Json

Break = Callable[[Machine], None]


class Fault(NamedTuple):
    """One fault: its name, the requirement ids that it breaks, where it shows ("any", "stdio", …), what is wrong."""

    name: str
    breaks: tuple[str, ...]
    transport: str
    summary: str
    page: str
    inject: Break
    revisions: tuple[str, ...] = ()


REGISTRY: dict[str, Fault] = {}


def fault(
    name: str, *, breaks: tuple[str, ...], summary: str, transport: str = "any", revisions: tuple[str, ...] = ()
) -> Callable[[Break], Break]:
    """Register a function as the fault `name`; `revisions` names those it shows in, if not all."""

    def register(inject: Break) -> Break:
        if name in REGISTRY:
            raise ValueError(f"fault {name!r} is defined twice")
        page = inject.__module__.rpartition(".")[2]
        REGISTRY[name] = Fault(name, breaks, transport, summary, page, inject, revisions)
        return inject

    return register


def override(owner: object, name: str, replacement: Callable[..., Any]) -> None:
    """Put `replacement`, called with the original method and then its arguments, in the place of `owner.name`."""
    original = getattr(owner, name)
    setattr(owner, name, lambda *args: replacement(original, *args))


def change_messages(machine: Machine, change: Callable[[Any], Any]) -> None:
    """Pass every outgoing message through `change`."""
    override(machine.server, "deliver", lambda deliver, send, message: deliver(send, change(message)))


def change_responses(machine: Machine, change: Callable[[Json], Any]) -> None:
    """Pass every successful response through `change`."""
    change_messages(machine, lambda message: change(message) if "result" in message else message)


def change_errors(machine: Machine, change: Callable[[Json], Any]) -> None:
    """Pass the `error` member of every error response through `change`."""
    change_messages(machine, lambda sent: {**sent, "error": change(sent["error"])} if "error" in sent else sent)


def change_notifications(machine: Machine, change: Callable[[Json], Any]) -> None:
    """Pass every notification through `change`."""
    change_messages(machine, lambda sent: change(sent) if "method" in sent and "id" not in sent else sent)


def change_results(machine: Machine, method: str, change: Callable[[Json], Any]) -> None:
    """Pass the results of `method` ("" for all methods) through `change`."""
    override(
        machine.server,
        "finish",
        lambda finish, call, result: (
            change(finish(call, result)) if method in ("", call.method) else finish(call, result)
        ),
    )


def replace_method(machine: Machine, name: str, serve: Callable[[Call], Any]) -> None:
    """Let `serve` answer requests named `name`, in the revisions in which it exists."""
    machine.server.methods[name] = machine.server.methods[name]._replace(serve=serve)


def load() -> dict[str, Fault]:
    """Import all fault modules and return the registry."""
    for file in sorted(os.listdir(os.path.dirname(__file__))):
        if file.endswith(".py"):
            import_module(f"{__name__}.{file[:-3]}" if file != "__init__.py" else __name__)
    return REGISTRY
