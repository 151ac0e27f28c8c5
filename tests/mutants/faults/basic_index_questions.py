"""Faults of requests that the server sends unasked, while nothing is being called (basic/index)."""

from __future__ import annotations

from typing import Any

from mutants import revisions
from mutants.faults import fault, override
from mutants.machine import Machine
from mutants.session import Call
from mutants.wire import Json


def _ask_after_initialized(machine: Machine, question: Json) -> None:
    def initialized(original: Any, session: Any, method: str, params: Any) -> None:
        original(session, method, params)
        if method == "notifications/initialized":
            machine.server.deliver(session.send, question)

    override(machine.server, "notified", initialized)


@fault(
    "ping-with-id-null",
    breaks=("jsonrpc.server-request.id-not-null",),
    summary="the client is pinged once initialized, with the id null",
    revisions=revisions.HANDSHAKE,
)
def ping_with_id_null(machine: Machine) -> None:
    _ask_after_initialized(machine, {"jsonrpc": "2.0", "id": None, "method": "ping"})


@fault(
    "ping-with-fractional-id",
    breaks=("jsonrpc.server-request.id-present",),
    summary="the client is pinged once initialized, with the id 1.5",
    revisions=revisions.HANDSHAKE,
)
def ping_with_fractional_id(machine: Machine) -> None:
    _ask_after_initialized(machine, {"jsonrpc": "2.0", "id": 1.5, "method": "ping"})


@fault(
    "pings-with-one-id",
    breaks=("jsonrpc.server-request.id-unique-in-session",),
    summary="the client is pinged before each list, always with the same id",
    revisions=revisions.HANDSHAKE,
)
def pings_with_one_id(machine: Machine) -> None:
    def listed(call: Call) -> Json:
        machine.server.deliver(call.send, {"jsonrpc": "2.0", "id": "ping", "method": "ping"})
        return machine.server.tools.listed(call)

    served = machine.server.methods["tools/list"]
    machine.server.methods["tools/list"] = served._replace(serve=listed)


@fault(
    "unknown-request-once-initialized",
    breaks=("schema.requests-validate",),
    summary="the client is asked by an invented method once it is initialized",
    revisions=revisions.HANDSHAKE,
)
def unknown_request_once_initialized(machine: Machine) -> None:
    _ask_after_initialized(machine, {"jsonrpc": "2.0", "id": "invented", "method": "client/ask"})


@fault(
    "prompt-changes-undeclared",
    breaks=("prompts.list-changed.only-if-declared",),
    summary="changes of the prompts are announced and listChanged is not declared",
    revisions=revisions.HANDSHAKE,
)
def prompt_changes_undeclared(machine: Machine) -> None:
    machine.server.declare("prompts", {})
    _ask_after_initialized(machine, {"jsonrpc": "2.0", "method": "notifications/prompts/list_changed"})


@fault(
    "resource-changes-undeclared",
    breaks=("resources.list-changed.only-if-declared",),
    summary="changes of the resources are announced and listChanged is not declared",
    revisions=revisions.HANDSHAKE,
)
def resource_changes_undeclared(machine: Machine) -> None:
    machine.server.declare("resources", {"subscribe": True})
    _ask_after_initialized(machine, {"jsonrpc": "2.0", "method": "notifications/resources/list_changed"})
