"""smcp over HTTP+SSE, for clients of 2024-11-05: the two endpoints, and what they refuse."""

from __future__ import annotations

import json
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import anyio
import psutil
import pytest
from smcp_clients import TIMEOUT, OldClient, Web, call, hello, notification, request

from smcp.discovery import Discovery
from smcp.server import Service
from smcp.toolset import Toolset
from smcp.web import sse
from smcp.web.asgi import Rejected
from smcp.web.authentication import PRINCIPAL
from smcp.web.sse import EventStreams


@pytest.fixture
def old(web: Web) -> Iterator[OldClient]:
    """An open session."""
    client = OldClient(web)
    yield client.open()
    client.leave()


def test_the_first_event_says_where_to_post(old: OldClient) -> None:
    """A URI of this server, with an id that can't be guessed; the stream is nobody's to keep."""
    assert old.first[0] == "event: endpoint"
    path, _, session = old.first[1].removeprefix("data: ").partition("?session_id=")
    assert (path, len(session) >= 32, old.first[2]) == ("/messages/", True, "")
    assert old.stream.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert (old.stream.headers["cache-control"], old.stream.headers["x-accel-buffering"]) == ("no-store", "no")


@pytest.mark.parametrize("revision", ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"])
def test_tools_are_listed_and_called(web: Web, revision: str) -> None:
    """In every revision that has a handshake; the answer comes on the stream, the POST is only accepted."""
    client = OldClient(web)
    try:
        client.open(revision)
        assert len(client.ask(request(1, "tools/list"))["result"]["tools"]) >= 16
        posted = client.post(call("ü", "demo_text__echo", {"message": "é\u2028"}))
        assert (posted.status_code, posted.content) == (202, b"")
        answer = client.read()
        assert (answer["id"], json.loads(answer["result"]["content"][0]["text"])) == ("ü", {"message": "é\u2028"})
    finally:
        client.leave()


def test_sessions_are_their_own(web: Web, old: OldClient) -> None:
    """Equal ids on two streams don't meet, and what one cancels goes on in the other."""
    other = OldClient(web).open()
    old.post(call(1, "odd__argv", {"text": "old"}))
    other.post(notification("notifications/cancelled", {"requestId": 1}))
    other.post(call(1, "odd__argv", {"text": "other"}))
    texts = [client.read()["result"]["content"][0]["text"] for client in (old, other)]
    other.leave()
    assert texts == ['["--text=old"]', '["--text=other"]']


def test_the_uri_ends_with_its_stream(web: Web) -> None:
    """Then it is as unknown as one that never was."""
    client = OldClient(web).open()
    client.leave()
    while (status := client.post(request(1, "ping")).status_code) == 202:
        continue
    assert status == 404
    for query in ("", "?session_id=", "?session_id=made-up", "?session_id=%00", "?session_id=a&session_id=b"):
        answer = web.client.post(f"{web.base}/messages/{query}", json=request(1, "ping"))
        assert (answer.status_code, answer.json()["error"]["message"]) == (404, "Session not found")


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_other_methods_on_the_stream_get_a_hint(web: Web, method: str) -> None:
    """A client that posts to it is told what to do instead."""
    answer = web.client.request(method, f"{web.base}/sse", json=hello())
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET")
    assert "GET opens the event stream" in answer.json()["error"]["message"]
    assert web.client.get(f"{web.base}/messages/").status_code == 405


@pytest.mark.parametrize(
    ("content", "headers", "status"),
    [
        (b"{}", {"content-type": "text/plain"}, 415),
        (b"{}", {"content-type": ""}, 415),
        (b" " * (4 * 1024 * 1024 + 1), {}, 413),
        (b"{}", {"origin": "http://evil.example"}, 403),
        (b"{}", {"host": "evil.example"}, 403),
        (b" \n ", {}, 400),
        (b"{}", {}, 400),
    ],
)
def test_what_a_post_is_refused_for(old: OldClient, content: bytes, headers: dict[str, str], status: int) -> None:
    """In its own response; the stream hears nothing of it."""
    assert old.post(content, headers).status_code == status
    assert old.ask(request("next", "ping")) == {"jsonrpc": "2.0", "id": "next", "result": {}}


@pytest.mark.parametrize("headers", [{"origin": "http://evil.example"}, {"host": "evil.example"}])
def test_foreign_pages_open_no_stream(web: Web, headers: dict[str, str]) -> None:
    """The stream is guarded like the rest."""
    assert web.client.get(f"{web.base}/sse", headers=headers).status_code == 403


def test_notifications_and_answers_to_nothing_are_accepted_in_silence(old: OldClient) -> None:
    """As over stdio."""
    for message in (notification("x"), {"jsonrpc": "2.0", "id": 9, "result": {}}, {"jsonrpc": "1.0", "method": "x"}):
        assert old.post(message).status_code == 202
    assert old.ask(request(1, "ping"))["id"] == 1


class Stage:
    """The two ASGI callables of a request, played by the test."""

    def __init__(self, **scope: Any) -> None:
        self.scope = {"type": "http", "method": "GET", "headers": [], PRINCIPAL: None, **scope}
        self.parts: list[Any] = []
        self.left = anyio.Event()
        self.heard = anyio.Event()

    async def receive(self) -> dict[str, Any]:
        """Say that the client left, once it has."""
        await self.left.wait()
        return {"type": "http.disconnect"}

    async def send(self, part: Any) -> None:
        """Keep what is sent; a comment is what the test waits for."""
        self.parts.append(part)
        if part.get("body", b"").startswith(b":"):
            self.heard.set()


async def refusal(streams: EventStreams, stage: Stage) -> int:
    """The status with which a stream is refused."""
    with pytest.raises(Rejected) as refused:
        await streams.stream(stage.scope, stage.receive, stage.send)
    return refused.value.status


def test_a_silent_stream_shows_that_it_lives(monkeypatch: pytest.MonkeyPatch) -> None:
    """By comments, which are no events; one stream more than allowed is refused, and none is left in the end."""
    monkeypatch.setattr(sse, "KEEP_ALIVE", 0.01)
    monkeypatch.setattr(sse, "MAX_STREAMS", 1)
    toolset = Toolset(Discovery([]).start())

    statuses: list[int] = []

    async def play() -> list[Any]:
        streams, stage = EventStreams(Service(toolset)), Stage()
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(streams.stream, stage.scope, stage.receive, stage.send)
            with anyio.fail_after(60):
                await stage.heard.wait()
            statuses.append(await refusal(streams, stage))
            stage.left.set()
        later = Stage()
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(streams.stream, later.scope, later.receive, later.send)
            with anyio.fail_after(60):
                await later.heard.wait()
            streams.close()
        return stage.parts

    try:
        parts = anyio.run(play)
    finally:
        toolset.close()
    assert parts[2]["body"].startswith(b": ")
    assert parts[-1] == {"type": "http.response.body", "body": b""}
    assert statuses == [503]


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals and process groups")
def test_a_signal_ends_streams_in_order(odd_plugins: Path) -> None:
    """What can be answered soon is answered; a plugin that won't end is ended, and nobody complains of it."""
    web = Web("--plugins-dir", str(odd_plugins), "--plugin-runner", "cold")
    try:
        clients = OldClient(web).open(), OldClient(web).open()
        clients[0].post(call(1, "odd__stubborn"))
        clients[1].post(call(1, "odd__nap", {"seconds": 0.5}))
        while len(running := psutil.Process(web.process.pid).children()) < 2:
            assert web.process.poll() is None
        web.process.send_signal(signal.SIGTERM)
        assert (clients[0].read(), clients[1].read()["id"], clients[1].read()) == (None, 1, None)
        assert web.process.wait(TIMEOUT) == 143
        assert psutil.wait_procs(running, TIMEOUT)[1] == []
        assert web.stderr() == ""
        for client in clients:
            client.leave()
    finally:
        web.stop()
