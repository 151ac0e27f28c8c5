"""The governor, the health tool and Letta on the wire: sessions apart, configuration alone at 2026-07-28."""

from __future__ import annotations

import http.server
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import anyio
import pytest
from jsonschema import Draft202012Validator
from mcp.shared.exceptions import MCPError
from smcp_clients import META, OldClient, Pipe, Web, call, hello, messages, notification, request, write_plugin

from smcp import __version__
from smcp.discovery import Discovery
from smcp.server import Service
from smcp.toolset import Answer, Toolset, UnknownTool

GOVERNOR = "sanctum__tools"
CHANGED = {"jsonrpc": "2.0", "method": "notifications/tools/list_changed"}

PLUGIN = """
import json, os, sys
names = ["add", "echo", "fail"]
if sys.argv[1] == "--describe":
    commands = [{"name": name, "description": name, "parameters": []} for name in names]
    print(json.dumps({"plugin": {"name": "p"}, "commands": commands}))
elif sys.argv[1] == "fail":
    sys.exit(1)
else:
    print(json.dumps({"said": sys.argv[1], "token": os.environ.get("TOKEN")}))
"""


@pytest.fixture
def plugins(tmp_path: Path) -> Path:
    """A plugins directory with one plugin."""
    return write_plugin(tmp_path / "plugins", "p", PLUGIN)


@pytest.fixture
def governed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Profiles, of which the default one holds p__add alone."""
    profiles = {"few": {"mode": "explicit", "tools": ["p__add"]}, "all": {"mode": "all"}}
    content = {"default_profile": "few", "profiles": profiles}
    (tmp_path / "profiles.json").write_text(json.dumps(content), encoding="utf-8")
    monkeypatch.setenv("SMCP_PROFILES", str(tmp_path / "profiles.json"))


@pytest.fixture
def pipe(plugins: Path) -> Iterator[Pipe]:
    """A server over stdio."""
    started = Pipe("--plugins-dir", str(plugins)).listen()
    yield started
    started.stop()


@pytest.fixture
def web(plugins: Path) -> Iterator[Web]:
    """A server over HTTP."""
    started = Web("--plugins-dir", str(plugins))
    yield started
    started.stop()


def names(answer: Any) -> list[str]:
    """The names in an answer to tools/list."""
    return [tool["name"] for tool in answer["result"]["tools"]]


def governs(request_id: Any, action: str, **arguments: Any) -> dict[str, Any]:
    """A call of the governor's tool."""
    return call(request_id, GOVERNOR, {"action": action, **arguments})


@pytest.mark.usefixtures("governed")
def test_a_stdio_session_attaches_and_detaches(pipe: Pipe) -> None:
    """The notification comes before the answer, and only if the list is another one."""
    pipe.open("2025-11-25")
    assert names(pipe.ask(request(1, "tools/list"))) == [GOVERNOR, "p__add"]
    assert pipe.ask(governs(2, "attach", tool="p__echo")) == CHANGED
    attached = pipe.read()["result"]
    assert attached["structuredContent"]["attached"] == [GOVERNOR, "p__add", "p__echo"]
    assert json.loads(attached["content"][0]["text"]) == attached["structuredContent"]
    assert pipe.ask(governs(3, "attach", tool="p__echo"))["id"] == 3
    assert names(pipe.ask(request(4, "tools/list"))) == [GOVERNOR, "p__add", "p__echo"]
    assert "said" in pipe.ask(call(5, "p__echo"))["result"]["content"][0]["text"]
    assert pipe.ask(governs(6, "attach-profile", profile="all")) == CHANGED
    assert pipe.read()["id"] == 6
    assert names(pipe.ask(request(7, "tools/list"))) == [GOVERNOR, "p__add", "p__echo", "p__fail", "health"]


@pytest.mark.usefixtures("governed")
def test_attaching_what_is_listed_anyway_is_not_announced(pipe: Pipe) -> None:
    """The list stays as it is, so the answer comes alone; it matters when the profile changes what it holds."""
    pipe.open("2025-11-25")
    assert pipe.ask(governs(1, "attach", tool="p__add"))["id"] == 1
    assert names(pipe.ask(request(2, "tools/list"))) == [GOVERNOR, "p__add"]


@pytest.mark.usefixtures("governed")
@pytest.mark.parametrize("name", ["p__echo", "p.echo", "health"])
def test_a_tool_that_is_not_attached_is_unknown(pipe: Pipe, name: str) -> None:
    """It isn't in the list, so a call is -32602; the data says what it is and how to get it."""
    pipe.open("2025-11-25")
    error = pipe.ask(call(1, name))["error"]
    assert error["code"] == -32602
    assert error["data"]["code"] == "tool_not_attached"
    assert error["data"]["tool"] == name.replace(".", "__")
    assert GOVERNOR in error["message"]
    assert pipe.ask(call(2, "p__none"))["error"]["data"] == {"code": "plugin_not_found"}


@pytest.mark.usefixtures("governed")
def test_http_sessions_are_apart(web: Web) -> None:
    """What one attaches no other sees, nor the stateless era; the one is told on the stream of its own request."""
    one, other = web.open(), web.open()
    told = messages(web.post(governs("a", "attach", tool="p__echo"), one))
    assert (told[0], told[1]["id"]) == (CHANGED, "a")
    assert names(web.ask(request(1, "tools/list"), one)) == [GOVERNOR, "p__add", "p__echo"]
    assert names(web.ask(request(1, "tools/list"), other)) == [GOVERNOR, "p__add"]
    assert names(web.ask_stateless(1, "tools/list").json()) == [GOVERNOR, "p__add"]
    assert web.ask(call(2, "p__echo"), other)["error"]["data"]["code"] == "tool_not_attached"
    assert names(web.ask(request(1, "tools/list"), web.open())) == [GOVERNOR, "p__add"]


@pytest.mark.usefixtures("governed")
def test_sessions_over_sse_are_apart(web: Web) -> None:
    """Two streams, each with its own list; the notification comes before the answer."""
    one, other = OldClient(web).open(), OldClient(web).open("2025-11-25")
    assert one.ask(governs("a", "attach", tool="p__echo")) == CHANGED
    assert one.read()["id"] == "a"
    assert names(one.ask(request(1, "tools/list"))) == [GOVERNOR, "p__add", "p__echo"]
    assert names(other.ask(request(1, "tools/list"))) == [GOVERNOR, "p__add"]
    one.leave()
    again = OldClient(web).open()
    assert names(again.ask(request(1, "tools/list"))) == [GOVERNOR, "p__add"]
    again.leave()
    other.leave()


@pytest.mark.usefixtures("governed")
def test_the_stateless_era_looks_and_changes_nothing(pipe: Pipe) -> None:
    """There the tool is read-only, and attach says why it can't be done."""
    listed = pipe.ask(request(1, "tools/list", {"_meta": META}))
    tool = listed["result"]["tools"][0]
    assert tool["annotations"]["readOnlyHint"] is True
    assert tool["inputSchema"]["properties"]["action"]["enum"] == ["help", "list-available", "list-attached"]
    refused = pipe.ask(call(2, GOVERNOR, {"action": "attach", "tool": "p__echo"}, _meta=META))["result"]
    assert refused["isError"] is True
    assert refused["structuredContent"]["error"]["code"] == "not_in_a_session"
    available = pipe.ask(call(3, GOVERNOR, {"action": "list-available"}, _meta=META))["result"]["structuredContent"]
    assert [one["name"] for one in available["tools"]] == ["p__add", "p__echo", "p__fail", "health"]
    assert names(pipe.ask(request(4, "tools/list", {"_meta": META}))) == names(listed)
    hidden = pipe.ask(call(5, "p__echo", _meta=META))["error"]
    assert (hidden["code"], hidden["data"]["hint"]) == (-32602, "the server's configuration leaves it out")


@pytest.mark.usefixtures("governed")
def test_bad_arguments_of_the_governor_are_a_result(pipe: Pipe) -> None:
    """As they are for every tool."""
    pipe.open("2025-11-25")
    result = pipe.ask(call(1, GOVERNOR))["result"]
    assert (result["isError"], result["structuredContent"]["error"]["code"]) == (True, "invalid_arguments")


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("SMCP_PROFILES", "/no/such/file.json", "can't be read"),
        ("SMCP_ATTACH_PROFILE", "nope", "there is no profile 'nope': must be one of 'full'"),
    ],
)
@pytest.mark.parametrize("transport", ["stdio", "http"])
def test_profiles_that_cannot_be_used_end_the_server(
    monkeypatch: pytest.MonkeyPatch, plugins: Path, transport: str, variable: str, value: str, said: str
) -> None:
    """Exit code 2, one line, before anything is served."""
    monkeypatch.setenv(variable, value)
    pipe = Pipe("--plugins-dir", str(plugins), "--transport", transport, "--port", "0").listen()
    try:
        assert (pipe.wait(), pipe.rest()) == (2, [])
        assert said in pipe.stderr()
    finally:
        pipe.stop()


def test_a_plugin_cannot_take_the_governors_name(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, plugins: Path
) -> None:
    """Where there is a governor its tool is listed once; without one the name is free."""
    write_plugin(plugins, "sanctum", PLUGIN.replace('"add"', '"tools"'))
    for prefix, count in (("", 1), ("p__", 1)):
        monkeypatch.setenv("SMCP_ADMIN_PREFIX", prefix)
        pipe = Pipe("--plugins-dir", str(plugins)).listen().open("2025-11-25")
        try:
            assert names(pipe.ask(request(1, "tools/list"))).count(GOVERNOR) == count
            answer = pipe.ask(governs(2, "help")) if prefix else pipe.ask(call(2, GOVERNOR))
            assert ("profiles" in answer["result"].get("structuredContent", {})) is bool(prefix)
        finally:
            pipe.stop()


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
    assert (report["status"], report["version"], report["plugins"]) == ("ok", __version__, {"p": 3})
    counted = report["metrics"]
    assert (counted["requests"], counted["errors"]) == (8, 3)
    assert {name: (one["count"], one["errors"]) for name, one in counted["calls"].items()} == {
        "p__add": (1, 0),
        "p__fail": (1, 1),
    }
    wrong = pipe.ask(call(8, "health", {"x": 1}))["result"]
    assert (wrong["isError"], wrong["structuredContent"]["error"]["code"]) == (True, "invalid_arguments")


def test_the_health_path_shows_the_same(web: Web) -> None:
    """With status and version first, and calls of both eras counted together."""
    session = web.open()
    web.ask(call(1, "p__add"), session)
    web.ask_stateless(2, "tools/call", {"name": "p__add", "arguments": {}})
    report = web.client.get(f"{web.base}/health").json()
    assert list(report)[:2] == ["status", "version"]
    assert report["metrics"]["calls"]["p__add"]["count"] == 2
    assert report["metrics"]["requests"] == 3


def test_a_skipped_plugin_degrades_health(plugins: Path) -> None:
    """The report says which one and why; the others are served."""
    write_plugin(plugins, "broken", "raise SystemExit(3)")
    pipe = Pipe("--plugins-dir", str(plugins)).listen().open("2025-11-25")
    try:
        report = pipe.ask(call(1, "health"))["result"]["structuredContent"]
        assert (report["status"], list(report["skipped"]), report["plugins"]) == ("degraded", ["broken"], {"p": 3})
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
