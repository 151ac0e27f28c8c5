"""Faults of the Mcp-Param headers (basic/transports, streamable HTTP)."""

from __future__ import annotations

from typing import Any

from mutants import revisions
from mutants.faults import fault, override
from mutants.machine import Machine
from mutants.transports import headers as rules
from mutants.transports.exchange import Exchange

STATELESS = revisions.STATELESS
SESSIONS = ("2025-03-26", "2025-06-18", "2025-11-25")


def _relax(machine: Machine, ignores: Any) -> None:
    """Skip the comparison where `ignores(header, argument)` says so."""

    def check(original: Any, given: str | None, value: Any) -> None:
        if not ignores(given, value):
            original(given, value)

    override(machine.http.headers, "parameter", check)


@fault(
    "param-header-not-compared",
    breaks=("http.header.param-validated",),
    transport="http",
    summary="Mcp-Param headers may differ from the arguments",
    revisions=STATELESS,
)
def param_header_not_compared(machine: Machine) -> None:
    _relax(machine, lambda given, value: given is not None and value is not None)


@fault(
    "param-header-missing-served",
    breaks=("http.header.param-missing",),
    transport="http",
    summary="calls without Mcp-Param headers are served",
    revisions=STATELESS,
)
def param_header_missing_served(machine: Machine) -> None:
    _relax(machine, lambda given, value: given is None)


@fault(
    "param-header-always-demanded",
    breaks=("http.header.param-absent-value",),
    transport="http",
    summary="Mcp-Param headers are demanded for absent arguments",
    revisions=STATELESS,
)
def param_header_always_demanded(machine: Machine) -> None:
    def check(original: Any, given: str | None, value: Any) -> None:
        original(given, "" if value is None else value)

    override(machine.http.headers, "parameter", check)


@fault(
    "param-header-compared-as-text",
    breaks=("http.header.param-numeric-compare",),
    transport="http",
    summary="7.0 in a header does not equal 7",
    revisions=STATELESS,
)
def param_header_compared_as_text(machine: Machine) -> None:
    def check(original: Any, given: str | None, value: Any) -> None:
        original(given, str(value) if isinstance(value, int) else value)

    override(machine.http.headers, "parameter", check)


@fault(
    "unknown-param-header-refused",
    breaks=("http.header.param-unrecognised-ignored",),
    transport="http",
    summary="unknown Mcp-Param headers are refused",
    revisions=STATELESS,
)
def unknown_param_header_refused(machine: Machine) -> None:
    def check(original: Any, exchange: Exchange, method: str) -> None:
        original(exchange, method)
        known = ("mcp-param-region", "mcp-param-priority")
        if any(name.lower().startswith("mcp-param-") and name.lower() not in known for name in exchange.headers):
            raise rules.mismatch("unknown Mcp-Param header")

    override(machine.http.headers, "method", check)
