"""Take the address before anything slow is imported, so that a taken port is reported at once."""

from __future__ import annotations

import ipaddress
import os
import socket
import sys


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
    if not is_loopback(host):
        # Without authentication every machine that can reach the address could run the plugins.
        raise Unbindable(f"can't listen on {host!r}: without authentication only loopback addresses are allowed")
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        taken = socket.socket(family, socket.SOCK_STREAM)
        if os.name == "posix" and sys.platform != "cygwin":
            taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind(address)
    except OSError as error:
        raise Unbindable(f"can't listen on {host}:{port}: {(error.strerror or str(error)).lower()}") from None
    return taken


def url(listener: socket.socket) -> str:
    """Return the URL of the bound socket, without a path."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
