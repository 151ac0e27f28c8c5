"""Everything that can be said to the fixture server, and what it answers: the transcript that tells mutants apart.

The server runs in this process. What differs from run to run (random ids, times, the order of concurrent answers) is
left out of a transcript.
"""

from __future__ import annotations

import json
import re
import sys
import threading
from collections.abc import Iterator
from itertools import chain
from typing import Any

from mutants import revisions
from mutants.faults import load, override
from mutants.features import pages
from mutants.machine import Machine, Settings
from mutants.peers import ALL_CAPABILITIES, ANSWERS, initialize
from mutants.revisions import CAPABILITIES_KEY, CLIENT_KEY, LEVEL_KEY, VERSION_KEY
from mutants.wire import Json

RANDOM = re.compile(
    r"[0-9a-f]{32}|(?<=ask-)[0-9a-f]{12}|[0-9a-f]{16}|(?<=only-here-)[0-9a-f]{8}|\d{4}-\d\d-\d\dT[\d:]+Z"
)
QUESTION = re.compile(rb'"id":"([^"]+)","method":"([a-zA-Z/]+)"')
BOARD = "note://fixture/board"
Asked = tuple[str, Json]


def mutant(fault: str | None, written: list[bytes]) -> Machine:
    """A server with one fault or none, not yet started; what it writes is collected, its questions are answered."""
    made = Machine("stdio", revisions.ALL, Settings())

    def write(original: object, data: bytes) -> None:
        written.append(data)
        question = QUESTION.search(data)
        if question and question[2].decode() in ANSWERS:
            reply = {"jsonrpc": "2.0", "id": question[1].decode(), "result": ANSWERS[question[2].decode()]}
            made.stdio.line(json.dumps(reply).encode())

    override(made.stdio, "write", write)
    override(made.stdio, "exit", lambda original, status: sys.exit(status))
    if fault is not None:
        load()[fault].inject(made)
    return made


def calls() -> Iterator[Asked]:
    """Calls of tools, right and wrong."""
    arguments: list[tuple[str, Any]] = [
        ("echo", {"text": "naïve 🌍\nline"}),
        ("add", {"a": 1, "b": -2}),
        ("add", {"a": 1}),
        ("add", {"a": "1", "b": 2}),
        ("add", {"a": 1, "b": 10**12}),
        ("add", {"a": 1, "b": 2, "c": 3}),
        ("count", {"words": ["a"], "style": "plain"}),
        ("count", {"style": "baroque"}),
        ("media", {}),
        ("forget", {"topic": "x"}),
        ("ECHO", {"text": "x"}),
        ("echo", ["x"]),
        ("none", {}),
    ]
    yield from (("tools/call", {"name": name, "arguments": given}) for name, given in arguments)
    yield "tools/call", {"name": "fail"}
    yield "tools/call", {"arguments": {}}
    yield "tools/call", {"name": "write_note", "arguments": {"text": "unwatched"}}
    yield "tools/call", {"name": "toggle_extra", "arguments": {}}
    yield "tools/call", {"name": "echo", "arguments": {"text": "log"}, "_meta": {LEVEL_KEY: "error"}}
    yield "tools/call", {"name": "fail", "_meta": {LEVEL_KEY: "error"}}
    yield "tools/call", {"name": "fail"}


def lists() -> Iterator[Asked]:
    """Lists, page by page and in odd ways."""
    for method, member in (("tools/list", "tools"), ("prompts/list", "prompts"), ("resources/list", "resources")):
        yield method, {}
        yield from ((method, {"cursor": pages.cursor(member, start)}) for start in (4, 4, 8))
    yield "tools/list", {"cursor": "invented"}
    yield "tools/list", {"cursor": ""}
    yield "tools/list", {"extra": 1}
    yield "resources/templates/list", {}
    yield "resources/templates/list", {"cursor": "invented"}
    for meta in ({"com.example/x": 1}, {revisions.PREFIX + "undefined": 1}, {"progressToken": 5}):
        yield "tools/list", {"_meta": meta}
    yield "tools/list", {"_meta": {CLIENT_KEY: {"name": "other", "version": "1"}}}


def reads() -> Iterator[Asked]:
    """Resources, prompts, completion, levels and what does not exist."""
    for name in ("plain", "unicode", "pixel", "last", "none"):
        yield "resources/read", {"uri": f"note://fixture/{name}"}
    yield "prompts/get", {"name": "tell", "arguments": {"topic": "art"}}
    yield from (("prompts/get", {"name": name}) for name in ("tell", "greet", "none"))
    topic = {"name": "topic", "value": "topic"}
    for reference in ({"type": "ref/prompt", "name": "tell"}, {"type": "ref/prompt", "name": "none"}):
        yield "completion/complete", {"ref": reference, "argument": topic}
    template = {"type": "ref/resource", "uri": "note://fixture/by-topic/{topic}"}
    yield "completion/complete", {"ref": template, "argument": topic, "context": {"arguments": {}}}
    yield "completion/complete", {"ref": template, "argument": {"name": "topic"}}
    yield "prompts/get", {"name": "tell", "arguments": {"topic": "{{2*3}}"}}
    yield from (("resources/read", {"uri": uri}) for uri in ("plain", "note://fixture/../../../etc/hostname"))
    yield "prompts/list", {}
    yield "resources/list", {}
    yield from (("logging/setLevel", {"level": level}) for level in ("loud", "notice"))
    yield "resources/subscribe", {"uri": "note://fixture/none"}
    yield "resources/subscribe", {"uri": BOARD}
    yield "tools/call", {"name": "write_note", "arguments": {"text": "watched"}}
    yield from ((method, {}) for method in ("ping", "server/discover", "no/such/method"))
    yield "prompts/get", {"name": "tell", "arguments": {"topic": 5}}
    yield "completion/complete", {"ref": template, "argument": {"name": "topic", "value": "("}}


def slow() -> Iterator[Asked]:
    """What runs in the background: progress and questions to the client."""
    for token in ("t1", 2):
        yield "tools/call", {"name": "slow", "arguments": {"milliseconds": 1}, "_meta": {"progressToken": token}}
    for kind in ("roots", "sampling"):
        yield "tools/call", {"name": "ask", "arguments": {"kind": kind}}
    yield "tools/call", {"name": "ask", "_meta": {CAPABILITIES_KEY: {}}}
    yield "tools/call", {"name": "ask", "requestState": "asked-once", "inputResponses": {"answer": {"roots": []}}}


def malformed() -> Iterator[bytes]:
    """Lines that are no proper requests."""
    yield from (b"{", b"[]", b'{"id":90,"method":"tools/list"}', b'{"jsonrpc":"2.0","id":null,"method":"tools/list"}')
    yield b'{"jsonrpc":"2.0","id":91,"method":"tools/list","params":[]}'
    yield b'{"jsonrpc":"2.0","id":92,"method":"tools/list"}'
    yield b'{"jsonrpc":"2.0","id":92,"method":"tools/list"}'
    yield b'{"jsonrpc":"2.0","id":"93","method":"tools/list"}'
    for id_ in (" a ", "", "\\u0041", "y" * 300):
        yield json.dumps({"jsonrpc": "2.0", "id": id_, "method": "ping"}).encode()
    yield b'{"jsonrpc":"2.0","id":94,"method":"notifications/initialized"}'
    yield b'{"jsonrpc":"2.0","method":"tools/list"}'
    yield b'{"jsonrpc":"2.0","method":"notifications/unknown"}'
    yield b'{"jsonrpc":"2.0","id":"unasked","result":{}}'
    yield b'[{"jsonrpc":"2.0","id":95,"method":"ping"},{"jsonrpc":"2.0","method":"x"}]'
    yield b'{"jsonrpc":"2.0","id":96,"method":"ping","params":{"x":"' + b"x" * 5000 + b'"}}'
    for params in (b"{}", b'{"requestId":1}', b'{"requestId":"never"}'):
        yield b'{"jsonrpc":"2.0","method":"notifications/cancelled","params":' + params + b"}"


def metadata(revision: str, given: Json) -> Json:
    """The metadata of a request in `revision`."""
    stateless = {VERSION_KEY: revision, CAPABILITIES_KEY: ALL_CAPABILITIES} if revision in revisions.STATELESS else {}
    return {**stateless, **given}


def requests(revision: str, asked: Iterator[Asked]) -> Iterator[Json]:
    """Requests with ids and metadata."""
    for id_, (method, params) in enumerate(asked, 1):
        meta = metadata(revision, params.get("_meta", {}))
        yield {"jsonrpc": "2.0", "id": id_, "method": method, "params": {**params, **({"_meta": meta} if meta else {})}}


def cancelled(revision: str) -> Iterator[Json]:
    """Calls and a subscription of which some are cancelled."""
    arguments = {"steps": 60, "milliseconds": 1}
    asked: list[Asked] = [("tools/call", {"name": "slow", "arguments": arguments})] * 3
    asked += [("subscriptions/listen", {"notifications": {"resourceSubscriptions": [BOARD]}})] * 2
    asked += [("subscriptions/listen", {"notifications": {"promptsListChanged": True}}), ("subscriptions/listen", {})]
    asked += [("tools/call", {"name": "write_note", "arguments": {"text": "heard"}})]
    asked += [("tools/call", {"name": "fail", "_meta": {LEVEL_KEY: "error"}})]
    yield from requests(revision, iter(asked))
    for id_ in (1, "2", 4):
        yield {"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": id_}}


def stateless_oddities() -> Iterator[Json]:
    """Requests whose metadata is incomplete or wrong, and one after them that is not."""
    right = metadata(revisions.STATELESS[0], {})
    broken: list[Any] = [{}, {**right, VERSION_KEY: "2999-01-01"}, {**right, CAPABILITIES_KEY: []}]
    broken += [{key: right[key] for key in right if key != missing} for missing in right]
    broken += [{**right, LEVEL_KEY: "loud"}, {**right, VERSION_KEY: 20260728}, {**right, VERSION_KEY: None}, right]
    for id_, meta in enumerate(broken, 200):
        yield {"jsonrpc": "2.0", "id": id_, "method": "tools/list", "params": {"_meta": meta}}


def handshake(revision: str) -> list[Json]:
    """What begins a conversation."""
    if revision in revisions.STATELESS:
        return []
    return [initialize(revision, "init"), {"jsonrpc": "2.0", "method": "notifications/initialized"}]


def odd_handshakes() -> Iterator[list[Any]]:
    """Conversations that are over after a few messages."""
    ping: Json = {"jsonrpc": "2.0", "id": 2, "method": "ping"}
    listed: Json = {"jsonrpc": "2.0", "id": 3, "method": "tools/list"}
    right = initialize("2025-11-25")
    for version in ("1999-01-01", "2026-07-28"):
        yield [initialize(version), ping]
    yield [{**right, "params": {}}, ping]
    yield [{**right, "params": {**right["params"], "capabilities": {"com.example/x": {}}}}, ping]
    yield [ping, listed, right, ping]
    asked: Json = {"jsonrpc": "2.0", "id": 4, "method": "tools/call", "params": {"name": "ask"}}
    yield [{**right, "params": {**right["params"], "capabilities": {}}}, asked]
    yield [initialize("2025-03-26"), [], [ping, listed]]
    yield [[initialize("2025-03-26")]]


def begun(revision: str, *said: Iterator[Any]) -> Iterator[Any]:
    """A conversation: the handshake and what follows it."""
    return chain(handshake(revision), *said)


def conversations(revision: str) -> Iterator[Iterator[Any]]:
    """All that is tried in `revision`, the most telling first; each item is messages (or lines) for one process."""
    for asked in (lists, calls, reads, slow):
        yield begun(revision, requests(revision, asked()))
    yield begun(revision, malformed())
    yield begun(revision, cancelled(revision))
    yield begun(revision, requests(revisions.STATELESS[0], chain(lists(), [("ping", {})])))
    yield requests(revision, chain(lists(), [("server/discover", {})], lists()))
    yield stateless_oddities()
    yield from map(iter, odd_handshakes())


def transcript(made: Machine, written: list[bytes], said: Iterator[Any]) -> list[str]:
    """Say it all over stdio; what was written, and how it ended."""
    ending = "goes on after SIGTERM"
    try:
        made.stdio.started()
        for message in said:
            made.stdio.line(message if isinstance(message, bytes) else json.dumps(message).encode())
        _settle(made)
        made.stdio.ended()
        made.stdio.terminated()
    except SystemExit as end:
        ending = f"exits with {end.code}"
    made.stdio.session.close()
    return [*sorted(RANDOM.sub("~", line.decode("utf-8", "replace")) for line in written), ending]


def _settle(made: Machine) -> None:
    """Wait until nothing but subscriptions is in flight, for two seconds at most."""
    pause = threading.Event()
    for _ in range(400):
        if all(call.method == "subscriptions/listen" for call in list(made.stdio.session.calls.values())):
            return
        pause.wait(0.005)
