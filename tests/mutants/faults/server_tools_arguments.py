"""Faults of tools/call in what it accepts and refuses (server/tools)."""

from __future__ import annotations

import os
import time
from typing import Any

from mutants import revisions, wire
from mutants.faults import fault, override
from mutants.faults.tampering import change_runs, fail_with
from mutants.features import toolbox
from mutants.machine import Machine
from mutants.session import Call
from mutants.wire import Cancelled, Json, RpcError

IS_ERROR = revisions.since("2025-11-25")


def _unknown_tool(machine: Machine, outcome: Any) -> None:
    def call(original: Any, request: Call) -> Any:
        known = {tool.name for tool in machine.server.tools.available(request.revision)}
        name = request.params.get("name")
        return outcome() if isinstance(name, str) and name not in known else original(request)

    override(machine.server.tools, "call", call)


@fault(
    "unknown-tool-is-error",
    breaks=("tools.call.unknown-tool.protocol-error",),
    summary="unknown tools get a result with isError",
)
def unknown_tool_is_error(machine: Machine) -> None:
    _unknown_tool(machine, lambda: toolbox.text("unknown tool", isError=True))


@fault(
    "unknown-tool-served",
    breaks=("tools.call.unknown-tool.protocol-error",),
    summary="unknown tools get an empty success",
)
def unknown_tool_served(machine: Machine) -> None:
    _unknown_tool(machine, lambda: {"content": []})


@fault("unknown-tool-miscoded", breaks=("tools.call.unknown-tool.code",), summary="unknown tools get -32601")
def unknown_tool_miscoded(machine: Machine) -> None:
    _unknown_tool(machine, lambda: fail_with(RpcError(wire.METHOD_NOT_FOUND, "unknown tool")))


@fault(
    "malformed-call-is-error",
    breaks=("tools.call.malformed-request",),
    summary="a call without a name gets a result with isError",
    revisions=IS_ERROR,
)
def malformed_call_is_error(machine: Machine) -> None:
    def call(original: Any, request: Call) -> Any:
        right = isinstance(request.params.get("name"), str) and isinstance(request.params.get("arguments", {}), dict)
        return original(request) if right else toolbox.text("malformed call", isError=True)

    override(machine.server.tools, "call", call)


@fault(
    "invalid-arguments-internal-error",
    breaks=(
        "tools.call.input-validation.is-error",
        "tools.call.invalid-arguments.protocol-error",
        "tools.call.inputs-validated",
    ),
    summary="invalid arguments get -32603",
)
def invalid_arguments_internal_error(machine: Machine) -> None:
    override(
        machine.server.tools, "refuse", lambda refuse, call, wrong: fail_with(RpcError(wire.INTERNAL_ERROR, wrong[0]))
    )


@fault(
    "invalid-arguments-protocol-error",
    breaks=("tools.call.input-validation.is-error",),
    summary="invalid arguments get -32602",
    revisions=IS_ERROR,
)
def invalid_arguments_protocol_error(machine: Machine) -> None:
    override(
        machine.server.tools, "refuse", lambda refuse, call, wrong: fail_with(RpcError(wire.INVALID_PARAMS, wrong[0]))
    )


@fault(
    "invalid-arguments-processed",
    breaks=(
        "tools.call.inputs-validated",
        "tools.call.input-validation.is-error",
        "tools.call.invalid-arguments.protocol-error",
    ),
    summary="arguments that break the schema are processed",
)
def invalid_arguments_processed(machine: Machine) -> None:
    override(machine.server.tools, "refuse", lambda refuse, call, wrong: toolbox.text("done"))


def _forgive(machine: Machine, forgiven: str) -> None:
    """Let one kind of problem pass, with an answer that shows no sign of it."""

    def refuse(original: Any, call: Call, wrong: list[str]) -> Any:
        return toolbox.text("done") if all(forgiven in problem for problem in wrong) else original(call, wrong)

    override(machine.server.tools, "refuse", refuse)


@fault(
    "missing-argument-processed",
    breaks=("tools.call.inputs-validated",),
    summary="calls that lack a required argument are processed",
)
def missing_argument_processed(machine: Machine) -> None:
    _forgive(machine, "is required")


@fault(
    "wrong-type-processed", breaks=("tools.call.inputs-validated",), summary="arguments of the wrong type are processed"
)
def wrong_type_processed(machine: Machine) -> None:
    _forgive(machine, "not of type")


@fault("out-of-range-processed", breaks=("tools.call.inputs-validated",), summary="numbers out of range are processed")
def out_of_range_processed(machine: Machine) -> None:
    _forgive(machine, "than the m")


@fault("bad-enum-processed", breaks=("tools.call.inputs-validated",), summary="values outside an enum are processed")
def bad_enum_processed(machine: Machine) -> None:
    _forgive(machine, "not one of")


@fault(
    "extra-argument-processed",
    breaks=("tools.call.inputs-validated",),
    summary="arguments that the schema forbids are processed",
)
def extra_argument_processed(machine: Machine) -> None:
    _forgive(machine, "not a known property")


@fault(
    "valid-arguments-refused",
    breaks=("tools.call.valid-inputs-accepted",),
    summary="integers below 2 are refused though the schema allows them",
)
def valid_arguments_refused(machine: Machine) -> None:
    def problems(original: Any, tool: Any, arguments: Json) -> Any:
        small = [name for name, value in arguments.items() if type(value) is int and value < 2]
        return [*original(tool, arguments), *(f"{name!r} is too small" for name in small)]

    override(machine.server.tools, "problems", problems)


@fault(
    "arguments-demanded",
    breaks=("tools.call.arguments-omitted",),
    summary="calls without arguments are refused even where none are needed",
)
def arguments_demanded(machine: Machine) -> None:
    def call(original: Any, request: Call) -> Any:
        wire.member(request.params, "arguments", dict)
        return original(request)

    override(machine.server.tools, "call", call)


@fault(
    "tool-failure-as-protocol-error",
    breaks=("tools.call.execution-errors-in-result",),
    summary="a failing tool is a JSON-RPC error",
)
def tool_failure_as_protocol_error(machine: Machine) -> None:
    change_runs(machine, "fail", lambda result: fail_with(RpcError(wire.INTERNAL_ERROR, "the tool failed")))


@fault(
    "odd-arguments-unanswered",
    breaks=("tools.call.never-unanswered", "jsonrpc.internal-error"),
    summary="invalid arguments get no answer",
)
def odd_arguments_unanswered(machine: Machine) -> None:
    override(machine.server.tools, "refuse", lambda refuse, call, wrong: fail_with(Cancelled()))


@fault(
    "odd-arguments-kill",
    breaks=("tools.call.never-unanswered", "jsonrpc.response.exactly-one", "jsonrpc.internal-error"),
    summary="invalid arguments kill the process",
)
def odd_arguments_kill(machine: Machine) -> None:
    override(machine.server.tools, "refuse", lambda refuse, call, wrong: os._exit(139))


@fault(
    "odd-arguments-hang",
    breaks=("tools.call.never-unanswered",),
    transport="stdio",
    summary="invalid arguments block the server",
)
def odd_arguments_hang(machine: Machine) -> None:
    override(machine.server.tools, "refuse", lambda refuse, call, wrong: time.sleep(120))
