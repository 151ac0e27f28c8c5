"""Ports for the servers we start.

A chosen port must stay ours until the server listens on it, against other workers (xdist) and other runs on this
machine. We can't hold the TCP port itself, so we hold the UDP port of the same number, which no MCP server wants
and which the system gives back when we end, however we end. The numbers lie below those that systems give to
outgoing connections.
"""

from __future__ import annotations

import itertools
import os
import socket
from collections.abc import Iterator

HOST = "127.0.0.1"
FIRST, LAST = 20_000, 29_999

_claims: dict[int, socket.socket] = {}
_positions = itertools.count()


def free_port() -> int:
    """Choose a free loopback port that no other worker chooses until `release_port` or our end.

    Raises OSError when there is none.
    """
    for port in _candidates():
        if port not in _claims and _is_free(port) and _claim(port):
            return port
    raise OSError(f"no free port between {FIRST} and {LAST}")


def release_port(port: int | None) -> None:
    """Give `port` back; does nothing for a port that isn't claimed."""
    claim = _claims.pop(port or 0, None)
    if claim:
        claim.close()


def release_all() -> None:
    """Give all ports back."""
    for port in tuple(_claims):
        release_port(port)


def listening(host: str, port: int, timeout: float = 0.25) -> bool:
    """Tell whether somebody accepts connections at `host`, `port`."""
    try:
        socket.create_connection((host, port), timeout=timeout).close()
    except OSError:
        return False
    return True


def _candidates() -> Iterator[int]:
    """Go round the range once, from a place that differs between processes and moves on with each call."""
    size = LAST - FIRST + 1
    start = os.getpid() * 97 + next(_positions)
    return (FIRST + (start + step) % size for step in range(size))


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def _claim(port: int) -> bool:
    claim = socket.socket(type=socket.SOCK_DGRAM)
    try:
        claim.bind((HOST, port))
    except OSError:
        claim.close()
        return False
    _claims[port] = claim
    return True
