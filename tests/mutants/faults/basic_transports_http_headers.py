"""Faults of HTTP headers (basic/transports, streamable HTTP)."""

from __future__ import annotations

from typing import Any

from mutants import revisions, wire
from mutants.faults import fault, override
from mutants.machine import Machine
from mutants.session import Session
from mutants.transports import headers as rules
from mutants.transports.exchange import Exchange, Refused
from mutants.wire import Json, RpcError

STATELESS = revisions.STATELESS


def _relax(machine: Machine, rule: str, ignores: Any) -> None:
    """Skip a rule of the headers where `ignores(exchange, value)` says so."""

    def check(original: Any, exchange: Exchange, value: Any) -> None:
        if not ignores(exchange, value):
            original(exchange, value)

    override(machine.http.headers, rule, check)


@fault(
    "version-header-unchecked",
    breaks=("http.version-header.invalid-400",),
    transport="http",
    summary="any MCP-Protocol-Version is fine in a session",
    revisions=("2025-06-18", "2025-11-25"),
)
def version_header_unchecked(machine: Machine) -> None:
    override(machine.http, "check_version", lambda original, version, session: None)


@fault(
    "version-header-demanded",
    breaks=("http.version-header.absent-assumes-2025-03-26",),
    transport="http",
    summary="session requests without MCP-Protocol-Version are refused",
    revisions=("2025-06-18", "2025-11-25"),
)
def version_header_demanded(machine: Machine) -> None:
    override(machine.http, "check_version", lambda check, version, session: check(version or "none", session))


@fault(
    "version-header-not-compared",
    breaks=("http.version-header.match-body",),
    transport="http",
    summary="header and metadata may name different revisions",
    revisions=STATELESS,
)
def version_header_not_compared(machine: Machine) -> None:
    _relax(machine, "version", lambda exchange, meta: exchange.header("MCP-Protocol-Version") is not None)


@fault(
    "version-header-missing-served",
    breaks=("http.version-header.missing",),
    transport="http",
    summary="stateless requests without MCP-Protocol-Version are served",
    revisions=STATELESS,
)
def version_header_missing_served(machine: Machine) -> None:
    _relax(machine, "version", lambda exchange, meta: exchange.header("MCP-Protocol-Version") is None)


@fault(
    "unsupported-version-gets-200",
    breaks=("http.version-header.unsupported-400",),
    transport="http",
    summary="an unsupported revision gets status 200",
    revisions=STATELESS,
)
def unsupported_version_gets_200(machine: Machine) -> None:
    def status(original: Any, session: Session, response: Json) -> int:
        unsupported = response.get("error", {}).get("code") == wire.UNSUPPORTED_VERSION
        return 200 if unsupported else int(original(session, response))

    override(machine.http, "status", status)


@fault(
    "method-header-missing-served",
    breaks=("http.header.method-missing",),
    transport="http",
    summary="requests without Mcp-Method are served",
    revisions=STATELESS,
)
def method_header_missing_served(machine: Machine) -> None:
    _relax(machine, "method", lambda exchange, method: exchange.header("Mcp-Method") is None)


@fault(
    "method-header-not-compared",
    breaks=("http.header.method-mismatch", "http.header.method-case-sensitive"),
    transport="http",
    summary="Mcp-Method may name another method",
    revisions=STATELESS,
)
def method_header_not_compared(machine: Machine) -> None:
    _relax(machine, "method", lambda exchange, method: exchange.header("Mcp-Method") is not None)


@fault(
    "method-header-any-case",
    breaks=("http.header.method-case-sensitive",),
    transport="http",
    summary="Mcp-Method is compared without regard to case",
    revisions=STATELESS,
)
def method_header_any_case(machine: Machine) -> None:
    _relax(machine, "method", lambda exchange, method: (exchange.header("Mcp-Method") or "").lower() == method.lower())


@fault(
    "header-names-case-sensitive",
    breaks=("http.header.names-case-insensitive",),
    transport="http",
    summary="Mcp-Method is found in one spelling only",
    revisions=STATELESS,
)
def header_names_case_sensitive(machine: Machine) -> None:
    def check(original: Any, exchange: Exchange, method: str) -> None:
        if "Mcp-Method" not in exchange.headers.keys():  # noqa: SIM118 - keys() has the spelling that was sent
            raise rules.mismatch("Mcp-Method is required")
        original(exchange, method)

    override(machine.http.headers, "method", check)


@fault(
    "name-header-missing-served",
    breaks=("http.header.name-missing",),
    transport="http",
    summary="calls without Mcp-Name are served",
    revisions=STATELESS,
)
def name_header_missing_served(machine: Machine) -> None:
    _relax(machine, "name", lambda exchange, name: exchange.header("Mcp-Name") is None)


@fault(
    "name-header-not-compared",
    breaks=("http.header.name-mismatch",),
    transport="http",
    summary="Mcp-Name may name something else",
    revisions=STATELESS,
)
def name_header_not_compared(machine: Machine) -> None:
    _relax(machine, "name", lambda exchange, name: exchange.header("Mcp-Name") is not None)


@fault(
    "name-header-not-decoded",
    breaks=("http.header.name-base64-decoded",),
    transport="http",
    summary="encoded names are compared as they are",
    revisions=STATELESS,
)
def name_header_not_decoded(machine: Machine) -> None:
    def check(original: Any, exchange: Exchange, name: Any) -> None:
        if exchange.header("Mcp-Name") != name:
            raise rules.mismatch("Mcp-Name does not match the request")

    override(machine.http.headers, "name", check)


@fault(
    "name-header-bad-base64-served",
    breaks=("http.header.name-base64-invalid",),
    transport="http",
    summary="a name that is not valid Base64 is ignored",
    revisions=STATELESS,
)
def name_header_bad_base64_served(machine: Machine) -> None:
    def check(original: Any, exchange: Exchange, name: Any) -> None:
        try:
            original(exchange, name)
        except RpcError as error:
            if "Base64" not in error.message:
                raise

    override(machine.http.headers, "name", check)


@fault(
    "sentinel-any-case",
    breaks=("http.header.sentinel-exact",),
    transport="http",
    summary="names are decoded whatever the case of the marker",
    revisions=STATELESS,
)
def sentinel_any_case(machine: Machine) -> None:
    def check(original: Any, exchange: Exchange, name: Any) -> None:
        given = exchange.header("Mcp-Name") or ""
        marked = given[: len(rules.OPENING)].lower() == rules.OPENING
        if not (marked and rules.decoded(rules.OPENING + given[len(rules.OPENING) :]) == name):
            original(exchange, name)

    override(machine.http.headers, "name", check)


@fault(
    "header-characters-unchecked",
    breaks=("http.header.invalid-characters",),
    transport="http",
    summary="names with bytes outside ASCII are served",
    revisions=STATELESS,
)
def header_characters_unchecked(machine: Machine) -> None:
    _relax(machine, "name", lambda exchange, name: not (exchange.header("Mcp-Name") or "").isascii())


@fault(
    "header-mismatch-miscoded",
    breaks=("http.header.rejection-form",),
    transport="http",
    summary="header mismatches get -32600 and status 200",
    revisions=STATELESS,
)
def header_mismatch_miscoded(machine: Machine) -> None:
    def refuse(original: Any, exchange: Exchange, refusal: Refused) -> None:
        if isinstance(refusal.body, dict) and refusal.body["error"]["code"] == wire.HEADER_MISMATCH:
            refusal.status, refusal.body["error"]["code"] = 200, wire.INVALID_REQUEST
        original(exchange, refusal)

    override(machine.http, "refuse", refuse)


@fault(
    "name-header-demanded-everywhere",
    breaks=("http.header.name-not-needed-elsewhere",),
    transport="http",
    summary="lists without Mcp-Name are refused",
    revisions=STATELESS,
)
def name_header_demanded_everywhere(machine: Machine) -> None:
    def check(original: Any, exchange: Exchange, method: str) -> None:
        original(exchange, method)
        if exchange.header("Mcp-Name") is None:
            raise rules.mismatch("Mcp-Name is required")

    override(machine.http.headers, "method", check)
