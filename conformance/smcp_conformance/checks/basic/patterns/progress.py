"""Progress notifications: every one that was seen, and a token on requests that have none to report."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from smcp_conformance.leg import Leg
from smcp_conformance.reply import brief
from smcp_conformance.requirement import Observation, check, monitor, not_verified, observe
from smcp_conformance.session import Session
from smcp_conformance.toolbox import patience, start_call
from smcp_conformance.wire.transcript import Conversation, Direction, Frame

PROGRESS = "notifications/progress"
HARMLESS = ("ping", "server/discover", "tools/list", "resources/list", "prompts/list")
TOKENS = ("conformance-token", 7, "8", "token-✓")


def report(frame: Frame) -> dict[str, Any] | None:
    """The params of a progress notification, or None if `frame` is none."""
    params = frame.message.get("params")
    return params if frame.message.get("method") == PROGRESS and isinstance(params, dict) else None


def reports(conversation: Conversation) -> Iterator[tuple[Frame, dict[str, Any]]]:
    """Each progress notification with its params."""
    return ((frame, params) for frame in conversation.incoming if (params := report(frame)) is not None)


def token_of(frame: Frame) -> Any:
    """The progressToken that a request carries, or None."""
    params = frame.message.get("params")
    meta = params.get("_meta") if isinstance(params, dict) else None
    return meta.get("progressToken") if isinstance(meta, dict) else None


def same(one: object, other: object) -> bool:
    """Equal in value and type: 7 is not "7", 1 is not true."""
    return type(one) is type(other) and one == other


@check("progress.token-accepted-everywhere")
def a_token_is_accepted_on_any_request(session: Session) -> None:
    """Sends harmless requests with string and integer tokens; each should be answered as without."""
    answered = [method for method in HARMLESS if session.request(method).succeeded]
    for method in answered or not_verified("each harmless request is answered with an error"):
        for token in TOKENS:
            reply = session.request(method, meta={"progressToken": token})
            assert reply.succeeded, f"got {reply} for {method} with progressToken {token!r}, must be a result"


@check("progress.duplicate-token")
def concurrent_tokens_are_not_mixed_up(leg: Leg) -> None:
    """Makes the same call twice at once with tokens of their own; progress should come for both tokens or for none."""
    for made in [one for one in leg.require_calls() if one.reply is not None]:
        tokens: list[str | int] = [f"first of {made.name}", leg.session.next_id()]
        calls = [start_call(leg.session, made.tool, made.arguments, {"progressToken": token}) for token in tokens]
        frames = [frame for call in calls for frame in call.wait(patience(leg.session)).before]
        told = [params.get("progressToken") for frame in frames if (params := report(frame)) is not None]
        missing = [token for token in tokens if not any(same(token, one) for one in told)]
        assert not told or not missing, f"got progress for {told} but not for {missing}, must be for both calls"


@monitor("progress.known-token-only")
def progress_is_for_tokens_that_were_given(conversation: Conversation) -> Iterator[Observation]:
    """Each progress notification has a token that a request of ours carried, in value and type."""
    given = [token_of(frame) for frame in conversation.outgoing]
    for frame, params in reports(conversation):
        known = any(same(one, params.get("progressToken")) for one in given)
        yield observe(frame, known, f"got {brief(params)}, must have a progressToken that a request carried")


@monitor("progress.monotonic")
def progress_increases(conversation: Conversation) -> Iterator[Observation]:
    """For one token each `progress` is greater than the one before, until a new request carries it."""
    last: dict[str, Any] = {}
    for frame in conversation.frames:
        if frame.direction is Direction.SENT:
            last.pop(brief(token_of(frame)), None)
            continue
        params = report(frame) or {}
        key, value = brief(params.get("progressToken")), params.get("progress")
        if isinstance(value, (int, float)):
            before = last.get(key)
            yield observe(frame, before is None or value > before, f"got {value} after {before}, must be greater")
            last[key] = value


@monitor("progress.stops-after-completion")
def progress_ends_with_the_answer(conversation: Conversation) -> Iterator[Observation]:
    """No progress comes for a token after the request that carried it was answered, on the stream of that answer.

    What two HTTP streams carry has no order between them; a new request may have the token of an answered one.
    """
    over: list[tuple[str, Any]] = []
    for frame in conversation.frames:
        if frame.direction is not Direction.RECEIVED:
            over = [(channel, token) for channel, token in over if not same(token, token_of(frame))]
            continue
        params = report(frame)
        if params is not None:
            late = any(same(token, params.get("progressToken")) for channel, token in over if channel == frame.channel)
            yield observe(frame, not late, f"got {brief(frame.text)} after the answer, must be none")
        elif frame.is_response:
            request = conversation.request_of(frame.message)
            over += [(frame.channel, token_of(request))] if request and token_of(request) is not None else []


@monitor("progress.shape")
def progress_is_a_number(conversation: Conversation) -> Iterator[Observation]:
    """`progress` is a number; so is `total`, and `message` is a string, where they are given."""
    for frame, params in reports(conversation):
        fine = number(params.get("progress")) and number(params.get("total", 0))
        fine = fine and isinstance(params.get("message", ""), str)
        yield observe(frame, fine, f"got {brief(params)}, must be numbers 'progress' and 'total', a string 'message'")


@monitor("progress.total-sane")
def progress_stays_within_the_total(conversation: Conversation) -> Iterator[Observation]:
    """`progress` does not exceed `total`."""
    for frame, params in reports(conversation):
        if number(params.get("total")) and number(params.get("progress")):
            fine = params["progress"] <= params["total"]
            yield observe(frame, fine, f"got {brief(params)}, must be a progress within the total")


def number(value: object) -> bool:
    """A JSON number: true and false are none."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)
