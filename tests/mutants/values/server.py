"""Start a value mutant: a small MCP server over stdio with one tool that goes wrong for some arguments.

usage: server.py NAME [--healthy]     (without its fault, it conforms; it speaks 2025-11-25)
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any

sys.path[0] = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from mutants.values import MUTANTS  # noqa: E402 - the path must be right first
from mutants.values.mutant import Json, ValueMutant  # noqa: E402 - as above
from mutants.values.outcomes import given, line, text  # noqa: E402 - as above
from mutants.values.rules import valid  # noqa: E402 - as above

REVISION = "2025-11-25"
HINTS = {"readOnlyHint": True, "openWorldHint": False, "idempotentHint": True, "destructiveHint": False}
INVALID_REQUEST, NO_METHOD, INVALID_PARAMS, PARSE_ERROR = -32600, -32601, -32602, -32700


def described(mutant: ValueMutant) -> Json:
    """The tool as it is listed."""
    shown: Json = {
        "name": "take",
        "description": "Takes something.",
        "inputSchema": mutant.schema,
        "annotations": HINTS,
    }
    return {**shown, "outputSchema": mutant.output} if mutant.output else shown


def result(mutant: ValueMutant, arguments: Json) -> Json:
    """What the tool answers when it is in order."""
    if not valid(mutant.schema, arguments, mutant.schema):
        return text("these arguments are not valid under the inputSchema", isError=True)
    members = mutant.schema.get("properties", {}).items()
    defaults = {name: inner["default"] for name, inner in members if isinstance(inner, dict) and "default" in inner}
    answer = mutant.answers({**defaults, **arguments})
    return text(given(answer), structuredContent=answer) if mutant.output else text(given(answer))


def called(mutant: ValueMutant, params: Any, response: Json, healthy: bool) -> bytes:
    """The line that answers a call."""
    arguments = params.get("arguments", {}) if isinstance(params, dict) else None
    if not isinstance(arguments, dict) or params.get("name") != "take":
        return failed(response["id"], INVALID_PARAMS, "there is only the tool 'take', and it takes an object")
    response["result"] = result(mutant, arguments)
    wrong = "isError" in response["result"]
    if not healthy and wrong == mutant.invalid and mutant.shows(arguments):
        return mutant.outcome(response, arguments)
    return line(response)


def failed(id_: Any, code: int, message: str) -> bytes:
    """The line that says why there is no result."""
    known = {} if id_ is None else {"id": id_}
    return line({"jsonrpc": "2.0", **known, "error": {"code": code, "message": message}})


def answered(mutant: ValueMutant, message: Any, healthy: bool) -> bytes:
    """The line that answers a message; nothing for notifications and answers."""
    if not isinstance(message, dict) or message.get("jsonrpc") != "2.0" or message.get("id", 0) is None:
        return failed(None, INVALID_REQUEST, "not a JSON-RPC 2.0 message")
    if "method" not in message or "id" not in message:
        return b""
    response = {"jsonrpc": "2.0", "id": message["id"]}
    method, params = message["method"], message.get("params", {})
    if method == "initialize":
        info = {"name": mutant.name, "version": "1.0.0"}
        return line(
            {**response, "result": {"protocolVersion": REVISION, "capabilities": {"tools": {}}, "serverInfo": info}}
        )
    if method == "ping":
        return line({**response, "result": {}})
    if method == "tools/list":
        return line({**response, "result": {"tools": [described(mutant)]}})
    if method == "tools/call":
        return called(mutant, params, response, healthy)
    return failed(message["id"], NO_METHOD, "no such method")


def serve(mutant: ValueMutant, healthy: bool) -> None:
    """Answer line by line until the end of input."""
    for raw in sys.stdin.buffer:
        try:
            message = json.loads(raw)
        except ValueError:
            written = failed(None, PARSE_ERROR, "not a JSON document in UTF-8")
        else:
            written = answered(mutant, message, healthy)
        sys.stdout.buffer.write(written)
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    if len(sys.argv) < 2 or sys.argv[1] not in MUTANTS:
        sys.exit(f"usage: server.py NAME [--healthy], where NAME is one of {', '.join(MUTANTS)}")
    serve(MUTANTS[sys.argv[1]], "--healthy" in sys.argv)
