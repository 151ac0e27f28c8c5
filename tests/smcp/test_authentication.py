"""Who may ask over HTTP: keys, loopback, proxies, and what never reaches a log."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from smcp_clients import OldClient, Web, call, hello, notification, request

from smcp.settings import Settings
from smcp.web.asgi import Rejected
from smcp.web.authentication import Authentication
from smcp.web.source import check_source

KEYS = {"MCP_API_KEY": "k-one", "MCP_API_KEYS": "k-two, schlüssel"}
ONE, TWO = {"authorization": "Bearer k-one"}, {"x-api-key": "k-two"}
ALICE = Authentication.of(Settings(keys=("k-one", "k-two", "schlüssel")))
STRICT = Authentication.of(Settings(keys=("k-one",), loopback_exempt=False))


def scope(*headers: tuple[str, str], client: Any = ("127.0.0.1", 5), version: str = "1.1") -> dict[str, Any]:
    """A request as ASGI shows it."""
    encoded = [(name.encode(), value.encode()) for name, value in headers]
    return {"type": "http", "headers": encoded, "client": client, "http_version": version}


def refused(authentication: Authentication, *headers: tuple[str, str], **facts: Any) -> str:
    """The challenge that a request meets with, empty if it is let in."""
    try:
        authentication.principal(scope(*headers, **facts))
    except Rejected as rejected:
        return dict(rejected.headers)[b"www-authenticate"].decode() if rejected.status == 401 else "another status"
    return ""


@pytest.mark.parametrize(
    "headers",
    [
        [("authorization", "Bearer k-one")],
        [("authorization", "bearer   k-one ")],
        [("Authorization", "BEARER k-two")],
        [("x-api-key", "k-two")],
        [("X-API-Key", "schlüssel")],
        [("authorization", "Bearer k-one"), ("x-api-key", "k-one")],
    ],
)
def test_a_key_lets_in(headers: list[tuple[str, str]]) -> None:
    """As a bearer token or in a header of its own, in any case of letters outside of it, ASCII or not."""
    strict = Authentication.of(Settings(keys=("k-one", "k-two", "schlüssel"), loopback_exempt=False))
    assert not refused(strict, *headers)
    assert strict.principal(scope(*headers))


@pytest.mark.parametrize(
    "headers",
    [
        [("authorization", "Bearer K-ONE")],
        [("authorization", "Bearer k-on")],
        [("authorization", "Bearer k-one1")],
        [("authorization", "Bearer")],
        [("authorization", "Bearer ")],
        [("authorization", "")],
        [("authorization", "k-one")],
        [("authorization", "Basic k-one")],
        [("authorization", "Bearer k-one, Bearer k-one")],
        [("x-api-key", "")],
        [("x-api-key", "Bearer k-one")],
        [("x-api-key", "schl\ufffdssel")],
        [("x-api-key", "k" * 60_000)],
        [("authorization", "Bearer k-one"), ("x-api-key", "wrong")],
        [("authorization", "Bearer k-one"), ("x-api-key", "k-two")],
    ],
)
def test_anything_else_is_refused(headers: list[tuple[str, str]]) -> None:
    """Also from loopback: a credential that is shown must be right, and two must be one."""
    for authentication in (ALICE, STRICT):
        assert refused(authentication, *headers) == 'Bearer realm="smcp", error="invalid_token"'


def test_without_a_credential_the_challenge_names_no_error() -> None:
    """As RFC 6750 has it."""
    assert refused(STRICT) == 'Bearer realm="smcp"'


def test_this_machine_is_spared() -> None:
    """If the server listens on loopback, and nobody said otherwise."""
    assert not refused(ALICE)
    assert not refused(ALICE, client=("::1", 5))
    assert not refused(ALICE, client=("::ffff:127.0.0.1", 5))
    assert ALICE.principal(scope()) is None
    assert refused(Authentication.of(Settings(host="0.0.0.0", keys=("k",))))


@pytest.mark.parametrize(
    "header",
    [
        "Forwarded",
        "Via",
        "X-Real-IP",
        "X-Forwarded-For",
        "X-Forwarded-Host",
        "X-Forwarded-Proto",
        "x-forwarded-anything",
        "True-Client-IP",
        "CF-Connecting-IP",
    ],
)
def test_a_proxy_on_this_machine_opens_nothing(header: str) -> None:
    """Whatever it says about whom it speaks for, loopback even."""
    assert refused(ALICE, (header, "127.0.0.1"))
    assert refused(ALICE, (header, ""))
    assert not refused(ALICE, (header, "192.0.2.1"), ("x-api-key", "k-one"))


@pytest.mark.parametrize("client", [("192.0.2.1", 5), ("::ffff:192.0.2.1", 5), ("", 0), ("unix", 0), None])
def test_only_a_loopback_peer_is_spared(client: Any) -> None:
    """One that isn't known to be one isn't."""
    assert refused(ALICE, client=client)


def test_http_1_0_is_a_proxys() -> None:
    """Some speak it to the server behind them, and add no header."""
    assert refused(ALICE, version="1.0")


def test_nobody_is_asked_on_purpose() -> None:
    """Whatever is shown then, and wherever it comes from."""
    open_house = Authentication.of(Settings(host="0.0.0.0", keys=("k",), authentication_disabled=True))
    assert open_house.principal(scope(("authorization", "Bearer x"), ("via", "x"), client=("192.0.2.1", 5))) is None


def test_without_a_key_this_machine_alone_is_served() -> None:
    """Whatever it shows; what a proxy passes on is refused, for there is no key to ask for."""
    keyless = Authentication.of(Settings())
    assert keyless.principal(scope(("authorization", "Bearer x"))) is None
    assert refused(keyless, ("x-forwarded-for", "192.0.2.1")) == 'Bearer realm="smcp"'
    assert refused(keyless, ("via", "1.1 x"), ("authorization", "Bearer x")) == 'Bearer realm="smcp"'


def test_a_principal_tells_keys_apart_without_telling_them() -> None:
    """Equal for one key however it is shown."""
    one, also, two = (ALICE.principal(scope(header)) for header in (*ONE.items(), ("x-api-key", "k-one"), *TWO.items()))
    assert one == also != two
    assert "k-one" not in str(one)


@pytest.mark.parametrize(
    ("host", "headers", "allowed"),
    [
        ("0.0.0.0", [("host", "mcp.example.com")], True),
        ("0.0.0.0", [("host", "mcp.example.com"), ("origin", "https://mcp.example.com")], False),
        ("0.0.0.0", [("origin", "http://localhost:3000")], True),
        ("mcp.example.com", [("host", "x"), ("origin", "https://MCP.example.com")], True),
        ("192.0.2.7", [("host", "192.0.2.7"), ("origin", "http://192.0.2.7:8000")], True),
        ("192.0.2.7", [("host", "192.0.2.7"), ("origin", "http://192.0.2.8")], False),
        ("127.0.0.1", [("host", "192.0.2.7")], False),
        ("127.0.0.1", [("host", "localhost"), ("host", "localhost")], False),
        ("127.0.0.1", [], False),
        ("::1", [("host", "[::1]:80"), ("origin", "http://[::1]:80")], True),
    ],
)
def test_hosts_and_origins(host: str, headers: list[tuple[str, str]], allowed: bool) -> None:
    """On loopback only its names; elsewhere any Host, but of Origins only this machine and the server's own name."""
    if allowed:
        check_source(scope(*headers), host)
        return
    with pytest.raises(Rejected) as rejected:
        check_source(scope(*headers), host)
    assert rejected.value.status == 403


@pytest.fixture(scope="module")
def logged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the locked server keeps its log."""
    return tmp_path_factory.mktemp("logs") / "deeper"


@pytest.fixture(scope="module")
def locked(odd_plugins: Path, logged: Path) -> Iterator[Web]:
    """A server that asks everybody for a key."""
    words = ("--require-auth", "--plugins-dir", str(odd_plugins), "--plugin-runner", "cold")
    web = Web(*words, environ={**KEYS, "MCP_LOG_DIR": str(logged)})
    yield web
    web.stop()


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/health"),
        ("GET", "/sse"),
        ("POST", "/sse"),
        ("POST", "/messages/"),
        ("POST", "/mcp"),
        ("GET", "/mcp"),
        ("DELETE", "/mcp"),
        ("GET", "/nothing"),
    ],
)
def test_every_path_asks_for_a_key(locked: Web, method: str, path: str) -> None:
    """And a wrong one is like none; a foreign Host or Origin is refused before that."""
    url, post = locked.base + path, {"content-type": "application/json"}
    for headers in ({}, {"authorization": "Bearer wrong"}, {"x-api-key": "wrong"}):
        answer = locked.client.request(method, url, headers={**post, **headers})
        assert (answer.status_code, answer.headers["www-authenticate"][:6]) == (401, "Bearer")
        assert "id" not in answer.json()
    for foreign in ({"origin": "http://evil.example"}, {"host": "evil.example"}):
        assert locked.client.request(method, url, headers={**post, **ONE, **foreign}).status_code == 403
    assert locked.client.get(f"{locked.base}/health", headers=TWO).json()["status"] == "ok"


def test_an_oversized_credential_is_too_much_of_a_header(locked: Web) -> None:
    """Below the limit it is wrong, beyond it nobody reads it."""
    for length, status in ((30_000, 401), (70_000, 431), (1_000_000, 431)):
        head = f"GET /health HTTP/1.1\r\nHost: localhost\r\nX-API-Key: {'k' * length}\r\n\r\n".encode()
        with socket.create_connection(locked.address) as connection:
            connection.settimeout(60)
            try:
                connection.sendall(head)
            except ConnectionError:
                assert length == 1_000_000  # it hung up in the middle, and its answer may be lost with that
                continue
            assert f" {status} ".encode() in connection.recv(1000)


def test_a_session_belongs_to_its_credential(locked: Web) -> None:
    """With another key it isn't there, over either transport; with its own it goes on."""
    opened = locked.post(hello(), ONE)
    session = {"mcp-session-id": opened.headers["mcp-session-id"], "mcp-protocol-version": "2025-11-25"}
    assert locked.post(request(1, "ping"), {**session, **TWO}).status_code == 404
    assert locked.client.delete(locked.url, headers={**session, **TWO}).status_code == 404
    assert locked.ask(request(1, "ping"), {**session, **ONE})["result"] == {}
    old = OldClient(locked, ONE)
    try:
        assert old.post(hello("2024-11-05"), {"authorization": "Bearer k-two"}).status_code == 404
        old.open()
    finally:
        old.leave()


def test_the_log_file_holds_no_secret(locked: Web, logged: Path) -> None:
    """Neither keys, right or wrong ones, nor arguments, nor the ids of sessions, in a file at DEBUG."""
    session = {"mcp-session-id": locked.post(hello(), ONE).headers["mcp-session-id"]}
    locked.post(notification("notifications/initialized"), {**session, **ONE})
    locked.post(call(1, "odd__argv", {"text": "canary-argument"}), {**session, **ONE})
    locked.post(call(1, "odd__plain"), {**session, **ONE})
    locked.post(hello(), {"x-api-key": "canary-key"})
    old = OldClient(locked, ONE)
    old.leave()
    text = (logged / "mcp_server.log").read_text(encoding="utf-8")
    assert "POST '/mcp' refused with status 401" in text
    assert "odd__plain exited with code 3" in text
    secrets = ("k-one", "k-two", "canary", session["mcp-session-id"], old.endpoint.rpartition("=")[2])
    assert [secret for secret in secrets if secret in text] == []
    assert json.dumps("schlüssel")[1:-1] not in text


def test_a_proxys_visitors_need_a_key_though_it_is_on_this_machine() -> None:
    """The server that spares loopback looks at how a request came, and at its peer, not at what it says of its peer."""
    web = Web(environ={"MCP_API_KEY": "k-one"})
    try:
        asked = web.client.get
        assert asked(f"{web.base}/health").status_code == 200
        assert asked(f"{web.base}/health", headers={"x-forwarded-for": "127.0.0.1"}).status_code == 401
        assert asked(f"{web.base}/health", headers={"x-forwarded-for": "127.0.0.1", **ONE}).status_code == 200
    finally:
        web.stop()
