"""How our side answers what a server asks of its client: the declared features with the least, the rest with -32601."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from smcp_conformance.codes import METHOD_NOT_FOUND

ANSWERS: dict[str, tuple[str | None, dict[str, Any]]] = {
    "ping": (None, {}),
    "roots/list": ("roots", {"roots": []}),
    "sampling/createMessage": (
        "sampling",
        {"role": "assistant", "content": {"type": "text", "text": "ok"}, "model": "none"},
    ),
    "elicitation/create": ("elicitation", {"action": "decline"}),
}


def answer_to(request: Mapping[str, Any], capabilities: Mapping[str, Any]) -> dict[str, Any]:
    """Make the response to a server's request, given the client capabilities that this session declared."""
    method = request["method"]
    needed, result = ANSWERS.get(method, ("", {})) if isinstance(method, str) else ("", {})
    if needed is None or needed in capabilities:
        return {"jsonrpc": "2.0", "id": request["id"], "result": result}
    error = {"code": METHOD_NOT_FOUND, "message": f"Method not found: {method}"}
    return {"jsonrpc": "2.0", "id": request["id"], "error": error}
