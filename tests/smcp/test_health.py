"""The health tool and Letta's variables on the wire, and tools that are gone when they are called."""

from __future__ import annotations

import http.server
import json
import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import anyio
import pytest
from jsonschema import Draft202012Validator
from mcp.shared.exceptions import MCPError
from odd_plugin import write_plugin
from smcp_clients import Pipe, Web, call, hello, names, notification, request

from smcp import __version__, health
from smcp.discovery import Discovery
from smcp.server import Service
from smcp.toolset import Answer, Toolset, UnknownTool

PLUGIN = """
import json, os, sys
if sys.argv[1] == "--describe":
    commands = [{"name": name, "description": name, "parameters": []} for name in ("add", "fail")]
    print(json.dumps({"plugin": {"name": "p"}, "commands": commands}))
elif sys.argv[1] == "fail":
    sys.exit(1)
else:
    print(json.dumps({"token": os.environ.get("TOKEN")}))
"""


@pytest.fixture
def plugins(tmp_path: Path) -> Path:
    """A plugins directory with one plugin."""
    return write_plugin(tmp_path / "plugins", "p", PLUGIN)


class Vanishing(Toolset):
    """A toolset whose tools are gone by the time they are run."""

    async def call(self, tool_name: str, arguments: Any) -> Answer:
        """Find nothing."""
        raise UnknownTool(tool_name)


def test_a_tool_that_vanishes_before_it_runs_is_unknown(plugins: Path) -> None:
    """As if it had never been there."""
    toolset = Vanishing(Discovery([plugins]).start())
    entry = Service(toolset).server.get_request_handler("tools/call")
    assert entry is not None
    context: Any = SimpleNamespace(protocol_version="2026-07-28", meta=None)
    with pytest.raises(MCPError) as raised:
        anyio.run(entry.handler, context, entry.params_type.model_validate({"name": "p__add"}))
    toolset.close()
    assert (raised.value.error.code, raised.value.error.message) == (-32602, "Unknown tool: p__add")


def test_health_reports_what_happened(pipe: Pipe) -> None:
    """Structured as its schema says, the text the same, and every call and refusal counted."""
    pipe.open("2025-11-25")
    tool = pipe.ask(request(1, "tools/list"))["result"]["tools"][-1]
    assert (tool["name"], tool["annotations"]["readOnlyHint"]) == ("health", True)
    assert pipe.ask(call(2, "p__add"))["result"]["isError"] is False
    assert pipe.ask(call(3, "p__fail"))["result"]["isError"] is True
    assert "error" in pipe.ask(call(4, "p__none"))
    assert "error" in pipe.ask(request(5, "no/such"))
    assert "error" in pipe.ask(request(6, "tools/call", {"name": 7}))
    result = pipe.ask(call(7, "health"))["result"]
    report = result["structuredContent"]
    Draft202012Validator(tool["outputSchema"]).validate(report)
    assert json.loads(result["content"][0]["text"]) == report
    assert (report["status"], report["version"], report["plugins"]) == ("ok", __version__, {"p": 2})
    counted = report["metrics"]
    assert (counted["requests"], counted["errors"]) == (8, 3)
    assert {name: (one["count"], one["errors"]) for name, one in counted["calls"].items()} == {
        "p__add": (1, 0),
        "p__fail": (1, 1),
    }
    wrong = pipe.ask(call(8, "health", {"x": 1}))["result"]
    assert (wrong["isError"], wrong["structuredContent"]["error"]["code"]) == (True, "invalid_arguments")


def test_the_health_path_shows_the_same(own_web: Web) -> None:
    """With status and version first, and calls of both eras counted together."""
    session = own_web.open()
    own_web.ask(call(1, "p__add"), session)
    own_web.ask_stateless(2, "tools/call", {"name": "p__add", "arguments": {}})
    report = own_web.client.get(f"{own_web.base}/health").json()
    assert list(report)[:2] == ["status", "version"]
    assert report["metrics"]["calls"]["p__add"]["count"] == 2
    assert report["metrics"]["requests"] == 3


def test_health_is_told_while_plugins_are_still_asked(plugins: Path) -> None:
    """At once, by its own word: whoever watches the server mustn't take it for dead."""
    discovery = Discovery([plugins], 600)
    toolset = Toolset(discovery)
    try:
        service = Service(toolset)
        report = service.health()
        assert (report["status"], report["plugins"], report["tools"]) == ("starting", {}, 0)
        Draft202012Validator(health.OUTPUT_SCHEMA).validate(report)
        discovery.start().commands.result(600)
        assert (service.health()["status"], service.health()["plugins"]) == ("ok", {"p": 2})
    finally:
        toolset.close()


def test_a_skipped_plugin_degrades_health(plugins: Path) -> None:
    """The report says which one and why; the others are served."""
    write_plugin(plugins, "broken", "raise SystemExit(3)")
    pipe = Pipe("--plugins-dir", str(plugins)).listen().open("2025-11-25")
    try:
        assert "p__add" in names(pipe.ask(request(1, "tools/list")))
        report = pipe.ask(call(1, "health"))["result"]["structuredContent"]
        assert (report["status"], list(report["skipped"]), report["plugins"]) == ("degraded", ["broken"], {"p": 2})
    finally:
        pipe.stop()


@pytest.mark.parametrize("transport", ["stdio", "http"])
def test_letta_variables_reach_plugins(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, plugins: Path, transport: str
) -> None:
    """On both transports; the list doesn't wait for them, the first call does."""
    asked, held = threading.Event(), threading.Event()

    class Letta(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.set()
            held.wait(60)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b'{"secrets": [{"key": "TOKEN", "value": "from letta"}]}')

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    monkeypatch.setenv("HOME", str(tmp_path))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Letta) as serving:
        threading.Thread(target=serving.serve_forever).start()
        (tmp_path / ".letta").mkdir()
        line = f"export LETTA_SERVER_URL=http://127.0.0.1:{serving.server_port}\n"
        (tmp_path / ".letta" / ".env").write_text(line, encoding="utf-8")
        try:
            called = called_with_letta(transport, plugins, asked, held)
        finally:
            held.set()
            serving.shutdown()
    assert json.loads(called["result"]["content"][0]["text"])["token"] == "from letta"


def called_with_letta(transport: str, plugins: Path, asked: threading.Event, held: threading.Event) -> Any:
    """List while Letta still thinks, then call; return the answer of the call."""
    server = Pipe("--plugins-dir", str(plugins)) if transport == "stdio" else Web("--plugins-dir", str(plugins))
    try:
        if isinstance(server, Web):
            session = server.open()
            assert "p__add" in names(server.ask(request(1, "tools/list"), session))
            assert asked.wait(60)
            held.set()
            return server.ask(call(2, "p__add"), session)
        server.listen()
        server.send(hello(), notification("notifications/initialized"))
        server.read()
        assert "p__add" in names(server.ask(request(1, "tools/list")))
        assert asked.wait(60)
        server.send(call(2, "p__add"), request(3, "ping"))
        assert server.read()["id"] == 3
        held.set()
        return server.read()
    finally:
        server.stop()
