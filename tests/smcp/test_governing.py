"""The governor on the wire: sessions apart, configuration alone at 2026-07-28."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from odd_plugin import write_plugin
from smcp_clients import META, OldClient, Pipe, Web, call, messages, names, request

GOVERNOR = "sanctum__tools"
CHANGED = {"jsonrpc": "2.0", "method": "notifications/tools/list_changed"}

PLUGIN = """
import json, sys
names = ["add", "echo", "fail"]
if sys.argv[1] == "--describe":
    commands = [{"name": name, "description": name, "parameters": []} for name in names]
    print(json.dumps({"plugin": {"name": "p"}, "commands": commands}))
else:
    print(json.dumps({"said": sys.argv[1]}))
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
def test_http_sessions_are_apart(own_web: Web) -> None:
    """What one attaches no other sees, nor the stateless era; the one is told on the stream of its own request."""
    one, other = own_web.open(), own_web.open()
    told = messages(own_web.post(governs("a", "attach", tool="p__echo"), one))
    assert (told[0], told[1]["id"]) == (CHANGED, "a")
    assert names(own_web.ask(request(1, "tools/list"), one)) == [GOVERNOR, "p__add", "p__echo"]
    assert names(own_web.ask(request(1, "tools/list"), other)) == [GOVERNOR, "p__add"]
    assert names(own_web.ask_stateless(1, "tools/list").json()) == [GOVERNOR, "p__add"]
    assert own_web.ask(call(2, "p__echo"), other)["error"]["data"]["code"] == "tool_not_attached"
    assert names(own_web.ask(request(1, "tools/list"), own_web.open())) == [GOVERNOR, "p__add"]


@pytest.mark.usefixtures("governed")
def test_what_a_batch_changes_is_announced_on_its_stream(own_web: Web) -> None:
    """Before the array of answers; a batch that changes nothing is answered with JSON alone."""
    session = own_web.open("2025-03-26")
    answer = own_web.post(
        [request(1, "ping"), governs("a", "attach", tool="p__echo"), request(2, "tools/list")], session
    )
    assert answer.headers["content-type"] == "text/event-stream"
    changed, answers = messages(answer)
    assert changed == CHANGED
    assert [one["id"] for one in answers] == [1, "a", 2]
    assert names(answers[2]) == [GOVERNOR, "p__add", "p__echo"]
    again = own_web.post([governs("a", "attach", tool="p__echo")], session)
    assert [one["id"] for one in again.json()] == ["a"]


@pytest.mark.usefixtures("governed")
def test_sessions_over_sse_are_apart(own_web: Web) -> None:
    """Two streams, each with its own list; the notification comes before the answer."""
    one, other = OldClient(own_web).open(), OldClient(own_web).open("2025-11-25")
    assert one.ask(governs("a", "attach", tool="p__echo")) == CHANGED
    assert one.read()["id"] == "a"
    assert names(one.ask(request(1, "tools/list"))) == [GOVERNOR, "p__add", "p__echo"]
    assert names(other.ask(request(1, "tools/list"))) == [GOVERNOR, "p__add"]
    one.leave()
    again = OldClient(own_web).open()
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
