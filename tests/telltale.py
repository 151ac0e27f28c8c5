"""An MCP server over HTTP that tells everybody every secret it was given: in its name, its results and on stderr.

usage: telltale.py PORT
"""

from __future__ import annotations

import base64
import json
import os
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import quote

REVISION = "2025-11-25"


def secrets(headers: dict[str, str]) -> dict[str, Any]:
    """All that was confided to it, in several forms."""
    confided = {name: value for name, value in os.environ.items() if name.startswith("TELLTALE_")}
    told = {**confided, **headers, "pattern": "canary-pattern-4711"}
    return {
        "plain": told,
        "base64": [base64.b64encode(f"user:{value}".encode()).decode() for value in told.values()],
        "url": [quote(value, safe="") for value in told.values()],
        "text": json.dumps(told),
    }


class Telltale(BaseHTTPRequestHandler):
    """One POST, one answer."""

    def do_POST(self) -> None:
        """Answer a request with all that it knows."""
        message = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        told = secrets(dict(self.headers.items()))
        print(json.dumps(told), file=sys.stderr, flush=True)
        answer = self.answer(message, told) if "id" in message else None
        body = json.dumps(answer).encode() if answer else b""
        self.send_response(200 if answer else 202)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("X-Told", self.headers.get("Authorization", ""))
        self.end_headers()
        self.wfile.write(body)

    def answer(self, message: dict[str, Any], told: dict[str, Any]) -> dict[str, Any]:
        """The response to a request: it speaks one revision of the handshake era."""
        if message["method"] == "server/discover":
            error = {"code": -32601, "message": "Method not found", "data": told}
            return {"jsonrpc": "2.0", "id": message["id"], "error": error}
        named = {"name": told["text"], "version": "1"}
        opened = {"protocolVersion": REVISION, "capabilities": {}, "serverInfo": named, "instructions": told["text"]}
        result = opened if message["method"] == "initialize" else {"content": [{"type": "text", "text": told}]}
        return {"jsonrpc": "2.0", "id": message["id"], "result": result}

    def log_message(self, format: str, *args: object) -> None:
        """Say no more than it does already."""


if __name__ == "__main__":
    ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Telltale).serve_forever()
