"""Who may ask at all: requests that a web page made a browser send are refused, on every path alike.

A page on another site can have its visitor's browser ask servers on the visitor's machine (DNS rebinding). So a
server on loopback answers only to loopback's names, and an Origin, which only browsers send, must be of this machine
or of the address that the server was told to listen on. (MCP "Security warning" of the HTTP transports.)
"""

from __future__ import annotations

import re

from smcp.envelope import INVALID_REQUEST, UNREADABLE, error_response
from smcp.web import asgi
from smcp.web.asgi import Rejected, Scope
from smcp.web.listening import is_loopback

_AUTHORITY = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(:[0-9]{1,5})?")


def check_source(scope: Scope, host: str) -> None:
    """Refuse foreign hosts and origins, for a server that listens on `host`. Raises `Rejected` with 403."""
    hosts = asgi.values(scope, "host")
    if is_loopback(host) and not (len(hosts) == 1 and _is_loopback_authority(hosts[0])):
        raise Rejected(403, error_response(INVALID_REQUEST, "Forbidden: unknown Host", UNREADABLE))
    for origin in asgi.values(scope, "origin"):
        scheme, _, authority = origin.partition("://")
        known = _is_loopback_authority(authority) or _name(authority) == host.strip("[]").lower()
        if scheme not in ("http", "https") or not known:
            raise Rejected(403, error_response(INVALID_REQUEST, "Forbidden: unknown Origin", UNREADABLE))


def _is_loopback_authority(authority: str) -> bool:
    name = _name(authority)
    return name is not None and is_loopback(name)


def _name(authority: str) -> str | None:
    """The host of `host[:port]` without brackets; None if it isn't one."""
    parts = _AUTHORITY.fullmatch(authority)
    return parts and parts[1].strip("[]").lower()
