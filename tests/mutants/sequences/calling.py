"""Faults that a call, a cancellation or a level brings out later."""

from __future__ import annotations

import os
import threading
from collections import Counter
from typing import Any

from mutants import wire
from mutants.faults import change_messages, override
from mutants.machine import Machine
from mutants.sequences import sequential
from mutants.session import Call, Session
from mutants.wire import Json, RpcError

ONCE = "jsonrpc.response.exactly-one"


def on_request(machine: Machine, act: Any) -> None:
    """Let `act(call)` see each request before it is served."""

    def serve(original: Any, call: Call) -> Any:
        act(call)
        return original(call)

    override(machine.server, "serve", serve)


def crash(when: bool) -> None:
    """Leave without a word."""
    if when:
        os._exit(3)


@sequential(
    "crash-at-second-page-after-cancel",
    breaks=ONCE,
    shortest=3,
    summary="the second page of a list after a cancellation kills it",
)
def crash_at_second_page_after_cancel(machine: Machine) -> None:
    seen = Counter[str]()
    cancelled = machine.server.notifications["notifications/cancelled"]

    def note(session: Session, params: Json) -> None:
        seen["cancelled"] += 1
        cancelled(session, params)

    def count(call: Call) -> None:
        seen["lists"] += bool(seen["cancelled"]) and call.method == "tools/list"
        crash(seen["lists"] == 2)

    machine.server.notifications["notifications/cancelled"] = note
    on_request(machine, count)


@sequential("answers-twice-after-ping", breaks=ONCE, shortest=2, summary="what follows a ping is answered twice")
def answers_twice_after_ping(machine: Machine) -> None:
    last = [""]

    def respond(original: Any, response: Json | None, send: Any) -> None:
        original(response, send)
        if last[-2:-1] == ["ping"]:
            original(response, send)

    on_request(machine, lambda call: last.append(call.method))
    override(machine.server, "respond", respond)


@sequential("wrong-id-in-flight", breaks=ONCE, shortest=2, summary="of two requests in flight one gets the other's id")
def wrong_id_in_flight(machine: Machine) -> None:
    def answer(original: Any, call: Call) -> Any:
        others = [other.id for other in list(call.session.calls.values()) if other is not call]
        response = original(call)
        return {**response, "id": others[0]} if others and response else response

    override(machine.server, "serve", answer)


@sequential("set-level-breaks-calls", breaks=ONCE, shortest=3, summary="once a level was set, a call kills it")
def set_level_breaks_calls(machine: Machine) -> None:
    seen: list[str] = []

    def note(call: Call) -> None:
        seen.append(call.method)
        crash(call.method == "tools/call" and "logging/setLevel" in seen)

    on_request(machine, note)


@sequential("mute-after-two-levels", breaks=ONCE, shortest=3, summary="once two levels were set, nothing is answered")
def mute_after_two_levels(machine: Machine) -> None:
    seen: list[str] = []
    on_request(machine, lambda call: seen.append(call.method))

    def respond(original: Any, response: Json | None, send: Any) -> None:
        if seen.count("logging/setLevel") < 2:
            original(response, send)

    override(machine.server, "respond", respond)


@sequential(
    "ping-fails-after-invalid-call",
    breaks="ping.responds",
    shortest=2,
    summary="after wrong arguments pings get errors",
)
def ping_fails_after_invalid_call(machine: Machine) -> None:
    refused = threading.Event()

    def refuse(original: Any, call: Call, wrong: list[str]) -> Any:
        refused.set()
        return original(call, wrong)

    def note(call: Call) -> None:
        if refused.is_set() and call.method == "ping":
            raise RpcError(wire.INTERNAL_ERROR, "still upset")

    override(machine.server.tools, "refuse", refuse)
    on_request(machine, note)


@sequential(
    "stale-id-after-two-cancels", breaks=ONCE, shortest=3, summary="after two cancellations answers carry the id of one"
)
def stale_id_after_two_cancels(machine: Machine) -> None:
    stale: list[Any] = []
    cancelled = machine.server.notifications["notifications/cancelled"]

    def note(session: Session, params: Json) -> None:
        stale.append(params.get("requestId"))
        cancelled(session, params)

    machine.server.notifications["notifications/cancelled"] = note
    change_messages(machine, lambda sent: {**sent, "id": stale[0]} if len(stale) > 1 and "result" in sent else sent)
