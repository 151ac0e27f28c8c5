"""Faults of HTTP sessions (basic/transports, streamable HTTP)."""

from __future__ import annotations

from typing import Any

from mutants import revisions
from mutants.faults import fault, override
from mutants.machine import Machine
from mutants.session import Session
from mutants.transports.exchange import Exchange, Refused
from mutants.wire import Json

STATELESS = revisions.STATELESS
SESSIONS = ("2025-03-26", "2025-06-18", "2025-11-25")


def _session(machine: Machine, found: Any) -> None:
    override(machine.http, "session", found)


@fault(
    "session-id-with-space",
    breaks=("http.session.id-visible-ascii",),
    transport="http",
    summary="session ids have a space",
    revisions=SESSIONS,
)
def session_id_with_space(machine: Machine) -> None:
    def initialize(original: Any, exchange: Exchange, response: Any, headers: dict[str, str], status: int) -> None:
        for name, id_ in list(headers.items()):
            machine.http.sessions[f"session {id_}"] = machine.http.sessions[id_]
            headers = {name: f"session {id_}"}
        original(exchange, response, headers, status)

    override(machine.http, "answer_json", initialize)


@fault(
    "session-ids-counted",
    breaks=("http.session.id-secure",),
    transport="http",
    summary="session ids are 1, 2, 3 …",
    revisions=SESSIONS,
)
def session_ids_counted(machine: Machine) -> None:
    def initialize(original: Any, exchange: Exchange, response: Any, headers: dict[str, str], status: int) -> None:
        for name, id_ in list(headers.items()):
            short = str(len(machine.server.sessions))
            machine.http.sessions[short] = machine.http.sessions[id_]
            headers = {name: short}
        original(exchange, response, headers, status)

    override(machine.http, "answer_json", initialize)


@fault(
    "missing-session-gets-401",
    breaks=("http.session.missing-400",),
    transport="http",
    summary="a request without session id gets 401",
    revisions=SESSIONS,
)
def missing_session_gets_401(machine: Machine) -> None:
    def session(original: Any, exchange: Exchange) -> Any:
        if exchange.header("Mcp-Session-Id") is None:
            raise Refused(401)
        return original(exchange)

    _session(machine, session)


@fault(
    "unknown-session-gets-400",
    breaks=("http.session.unknown-404", "http.session.terminated-404"),
    transport="http",
    summary="unknown and ended sessions get 400",
    revisions=SESSIONS,
)
def unknown_session_gets_400(machine: Machine) -> None:
    def session(original: Any, exchange: Exchange) -> Any:
        try:
            return original(exchange)
        except Refused as refusal:
            refusal.status = 400
            raise

    _session(machine, session)


@fault(
    "ended-session-lives",
    breaks=("http.session.terminated-404",),
    transport="http",
    summary="a session that was deleted is still served",
    revisions=SESSIONS,
)
def ended_session_lives(machine: Machine) -> None:
    override(machine.http, "delete", lambda delete, exchange: machine.http.reply(exchange, 200, {}, b""))


@fault(
    "unknown-session-adopted",
    breaks=("http.session.unknown-404",),
    transport="http",
    summary="any session id is served",
    revisions=SESSIONS,
)
def unknown_session_adopted(machine: Machine) -> None:
    def session(original: Any, exchange: Exchange) -> Any:
        id_ = exchange.header("Mcp-Session-Id") or ""
        if id_ and machine.http.sessions and id_ not in machine.http.sessions:
            return next(iter(machine.http.sessions.values()))
        return original(exchange)

    _session(machine, session)


@fault(
    "session-end-ends-all",
    breaks=("http.session.isolation",),
    transport="http",
    summary="ending one session ends all",
    revisions=SESSIONS,
)
def session_end_ends_all(machine: Machine) -> None:
    def delete(original: Any, exchange: Exchange) -> None:
        original(exchange)
        machine.http.sessions.clear()

    override(machine.http, "delete", delete)


@fault(
    "log-level-shared",
    breaks=("http.session.isolation",),
    transport="http",
    summary="all sessions share one log level",
    revisions=SESSIONS,
)
def log_level_shared(machine: Machine) -> None:
    def request(original: Any, exchange: Exchange, session: Session, message: Json) -> None:
        original(exchange, session, message)
        for other in machine.server.sessions if message["method"] == "logging/setLevel" else ():
            other.level = session.level

    override(machine.http, "request", request)


@fault(
    "initialize-needs-session",
    breaks=("http.session.initialize-not-needing-id",),
    transport="http",
    summary="initialize without session id is refused",
    revisions=SESSIONS,
)
def initialize_needs_session(machine: Machine) -> None:
    override(machine.http, "initialize", lambda original, exchange, message: machine.http.session(exchange))


@fault(
    "session-id-in-stateless-era",
    breaks=("http.session.ignored-modern",),
    transport="http",
    summary="stateless answers mint a session id",
    revisions=STATELESS,
)
def session_id_in_stateless_era(machine: Machine) -> None:
    override(
        machine.http,
        "answer_json",
        lambda original, exchange, response, headers, status: original(
            exchange, response, {"Mcp-Session-Id": "minted", **headers}, status
        ),
    )


@fault(
    "session-id-refused-in-stateless-era",
    breaks=("http.session.ignored-modern",),
    transport="http",
    summary="stateless requests with a session id get 404",
    revisions=STATELESS,
)
def session_id_refused_in_stateless_era(machine: Machine) -> None:
    def post(original: Any, exchange: Exchange, kind: str, message: Json) -> None:
        if exchange.header("Mcp-Session-Id") is not None:
            raise Refused(404)
        original(exchange, kind, message)

    override(machine.http, "post_stateless", post)
