"""smcp over Streamable HTTP: both eras on one endpoint, and what the guard keeps away from the SDK."""

from __future__ import annotations

import json
import signal
import socket
import sys
import threading
from pathlib import Path
from typing import Any

import psutil
import pytest
from smcp_clients import META, STATELESS, TIMEOUT, Web, call, hello, notification, request

posix = pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals and process groups")


@pytest.fixture(scope="module")
def session(web: Web) -> dict[str, str]:
    """The headers of a session at 2025-11-25."""
    return web.open()


@pytest.mark.parametrize("revision", ["2025-03-26", "2025-06-18", "2025-11-25"])
def test_every_handshake_revision_is_served(web: Web, revision: str) -> None:
    """Tools are listed and called within a session."""
    headers = web.open(revision)
    assert len(web.ask(request(1, "tools/list"), headers)["result"]["tools"]) == 18
    result = web.ask(call("ü", "demo_text__echo", {"message": "é"}), headers)
    assert (result["id"], json.loads(result["result"]["content"][0]["text"])) == ("ü", {"message": "é"})


def test_events_are_single_lines_to_everyone(web: Web, session: dict[str, str]) -> None:
    """Also to clients that break lines at Unicode's separators, where server-sent events don't."""
    text = "a\nb\r\u2028\u2029\x85ü"
    answer = web.post(call("\u2028", "demo_text__echo", {"message": text}), session)
    [event] = [line for line in answer.text.splitlines() if line.startswith("data:")]
    told = json.loads(event.removeprefix("data:"))
    assert (told["id"], json.loads(told["result"]["content"][0]["text"])) == ("\u2028", {"message": text})


def test_the_stateless_era_needs_no_session(web: Web) -> None:
    """One POST, one JSON answer, no session id."""
    answer = web.ask_stateless(1, "tools/call", {"name": "demo_text__echo", "arguments": {"message": "x"}})
    assert answer.status_code == 200
    assert "mcp-session-id" not in answer.headers
    assert json.loads(answer.json()["result"]["content"][0]["text"]) == {"message": "x"}
    assert web.ask_stateless(2, "ping").status_code == 404
    assert web.ask_stateless(3, "tools/list", None, **{"mcp-method": "tools/call"}).json()["error"]["code"] == -32020


@pytest.mark.parametrize("era", ["handshake", "stateless"])
@pytest.mark.parametrize(
    ("body", "code", "request_id"),
    [
        (b"junk", -32700, None),
        (b'{"jsonrpc":"2.0","id":1,"method":"ping","params":{"x":"\xff"}}', -32700, None),
        (b'{"jsonrpc":"2.0","id":1,"method":"ping","params":{"x":Infinity}}', -32700, None),
        (b"[]", -32600, None),
        (b'[{"jsonrpc":"2.0","id":1,"method":"ping"}]', -32600, None),
        (b'{"jsonrpc":"2.0","id":null,"method":"ping"}', -32600, None),
        (b'{"jsonrpc":"2.0","id":1.5,"method":"ping"}', -32600, None),
        (b'{"jsonrpc":"1.0","id":"a","method":"ping"}', -32600, "a"),
        (b'{"jsonrpc":"2.0","id":3,"method":"ping","params":[]}', -32602, 3),
        (b'{"jsonrpc":"2.0","id":3,"method":"ping","params":{"x":"\\udfff"}}', -32602, 3),
        (b'{"jsonrpc":"2.0","method":"x","params":4}', -32602, None),
    ],
)
def test_a_faulty_body_is_400_with_its_code(
    web: Web, session: dict[str, str], era: str, body: bytes, code: int, request_id: Any
) -> None:
    """In both eras; the id is there if it can be read, and absent otherwise."""
    headers = session if era == "handshake" else {"mcp-protocol-version": STATELESS, "mcp-method": "ping"}
    answer = web.post(body, headers)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, code)
    assert answer.json().get("id") == request_id
    assert ("id" in answer.json()) == (request_id is not None)


@pytest.mark.parametrize(
    "response",
    [
        {"id": {}, "result": {}},
        {"id": 1.5, "result": {}},
        {"result": {}},
        {"id": 1, "result": 1},
        {"id": 1, "result": {}, "error": {"code": 1, "message": "x"}},
        {"id": [], "error": {"code": 1, "message": "x"}},
        {"id": 1, "error": "x"},
        {"id": 1, "error": {"code": True, "message": "x"}},
        {"id": 1, "error": {"code": 1}},
        {"id": 1, "result": {"x": "\ud800"}},
    ],
)
def test_a_faulty_response_is_refused_in_few_words(web: Web, session: dict[str, str], response: dict[str, Any]) -> None:
    """400 without an id, for nobody asked; the SDK would quote its whole validation."""
    answer = web.post({"jsonrpc": "2.0", **response}, session)
    assert (answer.status_code, answer.json()["error"]["code"], "id" in answer.json()) == (400, -32600, False)
    assert len(answer.json()["error"]["message"]) < 100


@pytest.mark.parametrize(
    "response", [{"id": 1, "result": {}}, {"id": "x", "error": {"code": 1, "message": "x", "data": None}}]
)
def test_a_response_nobody_waits_for_is_accepted(web: Web, session: dict[str, str], response: dict[str, Any]) -> None:
    """202 without a body."""
    answer = web.post({"jsonrpc": "2.0", **response}, session)
    assert (answer.status_code, answer.content) == (202, b"")


def test_a_batch_at_2025_03_26_gets_one_array(web: Web) -> None:
    """One answer per request, none for notifications, 202 if nothing is left to say."""
    headers = web.open("2025-03-26")
    members = [request(1, "ping"), notification("x"), request("1", "no/such"), 7, hello(request_id=9)]
    answer = web.post(members, headers)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    codes = {repr(one["id"]): one.get("error", {}).get("code") for one in answer.json()}
    assert codes == {"1": None, "'1'": -32601, "None": -32600, "9": -32600}
    quiet = web.post([notification("x"), {"jsonrpc": "2.0", "method": "y", "params": []}], headers)
    assert (quiet.status_code, quiet.content) == (202, b"")
    assert web.post([], headers).json()["error"]["code"] == -32600
    assert web.post([request(1, "ping")], {"mcp-session-id": "unknown"}).status_code == 404


def test_a_session_is_needed_known_and_ended(web: Web) -> None:
    """400 without it, 404 for an unknown or ended one; errors carry the id of the request they refuse."""
    without = web.post(request(7, "ping"))
    assert (without.status_code, without.json()["id"]) == (400, 7)
    assert "mcp-session-id" not in without.headers
    unknown = web.post(request("u", "ping"), {"mcp-session-id": "unknown"})
    assert (unknown.status_code, unknown.json()["id"]) == (404, "u")
    assert web.client.delete(web.url).status_code == 400
    headers = web.open()
    assert web.client.delete(web.url, headers=headers).status_code == 200
    gone = web.client.delete(web.url, headers=headers)
    assert gone.status_code == 404
    assert "id" not in gone.json()


def test_a_stateless_body_without_its_header_is_a_mismatch(web: Web, session: dict[str, str]) -> None:
    """Outside a session it is refused; inside one it is served, because real clients send the envelope there."""
    message = request(1, "tools/list", {"_meta": META})
    refused = web.post(message)
    assert (refused.status_code, refused.json()["error"]["code"]) == (400, -32020)
    assert "tools" in web.ask(message, session)["result"]


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_an_unsupported_version_header_is_400(web: Web, session: dict[str, str], method: str) -> None:
    """Also where there is no body."""
    headers = {**session, "mcp-protocol-version": "1999-01-01", "accept": "text/event-stream"}
    assert web.client.request(method, web.url, headers=headers).status_code == 400


def test_methods_media_types_and_sizes(web: Web, session: dict[str, str]) -> None:
    """405 names the methods there are, 415 and 413 say what is wrong."""
    put = web.client.put(web.url, headers=session)
    assert (put.status_code, put.headers["allow"]) == (405, "GET, POST, DELETE")
    assert web.client.get(web.url, headers={"mcp-protocol-version": STATELESS}).status_code == 405
    for media in ("text/plain", "application/jsonx", ""):
        assert web.post(request(1, "ping"), {**session, "content-type": media}).status_code == 415
    assert web.post(b" " * (4 * 1024 * 1024 + 1), session).status_code == 413
    spelled = {**session, "content-type": "Application/JSON; charset=utf-8"}
    assert web.post(request(1, "ping"), spelled).status_code == 200


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"host": "localhost"}, 200),
        ({"host": "LOCALHOST:1"}, 200),
        ({"host": "127.0.0.1:80"}, 200),
        ({"host": "[::1]:8000"}, 200),
        ({"origin": "http://localhost"}, 200),
        ({"origin": "https://127.0.0.1:3000"}, 200),
        ({"host": "localhost:1.evil.com"}, 403),
        ({"host": "evil.com"}, 403),
        ({"host": "127.0.0.1.evil.com"}, 403),
        ({"origin": "http://localhost:1.evil.com"}, 403),
        ({"origin": "http://evil.com"}, 403),
        ({"origin": "null"}, 403),
        ({"origin": "file://localhost"}, 403),
        ({"origin": ""}, 403),
    ],
)
def test_only_loopback_names_may_ask(web: Web, headers: dict[str, str], status: int) -> None:
    """Hosts and origins of this machine, with or without port, and nothing that only begins like them."""
    assert web.client.get(f"{web.base}/health", headers=headers).status_code == status
    if status == 403:
        refused = web.post(hello(), headers)
        assert refused.status_code == 403
        assert "id" not in refused.json()


def test_health(web: Web) -> None:
    """There is something to ask for monitors, and nothing else besides."""
    answer = web.client.get(f"{web.base}/health")
    assert (answer.status_code, answer.json()["status"]) == (200, "ok")
    assert web.client.get(f"{web.base}/").status_code == 404


def test_the_header_says_what_the_endpoint_serves(web: Web) -> None:
    """An unknown version is refused with the list of those there are."""
    answer = web.post(
        request(1, "server/discover", {"_meta": {**META, "io.modelcontextprotocol/protocolVersion": "2099-01-01"}}),
        {"mcp-protocol-version": "2099-01-01", "mcp-method": "server/discover"},
    )
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, -32022)
    assert STATELESS in answer.json()["error"]["data"]["supported"]


@posix
@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_a_signal_ends_streams_and_server(odd_plugins: Path, number: int, code: int) -> None:
    """An open subscription gets its result, an open GET stream ends, and neither delays the exit."""
    web = Web("--plugins-dir", str(odd_plugins))
    try:
        session = web.open()
        with web.client.stream("GET", web.url, headers={**session, "accept": "text/event-stream"}) as stream:
            assert stream.status_code == 200
            listen = request("s", "subscriptions/listen", {"notifications": {"toolsListChanged": True}, "_meta": META})
            headers = {
                "mcp-protocol-version": STATELESS,
                "mcp-method": "subscriptions/listen",
                "accept": "application/json, text/event-stream",
            }
            with web.client.stream("POST", web.url, json=listen, headers=headers) as subscription:
                lines = subscription.iter_lines()
                assert any("acknowledged" in line for line in lines)
                web.process.send_signal(number)
                assert any('"id":"s","result"' in line.replace(" ", "") for line in lines)
        assert web.process.wait(TIMEOUT) == code
    finally:
        web.stop()


def waited_child(web: Web) -> psutil.Process:
    """Wait for the server to run a plugin and return its process."""
    parent = psutil.Process(web.process.pid)
    while not (found := parent.children()):
        assert web.process.poll() is None
    return found[0]


@posix
def test_a_signal_takes_the_plugins_along(odd_plugins: Path) -> None:
    """Even one that ignores SIGTERM, called in the era in which uvicorn cuts the request off."""
    web = Web("--plugins-dir", str(odd_plugins))
    params = {"name": "odd__stubborn", "arguments": {}}
    asking = threading.Thread(target=lambda: web.ask_stateless(1, "tools/call", params))
    try:
        asking.start()
        running = waited_child(web)
        web.process.send_signal(signal.SIGTERM)
        assert web.process.wait(TIMEOUT) == 143
        assert psutil.wait_procs([running], TIMEOUT)[1] == []
        asking.join(TIMEOUT)
    finally:
        web.stop()


def test_a_client_that_leaves_in_the_middle_costs_nothing(web: Web) -> None:
    """Half a body is forgotten, and the next client is served."""
    head = f"POST /mcp HTTP/1.1\r\nHost: {web.base.removeprefix('http://')}\r\nContent-Type: application/json\r\n"
    with socket.create_connection(("127.0.0.1", int(web.base.rpartition(":")[2]))) as connection:
        connection.sendall(f"{head}Content-Length: 100\r\n\r\n{{".encode())
    assert web.client.get(f"{web.base}/health").status_code == 200
