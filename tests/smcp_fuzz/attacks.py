"""Send fuzzed messages to a live server over each transport, and say what came of it.

Every attack ends with a message that must be served. A `Departure` is a server that didn't do what `judging` says,
died, hung, or ran the canary for a message that wasn't a well-formed call of it.
"""

from __future__ import annotations

import json
import queue
import socket
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

import httpx2
import smcp_canary as canary
from smcp_clients import META, STATELESS, TIMEOUT, OldClient, Pipe, Web, messages, request

from smcp_fuzz.judging import Fate, Judgement, judge, key_of
from smcp_fuzz.messages import messages as fuzzed

CHUNK = 50

_DAMAGED = (
    b"POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    b"Accept: application/json, text/event-stream\r\nContent-Length: 2\r\n\r\n{]"
)


class Departure(AssertionError):
    """What a server did that it must not."""


@dataclass
class Tally:
    """What happened: messages by fate, and the tokens that the canary may leave behind."""

    fates: Counter[Fate] = field(default_factory=Counter)
    tokens: set[str] = field(default_factory=set)

    def note(self, judgement: Judgement) -> None:
        """Count one message."""
        self.fates[judgement.fate] += 1
        if judgement.token is not None:
            self.tokens.add(judgement.token)

    def check(self, directory: Path) -> int:
        """Return how many canaries ran. Raises `Departure` if one ran that wasn't properly called."""
        ran = [json.loads(line) for line in canary.marked(directory)]
        if strays := set(ran) - self.tokens:
            raise Departure(f"the canary ran for {sorted(strays)[:3]!r}, which no well-formed request asked for")
        return len(ran)


def over_stdio(directory: Path, count: int, seed: int, era: str) -> Tally:
    """Fuzz over stdio, the messages of a chunk in one write, and close the input in the end."""
    tally, environ = Tally(), {"CANARY_TRACES": str(canary.traces(directory))}
    pipe = Pipe("--plugins-dir", str(directory / "plugins"), environ=environ).listen()
    try:
        if era == "handshake":
            pipe.open("2025-11-25")
        else:
            pipe.ask(request("first", "server/discover", {"_meta": META}))
        lines = _lines(fuzzed(seed, era))
        while sum(tally.fates.values()) < count:
            _stdio_chunk(pipe, list(islice(lines, CHUNK)), tally, era)
        pipe.close_stdin()
        if left := pipe.rest():
            raise Departure(f"after everything was answered there came {left[0]!r}")
        if (status := pipe.wait()) != 0:
            raise Departure(f"exit code {status}")
    finally:
        pipe.stop()
    return tally


def _lines(shots: Iterator[tuple[Any, bytes]]) -> Iterator[tuple[bytes, Judgement]]:
    """What the bytes are to a reader of lines."""
    for _, raw in shots:
        for line in raw.split(b"\n"):
            judgement = judge(line)
            if not judgement.cancels:
                yield line, judgement


def _stdio_chunk(pipe: Pipe, lines: list[tuple[bytes, Judgement]], tally: Tally, era: str) -> None:
    end = request("the end", "tools/list", {"_meta": META} if era == "stateless" else None)
    due: Counter[Any] = Counter({key_of("the end"): 1})
    refusals = 0
    for _, judgement in lines:
        tally.note(judgement)
        due.update([judgement.key] if judgement.fate is Fate.ANSWERED else [])
        refusals += judgement.fate is Fate.REFUSED
    pipe.write(b"".join(line + b"\n" for line, _ in lines) + json.dumps(end).encode() + b"\n")
    answers = [_next(pipe.read, lines) for _ in range(due.total() + refusals)]
    _settle(answers, due, lines)


def _next(read: Callable[[], Any], lines: list[tuple[bytes, Judgement]]) -> Any:
    try:
        answer = read()
    except (queue.Empty, httpx2.TimeoutException):
        raise Departure(f"an answer is missing in a chunk that begins with {lines[0][0][:200]!r}") from None
    if not isinstance(answer, dict) or answer.get("jsonrpc") != "2.0" or ("result" in answer) == ("error" in answer):
        raise Departure(f"got {answer!r}, which is no answer, in a chunk that begins with {lines[0][0][:200]!r}")
    return answer


def _settle(answers: list[Any], due: Counter[Any], lines: list[tuple[bytes, Judgement]]) -> None:
    """Raise `Departure` unless every request was answered with its id: what else came is refusals."""
    told = Counter(key_of(answer["id"]) for answer in answers if answer.get("id") is not None)
    if missing := due - told:
        shown = [line[:200] for line, _ in lines]
        raise Departure(f"no answer with the id {next(iter(missing))!r} to one of {shown!r}")
    results = Counter(key_of(answer["id"]) for answer in answers if "result" in answer)
    if invented := results - due:
        raise Departure(f"a result with the id {next(iter(invented))!r}, which nobody asked for")


def over_http(directory: Path, count: int, seed: int, era: str) -> Tally:
    """Fuzz over Streamable HTTP: bodies one by one, and now and then a mutated head."""
    tally, random = Tally(), Random(seed)
    web = Web("--plugins-dir", str(directory / "plugins"), environ={"CANARY_TRACES": str(canary.traces(directory))})
    try:
        session = web.open() if era == "handshake" else {}
        for whole, raw in islice(fuzzed(seed, era), count):
            judgement = judge(raw)
            if judgement.cancels:
                continue
            tally.note(judgement)
            _check_response(web.post(raw, session or _routed(whole)), raw, judgement)
            if random.random() < 0.05:
                _mutated_head(web, random)
        if web.client.get(f"{web.base}/health").json()["status"] != "ok" or web.process.poll() is not None:
            raise Departure("the server doesn't live any more")
    finally:
        web.stop()
    return tally


def _routed(whole: Mapping[str, Any]) -> dict[str, str]:
    """The headers that belong to the message before it was mutated."""
    found = {"mcp-protocol-version": STATELESS, "mcp-method": whole.get("method", "none")}
    return {**found, "mcp-name": whole["params"]["name"]} if whole.get("method") == "tools/call" else found


def _check_response(response: httpx2.Response, raw: bytes, judgement: Judgement) -> None:
    """Raise `Departure` unless status and body fit the message's fate."""
    status, shown = response.status_code, f"HTTP {response.status_code} {response.text[:200]!r} for {raw[:300]!r}"
    if judgement.fate is Fate.SILENCE:
        if status not in (202, 400) or (status == 202 and response.content):
            raise Departure(shown)
        return
    if judgement.fate is Fate.REFUSED:
        if status != 400 or "error" not in response.json():
            raise Departure(shown)
        return
    answers = messages(response) if status != 202 else []
    if status not in (200, 400, 404) or [key_of(one.get("id")) for one in answers] != [judgement.key]:
        raise Departure(shown)


def _mutated_head(web: Web, random: Random) -> None:
    """Send a request whose head is damaged and whose body never was a message; the connection must end."""
    raw = bytearray(_DAMAGED)
    for _ in range(random.randrange(1, 6)):
        place = random.randrange(len(raw))
        raw[place : place + random.randrange(3)] = random.randbytes(random.randrange(4))
    with socket.create_connection(web.address) as connection:
        connection.settimeout(TIMEOUT)
        try:
            connection.sendall(raw)
            connection.shutdown(socket.SHUT_WR)
            answer = b"".join(iter(lambda: connection.recv(65536), b""))
        except ConnectionError:
            return
        except TimeoutError:
            raise Departure(f"the connection hangs after {bytes(raw)!r}") from None
    if (answer and not answer.startswith(b"HTTP/1.1 ")) or b" 500 " in answer[:20]:
        raise Departure(f"got {answer[:200]!r} for {bytes(raw)!r}")


def over_sse(directory: Path, count: int, seed: int, era: str = "handshake") -> Tally:
    """Fuzz over HTTP+SSE: POSTs one by one, and the stream is read at the end of each chunk."""
    tally = Tally()
    web = Web("--plugins-dir", str(directory / "plugins"), environ={"CANARY_TRACES": str(canary.traces(directory))})
    client = OldClient(web)
    try:
        client.open()
        shots = ((raw, judge(raw)) for _, raw in fuzzed(seed, era))
        kept = ((raw, judgement) for raw, judgement in shots if not judgement.cancels)
        while sum(tally.fates.values()) < count:
            _sse_chunk(client, list(islice(kept, CHUNK)), tally)
    finally:
        client.leave()
        web.stop()
    return tally


def _sse_chunk(client: OldClient, shots: list[tuple[bytes, Judgement]], tally: Tally) -> None:
    due: Counter[Any] = Counter({key_of("the end"): 1})
    for raw, judgement in shots:
        tally.note(judgement)
        response = client.post(raw)
        if judgement.fate is Fate.ANSWERED and response.status_code == 202:
            due.update([judgement.key])
        elif judgement.fate is not Fate.ANSWERED or "error" not in response.json():
            _check_response(response, raw, judgement)
    client.post(request("the end", "tools/list"))
    _settle([_next(client.read, shots) for _ in range(due.total())], due, shots)


ATTACKS: Mapping[str, Callable[[Path, int, int, str], Tally]] = {
    "stdio": over_stdio,
    "http": over_http,
    "sse": over_sse,
}
