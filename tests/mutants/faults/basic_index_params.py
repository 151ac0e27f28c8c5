"""Faults in reading params that are no object (basic/index, server/tools)."""

from __future__ import annotations

from typing import Any

from mutants.faults import fault, override
from mutants.machine import Machine
from mutants.wire import Json

HARMLESS = ("ping", "server/discover")


@fault("dies-of-params-array", breaks=("jsonrpc.internal-error",), summary="an array for params ends the process")
def dies_of_params_array(machine: Machine) -> None:
    def open_(original: Any, session: Any, message: Json, send: Any) -> Any:
        if isinstance(message.get("params"), list) and message["method"] not in HARMLESS:
            machine.stdio.exit(1)
        return original(session, message, send)

    override(machine.server, "open", open_)


@fault("params-by-position", breaks=("jsonrpc.invalid-params",), summary="an array for params is served all the same")
def params_by_position(machine: Machine) -> None:
    def answering(original: Any, session: Any, message: Json, send: Any) -> Any:
        if isinstance(message.get("params"), list) and message["method"] not in HARMLESS:
            answer = {"jsonrpc": "2.0", "id": message["id"], "result": {}}
            return lambda: answer
        return original(session, message, send)

    override(machine.server, "answering", answering)


@fault("dies-of-arguments-array", breaks=("jsonrpc.invalid-params",), summary="an array for arguments ends the process")
def dies_of_arguments_array(machine: Machine) -> None:
    def open_(original: Any, session: Any, message: Json, send: Any) -> Any:
        params = message.get("params")
        if isinstance(params, dict) and isinstance(params.get("arguments"), list):
            machine.stdio.exit(1)
        return original(session, message, send)

    override(machine.server, "open", open_)
