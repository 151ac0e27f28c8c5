"""Small servers that keep to the text in an unusual way: none of them may be accused of anything.

usage: server.py STYLE [PORT]    (over stdio, or at /mcp of a port)
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

Json = dict[str, Any]
SPOKEN = ("2024-11-05", "2025-06-18", "2025-11-25")
LEVELS = ("debug", "info", "notice", "warning", "error", "critical", "alert", "emergency")
SCHEMA: Json = {"type": "object", "properties": {"text": {"type": "string"}}, "required": ["text"]}


class Refusal(Exception):
    """An error to answer with: code and message."""


def tool(name: str) -> Json:
    """A tool that only reads."""
    return {"name": name, "inputSchema": SCHEMA, "annotations": {"readOnlyHint": True, "openWorldHint": False}}


class Plain:
    """Two tools; styles override what they do otherwise."""

    revisions: tuple[str, ...] = SPOKEN
    capabilities: ClassVar[Json] = {"tools": {}}
    session_ids = True

    def serve(self, message: Json) -> Iterator[Json]:
        """All messages that a request causes, its response among them."""
        try:
            result = self.result(message["method"], message.get("params") or {})
        except Refusal as refusal:
            yield failure(message["id"], refusal)
            return
        yield {"jsonrpc": "2.0", "id": message["id"], "result": result}

    def result(self, method: str, params: Json) -> Json:
        """The result of a request; raises Refusal."""
        if method == "initialize":
            if not isinstance(params.get("protocolVersion"), str):
                raise Refusal(-32602, "protocolVersion is missing")
            asked = params["protocolVersion"]
            version = asked if asked in self.revisions else self.revisions[-1]
            info = {"name": "odd", "version": "1"}
            return {"protocolVersion": version, "capabilities": self.capabilities, "serverInfo": info}
        if method == "ping":
            return {}
        if method == "tools/list" and "tools" in self.capabilities:
            return self.listed(params)
        if method == "tools/call" and "tools" in self.capabilities:
            return self.called(params)
        raise Refusal(-32601, "no such method")

    def listed(self, params: Json) -> Json:
        """A page of tools."""
        if "cursor" in params:
            raise Refusal(-32602, "no such cursor")
        return {"tools": [tool("one"), tool("two")]}

    def called(self, params: Json) -> Json:
        """What a tool answers."""
        arguments = params.get("arguments", {})
        if params.get("name") not in ("one", "two") or not isinstance(arguments, dict):
            raise Refusal(-32602, "no such tool")
        if not isinstance(arguments.get("text"), str):
            return {"content": [{"type": "text", "text": "text must be a string"}], "isError": True}
        return {"content": [{"type": "text", "text": arguments["text"]}]}


class Stateless(Plain):
    """Gives no session ids over HTTP, so it serves whoever asks."""

    session_ids = False


class Chatty(Plain):
    """Logs and notifies before each answer."""

    capabilities: ClassVar[Json] = {"tools": {"listChanged": True}, "logging": {}}

    def result(self, method: str, params: Json) -> Json:
        if method == "logging/setLevel":
            if params.get("level") not in (
                "debug",
                "info",
                "notice",
                "warning",
                "error",
                "critical",
                "alert",
                "emergency",
            ):
                raise Refusal(-32602, "no such level")
            return {}
        return super().result(method, params)

    def serve(self, message: Json) -> Iterator[Json]:
        if message["method"] != "initialize":
            log = {"level": "emergency", "data": {"method": message["method"]}}
            yield {"jsonrpc": "2.0", "method": "notifications/message", "params": log}
            yield {"jsonrpc": "2.0", "method": "notifications/tools/list_changed"}
        yield from super().serve(message)


class Reporting(Plain):
    """Reports one step of progress for each request that has a token; a token may come again once it was answered."""

    def serve(self, message: Json) -> Iterator[Json]:
        token = message.get("params", {}).get("_meta", {}).get("progressToken")
        if token is not None:
            params = {"progressToken": token, "progress": 1, "total": 1}
            yield {"jsonrpc": "2.0", "method": "notifications/progress", "params": params}
        yield from super().serve(message)


class Loud(Plain):
    """Tells a long story on stderr about each request."""

    def serve(self, message: Json) -> Iterator[Json]:
        for number in range(40):
            print(f"line {number} about {message['method']}", file=sys.stderr, flush=True)
        yield from super().serve(message)


STYLES: dict[str, type[Plain]] = {each.__name__.lower(): each for each in (Plain, Stateless, Chatty, Reporting, Loud)}


def over_stdio(server: Plain) -> None:
    """Serve lines."""
    for line in sys.stdin:
        message = read(line)
        if isinstance(message, Refusal):
            print(json.dumps(failure(None, message)), flush=True)
        elif "id" in message and "method" in message:
            for out in server.serve(message):
                print(json.dumps(out), flush=True)


def failure(id: object, refusal: Refusal) -> Json:
    """An error response; its id is null where that of the request could not be read."""
    return {"jsonrpc": "2.0", "id": id, "error": {"code": refusal.args[0], "message": refusal.args[1]}}


def read(text: str | bytes) -> Json | Refusal:
    """One message, or why it is none."""
    try:
        message = json.loads(text)
    except ValueError:
        return Refusal(-32700, "not JSON")
    if not isinstance(message, dict) or message.get("jsonrpc") != "2.0":
        return Refusal(-32600, "no message")
    if "id" in message and type(message["id"]) not in (str, int):
        return Refusal(-32600, "no id")
    if "method" in message and (not isinstance(message["method"], str)):
        return Refusal(-32600, "no method")
    if not isinstance(message.get("params", {}), dict):
        return Refusal(-32602, "no params")
    return message


def over_http(server: Plain, port: int) -> None:
    """Serve POSTs, one JSON object or a stream each."""
    ids: set[str] = set()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            status, headers, out = respond(server, ids, self.headers.get, body)
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(out))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(out)

        def do_GET(self) -> None:
            origin = self.headers.get("Origin")
            self.send_response(403 if origin and "127.0.0.1:" not in origin else 405)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def do_DELETE(self) -> None:
            self.do_GET()

        def log_message(self, format: str, *args: object) -> None:
            pass

    ThreadingHTTPServer(("127.0.0.1", port), Handler).serve_forever()


Answer = tuple[int, dict[str, str], bytes]


def respond(server: Plain, ids: set[str], header: Callable[[str], str | None], body: bytes) -> Answer:
    """Status, headers and body for a POST."""
    message = read(body)
    origin, version, session = header("Origin"), header("MCP-Protocol-Version"), header("Mcp-Session-Id")
    if origin and "127.0.0.1:" not in origin:
        return 403, {}, b""
    if isinstance(message, Refusal):
        return 400, JSON, json.dumps(failure(None, message)).encode()
    if version and version not in server.revisions:
        return 400, {}, b""
    opening = message.get("method") == "initialize"
    if server.session_ids and not opening and session not in ids:
        return (400 if session is None else 404), {}, b""
    if "id" not in message or "method" not in message:
        return 202, {}, b""
    given = {}
    if server.session_ids and opening:
        given = {"Mcp-Session-Id": f"s{hash((time.time_ns(), len(ids)))}x{id(message)}"}
        ids.update(given.values())
    out = list(server.serve(message))
    if len(out) == 1:
        return 200, JSON | given, json.dumps(out[0]).encode()
    events = "".join(f"event: message\ndata: {json.dumps(each)}\n\n" for each in out)
    return 200, {"Content-Type": "text/event-stream", "X-Accel-Buffering": "no"} | given, events.encode()


JSON = {"Content-Type": "application/json"}

if __name__ == "__main__":
    made = STYLES[sys.argv[1]]()
    over_http(made, int(sys.argv[2])) if len(sys.argv) > 2 else over_stdio(made)
