"""Faults with some headers of Streamable HTTP."""

from __future__ import annotations

from typing import Any

from mutants import revisions
from mutants.faults import override
from mutants.machine import Machine
from mutants.protocol_values import with_value
from mutants.transports.exchange import Refused

STATELESS = revisions.STATELESS[0]


@with_value(
    "version-header-by-its-century",
    check="any_unknown_version_header_gets_400",
    minimal="2000-01-01",
    summary="every version of this century is good enough for the header",
    transport="http",
)
def version_header_by_its_century(machine: Machine) -> None:
    def check_version(original: Any, version: str | None, session: Any) -> None:
        if version is None or not version.startswith("20"):
            original(version, session)

    override(machine.http, "check_version", check_version)


@with_value(
    "version-headers-by-their-century",
    check="any_version_header_that_contradicts_the_body_is_refused",
    minimal="2000-01-01",
    summary="versions in header and body are compared by their century",
    transport="http",
    revision=STATELESS,
)
def version_headers_by_their_century(machine: Machine) -> None:
    def version(original: Any, exchange: Any, meta: Any) -> None:
        if not str(exchange.header("MCP-Protocol-Version")).startswith("20"):
            original(exchange, meta)

    override(machine.http.headers, "version", version)


@with_value(
    "plain-session-id-misread",
    check="any_unknown_session_id_gets_404",
    minimal="0",
    summary="a session id of letters and digits is malformed",
    transport="http",
)
def plain_session_id_misread(machine: Machine) -> None:
    def session(original: Any, exchange: Any) -> Any:
        id_ = exchange.header("Mcp-Session-Id")
        if id_ not in machine.http.sessions and str(id_).isalnum():
            raise Refused(400)
        return original(exchange)

    override(machine.http, "session", session)


@with_value(
    "accept-weights-refused",
    check="any_list_of_both_types_is_accepted",
    minimal="application/json, text/event-stream;q=0.5",
    summary="types with a weight are not recognized",
    transport="http",
)
def accept_weights_refused(machine: Machine) -> None:
    def read(original: Any, exchange: Any) -> Any:
        if ";" in str(exchange.header("Accept")):
            exchange.body()
            raise Refused(406)
        return original(exchange)

    override(machine.http, "read", read)


@with_value(
    "origin-by-its-beginning",
    check="any_foreign_origin_is_refused",
    minimal="http://localhost.aa.example",
    summary="every origin that begins like the own one is allowed",
    transport="http",
)
def origin_by_its_beginning(machine: Machine) -> None:
    def allowed(original: Any, origin: str | None) -> bool:
        return bool(original(origin)) or str(origin).startswith("http://localhost")

    override(machine.http, "origin_allowed", allowed)


@with_value(
    "method-header-in-any-case",
    check="any_other_method_header_is_refused",
    minimal="Server/Discover",
    summary="the method in the header is compared without case",
    transport="http",
    revision=STATELESS,
)
def method_header_in_any_case(machine: Machine) -> None:
    def method(original: Any, exchange: Any, name: str) -> None:
        if str(exchange.header("Mcp-Method")).lower() != name.lower():
            original(exchange, name)

    override(machine.http.headers, "method", method)
