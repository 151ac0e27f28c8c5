"""Small clients for tests of the fixture server: raw JSON over each transport, every message kept in `heard`."""

from __future__ import annotations

import contextlib
import http.client
import json
import queue
import subprocess
import threading
from collections.abc import Iterator
from typing import IO, Any

from mutants import command
from mutants.revisions import CAPABILITIES_KEY, STATELESS, VERSION_KEY
from mutants.transports.headers import NAMED_BY
from mutants.wire import Json

PATIENCE = 30.0  # seconds
ALL_CAPABILITIES: Json = {"roots": {"listChanged": True}, "sampling": {}, "elicitation": {}}
ANSWERS: dict[str, Json] = {
    "roots/list": {"roots": [{"uri": "file:///somewhere"}]},
    "sampling/createMessage": {"role": "assistant", "content": {"type": "text", "text": "blue"}, "model": "none"},
    "elicitation/create": {"action": "accept", "content": {"color": "blue"}},
}


def initialize(revision: str, id_: object = 0) -> Json:
    """A handshake that asks for `revision`."""
    params = {
        "protocolVersion": revision,
        "capabilities": ALL_CAPABILITIES,
        "clientInfo": {"name": "p", "version": "0"},
    }
    return {"jsonrpc": "2.0", "id": id_, "method": "initialize", "params": params}


def metadata(revision: str = STATELESS[0], **more: Any) -> Json:
    """The `_meta` of a stateless request."""
    return {VERSION_KEY: revision, CAPABILITIES_KEY: ALL_CAPABILITIES, **more}


class Peer:
    """A client of one revision over one transport."""

    def __init__(self, revision: str) -> None:
        self.revision = revision
        self.heard: list[Json] = []
        self.ids = 0

    @property
    def stateless(self) -> bool:
        """True if there is no handshake."""
        return self.revision in STATELESS

    def exchange(self, message: Json) -> Iterator[Json]:
        """Send a message and yield what comes in, for as long as it is asked for."""
        raise NotImplementedError

    def post(self, message: Json) -> None:
        """Send a message that gets no answer."""
        raise NotImplementedError

    def begin(self) -> Json:
        """Shake hands; the result."""
        response = self.ask(initialize(self.revision))
        self.post({"jsonrpc": "2.0", "method": "notifications/initialized"})
        result: Json = response["result"]
        return result

    def ask(self, message: Json) -> Json:
        """Send a request and return its response; requests of the server are answered on the way."""
        for received in self.exchange(message):
            self.heard.append(received)
            if "method" not in received and received.get("id") == message.get("id"):
                return received
            if "method" in received and "id" in received:
                self.post({"jsonrpc": "2.0", "id": received["id"], "result": ANSWERS[received["method"]]})
        raise AssertionError(f"no response to {message!r}, heard {self.heard!r}")

    def request(self, method: str, **params: Any) -> Json:
        """Ask, with the next id and the metadata of the era."""
        self.ids += 1
        if self.stateless:
            params["_meta"] = metadata(**params.get("_meta", {}))
        return self.ask({"jsonrpc": "2.0", "id": self.ids, "method": method, "params": params})

    def call(self, name: str, _meta: Json | None = None, **arguments: Any) -> Json:
        """Call a tool and return its result."""
        meta = {} if _meta is None else {"_meta": _meta}
        response = self.request("tools/call", name=name, arguments=arguments, **meta)
        result: Json = response["result"]
        return result


class Stdio(Peer):
    """Over stdio: `lines` is everything read, in bytes."""

    def __init__(self, process: subprocess.Popen[bytes], revision: str) -> None:
        super().__init__(revision)
        self.process = process
        self.lines: queue.Queue[bytes] = queue.Queue()
        threading.Thread(target=self.read, args=(process.stdout,), daemon=True).start()

    def read(self, stream: IO[bytes]) -> None:
        """Queue what is written, line by line; an empty one stands for the end."""
        for line in stream:
            self.lines.put(line)
        self.lines.put(b"")

    def write(self, data: bytes) -> None:
        """Send bytes."""
        assert self.process.stdin is not None
        self.process.stdin.write(data)
        self.process.stdin.flush()

    def post(self, message: Any) -> None:
        self.write(json.dumps(message).encode() + b"\n")

    def hear(self) -> Any:
        """The next message; raises `queue.Empty` if none comes and `ValueError` at the end of output."""
        return json.loads(self.lines.get(timeout=PATIENCE))

    def exchange(self, message: Json) -> Iterator[Json]:
        self.post(message)
        while True:
            yield self.hear()

    def end(self) -> int:
        """Close stdin; the exit status. Raises `TimeoutExpired` if the process outlives its input."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        return self.process.wait(PATIENCE)


class Http(Peer):
    """Over Streamable HTTP: each message on a connection of its own."""

    def __init__(self, port: int, revision: str) -> None:
        super().__init__(revision)
        self.port = port
        self.closing = contextlib.ExitStack()
        self.session: str | None = None

    def headers(self, message: Any) -> dict[str, str]:
        """The headers that belong to a message."""
        made = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}
        if self.session is not None:
            made |= {"Mcp-Session-Id": self.session, "MCP-Protocol-Version": self.revision}
        if self.stateless and isinstance(message, dict):
            version = message["params"]["_meta"][VERSION_KEY]
            made |= {"MCP-Protocol-Version": version, "Mcp-Method": message["method"]}
            name = message["params"].get(NAMED_BY.get(message["method"], ""))
            made |= {} if name is None else {"Mcp-Name": name}
        return made

    def send(
        self, body: bytes, headers: dict[str, str], method: str = "POST", path: str = "/mcp"
    ) -> http.client.HTTPResponse:
        """Make one HTTP request."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        self.closing.callback(connection.close)
        connection.request(method, path, body, headers)
        return self.closing.enter_context(connection.getresponse())

    def post(self, message: Any) -> None:
        answer = self.send(json.dumps(message).encode(), self.headers(message))
        assert (answer.status, answer.read()) == (202, b"")

    def exchange(self, message: Json) -> Iterator[Json]:
        answer = self.send(json.dumps(message).encode(), self.headers(message))
        self.session = answer.getheader("Mcp-Session-Id") or self.session
        if answer.getheader("Content-Type") == "application/json":
            yield json.loads(answer.read())
            return
        assert answer.getheader("Content-Type") == "text/event-stream"
        yield from (json.loads(data) for _, data in events(answer) if data)


class Sse(Http):
    """Over HTTP+SSE: answers come on the stream that was opened first."""

    def __init__(self, port: int, revision: str) -> None:
        super().__init__(port, revision)
        self.stream = self.send(b"", {"Accept": "text/event-stream"}, "GET", "/sse")
        self.events = events(self.stream)
        kind, data = next(self.events)
        assert kind == "endpoint"
        self.endpoint = data.decode()

    def post(self, message: Any) -> None:
        answer = self.send(json.dumps(message).encode(), {"Content-Type": "application/json"}, path=self.endpoint)
        assert (answer.status, answer.read()) == (202, b"")

    def exchange(self, message: Json) -> Iterator[Json]:
        self.post(message)
        for kind, data in self.events:
            assert kind == "message"
            yield json.loads(data)


def events(stream: IO[bytes]) -> Iterator[tuple[str, bytes]]:
    """The events of a stream: type and data."""
    fields: dict[bytes, bytes] = {}
    for line in stream:
        name, _, value = line.rstrip(b"\n").partition(b": ")
        if name:
            fields[name] = value
        elif fields:
            yield fields.get(b"event", b"message").decode(), fields.get(b"data", b"")
            fields = {}


@contextlib.contextmanager
def started(*argv: str) -> Iterator[subprocess.Popen[bytes]]:
    """A process with pipes that is killed at the end."""
    pipe = subprocess.PIPE
    with subprocess.Popen(argv, stdin=pipe, stdout=pipe, stderr=pipe) as process:
        try:
            yield process
        finally:
            process.kill()


@contextlib.contextmanager
def peer(transport: str, revision: str, fault: str | None = None, **options: Any) -> Iterator[Any]:
    """A client of a server that was just started; no handshake was made yet."""
    with started(*command(fault, transport, **options)) as process:
        if transport == "stdio":
            yield Stdio(process, revision)
            return
        assert process.stderr is not None
        port = int(process.stderr.readline().decode().rpartition(":")[2].partition("/")[0])
        client = {"http": Http, "sse": Sse}[transport](port, revision)
        with client.closing:
            yield client
