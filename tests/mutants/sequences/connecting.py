"""Faults that one client brings on another, or on itself when it comes back."""

from __future__ import annotations

from typing import Any

from mutants import wire
from mutants.faults import override
from mutants.machine import Machine
from mutants.sequences import sequential
from mutants.wire import Json, RpcError


@sequential(
    "second-client-ends-first",
    breaks="http.session.isolation",
    shortest=2,
    summary="each new session takes the place of all others",
    transport="http",
)
def second_client_ends_first(machine: Machine) -> None:
    def initialize(original: Any, exchange: Any, message: Json) -> Any:
        machine.http.sessions.clear()
        return original(exchange, message)

    override(machine.http, "initialize", initialize)


@sequential(
    "goodbye-ends-all",
    breaks="http.session.isolation",
    shortest=3,
    summary="the end of one session ends all others",
    transport="http",
)
def goodbye_ends_all(machine: Machine) -> None:
    def delete(original: Any, exchange: Any) -> Any:
        original(exchange)
        machine.http.sessions.clear()

    override(machine.http, "delete", delete)


@sequential(
    "no-handshake-after-garbage",
    breaks="lifecycle.initialize.responds",
    shortest=2,
    summary="once a body was no JSON, nobody is let in any more",
    transport="http",
)
def no_handshake_after_garbage(machine: Machine) -> None:
    spoilt: list[bytes] = []

    def decode(original: Any, data: bytes) -> Any:
        try:
            return original(data)
        except RpcError:
            spoilt.append(data)
            raise

    def open_(original: Any, session: Any, message: Json, send: Any) -> Any:
        if spoilt and message["method"] == "initialize":
            raise RpcError(wire.INTERNAL_ERROR, "closed for today")
        return original(session, message, send)

    override(machine.server, "decode", decode)
    override(machine.server, "open", open_)


@sequential(
    "garbage-kills-when-listening",
    breaks="jsonrpc.parse-error",
    shortest=2,
    summary="a body that is no JSON kills it while somebody listens",
    transport="http",
    revision="2026-07-28",
)
def garbage_kills_when_listening(machine: Machine) -> None:
    from mutants.sequences.calling import crash

    def decode(original: Any, data: bytes) -> Any:
        try:
            return original(data)
        except RpcError:
            crash(bool(machine.server.listening))
            raise

    override(machine.server, "decode", decode)
