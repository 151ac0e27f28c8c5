"""The fixtures when things go wrong: what the user reads, and at which line."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from fixture_commands import fixture, inline
from launching import PATIENCE

from smcp_conformance.fixtures import (
    Died,
    StartError,
    TargetError,
    mcp_server,
    mcp_session,
)
from smcp_conformance.revisions import STATELESS_REVISION
from smcp_conformance.wire.errors import WireError

ROOT = Path(__file__).parents[2]
PLUGINS = ROOT / "plugins"

DIE = """
import json, os, sys
first = json.loads(input())
about = {"protocolVersion": "2025-11-25", "capabilities": {}, "serverInfo": {"name": "shop", "version": "1"}}
print(json.dumps({"jsonrpc": "2.0", "id": first["id"], "result": about}), flush=True)
for line in sys.stdin:
    if "id" in json.loads(line):
        sys.exit("no database for " + str(os.environ.get("SHOP_TOKEN")))
"""
TRACED = """
def test_request(mcp_session):
    mcp_session({words!r}).request("tools/call")

def test_list(mcp_session):
    mcp_session({words!r}).list_all("tools/list", "tools")

def test_revision(mcp_session):
    mcp_session({words!r}, revision="2025-06-18")

def test_params(mcp_session):
    mcp_session({words!r}).request("tools/list", ["x"])

def test_start(mcp_server):
    mcp_server("no-such-command")

def test_ending(mcp_session):
    mcp_session("{{python}} -c 'raise SystemExit(3)'")

def test_plugin(plugin_cli):
    plugin_cli({plugins!r} + "/demo_math").call("coin_flip").must_be_refusal()

def test_command(plugin_cli):
    plugin_cli({plugins!r} + "/demo_math").call("no-such-command")
"""


class TestTrouble:
    """What is raised, and what it says."""

    def test_a_server_that_exits_at_once_is_explained(self) -> None:
        """With its status and its last words."""
        with mcp_server(inline("import sys; sys.exit('no licence')")) as server:
            with pytest.raises(StartError) as error:
                server.session()
            assert "exited with status 1" in str(error.value)
            assert "no licence" in str(error.value)

    def test_one_that_ended_before_the_first_session_is_told(self) -> None:
        """Rather than started again."""
        with mcp_server(inline("import sys; sys.exit('no licence')")) as server:
            assert server.wait(PATIENCE) == 1
            with pytest.raises(StartError, match="exited with status 1; its stderr:\nno licence"):
                server.session()

    def test_a_server_that_dies_later_is_explained_too(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """With its command, status and last words, without secrets."""
        monkeypatch.setenv("SHOP_TOKEN", "canary-4711")
        with mcp_session(inline(DIE)) as session:
            with pytest.raises(Died) as error:
                session.request("tools/call", {"name": "x"})
            first, *story = str(error.value).splitlines()
            assert first == "'tools/call' (id 2) was not answered: the server exited with code 1"
            assert story[0].startswith("  command: {python} -c")
            assert story[-3].endswith("exited with status 1")
            assert story[-2:] == ["  stderr:", "    | no database for ***"]
            with pytest.raises(WireError, match=r"(?s)closed|not answered.*no database for \*\*\*"):
                session.ping()

    def test_a_traceback_ends_at_the_line_of_the_user(self, pytester: pytest.Pytester) -> None:
        """Whatever went wrong with the server or the plugin, our modules are no part of it."""
        pytester.makepyfile(TRACED.format(words=shlex.join(inline(DIE)), plugins=str(PLUGINS)))
        result = pytester.runpytest_subprocess("-p", "no:cacheprovider", "-p", "no:hypothesispytest")
        result.assert_outcomes(failed=8)
        shown = [line for line in result.outlines if re.match(r"\S+\.py:\d+: ", line)]
        assert len(shown) == 8
        assert all(line.startswith("test_a_traceback") for line in shown)
        result.stdout.fnmatch_lines(["E * | no database for None"])

    @pytest.mark.parametrize("revision", ["2025-11-25", STATELESS_REVISION])
    def test_params_that_are_no_mapping_are_refused(self, revision: str) -> None:
        """Before anything is sent, with the way to send them all the same."""
        positional: Any = ["x"]
        with mcp_session(fixture(), revision=revision) as session:
            said = len(session.conversation.frames)
            for send in (session.request, session.notify):
                with pytest.raises(TypeError, match=r"are \['x'\], but must be a mapping.*send_malformed.*send\(\{"):
                    send("tools/call", positional)
            assert len(session.conversation.frames) == said

    def test_a_command_that_does_not_exist_is_told_on_entry(self) -> None:
        """With the places where it was looked for."""
        with pytest.raises(StartError, match="command not found: 'no-such-command'"), mcp_server("no-such-command"):
            pass

    def test_a_stopped_server_gives_no_session(self) -> None:
        """`stop` may come early, and again at the end of the block."""
        with mcp_server(fixture()) as server:
            assert server.stop() == 0
            with pytest.raises(StartError, match="the server was stopped"):
                server.session()

    @pytest.mark.parametrize(
        ("words", "launch", "said"),
        [
            ("", {}, "mcp_server: the command is empty"),
            ([], {}, "mcp_server: the command is empty"),
            ("server 'x", {}, "unbalanced quotes"),
            ("server", {"transport": "tcp"}, "transport 'tcp' must be one of stdio, http, sse"),
            ("server", {"transport": "http"}, "over http the command must hold {port}, or `url` say where it serves"),
            ("server {port}", {"url": "ftp://x"}, "'ftp://x' must be a URL"),
            ("server", {"url": "http://127.0.0.1:1/mcp"}, "a URL is not spoken to over stdio"),
            ("http://127.0.0.1:1/mcp", {"transport": "stdio"}, "a URL is not spoken to over stdio"),
            ("server", {"revision": "2023-01-01"}, "unknown revision '2023-01-01'; the valid ones are 2024-11-05"),
        ],
    )
    def test_what_can_not_be_meant_is_refused(
        self, words: str | Sequence[str], launch: Mapping[str, Any], said: str
    ) -> None:
        """Before anything is started, with what would be valid."""
        given: Any = launch
        with pytest.raises(TargetError, match=re.escape(said)):
            mcp_server(words, **given)

    def test_an_unknown_argument_is_refused(self) -> None:
        """As Python does it."""
        given: Any = {"colour": "red"}
        with pytest.raises(TypeError, match="colour"):
            mcp_server("server", **given)

    def test_a_url_may_be_given_with_a_command(self) -> None:
        """For a server that listens elsewhere than at /mcp; its port may be fixed."""
        elsewhere = mcp_server("server {port}", url="http://127.0.0.1:{port}/rpc", transport="http")
        assert elsewhere is not None
        fixed = mcp_server("server", url="http://127.0.0.1:4000/rpc", transport="http")
        assert fixed is not None
