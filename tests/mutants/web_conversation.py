"""The same for HTTP: requests of all kinds to a server in this process, and the answers with status and headers."""

from __future__ import annotations

import contextlib
import http.client
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from mutants import revisions
from mutants.conversation import RANDOM
from mutants.faults import load
from mutants.machine import Machine, Settings
from mutants.peers import Http, initialize, metadata
from mutants.wire import Json

PATIENCE = 0.5  # seconds that a stream may be silent before it counts as open
MOST = 100_000  # bytes of a body
STATELESS = revisions.STATELESS[0]
SHOWN = ("Content-Type", "X-Accel-Buffering", "Mcp-Session-Id", "Allow")
LIST: Json = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {"_meta": metadata()}}
READ: Json = {**LIST, "method": "resources/read", "params": {"uri": "note://fixture/plain", "_meta": metadata()}}
ROUTE: Json = {
    **LIST,
    "method": "tools/call",
    "params": {"name": "route", "arguments": {"region": "eu", "priority": 7}, "_meta": metadata()},
}
BARE: Json = {**ROUTE, "params": {"name": "route", "arguments": {"region": "eu"}, "_meta": metadata()}}
SLOW: Json = {
    "jsonrpc": "2.0",
    "id": 7,
    "method": "tools/call",
    "params": {"name": "slow", "arguments": {"milliseconds": 1}, "_meta": {"progressToken": "t"}},
}
PING: Json = {"jsonrpc": "2.0", "id": 2, "method": "ping"}
ENCODED = "=?base64?bm90ZTovL2ZpeHR1cmUvcGxhaW4=?="
EVIL = {"Origin": "http://evil.example"}


@contextlib.contextmanager
def serving(transport: str, fault: str | None) -> Iterator[Machine]:
    """A server in a thread of this process."""
    made = Machine(transport, revisions.SPOKEN_OVER[transport], Settings())
    if fault is not None:
        load()[fault].inject(made)
    listener = made.http.listener if transport == "http" else made.sse.listener
    thread = threading.Thread(target=listener.serve_forever, args=(0.005,), daemon=True)
    thread.start()
    try:
        yield made
    finally:
        made.server.stopping.set()
        listener.shutdown()
        listener.server_close()
        thread.join()


class Caller(Http):
    """A client that records answers instead of judging them."""

    def __init__(self, port: int, revision: str) -> None:
        super().__init__(port, revision)
        self.answers: list[str] = []

    def say(self, message: Any, method: str = "POST", changed: Mapping[str, str | None] | None = None) -> None:
        """Send a message with the usual headers, some changed (None: left out), and record the answer."""
        body = message if isinstance(message, bytes) else json.dumps(message).encode()
        usual = {} if isinstance(message, bytes) else self.headers(message)
        sent = {name: value for name, value in {**usual, **(changed or {})}.items() if value is not None}
        try:
            self.record(self.send(body, sent, method))
        except (OSError, http.client.HTTPException) as error:
            self.answers.append(type(error).__name__)

    def record(self, answer: http.client.HTTPResponse) -> None:
        """Keep status, headers and what comes of the body within the client's patience."""
        shown = {name: answer.getheader(name) for name in SHOWN}
        self.session = shown["Mcp-Session-Id"] or self.session
        self.answers.append(RANDOM.sub("~", f"{answer.status} {shown} {read(answer)!r}"))

    def send(self, body: bytes, headers: dict[str, str], method: str = "POST", path: str = "/mcp") -> Any:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        self.closing.callback(connection.close)
        connection.request(method, path, body, headers)
        return self.closing.enter_context(connection.getresponse())


def read(answer: http.client.HTTPResponse) -> bytes:
    """The body, marked where it does not end in time."""
    received = b""
    try:
        while len(received) < MOST and (line := answer.readline()):
            received += line
    except TimeoutError:
        received += b"(open)"
    return received


def session_talk(caller: Caller) -> None:
    """A session from its beginning to its end, with right and wrong headers."""
    caller.say(initialize(caller.revision))
    caller.say({"jsonrpc": "2.0", "method": "notifications/initialized"})
    for message in (PING, {**LIST, "params": {}}, SLOW, SLOW, [PING], {"jsonrpc": "2.0", "id": 5, "result": {}}):
        caller.say(message)
    caller.say(b"{", changed=caller.headers(None))
    origins = ("http://evil.example", "http://127.0.0.1.evil.example")
    odd: list[dict[str, str | None]] = [{"Origin": origin} for origin in origins]
    odd += [{"MCP-Protocol-Version": version} for version in ("bogus", None)]
    odd += [{"Mcp-Session-Id": id_} for id_ in ("unknown", None)]
    for changed in odd:
        caller.say(PING, changed=changed)
    caller.say(b"", "DELETE", {**caller.headers(None), **EVIL})
    other = Caller(caller.port, caller.revision)
    with other.closing:
        other.say(initialize(caller.revision))
        other.say({"jsonrpc": "2.0", "id": 6, "method": "logging/setLevel", "params": {"level": "alert"}})
        caller.say({"jsonrpc": "2.0", "id": 7, "method": "tools/call", "params": {"name": "fail"}})
        caller.say(b"", "DELETE", dict(caller.headers(None)))
        caller.say(PING)
        other.say(PING)
        caller.answers += [*other.answers, str(len(str(other.session)))]


def stream_talk(caller: Caller) -> None:
    """A session with a GET stream."""
    caller.say(initialize(caller.revision))
    caller.say({"jsonrpc": "2.0", "method": "notifications/initialized"})
    stream = caller.send(b"", {**caller.headers(None), "Accept": "text/event-stream"}, "GET")
    caller.say(PING)
    caller.say(SLOW)
    caller.record(stream)


def stateless_talk(caller: Caller) -> None:
    """Requests that stand for themselves, with right and wrong headers and metadata."""
    changes: list[tuple[Json, dict[str, str | None]]] = [
        (LIST, {}),
        (LIST, dict(EVIL)),
        (LIST, {"MCP-Protocol-Version": None}),
        (LIST, {"MCP-Protocol-Version": "2025-11-25"}),
        (LIST, {"Mcp-Method": None}),
        (LIST, {"Mcp-Method": "TOOLS/LIST"}),
        (LIST, {"Mcp-Method": "prompts/list"}),
        (LIST, {"Mcp-Method": None, "mcp-METHOD": "tools/list"}),
        (LIST, {"Mcp-Session-Id": "whatever", "Mcp-Param-X": "1"}),
        (LIST, {"Last-Event-ID": "7"}),
        ({**LIST, "method": "no/such/method"}, {}),
        ({**LIST, "params": {"_meta": metadata("2999-01-01")}}, {}),
        ({**LIST, "params": {"_meta": {**metadata(), revisions.CAPABILITIES_KEY: 0}}}, {}),
        (READ, {}),
        *((READ, {"Mcp-Name": name}) for name in (None, "note://other", ENCODED, "=?base64?%%?=", "n\xf6te")),
        (READ, {"Mcp-Name": ENCODED.replace("base64", "BASE64")}),
        (ROUTE, {"Mcp-Param-Region": "eu", "Mcp-Param-Priority": "7.0"}),
        (ROUTE, {"Mcp-Param-Region": "us", "Mcp-Param-Priority": "7"}),
        (ROUTE, {"Mcp-Param-Region": "eu"}),
        (BARE, {"Mcp-Param-Region": "eu"}),
    ]
    for message, changed in changes:
        caller.say(message, changed=changed)
    for method in ("GET", "DELETE"):
        caller.say(b"", method, {"MCP-Protocol-Version": STATELESS})


def two_at_once(caller: Caller) -> None:
    """A request while a subscription is open."""
    listen = {**LIST, "method": "subscriptions/listen", "params": {"notifications": {}, "_meta": metadata()}}
    stream = caller.send(json.dumps(listen).encode(), caller.headers(listen))
    caller.say(LIST)
    caller.record(stream)


def beside_a_session(caller: Caller) -> None:
    """A request after another client's handshake."""
    other = Caller(caller.port, revisions.HANDSHAKE[-1])
    with other.closing:
        other.say(initialize(other.revision))
        caller.say(LIST)
    caller.answers += other.answers


def http_transcripts(fault: str | None, shown_in: tuple[str, ...]) -> Iterator[list[str]]:
    """What is answered over Streamable HTTP, talk by talk."""
    for revision in shown_in:
        stateless = (stateless_talk, two_at_once, beside_a_session)
        talks = stateless if revision == STATELESS else (session_talk, stream_talk)
        yield from (http_transcript(fault, revision, talk) for talk in talks)


def http_transcript(fault: str | None, revision: str, talk: Callable[[Caller], None]) -> list[str]:
    """What is answered in one talk."""
    with serving("http", fault) as made:
        caller = Caller(made.http.port, revision)
        with caller.closing:
            talk(caller)
    return [answer.replace(str(made.http.port), "PORT") for answer in caller.answers]


def sse_transcript(fault: str | None) -> list[str]:
    """What is answered over HTTP+SSE: two streams, a message to each, a foreign origin, and a closed stream."""
    with serving("sse", fault) as made:
        callers = [Caller(made.sse.port, "2024-11-05") for _ in range(2)]
        with callers[0].closing, callers[1].closing:
            streams = [caller.send(b"", {}, "GET", "/sse") for caller in callers]
            endpoints = [announced(stream) for stream in streams]
            message = json.dumps(initialize("2024-11-05")).encode()
            statuses = [_status(callers[0], message, endpoints[0], headers) for headers in ({}, EVIL)]
            heard = [read(stream) for stream in streams]
        statuses.append(_closed(made, callers[0], endpoints[0]))
        kinds = [stream.getheader("Content-Type") for stream in streams]
        return [RANDOM.sub("~", str(each)) for each in (kinds, endpoints, statuses, heard)]


def announced(stream: http.client.HTTPResponse) -> str:
    """The endpoint that a stream announces first."""
    lines = [stream.readline() for _ in range(2)]
    return lines[1].decode().partition("data: ")[2].strip() if lines[0] == b"event: endpoint\n" else ""


def _status(caller: Caller, body: bytes, path: str, headers: dict[str, str]) -> int:
    try:
        return int(caller.send(body, headers, "POST", path or "/").status)
    except (OSError, http.client.HTTPException):
        return 0


def _closed(made: Machine, caller: Caller, endpoint: str) -> int:
    """The status of a message after its stream was closed, as soon as the server noticed (a second at most)."""
    pause = threading.Event()
    for _ in range(100):
        if not made.sse.sessions:
            break
        pause.wait(0.01)
    with caller.closing:
        return _status(caller, b"{}", endpoint, {})
