"""Plugins that appear, change and vanish while the server runs: who is told, how often, and what is listed then."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from smcp_clients import META, STATELESS, OldClient, Pipe, Web, hello, request

SPEC: dict[str, Any] = {"plugin": {"name": "p"}, "commands": [{"name": "go", "description": "goes", "parameters": []}]}
CHANGED = {"jsonrpc": "2.0", "method": "notifications/tools/list_changed"}
SUBSCRIPTION = "io.modelcontextprotocol/subscriptionId"


class Folder:
    """A plugins directory with one plugin, `first`, to begin with."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.write("first")

    def write(self, name: str, description: str = "goes") -> None:
        """Put a plugin there, or another one in its place, in one step."""
        spec = {**SPEC, "commands": [{**SPEC["commands"][0], "description": description}]}
        fresh = self.path.parent / "fresh.py"
        fresh.write_text(f"print({json.dumps(json.dumps(spec))})\n", encoding="utf-8")
        (self.path / name).mkdir(parents=True, exist_ok=True)
        os.replace(fresh, self.path / name / "cli.py")

    def remove(self, name: str) -> None:
        """Take a plugin away."""
        shutil.rmtree(self.path / name)

    def steps(self) -> Iterator[list[str]]:
        """Make one change after the other; yield the names that are listed after it."""
        self.write("second")
        yield ["first__go", "second__go", "health"]
        self.write("first", "went")
        yield ["first__go", "second__go", "health"]
        self.remove("second")
        yield ["first__go", "health"]


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """A plugins directory that can change."""
    return Folder(tmp_path / "plugins")


@pytest.fixture
def pipe(folder: Folder) -> Iterator[Pipe]:
    """A server over stdio for it."""
    started = Pipe("--plugins-dir", str(folder.path)).listen()
    yield started
    started.stop()


@pytest.fixture
def web(folder: Folder) -> Iterator[Web]:
    """A server over HTTP for it."""
    started = Web("--plugins-dir", str(folder.path))
    yield started
    started.stop()


def names(answer: Any) -> list[str]:
    """The names in an answer to tools/list."""
    return [tool["name"] for tool in answer["result"]["tools"]]


def next_message(lines: Iterator[str]) -> Any:
    """The next message of an event stream; None when the stream has ended."""
    data = next((line for line in lines if line.startswith("data:") and line[5:].strip()), None)
    return None if data is None else json.loads(data[5:])


def listen(request_id: Any, **wanted: Any) -> dict[str, Any]:
    """A subscription to these notifications."""
    return request(request_id, "subscriptions/listen", {"notifications": wanted, "_meta": META})


def acknowledged(request_id: Any, **served: Any) -> dict[str, Any]:
    """The first message of a subscription."""
    params = {"_meta": {SUBSCRIPTION: request_id}, "notifications": served}
    return {"jsonrpc": "2.0", "method": "notifications/subscriptions/acknowledged", "params": params}


def test_every_era_and_transport_says_that_the_list_may_change(pipe: Pipe, web: Web) -> None:
    """`listChanged` is true in initialize and in server/discover."""
    old = OldClient(web)
    assert old.ask(hello("2024-11-05"))["result"]["capabilities"]["tools"] == {"listChanged": True}
    old.leave()
    assert pipe.ask(hello())["result"]["capabilities"]["tools"] == {"listChanged": True}
    [answer] = [json.loads(line[5:]) for line in web.post(hello()).text.splitlines() if line.startswith("data: {")]
    assert answer["result"]["capabilities"]["tools"] == {"listChanged": True}
    discovered = web.ask_stateless(1, "server/discover").json()["result"]
    assert discovered["capabilities"]["tools"] == {"listChanged": True}


def test_a_stdio_session_is_told_once_of_each_change(pipe: Pipe, folder: Folder) -> None:
    """Nothing else comes between the notification and the answer to the next request."""
    pipe.open("2025-11-25")
    assert names(pipe.ask(request(0, "tools/list"))) == ["first__go", "health"]
    for listed in folder.steps():
        assert pipe.read() == CHANGED
        assert names(pipe.ask(request(1, "tools/list"))) == listed


def test_what_leaves_the_list_alone_is_not_announced(pipe: Pipe, folder: Folder) -> None:
    """A file beside the plugin, or the same description again, is no change; the next real one is the first told."""
    pipe.open("2025-11-25")
    pipe.ask(request(0, "tools/list"))
    (folder.path / "first" / "notes.txt").write_text("x", encoding="utf-8")
    folder.write("first")
    folder.write("second")
    assert pipe.read() == CHANGED
    assert names(pipe.ask(request(1, "tools/list"))) == ["first__go", "second__go", "health"]


def test_before_it_is_initialized_a_session_is_told_nothing(pipe: Pipe, folder: Folder) -> None:
    """Notifications begin with notifications/initialized."""
    pipe.ask(hello())
    pipe.ask(request(0, "tools/list"))
    folder.write("second")
    answer = {"result": {"tools": [{"name": "first__go"}]}}
    while "second__go" not in names(answer):
        answer = pipe.ask(request(1, "tools/list"))
        assert answer.get("id") == 1


def test_a_stdio_subscription_is_told_once_of_each_change(pipe: Pipe, folder: Folder) -> None:
    """With its own id; another one, which didn't ask for tools, hears nothing."""
    assert pipe.ask(listen("none", promptsListChanged=True)) == acknowledged("none")
    assert pipe.ask(listen(7, toolsListChanged=True)) == acknowledged(7, toolsListChanged=True)
    for listed in folder.steps():
        assert pipe.read() == {**CHANGED, "params": {"_meta": {SUBSCRIPTION: 7}}}
        assert names(pipe.ask(request(1, "tools/list", {"_meta": META}))) == listed


def test_without_a_subscription_the_stateless_era_is_told_nothing(pipe: Pipe, folder: Folder) -> None:
    """The list is another one, and nobody said so."""
    answer = pipe.ask(request(0, "tools/list", {"_meta": META}))
    folder.write("second")
    while "second__go" not in names(answer):
        answer = pipe.ask(request(1, "tools/list", {"_meta": META}))
        assert answer.get("id") == 1


def test_an_http_session_is_told_on_its_stream(web: Web, folder: Folder) -> None:
    """On the GET stream of each session, and not in the answers to requests."""
    sessions = [web.open(), web.open("2025-06-18")]
    headers = [{**session, "accept": "text/event-stream"} for session in sessions]
    with (
        web.client.stream("GET", web.url, headers=headers[0]) as one,
        web.client.stream("GET", web.url, headers=headers[1]) as other,
    ):
        lines = [one.iter_lines(), other.iter_lines()]
        assert names(web.ask(request(0, "tools/list"), sessions[0])) == ["first__go", "health"]
        for listed in folder.steps():
            assert [next_message(stream) for stream in lines] == [CHANGED, CHANGED]
            for session in sessions:
                assert names(web.ask(request(1, "tools/list"), session)) == listed
        assert web.client.delete(web.url, headers=sessions[0]).status_code == 200
        assert next_message(lines[0]) is None
        folder.write("third")
        assert next_message(lines[1]) == CHANGED


def test_a_session_over_sse_is_told_once_of_each_change(web: Web, folder: Folder) -> None:
    """On its one stream; a client that has left is forgotten."""
    gone, client = OldClient(web).open(), OldClient(web).open()
    assert client.ask(request(0, "tools/list"))["id"] == 0
    gone.leave()
    for listed in folder.steps():
        assert client.read() == CHANGED
        assert names(client.ask(request(1, "tools/list"))) == listed
    client.leave()


def test_a_session_without_a_stream_holds_nobody_up(web: Web, folder: Folder) -> None:
    """It lists the change when it asks, and the others are told meanwhile."""
    silent, listening = web.open(), web.open()
    with web.client.stream("GET", web.url, headers={**listening, "accept": "text/event-stream"}) as stream:
        folder.write("second")
        assert next_message(stream.iter_lines()) == CHANGED
    assert "second__go" in names(web.ask(request(1, "tools/list"), silent))


def test_an_http_subscription_is_told_once_of_each_change(web: Web, folder: Folder) -> None:
    """On the stream of its own POST, tagged with its own id."""
    headers = {
        "accept": "application/json, text/event-stream",
        "mcp-protocol-version": STATELESS,
        "mcp-method": "subscriptions/listen",
    }
    with web.client.stream("POST", web.url, json=listen("s", toolsListChanged=True), headers=headers) as stream:
        lines = stream.iter_lines()
        assert next_message(lines) == acknowledged("s", toolsListChanged=True)
        for listed in folder.steps():
            assert next_message(lines) == {**CHANGED, "params": {"_meta": {SUBSCRIPTION: "s"}}}
            assert names(web.ask_stateless(1, "tools/list").json()) == listed


@pytest.mark.parametrize("era", ["handshake", "stateless"])
def test_a_change_beyond_the_profile_is_not_announced(
    monkeypatch: pytest.MonkeyPatch, folder: Folder, era: str
) -> None:
    """Only tools that the client sees can change its list."""
    (folder.path.parent / "p.json").write_text(
        json.dumps({"profiles": {"few": {"mode": "glob", "patterns": ["first__*", "third__*"]}}}), encoding="utf-8"
    )
    monkeypatch.setenv("SMCP_PROFILES", str(folder.path.parent / "p.json"))
    monkeypatch.setenv("SMCP_ATTACH_PROFILE", "few")
    pipe = Pipe("--plugins-dir", str(folder.path)).listen()
    try:
        ask: Callable[[], list[str]]
        if era == "handshake":
            pipe.open("2025-11-25")
            ask = lambda: names(pipe.ask(request(1, "tools/list")))  # noqa: E731 - one of two ways to ask
        else:
            pipe.ask(listen("s", toolsListChanged=True))
            ask = lambda: names(pipe.ask(request(1, "tools/list", {"_meta": META})))  # noqa: E731 - the other
        assert ask() == ["sanctum__tools", "first__go"]
        folder.write("second")
        folder.write("third")
        assert pipe.read()["method"] == CHANGED["method"]
        assert ask() == ["sanctum__tools", "first__go", "third__go"]
    finally:
        pipe.stop()
