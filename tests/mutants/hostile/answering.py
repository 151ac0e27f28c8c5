"""What the hostile servers share: they answer like a small server of the handshake era until they turn hostile."""

from __future__ import annotations

import json
import signal
import sys
import threading
from collections.abc import Iterator
from typing import Any

LIFETIME = 120  # seconds after which a hostile server ends on its own, whatever becomes of its tester

Message = dict[str, Any]


def end_some_day() -> None:
    """Make sure that nothing stays for ever."""
    if hasattr(signal, "alarm"):
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.alarm(LIFETIME)


def stall() -> None:
    """Do nothing, and hear nothing."""
    threading.Event().wait(LIFETIME)


def requests() -> Iterator[Message]:
    """The requests of the handshake era that come in; others are refused, notifications are dropped."""
    for line in sys.stdin:
        message = json.loads(line)
        if message.get("method") == "server/discover":
            write({"jsonrpc": "2.0", "id": message["id"], "error": {"code": -32601, "message": "method not found"}})
        elif "id" in message:
            yield message


def response(request: Message) -> Message:
    """The answer to `initialize`, and an empty result to anything else."""
    result: Message = {}
    if request["method"] == "initialize":
        version = request["params"]["protocolVersion"]
        result = {"protocolVersion": version, "capabilities": {}, "serverInfo": {"name": "hostile", "version": "1"}}
    return {"jsonrpc": "2.0", "id": request["id"], "result": result}


def write(message: Message) -> None:
    """Send one message."""
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()
