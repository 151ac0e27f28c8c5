"""Requests that are refused whatever they hold: what rests on their answers can't be judged then."""

from __future__ import annotations

from typing import Any

from mutants import revisions, wire
from mutants.faults import fault, override
from mutants.machine import Machine
from mutants.session import Call
from mutants.wire import RpcError


def _refuse(machine: Machine, *endings: str) -> None:
    """Refuse every request whose method ends so, as a server does whose database is away."""

    def serve(original: Any, call: Call) -> Any:
        if call.method.endswith(endings):
            raise RpcError(wire.INTERNAL_ERROR, "the database is away")
        return original(call)

    override(machine.server, "serve", serve)


@fault(
    "lists-refused",
    breaks=("tools.list.responds", "tools.list.responds.legacy"),
    summary="every list is answered with an error",
)
def lists_refused(machine: Machine) -> None:
    _refuse(machine, "tools/list", "prompts/list", "resources/list", "templates/list")


@fault("ping-refused", breaks=("ping.responds",), summary="ping gets an error", revisions=revisions.HANDSHAKE)
def ping_refused(machine: Machine) -> None:
    _refuse(machine, "ping")


@fault(
    "discovery-refused",
    breaks=("discover.implemented",),
    summary="discovery gets an error",
    revisions=revisions.STATELESS,
)
def discovery_refused(machine: Machine) -> None:
    _refuse(machine, "server/discover")
