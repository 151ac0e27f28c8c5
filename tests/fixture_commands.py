"""Commands of servers for tests of the fixtures: the fixture server, and programs written in a test."""

from __future__ import annotations

from typing import Any

from mutants import command


def fixture(*revisions: str, **more: Any) -> list[str]:
    """The command of the fixture server that speaks `revisions` (default: all)."""
    return command(revisions=list(revisions) or None, **more)


def over_http(transport: str = "http") -> list[str]:
    """The command of the fixture server over HTTP, with the placeholder for its port."""
    return [*command(transport=transport), "--port", "{port}"]


def inline(code: str) -> list[str]:
    """The command of a program in one word."""
    return ["{python}", "-c", code]
