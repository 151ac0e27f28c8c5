"""What stands on stdout: messages, one a line, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from smcp_conformance.checks.basic.transports.stdio.reading import written
from smcp_conformance.reply import brief
from smcp_conformance.requirement import Observation, check, monitor, not_verified, observe
from smcp_conformance.revisions import STATELESS_REVISION
from smcp_conformance.session import Session
from smcp_conformance.wire.transcript import Conversation, Direction, Frame

SEVERAL = 6
MEMBERS = {"jsonrpc", "method", "id", "result", "error"}
META = "io.modelcontextprotocol/"
ATTRIBUTABLE = (
    "notifications/progress",
    "notifications/message",
    "notifications/tools/list_changed",
    "notifications/prompts/list_changed",
    "notifications/resources/list_changed",
    "notifications/resources/updated",
    "notifications/subscriptions/acknowledged",
)


def lines(conversation: Conversation) -> Iterator[Frame]:
    """The lines of stdout that were written to their end, or not at all; the end of a process may cut one off."""
    for frame in conversation.incoming:
        if frame.facts.get("terminated", True) or not frame.text.lstrip().startswith(("{", "[")):
            yield frame


def torn(frame: Frame) -> bool:
    """Tell whether a line is a piece of a message, or more than one: what newlines in the wrong places make of it."""
    text = frame.text.strip()
    if frame.is_message or not text.startswith("{"):
        return False
    try:
        json.JSONDecoder(strict=False).raw_decode(text)
    except ValueError as error:
        return getattr(error, "pos", 0) >= len(text) or "Unterminated" in str(error)
    return text.endswith("}") and '"jsonrpc"' in text


def protocol(value: Any) -> bool:
    """Tell whether a JSON value passes for a message or a batch of them."""
    members = value if isinstance(value, list) else [value]
    return bool(members) and all(isinstance(member, dict) and MEMBERS & member.keys() for member in members)


@monitor("stdio.newline-framing")
def each_message_is_one_line(conversation: Conversation) -> Iterator[Observation]:
    """No line holds a piece of a message, nor two messages."""
    for frame in lines(conversation):
        yield observe(frame, not torn(frame), f"got the line {brief(frame.text)}, must be one whole message")


@check("stdio.newline-framing")
def several_answers_are_a_line_each(fresh: Session) -> None:
    """Writes several harmless requests at once; each answer must be a line of its own."""
    pending = written(fresh, *[fresh.ping_method] * SEVERAL)
    frames = fresh.listen(fresh.start_timeout, lambda frame: torn(frame) or pending[-1].answered_by(frame))
    strange = [frame for frame in frames if torn(frame)]
    assert not strange, f"got the line {brief(strange[0].text)}, must be one whole message"


@check("stdio.newline-framing")
def newline_in_a_string_does_not_break_the_line(fresh: Session) -> None:
    """Sends a harmless request whose id holds a newline; the answer, which repeats it, must be one line."""
    pending = fresh.start(fresh.ping_method, id="two\nlines")
    frames = fresh.listen(fresh.start_timeout, lambda frame: torn(frame) or frame.is_response)
    strange = [frame for frame in frames if torn(frame)]
    assert not strange, f"got the line {brief(strange[0].text)}, must be the whole answer"
    if not any(pending.answered_by(frame) for frame in frames):
        not_verified("the server did not repeat the id, so there was no newline to write")


@monitor("stdio.stdout-clean")
def nothing_but_messages_is_on_stdout(conversation: Conversation) -> Iterator[Observation]:
    """Every line, from start to exit, is a message: no banner, log, blank line, byte order mark or header."""
    for frame in lines(conversation):
        shown = brief(frame.text) if frame.text.strip() else "a blank line"
        yield observe(frame, protocol(frame.value) or torn(frame), f"got {shown}, must be MCP messages alone")


@monitor("stdio.individual-messages")
def each_line_is_a_single_message(conversation: Conversation) -> Iterator[Observation]:
    """A line is an object, not an array of messages and not several objects."""
    for frame in lines(conversation):
        several = isinstance(frame.value, list) or (torn(frame) and frame.text.rstrip().endswith("}"))
        yield observe(frame, not several, f"got the line {brief(frame.text)}, must be one object")


@monitor("stdio.no-server-requests")
def stdout_carries_no_requests(conversation: Conversation) -> Iterator[Observation]:
    """At 2026-07-28 the server asks nothing: no message on stdout has both a method and an id."""
    for frame in conversation.incoming:
        if frame.is_message:
            yield observe(frame, not frame.is_request, f"got {brief(frame.text)}, must be no request")


@monitor("stdio.only-three-kinds")
def everything_on_stdout_belongs_to_something(conversation: Conversation) -> Iterator[Observation]:
    """At 2026-07-28 a notification belongs to a request or subscription of ours, and a response to a request."""
    if conversation.malformed or conversation.dropped or conversation.revision not in ("", STATELESS_REVISION):
        return
    asked: list[dict[str, Any]] = []
    for frame in conversation.frames:
        if frame.direction is Direction.SENT:
            asked += [dict(message) for message in frame.messages if "id" in message]
        elif frame.message.get("method") in ATTRIBUTABLE:
            known = any(belongs(frame.message, request) for request in asked)
            yield observe(frame, known, f"got {brief(frame.text)}, must be due to a request or subscription")


def belongs(notification: Any, request: Any) -> bool:
    """Tell whether a notification can be due to `request`: its token, its log level, or its subscription."""
    said, asked = meta(notification), meta(request)
    if notification["method"] == "notifications/progress":
        params = notification.get("params")
        return isinstance(params, dict) and params.get("progressToken") == asked.get("progressToken", params)
    if notification["method"] == "notifications/message" and META + "logLevel" in asked:
        return True
    return META + "subscriptionId" in said and said[META + "subscriptionId"] == request["id"]


def meta(message: Any) -> dict[str, Any]:
    """The `_meta` of a message's params, or {}."""
    params = message.get("params")
    found = params.get("_meta") if isinstance(params, dict) else None
    return found if isinstance(found, dict) else {}
