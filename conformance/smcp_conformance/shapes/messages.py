"""Judging whole JSON-RPC messages: the envelope by their members, the content by method and kind of result."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import chain, islice
from typing import Any

from smcp_conformance.shapes.exchanges import (
    error_definition,
    notification_definition,
    request_definition,
    result_definition,
)
from smcp_conformance.shapes.validation import MOST_PROBLEMS, problems
from smcp_conformance.shapes.vocabulary import JUN_25, MAR_25, NOV_25, known
from smcp_conformance.shapes.wording import Problem, shown

KINDS = {"method": "request", "result": "result", "error": "error"}


def envelope_problems(revision: str, message: Any, *, strict_ids: bool = False) -> tuple[Problem, ...]:
    """Return what is wrong with the JSON-RPC members of a decoded message; () means nothing.

    What a message is (request, notification, result or error response) is told by which of `method`, `result` and
    `error` it has, and it must have one of them. An error response may lack its id, or have null, because it may answer
    something unreadable (the revisions contradict JSON-RPC and each other here); with `strict_ids` the schema's word
    counts: required until 2025-06-18, never null. In 2025-03-26 an array of messages is a message too.
    """
    if isinstance(message, list) and revision == MAR_25:
        return _each(message, lambda part: envelope_problems(revision, part, strict_ids=strict_ids))
    if not isinstance(message, dict):
        return (Problem("", f"{shown(message)} must be an object"),)
    present = [name for name in KINDS if name in message]
    if len(present) != 1:
        return (Problem("", f'{shown(message)} must have exactly one of "method", "result" and "error"'),)
    if present == ["error"] and not strict_ids:
        return problems(max(known(revision), NOV_25), "JSONRPCErrorResponse", _without_null_id(message))
    return problems(revision, _envelope(revision, _kind(message)), message)


def message_problems(
    revision: str, message: Any, method: str | None = None, *, formats: bool = False
) -> tuple[Problem, ...]:
    """Return what is wrong with a whole message that a server sent; () means that it fits, or can't be judged.

    `method` is that of the request which a response answers, None if there is none or it isn't known. A response is
    judged by the concrete type (see `result_definition`), never by a union of all results; requests and notifications
    by their own method. Where an extension may have defined the content (unknown method or kind of result), only the
    envelope and the members common to all are judged. The parts of a batch are judged without `method`.
    `formats` is that of `problems`; pointers start at the message.
    """
    if isinstance(message, list) and revision == MAR_25:
        return _each(message, lambda part: message_problems(revision, part, formats=formats))
    envelope = envelope_problems(revision, message)
    if not isinstance(message, dict) or len(KINDS.keys() & message.keys()) != 1:
        return envelope
    content = _content_problems(revision, message, method, formats)
    places = {problem.pointer for problem in content}
    return (*(problem for problem in envelope if problem.pointer not in places), *content)[:MOST_PROBLEMS]


def _content_problems(revision: str, message: Any, method: str | None, formats: bool) -> tuple[Problem, ...]:
    definition = _definition(revision, message, method)
    if definition is None:
        return ()
    if "result" in message:
        return _below("/result", problems(revision, definition, message["result"], formats=formats))
    return problems(revision, definition, _without_null_id(message) if "error" in message else message, formats=formats)


def _definition(revision: str, message: dict[str, Any], method: str | None) -> str | None:
    kind = _kind(message)
    if kind == "result":
        return result_definition(revision, method, message["result"]) if method else None
    if kind == "error":
        return error_definition(revision, message["error"].get("code")) if isinstance(message["error"], dict) else None
    if kind == "request":
        return request_definition(revision, message["method"])
    return notification_definition(revision, message["method"])


def _kind(message: dict[str, Any]) -> str:
    kind = next(kind for member, kind in KINDS.items() if member in message)
    return "notification" if kind == "request" and "id" not in message else kind


def _envelope(revision: str, kind: str) -> str:
    older = revision <= JUN_25
    return {
        "request": "JSONRPCRequest",
        "notification": "JSONRPCNotification",
        "result": "JSONRPCResponse" if older else "JSONRPCResultResponse",
        "error": "JSONRPCError" if older else "JSONRPCErrorResponse",
    }[kind]


def _without_null_id(message: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in message.items() if name != "id" or value is not None}


def _below(prefix: str, found: Iterable[Problem]) -> tuple[Problem, ...]:
    return tuple(Problem(prefix + each.pointer, each.message) for each in found)


def _each(batch: list[Any], judge: Callable[[Any], tuple[Problem, ...]]) -> tuple[Problem, ...]:
    found = (_below(f"/{index}", judge(part)) for index, part in enumerate(batch))
    return tuple(islice(chain.from_iterable(found), MOST_PROBLEMS))
