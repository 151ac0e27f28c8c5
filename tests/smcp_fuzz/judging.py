"""What must become of a message: read off JSON-RPC 2.0 and MCP's base protocol, without a look at the server's code."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from enum import Enum
from typing import Any, NoReturn

from smcp_canary import TOOL


class Fate(Enum):
    """The three things that may become of a message."""

    ANSWERED = "answered with its id, once"
    REFUSED = "answered with one error"
    SILENCE = "not answered"


@dataclass(frozen=True)
class Judgement:
    """A message's fate. `key` is type and value of its id; `token` what the canary may leave behind for it."""

    fate: Fate
    key: tuple[str, Any] | None = None
    token: str | None = None
    cancels: bool = False


def judge(raw: bytes) -> Judgement:
    """Judge the bytes of one message, of a revision that has no batches."""
    if not raw.strip():
        return Judgement(Fate.SILENCE)
    try:
        value = json.loads(raw.decode("utf-8"), parse_constant=_refuse)
    except (ValueError, RecursionError):
        return Judgement(Fate.REFUSED)
    if not isinstance(value, dict):
        return Judgement(Fate.REFUSED)
    if "method" not in value and ("result" in value or "error" in value):
        return Judgement(Fate.SILENCE)
    if "id" not in value and isinstance(value.get("method"), str):
        return Judgement(Fate.SILENCE, cancels=value["method"] == "notifications/cancelled")
    if not _is_request(value):
        return Judgement(Fate.REFUSED)
    return Judgement(Fate.ANSWERED, key_of(value["id"]), _token(value))


def key_of(request_id: Any) -> tuple[str, Any]:
    """An id with its type, for 1, "1" and True are three."""
    return type(request_id).__name__, request_id


def _is_request(value: dict[str, Any]) -> bool:
    request_id = value.get("id")
    return (
        value.get("jsonrpc") == "2.0"
        and isinstance(value.get("method"), str)
        and isinstance(request_id, (str, int))
        and not isinstance(request_id, bool)
        and isinstance(value.get("params", {}), dict)
        and "result" not in value
        and "error" not in value
        and _is_carriable(value)
    )


def _is_carriable(value: Any) -> bool:
    """No half characters, no infinite numbers, and no deeper than any reader goes."""
    pending = [value]
    while pending:
        one = pending.pop()
        if isinstance(one, str) and any("\ud800" <= character <= "\udfff" for character in one):
            return False
        if isinstance(one, float) and not math.isfinite(one):
            return False
        pending += [*one, *one.values()] if isinstance(one, dict) else one if isinstance(one, list) else []
    return True


def _token(value: dict[str, Any]) -> str | None:
    params = value.get("params", {})
    arguments = params.get("arguments")
    token = arguments.get("token") if isinstance(arguments, dict) else None
    called = value["method"] == "tools/call" and params.get("name") in (TOOL, TOOL.replace("__", "."))
    return token if called and isinstance(token, str) else None


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)
