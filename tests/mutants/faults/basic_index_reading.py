"""Faults in what is made of odd input (basic/index)."""

from __future__ import annotations

import itertools
from typing import Any

from mutants import revisions, wire
from mutants.faults import fault, override
from mutants.machine import Machine
from mutants.session import Call
from mutants.wire import Json, RpcError

STATELESS = revisions.STATELESS


@fault(
    "version-number-assumed",
    breaks=("meta.required-field-types",),
    summary="a version that is a number is taken for the newest",
    revisions=STATELESS,
)
def version_number_assumed(machine: Machine) -> None:
    def check(original: Any, call: Call) -> str:
        if isinstance(call.meta.get(revisions.VERSION_KEY), int):
            call.meta[revisions.VERSION_KEY] = STATELESS[-1]
        return str(original(call))

    override(machine.server, "check_meta", check)


@fault(
    "dies-of-the-seventh-message",
    breaks=("jsonrpc.response.exactly-one",),
    summary="whatever the seventh message is, it ends the process",
    transport="stdio",
)
def dies_of_the_seventh_message(machine: Machine) -> None:
    turns = itertools.count(1)

    def message(original: Any, received: Any) -> None:
        if next(turns) > 6:
            machine.stdio.exit(139)
        original(received)

    override(machine.stdio, "message", message)


@fault(
    "ends-at-broken-json",
    breaks=("jsonrpc.internal-error",),
    summary="a line that is no JSON ends the process",
    transport="stdio",
)
def ends_at_broken_json(machine: Machine) -> None:
    override(machine.stdio, "malformed", lambda original, error: machine.stdio.exit(1))


@fault(
    "answers-responses",
    breaks=("server-requests.unsolicited-response-ignored",),
    summary="a response to nothing is answered with an error",
    transport="stdio",
    revisions=revisions.HANDSHAKE,
)
def answers_responses(machine: Machine) -> None:
    def answered(original: Any, session: Any, message: Json) -> None:
        if message["id"] not in {id_ for _, id_ in session.asked}:
            machine.stdio.send(wire.failure(message["id"], RpcError(wire.INVALID_REQUEST, "nobody asked")))
        original(session, message)

    override(machine.server, "answered", answered)


@fault(
    "serves-one-client",
    breaks=("stateless.interleaving",),
    summary="only the client that came first is served",
    revisions=STATELESS,
)
def serves_one_client(machine: Machine) -> None:
    known: list[Any] = []

    def check(original: Any, call: Call) -> str:
        version = str(original(call))
        known.append(call.meta.get(revisions.CLIENT_KEY))
        if known[-1] != known[0]:
            raise RpcError(wire.INVALID_REQUEST, "busy with another client")
        return version

    override(machine.server, "check_meta", check)


@fault(
    "logs-undeclared",
    breaks=("lifecycle.operation.negotiated-capabilities", "lifecycle.operation.negotiated-capabilities.2024-2025-03"),
    summary="log messages are sent though logging is not declared",
    revisions=revisions.HANDSHAKE,
)
def logs_undeclared(machine: Machine) -> None:
    machine.server.declared.pop("logging", None)

    def serve(original: Any, call: Call) -> Any:
        if call.method.startswith("tools/"):
            call.notify("notifications/message", {"level": "info", "data": "served"})
        return original(call)

    override(machine.server, "serve", serve)


@fault(
    "handshake-takes-all",
    breaks=("version.dual-era.legacy-scope",),
    summary="after one client's handshake no stateless request is served",
    transport="http",
)
def handshake_takes_all(machine: Machine) -> None:
    def serve(original: Any, call: Call) -> Any:
        if call.method == "initialize":
            override(machine.server, "check_meta", refuse)
        return original(call)

    def refuse(original: Any, call: Call) -> str:
        raise RpcError(wire.INVALID_REQUEST, "initialize was chosen")

    override(machine.server, "serve", serve)


@fault(
    "malformed-requests-ignored",
    breaks=("jsonrpc.invalid-request",),
    summary="requests that are none get no answer",
    transport="stdio",
)
def malformed_requests_ignored(machine: Machine) -> None:
    def receive(original: Any, session: Any, message: Any, send: Any) -> None:
        if isinstance(message, dict) and message.get("jsonrpc") == "2.0":
            original(session, message, send)

    override(machine.server, "receive", receive)


@fault(
    "sends-dropped-notifications",
    breaks=("removed.notifications",),
    summary="a notification that the revision dropped precedes the list of tools",
    revisions=STATELESS,
)
def sends_dropped_notifications(machine: Machine) -> None:
    def serve(original: Any, call: Call) -> Any:
        if call.method == "tools/list" and call.stateless:
            call.notify("notifications/roots/list_changed", {})
        return original(call)

    override(machine.server, "serve", serve)
