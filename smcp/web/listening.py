"""Take the address before anything slow is imported, so that a taken port is reported at once."""

from __future__ import annotations

import ipaddress
import os
import socket
import sys
from typing import Any


class Unbindable(Exception):
    """An address that can't be listened on; the text says which and why."""


def is_loopback(host: str) -> bool:
    """True for a name or address that only this machine can reach."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def bound(host: str, port: int) -> socket.socket:
    """Return a socket bound to the address, not yet listening. Raises `Unbindable`."""
    try:
        found = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
        family, kind, protocol, _, address = found[0]
        # Only on sockets that name their protocol does asyncio switch Nagle's delay off: 40 ms for each answer.
        return _bound(socket.socket(family, kind, protocol), address)
    except (OSError, UnicodeError) as error:  # the latter is for what no host name can be
        reason = getattr(error, "strerror", None) or str(error)
        raise Unbindable(f"can't listen on {host}:{port}: {reason.lower()}") from None


def _bound(unbound: socket.socket, address: Any) -> socket.socket:
    try:
        if os.name == "posix" and sys.platform != "cygwin":
            unbound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        unbound.bind(address)
    except OSError:
        unbound.close()
        raise
    return unbound


def url(listener: socket.socket) -> str:
    """Return the URL of the bound socket, without a path."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
