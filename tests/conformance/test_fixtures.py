"""The fixtures as other projects use them: in their tests, without pytest, and when things go wrong."""

from __future__ import annotations

import re
import shlex
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import psutil
import pytest
from fixture_commands import fixture, inline, over_http
from launching import PATIENCE, gone

from smcp_conformance.fixtures import (
    HandshakeRefused,
    StartError,
    mcp_server,
    mcp_session,
)
from smcp_conformance.revisions import STATELESS_REVISION

ROOT = Path(__file__).parents[2]
PLUGINS = ROOT / "plugins"
DOCS = ROOT / "docs" / "reuse-the-fixtures.md"
REFUSE = """
import json, sys
for line in sys.stdin:
    message = json.loads(line)
    if "id" in message:
        error = {"code": -32603, "message": "no"}
        print(json.dumps({"jsonrpc": "2.0", "id": message["id"], "error": error}), flush=True)
"""


def blocks() -> list[str]:
    """The Python examples of the page."""
    return re.findall(r"```python\n(.*?)```", DOCS.read_text(encoding="utf-8"), re.DOTALL)


class TestDocumentation:
    """docs/reuse-the-fixtures.md: what is promised there works when it is copied."""

    def test_the_examples_of_tests_pass_in_another_project(self, pytester: pytest.Pytester) -> None:
        """All at once, in a folder with nothing but them and the demo plugins."""
        examples = [block for block in blocks() if "def test_" in block]
        assert len(examples) >= 5
        (pytester.path / "plugins").symlink_to(PLUGINS)
        pytester.makepyfile(**{f"test_example_{number}": block for number, block in enumerate(examples)})
        result = pytester.runpytest_subprocess("-p", "no:cacheprovider")
        result.assert_outcomes(passed="\n".join(examples).count("def test_"))

    def test_the_examples_without_pytest_run(self, tmp_path: Path) -> None:
        """As scripts, which print what they found."""
        scripts = [block for block in blocks() if "def test_" not in block]
        assert len(scripts) == 1
        words = [sys.executable, "-c", scripts[0]]
        ran = subprocess.run(words, capture_output=True, text=True, timeout=PATIENCE * 3, check=False, cwd=tmp_path)
        assert ran.returncode == 0, ran.stderr
        assert "calculate" in ran.stdout


PROJECT = """
import os, psutil, pytest
from pathlib import Path

PIDS = []

def test_starts(mcp_server, mcp_session, request):
    server = mcp_server({words!r})
    PIDS.append(server.pid)
    assert psutil.Process(server.pid).cwd() == str(request.config.rootpath)
    assert mcp_server({words!r}, cwd=os.getcwd()).pid != server.pid
    assert mcp_session({words!r}).ping().succeeded
    pytest.fail("on purpose")

def test_nothing_is_left_of_the_failed_test():
    assert not [pid for pid in PIDS if psutil.pid_exists(pid)]
    assert PIDS
"""


def test_everything_ends_with_the_test_that_started_it(pytester: pytest.Pytester) -> None:
    """Also when the test fails; a server's working directory is the rootdir."""
    pytester.makepyfile(PROJECT.format(words=shlex.join(fixture("2025-11-25"))))
    result = pytester.runpytest_subprocess("-p", "no:cacheprovider")
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["*on purpose*"])


def test_the_fixtures_explain_themselves(pytester: pytest.Pytester) -> None:
    """`pytest --fixtures` shows how each is called."""
    result = pytester.runpytest_subprocess("--fixtures")
    result.stdout.fnmatch_lines(['*mcp_server("COMMAND"*', '*plugin_cli("plugins/NAME")*'])


class TestStdio:
    """A server over stdio."""

    def test_it_runs_for_the_time_of_the_block(self) -> None:
        """Before a session was asked for, and not a moment after the block's end, whatever ended it."""
        with suppress(ZeroDivisionError), mcp_server(shlex.join(fixture())) as server:
            assert server.pid is not None
            assert psutil.pid_exists(server.pid)
            assert (server.returncode, server.url, server.transcript) == (None, None, ())
            raise ZeroDivisionError
        assert server.pid is not None
        assert gone(server.pid)
        assert server.returncode == 0

    def test_what_was_said_and_printed_can_be_read(self) -> None:
        """The transcript goes over all sessions, stderr is text."""
        code = "import sys; print('hello, stderr', file=sys.stderr, flush=True)" + REFUSE
        with mcp_server(inline(code)) as server:
            with pytest.raises(HandshakeRefused, match="initialize at 2025-11-25 was answered with"):
                server.session("2025-11-25")
            assert "hello, stderr" in server.stderr
            sent, received, *_ = server.transcript
            assert (sent.message["method"], received.message["error"]["message"]) == ("initialize", "no")

    def test_each_session_has_a_process_of_its_own(self) -> None:
        """For a stdio server serves one client; the first takes the process that was started."""
        with mcp_server(fixture()) as server:
            first_pid = server.pid
            first = server.session()
            assert server.pid == first_pid
            second = server.session()
            assert server.pid != first_pid
            assert first.ping().succeeded
            assert second.ping().succeeded

    def test_cwd_and_environment_reach_the_process(self, tmp_path: Path) -> None:
        """Variables before the command and in `env` are both added."""
        code = f"import os, sys; print(os.getcwd(), os.environ['ONE'], os.environ['TWO'], file=sys.stderr){REFUSE}"
        words = f"ONE=1 {shlex.join(inline(code))}"
        with mcp_server(words, cwd=tmp_path, env={"TWO": "2"}) as server:
            with pytest.raises(HandshakeRefused):
                server.session()
            assert f"{tmp_path} 1 2" in server.stderr

    def test_a_session_declares_what_it_was_given(self) -> None:
        """Capabilities of the client, as in `initialize`."""
        with mcp_server(fixture(), capabilities={"roots": {}}) as server:
            server.session()
            assert server.transcript[0].message["params"]["capabilities"] == {"roots": {}}


class TestRevisions:
    """What a session speaks."""

    @pytest.mark.parametrize("revision", ["2024-11-05", "2025-06-18", "2025-11-25", STATELESS_REVISION])
    def test_it_is_what_the_server_speaks(self, revision: str) -> None:
        """Found out by asking, once; handshakes come before the era without."""
        with mcp_server(fixture(revision)) as server:
            assert server.session().revision == revision
            assert server.session().ping().succeeded

    def test_it_can_be_chosen_for_the_server_or_the_session(self) -> None:
        """The session's choice goes before the server's."""
        with mcp_server(fixture(), revision="2025-06-18") as server:
            assert server.session().revision == "2025-06-18"
            assert server.session("2025-03-26").conversation.revision == "2025-03-26"
        with mcp_session(fixture(), revision=STATELESS_REVISION) as session:
            assert session.stateless

    @pytest.mark.parametrize("revision", ["2025-06-18", STATELESS_REVISION])
    def test_a_revision_that_the_server_does_not_speak_is_refused(self, revision: str) -> None:
        """In either era when the session is made, with what the server said."""
        with mcp_server(fixture("2025-11-25"), revision=revision) as server:
            with pytest.raises(
                HandshakeRefused, match=f"(initialize|server/discover) at {revision} was answered"
            ) as told:
                server.session()
            assert "-32601" in str(told.value) or "2025-11-25" in str(told.value)
            assert told.value.reply.frame in server.transcript

    def test_what_refuses_a_revision_is_masked_and_bounded(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """For the server says what it likes."""
        monkeypatch.setenv("SHOP_TOKEN", "canary-4711")
        code = REFUSE.replace('"no"', "__import__('os').environ['SHOP_TOKEN'] + 'x' * 9000")
        with mcp_server(inline(code)) as server, pytest.raises(HandshakeRefused) as told:
            server.session(STATELESS_REVISION)
        assert "***" in str(told.value)
        assert "canary-4711" not in str(told.value)
        assert len(str(told.value)) < 500

    def test_a_server_that_refuses_all_is_quoted(self) -> None:
        """What it answered to the first question stands in the error."""
        with mcp_server(inline(REFUSE)) as server, pytest.raises(HandshakeRefused, match='"message": "no"'):
            server.session()


class TestHttp:
    """Servers over HTTP."""

    @pytest.mark.parametrize(
        ("transport", "path", "revision"), [("http", "/mcp", "2025-06-18"), ("sse", "/sse", "2024-11-05")]
    )
    def test_sessions_share_the_process(self, transport: str, path: str, revision: str) -> None:
        """One listens for all; {port} makes it HTTP, `transport` says which kind."""
        with mcp_server(over_http(transport), transport=transport, revision=revision) as server:
            assert server.url is not None
            assert server.url.endswith(path)
            pid = server.pid
            assert server.session().ping().succeeded
            assert server.session().ping().succeeded
            assert server.pid == pid
        assert pid is not None
        assert gone(pid)

    def test_a_url_is_spoken_to_and_nothing_is_started(self) -> None:
        """Such a server has no process of ours."""
        with mcp_server(over_http()) as ours, mcp_server(str(ours.url)) as server:
            assert server.session().ping().succeeded
            assert (server.pid, server.returncode, server.stderr, server.url) == (None, None, "", ours.url)
            assert server.wait(0) is None

    def test_headers_go_with_every_request(self) -> None:
        """A mapping or pairs."""
        with mcp_server(over_http(), headers={"X-Tenant": "blue"}) as server:
            assert server.target.headers == (("X-Tenant", "blue"),)
        with mcp_server(over_http(), headers=[("X-Tenant", "red")]) as server:
            assert server.target.headers == (("X-Tenant", "red"),)
            assert server.session().ping().succeeded

    def test_the_bundled_server_needs_no_placeholder(self) -> None:
        """It knows by itself how to be told the port."""
        with mcp_session("bundled", transport="http", revision=STATELESS_REVISION) as session:
            assert session.list_all("tools/list", "tools")

    @pytest.mark.parametrize("spoken_to", [True, False])
    def test_a_server_that_ended_is_not_replaced_in_silence(self, spoken_to: bool) -> None:
        """Its status and its stderr are told instead, whether it was spoken to before or not."""
        with mcp_server(over_http()) as server:
            if spoken_to:
                server.session()
            psutil.Process(server.pid).kill()
            assert server.wait(PATIENCE) == -signal.SIGKILL
            with pytest.raises(StartError, match="the server was killed by SIGKILL"):
                server.session()
