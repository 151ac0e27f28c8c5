"""Faults of servers that say too much (server/utilities)."""

from __future__ import annotations

import threading
from typing import Any

from mutants import revisions
from mutants.faults import fault, override
from mutants.machine import Machine
from mutants.wire import Json


def _log(machine: Machine, session: Any) -> None:
    params: Json = {"level": "warning", "logger": "fixture", "data": "still here"}
    machine.server.deliver(session.send, {"jsonrpc": "2.0", "method": "notifications/message", "params": params})


@fault(
    "logs-without-limit",
    breaks=("logging.rate-limit",),
    transport="stdio",
    summary="six thousand log messages come before each list of tools",
    revisions=revisions.HANDSHAKE,
)
def logs_without_limit(machine: Machine) -> None:
    served = machine.server.methods["tools/list"]

    def listed(call: Any) -> Json:
        for _ in range(6_000):
            _log(machine, call.session)
        return machine.server.tools.listed(call)

    machine.server.methods["tools/list"] = served._replace(serve=listed)


@fault(
    "logs-without-pause",
    breaks=("logging.rate-limit",),
    transport="stdio",
    summary="log messages come without a pause once the client is initialized, between all answers",
    revisions=revisions.HANDSHAKE,
)
def logs_without_pause(machine: Machine) -> None:
    def pour(session: Any) -> None:
        while not session.closed:
            _log(machine, session)

    def initialized(original: Any, session: Any, method: str, params: Any) -> None:
        original(session, method, params)
        if method == "notifications/initialized":
            threading.Thread(target=pour, args=(session,), daemon=True).start()

    override(machine.server, "notified", initialized)
