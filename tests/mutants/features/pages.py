"""Lists in pages: cursors are opaque, stable and the same on every connection."""

from __future__ import annotations

import base64
import binascii
from typing import Any

from mutants import wire
from mutants.session import Call
from mutants.wire import Json, RpcError


def page(call: Call, name: str, items: list[Any]) -> Json:
    """One page of `items` under the member `name`; raises `RpcError` for a cursor that was never handed out."""
    start = offset(name, items, call) if "cursor" in call.params else 0
    end = start + call.server.page_size
    rest = {"nextCursor": cursor(name, end)} if end < len(items) else {}
    return {name: items[start:end], **rest}


def cursor(name: str, start: int) -> str:
    """The cursor of the page that begins at `start`."""
    return base64.urlsafe_b64encode(f"{name}:{start}".encode()).decode()


def offset(name: str, items: list[Any], call: Call) -> int:
    """Where the page of the request's cursor begins."""
    given = wire.member(call.params, "cursor", str)
    for start in range(call.server.page_size, len(items), call.server.page_size):
        if given == cursor(name, start):
            return start
    raise RpcError(wire.INVALID_PARAMS, "unknown cursor")


def blob(data: bytes) -> str:
    """Base64, as the protocol wants binary data."""
    return binascii.b2a_base64(data, newline=False).decode()
