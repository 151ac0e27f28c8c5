"""The headers that mirror the body of a stateless request, and what is wrong with them."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from typing import Any

from mutants import revisions, wire
from mutants.transports.exchange import Exchange
from mutants.wire import Json, RpcError

NAMED_BY = {"tools/call": "name", "prompts/get": "name", "resources/read": "uri"}
OPENING, CLOSING = "=?base64?", "?="


def mismatch(detail: str) -> RpcError:
    """The error for a header that is missing, malformed or does not match."""
    return RpcError(wire.HEADER_MISMATCH, detail)


def decoded(value: str) -> str:
    """What a header value stands for; raises `RpcError` if it can't be a value."""
    if any(not (" " <= character <= "~" or character == "\t") for character in value):
        raise mismatch("header value has characters outside visible ASCII")
    if not (value.startswith(OPENING) and value.endswith(CLOSING)):
        return value
    try:
        return base64.b64decode(value[len(OPENING) : -len(CLOSING)], validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        raise mismatch("header value is not valid Base64") from None


class Headers:
    """The rules. Each method is a seam for faults."""

    def check(self, exchange: Exchange, message: Json, schema: Json) -> None:
        """Compare the headers with the body; `schema` is that of the tool that is called. Raises `RpcError`."""
        params = message.get("params")
        params = params if isinstance(params, dict) else {}
        self.version(exchange, params.get("_meta"))
        self.method(exchange, message["method"])
        if message["method"] in NAMED_BY:
            self.name(exchange, params.get(NAMED_BY[message["method"]]))
        arguments = params.get("arguments")
        for header, value in annotated(schema, arguments if isinstance(arguments, dict) else {}):
            self.parameter(exchange.header(header), value)

    def version(self, exchange: Exchange, meta: Any) -> None:
        """MCP-Protocol-Version is there and agrees with the metadata (whose absence is another error)."""
        stated = meta.get(revisions.VERSION_KEY) if isinstance(meta, dict) else None
        given = exchange.header("MCP-Protocol-Version")
        if given is None or (isinstance(stated, str) and given != stated):
            raise mismatch("MCP-Protocol-Version does not match the request")

    def method(self, exchange: Exchange, method: str) -> None:
        """Mcp-Method is there and equals the method, case included."""
        if exchange.header("Mcp-Method") != method:
            raise mismatch("Mcp-Method does not match the request")

    def name(self, exchange: Exchange, name: Any) -> None:
        """Mcp-Name is there and equals the name or URI once decoded."""
        given = exchange.header("Mcp-Name")
        if given is None:
            raise mismatch("Mcp-Name is required")
        if decoded(given) != name:
            raise mismatch("Mcp-Name does not match the request")

    def parameter(self, given: str | None, value: Any) -> None:
        """Mcp-Param-… is there exactly if the argument is, and says the same."""
        if value is None and given is None:
            return
        if given is None or value is None or not same(decoded(given), value):
            raise mismatch("Mcp-Param header does not match the argument")


def same(given: str, value: Any) -> bool:
    """Compare a header with an argument: integers by number, the rest by text."""
    if isinstance(value, bool):
        return given == ("true" if value else "false")
    if isinstance(value, int | float):
        try:
            return float(given) == value
        except ValueError:
            return False
    return bool(given == value)


def annotated(schema: Json, arguments: Json) -> Iterator[tuple[str, Any]]:
    """The header name and the argument (None if absent) for each annotated property of a tool's schema."""
    for name, property_ in schema.get("properties", {}).items():
        if "x-mcp-header" in property_:
            yield f"Mcp-Param-{property_['x-mcp-header']}", arguments.get(name)
