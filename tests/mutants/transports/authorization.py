"""A bearer token for HTTP, and the metadata that tells a client where to get one."""

from __future__ import annotations

import hmac

from mutants.transports.exchange import Exchange, Refused
from mutants.wire import Json

WELL_KNOWN = "/.well-known/oauth-protected-resource"


def check(exchange: Exchange, token: str, port: int, path: str) -> None:
    """Demand the token; the metadata is open to all. Raises `Refused` with 200 for the metadata, else 401."""
    if exchange.path in (WELL_KNOWN, WELL_KNOWN + path) and exchange.command == "GET":
        raise Refused(200, metadata(port, path))
    given = exchange.header("Authorization")
    expected = f"Bearer {token}"
    if given is None:
        raise Refused(401, headers={"WWW-Authenticate": challenge(port, path)})
    if not hmac.compare_digest(given.encode(), expected.encode()):
        raise Refused(401, headers={"WWW-Authenticate": f'{challenge(port, path)}, error="invalid_token"'})


def challenge(port: int, path: str) -> str:
    """The challenge of a 401: where the metadata is."""
    return f'Bearer resource_metadata="http://127.0.0.1:{port}{WELL_KNOWN}{path}", scope="mcp"'


def metadata(port: int, path: str) -> Json:
    """The protected resource's metadata (RFC 9728)."""
    return {
        "resource": f"http://127.0.0.1:{port}{path}",
        "authorization_servers": [f"http://127.0.0.1:{port}"],
        "scopes_supported": ["mcp"],
        "bearer_methods_supported": ["header"],
    }
