"""Is this a JSON-RPC message? The one strict answer that both transports act on.

The SDK's own transports drop what they can't read, or execute a repaired version of it. Here bytes either are one
well-formed message or a `Refusal` that says what to answer. Rules: UTF-8 without exception; JSON without NaN; ids
are strings or integers; params are objects; text that UTF-8 can't carry is not let in. (JSON-RPC 2.0 §4 and §5.1,
MCP "Base protocol".)
"""

from __future__ import annotations

import json
from enum import Enum
from typing import Any, NoReturn

PARSE_ERROR = -32700
INVALID_REQUEST = -32600
INVALID_PARAMS = -32602

UNREADABLE: Any = object()
"""Stands for the id of a message whose id can't be read."""

# Revisions whose schema lets an error without id leave the member out; before them JSON-RPC's null is all there is.
_ID_MAY_BE_ABSENT = "2025-11-25"


class Kind(Enum):
    """What a well-formed message is."""

    REQUEST = "request"
    NOTIFICATION = "notification"
    RESPONSE = "response"


class Refusal(Exception):
    """A message that must not be processed.

    `unanswerable` marks what looks like a notification or a response: those are never answered, unless the
    transport has an answer of its own (an HTTP status).
    """

    def __init__(self, code: int, message: str, request_id: Any = UNREADABLE, unanswerable: bool = False) -> None:
        super().__init__(message)
        self.code = code
        self.request_id = request_id
        self.unanswerable = unanswerable

    def response(self, revision: str | None = None) -> dict[str, Any]:
        """Return the JSON-RPC error to answer with, in the shape that the revision asks for."""
        return error_response(self.code, str(self), self.request_id, revision)


def error_response(code: int, message: str, request_id: Any, revision: str | None = None) -> dict[str, Any]:
    """Build a JSON-RPC error. With an unreadable id the member is null up to 2025-06-18 and absent afterwards."""
    built: dict[str, Any] = {"jsonrpc": "2.0", "id": request_id, "error": {"code": code, "message": message}}
    if request_id is UNREADABLE:
        if revision is None or revision >= _ID_MAY_BE_ABSENT:
            del built["id"]
        else:
            built["id"] = None
    return built


def encode(message: Any) -> bytes:
    """Write a message as one line of ASCII JSON, without the newline.

    Escapes keep it readable to clients that also break lines at U+2028. Raises `ValueError` for NaN and Infinity.
    """
    return json.dumps(message, allow_nan=False, separators=(",", ":")).encode("ascii")


def parse(raw: bytes) -> Any:
    """Read bytes as JSON. Raises `Refusal` with the parse error's code."""
    try:
        return json.loads(raw.decode("utf-8"), parse_constant=_no_constant)
    except UnicodeDecodeError:
        raise Refusal(PARSE_ERROR, "Parse error: not UTF-8") from None
    except (ValueError, RecursionError):
        raise Refusal(PARSE_ERROR, "Parse error: not JSON") from None


def examine(message: Any) -> Kind:
    """Say what a parsed message is. Raises `Refusal` if it is no JSON-RPC message, or one that MCP forbids."""
    if not isinstance(message, dict):
        raise Refusal(INVALID_REQUEST, "Invalid Request: a message is a JSON object")
    request_id = message.get("id", UNREADABLE)
    readable = request_id if _is_id(request_id) else UNREADABLE
    if "method" not in message and ("result" in message or "error" in message):
        return _response(message)
    # Without an id, whatever is wrong with it, it would be a notification: nobody waits for an answer.
    silent = "id" not in message and isinstance(message.get("method"), str)
    if message.get("jsonrpc") != "2.0":
        raise Refusal(INVALID_REQUEST, 'Invalid Request: jsonrpc must be "2.0"', readable, silent)
    if not isinstance(message.get("method"), str):
        raise Refusal(INVALID_REQUEST, "Invalid Request: method must be a string", readable)
    if "id" in message and readable is UNREADABLE:
        raise Refusal(INVALID_REQUEST, "Invalid Request: id must be a string or an integer")
    if "result" in message or "error" in message:
        raise Refusal(INVALID_REQUEST, "Invalid Request: a request has neither result nor error", readable, silent)
    _check_params(message, readable, silent)
    return Kind.REQUEST if "id" in message else Kind.NOTIFICATION


def _response(message: dict[str, Any]) -> Kind:
    request_id = message.get("id")
    error = message.get("error")
    if "result" in message:
        whole = "error" not in message and isinstance(message["result"], dict) and _is_id(request_id)
    else:
        whole = isinstance(error, dict) and isinstance(error.get("message"), str) and _is_code(error.get("code"))
        whole = whole and (request_id is None or _is_id(request_id))
    if not whole or message.get("jsonrpc") != "2.0" or _uncarriable(message):
        raise Refusal(INVALID_REQUEST, "Invalid Request: no well-formed response", unanswerable=True)
    return Kind.RESPONSE


def _check_params(message: dict[str, Any], request_id: Any, silent: bool) -> None:
    if not isinstance(message.get("params", {}), dict):
        raise Refusal(INVALID_PARAMS, "Invalid params: params must be an object", request_id, silent)
    fault = _uncarriable(message)
    if fault:
        # The id itself may be the text that can't be carried; escaped, it can be given back all the same.
        raise Refusal(INVALID_PARAMS, f"Invalid params: {fault}", request_id, silent)


def _uncarriable(message: dict[str, Any]) -> str | None:
    """Name what JSON can spell and nothing behind this point could hold, if the message has it."""
    try:
        json.dumps(message, allow_nan=False, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError:
        return "text with a lone surrogate"
    except (ValueError, RecursionError):
        return "a number beyond the range of a 64-bit float"
    return None


def _is_id(value: Any) -> bool:
    return isinstance(value, (str, int)) and not isinstance(value, bool)


def _is_code(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)
