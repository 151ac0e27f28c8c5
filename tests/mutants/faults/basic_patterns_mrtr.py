"""Faults of asking the client: server requests of the handshake era, interim results of the stateless one."""

from __future__ import annotations

import os
from typing import Any

from mutants import revisions
from mutants.faults import change_messages, change_results, fault, override
from mutants.machine import Machine
from mutants.wire import Json

HANDSHAKE = revisions.HANDSHAKE
STATELESS = revisions.STATELESS


def _change_requests(machine: Machine, **members: Any) -> None:
    change_messages(machine, lambda sent: {**sent, **members} if "method" in sent and "id" in sent else sent)


def _required(machine: Machine, change: Any) -> None:
    override(machine.server.asking, "required", lambda required, *args: change(required(*args)))


@fault(
    "server-request-without-id",
    breaks=("jsonrpc.server-request.id-present",),
    summary="requests to the client have no id",
    revisions=HANDSHAKE,
)
def server_request_without_id(machine: Machine) -> None:
    def unnamed(sent: Json) -> Json:
        return {name: sent[name] for name in sent if name != "id" or "method" not in sent}

    change_messages(machine, unnamed)


@fault(
    "server-request-id-null",
    breaks=("jsonrpc.server-request.id-not-null",),
    summary="requests to the client have id null",
    revisions=HANDSHAKE,
)
def server_request_id_null(machine: Machine) -> None:
    _change_requests(machine, id=None)


@fault(
    "server-request-id-reused",
    breaks=("jsonrpc.server-request.id-unique-in-session",),
    summary="all requests to the client have one id",
    revisions=HANDSHAKE,
)
def server_request_id_reused(machine: Machine) -> None:
    _change_requests(machine, id="always-the-same")
    waiting = machine.server.answered

    def answered(original: Any, session: Any, message: Json) -> None:
        for kind, id_ in list(session.asked):
            if kind == "str":
                waiting(session, {**message, "id": id_})

    override(machine.server, "answered", answered)


@fault(
    "asks-undeclared-clients",
    breaks=("lifecycle.operation.negotiated-capabilities", "lifecycle.operation.negotiated-capabilities.2024-2025-03"),
    summary="clients are asked for what they did not declare",
    revisions=HANDSHAKE,
)
def asks_undeclared_clients(machine: Machine) -> None:
    override(
        machine.server.asking,
        "require",
        lambda require, call, capability: None if not call.stateless else require(call, capability),
    )


@fault(
    "server-request-unknown-method",
    breaks=("schema.requests-validate",),
    summary="the client is asked by an invented method",
    revisions=HANDSHAKE,
)
def server_request_unknown_method(machine: Machine) -> None:
    _change_requests(machine, method="client/ask")


@fault(
    "input-required-of-undeclared",
    breaks=("capabilities.no-reliance-on-undeclared", "capabilities.missing-client-capability"),
    summary="input is required from clients that did not declare the capability",
    revisions=STATELESS,
)
def input_required_of_undeclared(machine: Machine) -> None:
    override(machine.server.asking, "require", lambda require, call, capability: None)


@fault(
    "input-required-empty",
    breaks=("mrtr.requests-or-state",),
    summary="an interim result says neither what is required nor a state",
    revisions=STATELESS,
)
def input_required_empty(machine: Machine) -> None:
    _required(machine, lambda result: {"resultType": "input_required"})


@fault(
    "input-required-of-list",
    breaks=("mrtr.only-three-methods", "result-type.complete-on-final"),
    summary="prompts/list asks for input",
    revisions=STATELESS,
)
def input_required_of_list(machine: Machine) -> None:
    asked = {"resultType": "input_required", "requestState": "more"}
    change_results(
        machine, "prompts/list", lambda result: {**asked, "_meta": result["_meta"]} if "_meta" in result else result
    )


@fault(
    "input-required-of-unknown-kind",
    breaks=("mrtr.request-kinds",),
    summary="an interim result asks by an invented method",
    revisions=STATELESS,
)
def input_required_of_unknown_kind(machine: Machine) -> None:
    _required(machine, lambda result: {**result, "inputRequests": {"answer": {"method": "client/ask", "params": {}}}})


@fault(
    "input-required-as-list",
    breaks=("mrtr.shape",),
    summary="input requests are an array",
    revisions=STATELESS,
)
def input_required_as_list(machine: Machine) -> None:
    _required(machine, lambda result: {**result, "inputRequests": list(result["inputRequests"].values())})


@fault(
    "input-required-forgotten",
    breaks=("mrtr.retry-independent",),
    summary="a retry is served only by the process that asked",
    revisions=STATELESS,
)
def input_required_forgotten(machine: Machine) -> None:
    state = os.urandom(8).hex()
    machine.server.asking.state = state
