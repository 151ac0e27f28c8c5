"""Calls that are expected: plugins are made ready for them before they come."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
from odd_plugin import write_plugin
from smcp_clients import Pipe, Web, call, notification, request

from smcp import toolset
from smcp.discovery import Discovery
from smcp.runner import Call, Runs
from smcp.toolset import Toolset

pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="fork servers are POSIX"),
    pytest.mark.usefixtures("unmeasured", "warm"),
]

PLUGIN = """
import json, os, sys
if sys.argv[1] == "--describe":
    commands = [{"name": name, "description": name, "parameters": []} for name in ("parent", "other")]
    print(json.dumps({"plugin": {"name": "p"}, "commands": commands}))
else:
    print(os.getppid())
"""


@pytest.fixture
def plugins(tmp_path: Path) -> Path:
    """A plugins directory with one plugin, whose commands tell who started them."""
    return write_plugin(tmp_path / "plugins", "p", PLUGIN)


def fork_server(server: Pipe | Web, other_than: int = 0) -> int:
    """Wait for a fork server of the one plugin, which nobody has called; return its process id."""
    process = psutil.Process(server.process.pid)
    pause = threading.Event()
    for _ in range(3000):
        for child in process.children():
            if child.pid != other_than and "fork_server.py" in " ".join(child.cmdline()):
                return child.pid
        pause.wait(0.01)
    raise AssertionError("no fork server was started")


@pytest.fixture
def warm(monkeypatch: pytest.MonkeyPatch) -> None:
    """Servers whose calls wait for the fork server that was started for them."""
    monkeypatch.setenv("MCP_PLUGIN_RUNNER", "warm")


def test_the_first_call_over_stdio_is_warm(pipe: Pipe) -> None:
    """The handshake is enough to expect it, and nobody has to list the tools."""
    pipe.open("2025-11-25")
    expected = fork_server(pipe)
    assert pipe.ask(call(1, "p__parent"))["result"]["content"][0]["text"] == str(expected)


def test_the_first_call_of_the_stateless_era_is_warm(own_web: Web) -> None:
    """There the list announces it."""
    assert own_web.ask_stateless(1, "tools/list").status_code == 200
    expected = fork_server(own_web)
    answer = own_web.ask_stateless(2, "tools/call", {"name": "p__parent", "arguments": {}}).json()
    assert answer["result"]["content"][0]["text"] == str(expected)


def test_a_changed_plugin_is_made_ready_anew(pipe: Pipe, plugins: Path) -> None:
    """Its next call is as warm as its first was."""
    pipe.open("2025-11-25")
    before = fork_server(pipe)
    assert pipe.ask(call(0, "p__parent"))["result"]["content"][0]["text"] == str(before)
    fresh = plugins / "fresh"
    fresh.write_text(PLUGIN.replace('"other"', '"another"'), encoding="utf-8")
    fresh.replace(plugins / "p" / "cli.py")
    assert pipe.read()["method"] == "notifications/tools/list_changed"
    after = fork_server(pipe, other_than=before)
    assert pipe.ask(call(1, "p__parent"))["result"]["content"][0]["text"] == str(after)


def test_nothing_is_made_ready_for_cold_runs(plugins: Path) -> None:
    """The list is answered, and the first call is the server's own child."""
    pipe = Pipe("--plugins-dir", str(plugins), "--plugin-runner", "cold").listen()
    try:
        pipe.open("2025-11-25")
        pipe.ask(request(1, "tools/list"))
        pipe.send(notification("notifications/initialized"))
        assert pipe.ask(call(2, "p__parent"))["result"]["content"][0]["text"] == str(pipe.process.pid)
    finally:
        pipe.stop()


class Noting(Runs):
    """Runs that note what is expected of them, and wait to be let on."""

    def __init__(self) -> None:
        super().__init__("cold")
        self.expected: list[str] = []
        self.pending: list[threading.Event] = []
        self.news = threading.Condition()

    def prepare(self, call: Call) -> threading.Event:
        """Note it."""
        with self.news:
            self.expected.append(call.argv[1])
            self.pending.append(threading.Event())
            self.news.notify()
            return self.pending[-1]

    def wait_for(self, true: Callable[[], bool]) -> bool:
        """Wait until so much is expected."""
        with self.news:
            return self.news.wait_for(true, 60)


def test_plugins_are_made_ready_one_after_the_other_and_not_too_many(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each once, in the order of the list: the processor and the memory are needed for calls, too."""
    monkeypatch.setattr(toolset, "AHEAD", 2)
    for name in ("a", "b", "c"):
        write_plugin(tmp_path, name, PLUGIN)
    runs = Noting()
    tools = Toolset(Discovery([tmp_path]).start(), runs=runs)
    try:
        tools._discovery.commands.result(60)
        tools.prepare()
        assert runs.wait_for(lambda: len(runs.expected) == 1)
        runs.pending[0].set()
        assert runs.wait_for(lambda: len(runs.expected) == 2)
        runs.pending[1].set()
        for thread in [one for one in threading.enumerate() if one.name == "smcp prepare"]:
            thread.join(60)
        assert runs.expected == [str(tmp_path / name / "cli.py") for name in ("a", "b")]
    finally:
        tools.close()
