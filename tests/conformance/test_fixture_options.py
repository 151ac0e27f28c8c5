"""The fixture server's HTTP+SSE transport, authorization and command line; the package's own API."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest
from mutants import SERVER, Fault, command, faults, hostile
from mutants.peers import PATIENCE, Http, Sse, initialize, peer

PING = {"jsonrpc": "2.0", "id": 1, "method": "ping"}
WELL_KNOWN = "/.well-known/oauth-protected-resource"


def sent(client: Sse, path: str, method: str = "POST", **headers: str) -> int:
    """The status of a ping that is sent to `path`."""
    return client.send(json.dumps(PING).encode(), headers, method, path).status


def test_streams_of_http_sse_are_kept_apart() -> None:
    """Two streams have two endpoints, and each hears the answers to its own messages."""
    with peer("sse", "2024-11-05") as client:
        other = Sse(client.port, "2024-11-05")
        with other.closing:
            assert other.endpoint != client.endpoint
            assert other.ask(initialize("2024-11-05", "other"))["id"] == "other"
            assert client.ask(initialize("2024-11-05", "own"))["id"] == "own"
            assert other.heard != client.heard


def test_paths_methods_and_origins_of_http_sse() -> None:
    """Foreign origins get 403, unknown paths and sessions 404, wrong methods 405."""
    with peer("sse", "2024-11-05") as client:
        assert sent(client, "/sse", "GET", Origin="http://evil.example") == 403
        assert sent(client, client.endpoint, Origin="http://evil.example") == 403
        assert sent(client, "/other") == 404
        assert sent(client, "/messages?session=unknown") == 404
        assert sent(client, "/sse") == 405
        client.send(b"{", {}, path=client.endpoint)
        assert json.loads(next(client.events)[1])["error"]["code"] == -32700


def test_batch_over_http_sse() -> None:
    """Where 2025-03-26 is agreed on, a batch gets an array on the stream."""
    with peer("sse", "2025-03-26") as client:
        client.begin()
        (answer,) = next(client.exchange([PING]))
        assert answer == {"jsonrpc": "2.0", "id": 1, "result": {}}


def test_token_is_demanded_and_explained() -> None:
    """Without the token 401 and where to learn more, with it service."""
    with peer("http", "2025-11-25", auth="open-sesame") as client:
        client.headers = lambda message: {"Content-Type": "application/json"}
        refused = client.send(json.dumps(PING).encode(), client.headers(PING))
        assert refused.status == 401
        assert f"{WELL_KNOWN}/mcp" in refused.headers["WWW-Authenticate"]
        assert client.send(b"", {"Authorization": "Bearer wrong"}).status == 401
        described = json.loads(client.send(b"", {}, "GET", WELL_KNOWN).read())
        assert described["resource"] == f"http://127.0.0.1:{client.port}/mcp"
        authorized = {**Http.headers(client, None), "Authorization": "Bearer open-sesame"}
        assert client.send(json.dumps(initialize("2025-11-25")).encode(), authorized).status == 200


@pytest.mark.parametrize(
    ("options", "named"),
    [
        (["--fault", "no-such-fault"], "answers-twice"),
        (["--revisions", "1999-01-01"], "2026-07-28"),
        (["--revisions", ""], "2026-07-28"),
        (["--transport", "http", "--revisions", "2024-11-05"], "2025-03-26"),
        (["--transport", "carrier-pigeon"], "stdio"),
    ],
)
def test_wrong_options_are_refused_with_the_right_ones(options: list[str], named: str) -> None:
    """Exit status 2 and the values that are possible."""
    done = subprocess.run([sys.executable, SERVER, *options], capture_output=True, timeout=PATIENCE, text=True)
    assert done.returncode == 2
    assert named in done.stderr


def test_faults_are_listed_as_json() -> None:
    """--list-faults tells what `faults()` tells."""
    done = subprocess.run([sys.executable, SERVER, "--list-faults"], capture_output=True, timeout=PATIENCE, check=True)
    listed: list[Any] = json.loads(done.stdout)
    assert [(each["name"], tuple(each["breaks"])) for each in listed] == [(each.name, each.breaks) for each in faults()]
    assert all(isinstance(each, Fault) for each in faults())


def test_command_names_only_what_was_asked_for() -> None:
    """The argv holds the options that are given, and no others."""
    assert command() == [sys.executable, SERVER, "--transport", "stdio"]
    words = command("answers-twice", "http", 8123, ("2025-11-25", "2026-07-28"), "token")
    assert words[2:6] == ["--transport", "http", "--fault", "answers-twice"]
    assert words[6:] == ["--port", "8123", "--revisions", "2025-11-25,2026-07-28", "--auth", "token"]
    assert hostile("exits_at_once")[1].endswith("exits_at_once.py")
