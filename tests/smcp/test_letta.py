"""Variables from a Letta server: asked as configured, merged without harm, failing without a secret in the log."""

from __future__ import annotations

import asyncio
import json
import logging
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from smcp import letta
from smcp.letta import Failed, Loading, Source, configured, dotenv, fetched, merge, start, variables

SECRET = "canary-of-letta"
AGENT = {
    "id": "agent-1",
    "tool_exec_environment_variables": [{"key": "PLAIN", "value": "1"}, {"key": "BOTH", "value": "variable"}],
    "secrets": [{"key": "TOKEN", "value": "t"}, {"key": "BOTH", "value": "secret"}],
}


@dataclass
class Letta:
    """A Letta server that answers every request alike and remembers what it was asked."""

    status: int = 200
    body: bytes = json.dumps(AGENT).encode()
    headers: dict[str, str] = field(default_factory=dict)
    asked: list[tuple[str, str | None]] = field(default_factory=list)
    held: threading.Event = field(default_factory=threading.Event)
    url: str = ""


@pytest.fixture
def server() -> Iterator[Letta]:
    """A Letta server on a free port of this machine."""
    state = Letta()
    state.held.set()

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            state.asked.append((self.path, self.headers["Authorization"]))
            state.held.wait(60)
            self.send_response(state.status)
            for name, value in state.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(state.body)))
            self.end_headers()
            self.wfile.write(state.body)

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Answer) as serving:
        thread = threading.Thread(target=serving.serve_forever)
        thread.start()
        state.url = f"http://127.0.0.1:{serving.server_port}"
        yield state
        state.held.set()
        serving.shutdown()
        thread.join(60)


def test_an_agent_is_asked_for_with_the_credential(server: Letta) -> None:
    """By its id, written as part of a path, with its secrets included."""
    found = variables(fetched(Source(f"{server.url}/", SECRET, "a/b ü")))
    assert found == {"PLAIN": "1", "TOKEN": "t", "BOTH": "secret"}
    assert server.asked == [("/v1/agents/a%2Fb%20%C3%BC?include=agent.secrets", f"Bearer {SECRET}")]


def test_without_an_agent_all_of_them_count(server: Letta) -> None:
    """The first that has a variable wins, and what no environment can hold is left out."""
    odd = {"secrets": {"PLAIN": "2", "MORE": "m", "A=B": "x", "": "x", "N": "\0", "NUMBER": 3}}
    server.body = json.dumps([AGENT, odd, 7, {"secrets": None}, {"secrets": ["x"]}]).encode()
    found = variables(fetched(Source(server.url)))
    assert found == {"PLAIN": "1", "TOKEN": "t", "BOTH": "secret", "MORE": "m"}
    assert server.asked == [("/v1/agents?include=agent.secrets", None)]


def test_the_environment_keeps_what_it_has() -> None:
    """Nobody changes PATH from afar."""
    environ = {"PATH": "/bin"}
    merge({"PATH": "/evil", "NEW": "n"}, environ)
    assert environ == {"PATH": "/bin", "NEW": "n"}


@pytest.mark.parametrize(
    ("settings", "source"),
    [
        ({}, None),
        ({"LETTA_SERVER_PASSWORD": "p"}, None),
        ({"LETTA_SERVER_URL": ""}, None),
        ({"LETTA_SERVER_URL": "u"}, Source("u")),
        ({"LETTA_SERVER_URL": "u", "LETTA_API_KEY": "k", "LETTA_AGENT_ID": "a"}, Source("u", "k", "a")),
        ({"LETTA_SERVER_URL": "u", "LETTA_API_KEY": "k", "LETTA_SERVER_PASSWORD": "p"}, Source("u", "p")),
    ],
)
def test_only_a_url_makes_a_source(settings: dict[str, str], source: Source | None) -> None:
    """The password goes before the key; empty counts as absent."""
    assert configured(settings) == source


def test_the_dotenv_file_is_read_like_a_shell_would(tmp_path: Path) -> None:
    """With and without export, quoted or not; comments and other lines are skipped."""
    file = tmp_path / ".env"
    text = "# c\nexport A=1\n B='two words' # c\nC=\"x=y\"\nexport D=\nE=it's\nnot a line\nexport F-G=1\n"
    file.write_text(text, encoding="utf-8")
    assert dotenv(file) == {"A": "1", "B": "two words", "C": "x=y", "D": "", "E": "it's"}
    file.write_bytes(b"\xff")
    assert dotenv(file) == {}
    assert dotenv(tmp_path / "none") == {}


def test_it_loads_in_the_background(server: Letta, tmp_path: Path) -> None:
    """Start returns while the server still thinks; what waits for the load sees the variables."""
    (tmp_path / ".letta").mkdir()
    (tmp_path / ".letta" / ".env").write_text(f"export LETTA_SERVER_URL={server.url}\n", encoding="utf-8")
    server.held.clear()
    environ: dict[str, str] = {"LETTA_API_KEY": SECRET}
    loading = start(environ, tmp_path)
    assert loading is not None
    assert "TOKEN" not in environ
    server.held.set()
    asyncio.run(loading.wait())
    assert environ == {"LETTA_API_KEY": SECRET, "PLAIN": "1", "TOKEN": "t", "BOTH": "secret"}
    asyncio.run(loading.wait())
    assert server.asked == [("/v1/agents?include=agent.secrets", f"Bearer {SECRET}")]


def test_nothing_is_asked_without_a_url(tmp_path: Path) -> None:
    """No thread, no request, nothing to wait for."""
    assert start({}, tmp_path) is None


def test_a_server_that_never_answers_costs_its_time_once(server: Letta) -> None:
    """Whoever waits goes on without the variables."""
    server.held.clear()
    environ: dict[str, str] = {}
    loading = Loading(Source(server.url), environ, timeout=0.1)
    asyncio.run(loading.wait())
    assert environ == {}
    loading.finished.result(60)


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (401, b"", "status 401"),
        (500, b"{}", "status 500"),
        (200, b"<html>", "something else than JSON"),
        (200, b"\xff", "something else than JSON"),
        (200, b"x" * 200, "more than 100 bytes"),
    ],
)
def test_a_failure_is_one_warning_without_secrets(
    server: Letta,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    status: int,
    body: bytes,
    said: str,
) -> None:
    """It names the server, not the credential, nor one in the URL."""
    monkeypatch.setattr(letta, "MAX_ANSWER", 100)
    server.status, server.body = status, body
    environ: dict[str, str] = {}
    with caplog.at_level(logging.DEBUG, "smcp"):
        Loading(Source(server.url, SECRET), environ).finished.result(60)
    [record] = caplog.records
    assert (record.levelname, environ) == ("WARNING", {})
    assert said in record.getMessage()
    assert server.url in record.getMessage()
    assert SECRET not in caplog.text


def test_a_redirect_is_not_followed(server: Letta) -> None:
    """The credential is for the server that was named."""
    server.status, server.headers = 302, {"Location": f"{server.url}/elsewhere"}
    with pytest.raises(Failed, match="status 302"):
        fetched(Source(server.url, SECRET))
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("file:///etc/passwd", "must begin with http"),
        ("127.0.0.1:8284", "must begin with http"),
        ("http://127.0.0.1:1", "can't be asked"),
        ("http://[x", "can't be asked"),
        ("http://host:port", "can't be asked"),
    ],
)
def test_a_url_that_cannot_be_asked_fails(url: str, said: str, caplog: pytest.LogCaptureFixture) -> None:
    """Plainly, and without opening files."""
    Loading(Source(url, SECRET), {}).finished.result(60)
    assert said in caplog.text


def test_a_failure_hides_the_user_of_the_url() -> None:
    """Only scheme, host and port are shown."""
    assert Source(f"http://user:{SECRET}@letta:8283/x?y={SECRET}").shown == "http://letta:8283"


def test_a_credential_that_no_header_can_carry_fails_quietly(server: Letta, caplog: pytest.LogCaptureFixture) -> None:
    """A line break in it is no way to write headers, and the log doesn't repeat it."""
    Loading(Source(server.url, f"{SECRET}\r\nX: y"), {}).finished.result(60)
    assert server.asked == []
    assert SECRET not in caplog.text
