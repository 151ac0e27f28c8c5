"""The tools of a leg: which may be called, with what, and how a call is made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from smcp_conformance.reply import Pending, Reply
from smcp_conformance.session import Session
from smcp_conformance.target import Policy
from smcp_conformance.wire.errors import NoAnswer, Unreachable
from smcp_conformance.wire.parameters import parameter_headers

PATIENCE = 3  # times the reply timeout: a tool may work a while before it answers


@dataclass(frozen=True)
class Call:
    """One call of a tool with valid arguments; without `reply`, `silence` says why there is none."""

    tool: Mapping[str, Any]
    arguments: Mapping[str, Any]
    reply: Reply | None
    silence: str = ""

    @property
    def name(self) -> str:
        """The tool's name."""
        return str(self.tool["name"])

    @property
    def succeeded(self) -> bool:
        """True if there was a result, be it one that says isError."""
        return self.reply is not None and self.reply.succeeded


def may_call(policy: Policy, tool: Mapping[str, Any]) -> bool:
    """Tell whether `tool` is allowed by the user or harmless by its own word: it only reads, and nothing outside."""
    name, hints = tool.get("name"), tool.get("annotations")
    hints = hints if isinstance(hints, dict) else {}
    harmless = hints.get("readOnlyHint") is True and hints.get("openWorldHint") is not True
    return isinstance(name, str) and (harmless or any(fnmatchcase(name, glob) for glob in policy.allow_tools))


def start_call(
    session: Session, tool: Mapping[str, Any], arguments: object, meta: Mapping[str, Any] | None = None
) -> Pending:
    """Send a call as a conforming client does, annotated arguments in headers too."""
    params = {"name": tool["name"], "arguments": arguments}
    return session.start("tools/call", params, meta=meta, headers=parameter_headers(tool, arguments))


def patience(session: Session) -> float:
    """Seconds to wait for the answer to a call."""
    return session.reply_timeout * PATIENCE


def call(session: Session, tool: Mapping[str, Any], arguments: object) -> Reply:
    """Call `tool` and wait for its answer, longer than for other requests."""
    return start_call(session, tool, arguments).wait(patience(session))


def call_together(session: Session, calls: Sequence[Call]) -> None:
    """Repeat `calls` all at once, each with a progress token of its own, by turns a string and an integer."""
    tokens: list[str | int] = [f"of {one.name}" if index % 2 else 1000 + index for index, one in enumerate(calls)]
    pending = [
        start_call(session, one.tool, one.arguments, {"progressToken": token})
        for one, token in zip(calls, tokens, strict=True)
    ]
    for one in pending:
        one.wait(patience(session))


def try_call(session: Session, tool: Mapping[str, Any], arguments: Mapping[str, Any]) -> Call:
    """Call `tool`; silence is no reason to stop, for it may just be slow."""
    try:
        return Call(tool, arguments, call(session, tool, arguments))
    except (NoAnswer, Unreachable) as silence:
        return Call(tool, arguments, None, str(silence))
