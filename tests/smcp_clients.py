"""Bare clients for the tests of smcp: bytes in, bytes out, every wait bounded."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from typing import Any

import httpx2

TIMEOUT = 60.0
"""Seconds; generous, because a loaded machine starts servers slowly. Nothing waits this long when all is well."""

STATELESS = "2026-07-28"
META: dict[str, Any] = {
    "io.modelcontextprotocol/protocolVersion": STATELESS,
    "io.modelcontextprotocol/clientInfo": {"name": "test", "version": "0"},
    "io.modelcontextprotocol/clientCapabilities": {},
}


def request(request_id: Any, method: str, params: Any = None) -> dict[str, Any]:
    """Return a JSON-RPC request."""
    built = {"jsonrpc": "2.0", "id": request_id, "method": method}
    return built if params is None else {**built, "params": params}


def notification(method: str, params: Any = None) -> dict[str, Any]:
    """Return a JSON-RPC notification."""
    built = {"jsonrpc": "2.0", "method": method}
    return built if params is None else {**built, "params": params}


def hello(revision: str = "2025-11-25", request_id: Any = "hello") -> dict[str, Any]:
    """Return an initialize request."""
    info = {"name": "test", "version": "0"}
    params = {"protocolVersion": revision, "capabilities": {}, "clientInfo": info}
    return request(request_id, "initialize", params)


def call(request_id: Any, tool: str, arguments: Any = None, **params: Any) -> dict[str, Any]:
    """Return a tools/call request."""
    return request(request_id, "tools/call", {"name": tool, "arguments": arguments or {}, **params})


def arguments_for(transport: str, *more: str) -> list[str]:
    """Return the command line of a server."""
    safe = ["-P"] if sys.version_info >= (3, 11) else []
    return [sys.executable, *safe, "-m", "smcp", "--transport", transport, *more]


def end(process: subprocess.Popen[bytes]) -> None:
    """End a process politely, or else for certain."""
    process.terminate()
    try:
        process.wait(TIMEOUT)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(TIMEOUT)


class Pipe:
    """A server over stdio."""

    def __init__(self, *more: str, environ: Mapping[str, str] | None = None) -> None:
        self.process = subprocess.Popen(
            arguments_for("stdio", *more),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, **(environ or {})},
        )
        self._lines: queue.Queue[bytes] = queue.Queue()
        self._errors: list[bytes] = []
        assert self.process.stdout is not None
        self.stdout = self.process.stdout
        self._threads = [threading.Thread(target=self._collect_errors, daemon=True)]
        self._threads[0].start()

    def listen(self) -> Pipe:
        """Start to read; until then the server writes into a pipe that nobody empties."""
        self._threads.append(threading.Thread(target=self._collect_lines, daemon=True))
        self._threads[-1].start()
        return self

    def open(self, revision: str) -> Pipe:
        """Shake hands."""
        self.send(hello(revision))
        assert self.read()["result"]["protocolVersion"] == revision
        self.send(notification("notifications/initialized"))
        return self

    def send(self, *messages: Any) -> None:
        """Write messages, one per line, in one go."""
        self.write(b"".join(json.dumps(message).encode() + b"\n" for message in messages))

    def write(self, data: bytes) -> None:
        """Write bytes."""
        assert self.process.stdin is not None
        self.process.stdin.write(data)
        self.process.stdin.flush()

    def read(self) -> Any:
        """Return the next message; the end of the output is None."""
        line = self._lines.get(timeout=TIMEOUT)
        return json.loads(line) if line else None

    def ask(self, message: dict[str, Any]) -> Any:
        """Send a request and return the next message."""
        self.send(message)
        return self.read()

    def close_stdin(self) -> None:
        """End the input."""
        assert self.process.stdin is not None
        self.process.stdin.close()

    def rest(self) -> list[Any]:
        """Return the messages up to the end of the output."""
        return list(iter(self.read, None))

    def wait(self) -> int:
        """Return the exit code."""
        return self.process.wait(TIMEOUT)

    def stderr(self) -> str:
        """Return what the server, which must have ended, wrote to stderr."""
        self._threads[0].join(TIMEOUT)
        return b"".join(self._errors).decode()

    def stop(self) -> None:
        """End the server, however it takes it."""
        end(self.process)
        for thread in self._threads:
            thread.join(TIMEOUT)
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            assert stream is not None
            try:
                stream.close()
            except BrokenPipeError:
                continue

    def _collect_lines(self) -> None:
        for line in self.stdout:
            self._lines.put(line)
        self._lines.put(b"")

    def _collect_errors(self) -> None:
        assert self.process.stderr is not None
        self._errors.extend(iter(self.process.stderr.readline, b""))


class Web:
    """A server over HTTP, on a free port of its own choice."""

    def __init__(self, *more: str, environ: Mapping[str, str] | None = None) -> None:
        self.process = subprocess.Popen(
            arguments_for("http", "--port", "0", *more),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, **(environ or {})},
        )
        assert self.process.stderr is not None
        self._errors: list[bytes] = []
        announced = next(line for line in self.process.stderr if b"listening on" in line)
        self.url = announced.decode().split()[-1]
        self.base = self.url.removesuffix("/mcp")
        self._thread = threading.Thread(target=self._collect_errors, daemon=True)
        self._thread.start()
        self.client = httpx2.Client(timeout=TIMEOUT)

    def stop(self) -> None:
        """End the server, however it takes it."""
        self.client.close()
        end(self.process)
        self._thread.join(TIMEOUT)
        assert self.process.stdout is not None
        assert self.process.stderr is not None
        self.process.stdout.close()
        self.process.stderr.close()

    @property
    def address(self) -> tuple[str, int]:
        """Where it listens, for bare sockets."""
        host, _, port = self.base.removeprefix("http://").rpartition(":")
        return host, int(port)

    def stderr(self) -> str:
        """Return what the server, which must have ended, wrote to stderr after it began to listen."""
        self._thread.join(TIMEOUT)
        return b"".join(self._errors).decode()

    def post(self, content: Any, headers: dict[str, str] | None = None) -> httpx2.Response:
        """POST a message (or raw bytes) with the headers every client sends, and these."""
        usual = {"accept": "application/json, text/event-stream", "content-type": "application/json"}
        body = content if isinstance(content, bytes) else json.dumps(content).encode()
        return self.client.post(self.url, content=body, headers={**usual, **(headers or {})})

    def open(self, revision: str = "2025-11-25") -> dict[str, str]:
        """Shake hands and return the headers of the session."""
        answer = self.post(hello(revision))
        session = {"mcp-session-id": answer.headers["mcp-session-id"]}
        if revision >= "2025-06-18":
            session["mcp-protocol-version"] = revision
        assert self.post(notification("notifications/initialized"), session).status_code == 202
        return session

    def ask(self, message: dict[str, Any], headers: dict[str, str]) -> Any:
        """POST a request of the handshake era and return the answer on its stream."""
        return messages(self.post(message, headers))[-1]

    def ask_stateless(
        self, request_id: Any, method: str, params: dict[str, Any] | None = None, **headers: str
    ) -> httpx2.Response:
        """POST a request of 2026-07-28 with all headers it needs."""
        own = {"mcp-protocol-version": STATELESS, "mcp-method": method}
        if method == "tools/call" and params:
            own["mcp-name"] = params["name"]
        return self.post(request(request_id, method, {**(params or {}), "_meta": META}), {**own, **headers})

    def _collect_errors(self) -> None:
        assert self.process.stderr is not None
        self._errors.extend(iter(self.process.stderr.readline, b""))


class OldClient:
    """A session over HTTP+SSE: one stream to read from, one URI to post to."""

    def __init__(self, web: Web, headers: Mapping[str, str] | None = None) -> None:
        self._web = web
        self.headers = dict(headers or {})
        self._opened = web.client.stream("GET", f"{web.base}/sse", headers=self.headers)
        self.stream = self._opened.__enter__()
        self._lines = self.stream.iter_lines()
        self.first = (next(self._lines), next(self._lines), next(self._lines))
        self.endpoint = web.base + self.first[1].removeprefix("data: ")

    def post(self, content: Any, headers: Mapping[str, str] | None = None) -> httpx2.Response:
        """POST a message, or raw bytes."""
        body = content if isinstance(content, bytes) else json.dumps(content).encode()
        usual = {"content-type": "application/json", **self.headers}
        return self._web.client.post(self.endpoint, content=body, headers={**usual, **(headers or {})})

    def read(self) -> Any:
        """Return the next message on the stream, None at its end."""
        for line in self._lines:
            if line.startswith("data: "):
                return json.loads(line.removeprefix("data: "))
        return None

    def ask(self, message: Any) -> Any:
        """POST a request and return the next message on the stream."""
        assert self.post(message).status_code == 202
        return self.read()

    def open(self, revision: str = "2024-11-05") -> OldClient:
        """Shake hands."""
        assert self.ask(hello(revision))["result"]["protocolVersion"] == revision
        assert self.post(notification("notifications/initialized")).status_code == 202
        return self

    def leave(self) -> None:
        """Close the stream, and with it the session."""
        self._opened.__exit__(None, None, None)


def names(answer: Any) -> list[str]:
    """Return the names in an answer to tools/list."""
    return [tool["name"] for tool in answer["result"]["tools"]]


def messages(response: httpx2.Response) -> list[Any]:
    """Return the JSON-RPC messages of a response, whichever of the two forms it has."""
    if response.headers["content-type"].startswith("application/json"):
        return [response.json()]
    lines: Sequence[str] = response.text.splitlines()
    return [json.loads(line.removeprefix("data:")) for line in lines if line.startswith("data:")]
