"""JSON-RPC on the wire: strict JSON in UTF-8, error codes, and the fault that a peer is told about."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NoReturn

Json = dict[str, Any]

PARSE_ERROR = -32700
INVALID_REQUEST = -32600
METHOD_NOT_FOUND = -32601
INVALID_PARAMS = -32602
INTERNAL_ERROR = -32603
RESOURCE_NOT_FOUND = -32002
HEADER_MISMATCH = -32020
MISSING_CAPABILITY = -32021
UNSUPPORTED_VERSION = -32022


class RpcError(Exception):
    """What becomes an error response: integer `code`, one-sentence `message`, optional JSON `data`."""

    def __init__(self, code: int, message: str, data: Any = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.data = data

    def body(self) -> Json:
        """The `error` member of the response."""
        body: Json = {"code": self.code, "message": self.message}
        return body if self.data is None else {**body, "data": self.data}


class Cancelled(Exception):
    """The request was cancelled: nothing more is sent for it."""


def encode(message: object) -> bytes:
    """Serialize one message as a single line of UTF-8, without its newline."""
    return json.dumps(message, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


def decode(data: bytes) -> Any:
    """Parse strict JSON in UTF-8; raises `RpcError` with the parse error code."""
    try:
        return json.loads(data.decode(), parse_constant=_refuse_constant)
    except RecursionError:
        raise RpcError(PARSE_ERROR, "nesting is too deep") from None
    except ValueError:
        raise RpcError(PARSE_ERROR, "not a JSON document in UTF-8") from None


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)


def encodable(value: object) -> bool:
    """Tell whether `value` can be written as UTF-8 (lone surrogates can't)."""
    try:
        encode(value)
    except (UnicodeEncodeError, ValueError):
        return False
    return True


def is_id(value: object) -> bool:
    """Tell whether `value` is allowed as a request id or a progress token: a string or an integer."""
    return isinstance(value, str | int) and not isinstance(value, bool)


def failure(id_: object, error: RpcError) -> Json:
    """The error response to the request with `id_`; the member is left out where the id could not be read."""
    envelope: Json = {"jsonrpc": "2.0"}
    if is_id(id_) and encodable(id_):
        envelope["id"] = id_
    return {**envelope, "error": error.body()}


def member(params: Mapping[str, Any], name: str, kind: type | tuple[type, ...], default: Any = ...) -> Any:
    """`params[name]` if it has the JSON type `kind`; raises `RpcError` with the invalid-params code otherwise."""
    value = params.get(name, default)
    if value is ...:
        raise RpcError(INVALID_PARAMS, f"parameter {name!r} is required")
    if value is not default and (not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool)):
        raise RpcError(INVALID_PARAMS, f"parameter {name!r} has the wrong type")
    return value
