"""The revisions of the protocol and what sets their eras apart."""

from __future__ import annotations

HANDSHAKE = ("2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25")
STATELESS = ("2026-07-28",)
ALL = (*HANDSHAKE, *STATELESS)

SPOKEN_OVER = {"stdio": ALL, "http": ALL[1:], "sse": HANDSHAKE}

PREFIX = "io.modelcontextprotocol/"
VERSION_KEY = PREFIX + "protocolVersion"
CAPABILITIES_KEY = PREFIX + "clientCapabilities"
CLIENT_KEY = PREFIX + "clientInfo"
LEVEL_KEY = PREFIX + "logLevel"
SERVER_KEY = PREFIX + "serverInfo"
SUBSCRIPTION_KEY = PREFIX + "subscriptionId"


def since(first: str, last: str = ALL[-1]) -> tuple[str, ...]:
    """The revisions from `first` to `last`, both included."""
    return tuple(revision for revision in ALL if first <= revision <= last)
