"""Logging: levels that are set or asked for, and every log message that was seen."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from smcp_conformance.checks.server.calls import quick_calls
from smcp_conformance.codes import INVALID_PARAMS
from smcp_conformance.leg import Leg
from smcp_conformance.reply import brief
from smcp_conformance.requirement import Observation, check, monitor, not_verified, observe
from smcp_conformance.session import Session
from smcp_conformance.speaker import META
from smcp_conformance.toolbox import Call, patience, start_call
from smcp_conformance.traffic import answered, notifications
from smcp_conformance.wire.transcript import Conversation, Frame

LEVELS = ("debug", "info", "notice", "warning", "error", "critical", "alert", "emergency")
NO_LEVELS: tuple[Any, ...] = ("conformance", "INFO", "", "warn", 3, None)
MESSAGE, SET_LEVEL, LOG_LEVEL = "notifications/message", "logging/setLevel", META + "logLevel"
MANY = 5_000
SOON = 30.0  # seconds


def logged(session: Session, made: list[Call], level: str | None = None) -> list[dict[str, Any]]:
    """The log messages that come while tools are called, with this level in `_meta` if one is given."""
    meta = {} if level is None else {LOG_LEVEL: level}
    pending = ((each, start_call(session, each.tool, each.arguments, meta or None)) for each in made)
    frames = [frame for _, one in pending for frame in one.wait(patience(session)).before]
    return [dict(frame.message["params"]) for frame in (*frames, *session.drain()) if is_log(frame)]


def is_log(frame: Frame) -> bool:
    """Tell whether a frame is a log message with params."""
    return frame.message.get("method") == MESSAGE and isinstance(frame.message.get("params"), dict)


def below(messages: list[dict[str, Any]], level: str) -> list[dict[str, Any]]:
    """Those of a known level that is lower than `level`."""
    known = [each for each in messages if each.get("level") in LEVELS]
    return [each for each in known if LEVELS.index(each["level"]) < LEVELS.index(level)]


@check("logging.set-level.accepted")
def each_level_can_be_set(leg: Leg) -> None:
    """Sets each of the eight levels; each must be answered by a result with no members."""
    with leg.fresh() as session:
        for level in LEVELS:
            reply = session.request(SET_LEVEL, {"level": level})
            empty = reply.succeeded and not reply.result.keys() - {"_meta"}
            assert empty, f"got {reply} for the level {level!r}, must be an empty result"


@check("logging.set-level.invalid")
def unknown_levels_are_refused(leg: Leg) -> None:
    """Sets levels that are none, and none at all; the answers should be the error -32602."""
    params: list[dict[str, Any]] = [{"level": level} for level in NO_LEVELS]
    with leg.fresh() as session:
        for each in [*params, {}]:
            reply = session.request(SET_LEVEL, each)
            assert reply.code == INVALID_PARAMS, f"got {reply} for params {brief(each)}, must be the error -32602"


@check("logging.set-level.threshold")
def lower_levels_than_the_one_set_are_silent(leg: Leg) -> None:
    """Sets the level emergency and calls tools that log at debug; nothing lower than emergency should come."""
    made = quick_calls(leg)
    with leg.fresh() as session:
        session.request(SET_LEVEL, {"level": "debug"})
        if not below(logged(session, made), "emergency"):
            not_verified("no tool that may be called logs anything at the level debug")
        session.request(SET_LEVEL, {"level": "emergency"})
        lower = below(logged(session, made), "emergency")
        assert not lower, f"got {brief(lower[0])} at the level emergency, must be silence"


@check("logging.opt-in-per-request")
def nothing_is_logged_unless_it_was_asked_for(leg: Leg) -> None:
    """At 2026-07-28 sends requests without a log level, before and after one with a level; they must log nothing."""
    made = quick_calls(leg) if leg.calls else []
    with leg.fresh() as session:
        first = logged(session, made)
        session.request(session.ping_method, meta={LOG_LEVEL: "debug"})
        unasked = first + logged(session, made)
        assert not unasked, f"got {brief(unasked[0])} for a request without {LOG_LEVEL}, must be silence"


@check("logging.request-threshold")
def lower_levels_than_asked_for_are_silent(leg: Leg) -> None:
    """At 2026-07-28 calls tools with the level error; nothing lower must come than that."""
    made = quick_calls(leg)
    with leg.fresh() as session:
        lower = below(logged(session, made, "error"), "error")
        assert not lower, f"got {brief(lower[0])} for a request with the level error, must be silence"
        if not below(logged(session, made, "debug"), "error"):
            not_verified("no tool that may be called logs anything below the level error")


@check("logging.invalid-level-request")
def unknown_levels_in_metadata_are_refused(leg: Leg) -> None:
    """At 2026-07-28 sends a harmless request with a level that is none; it should get the error -32602."""
    with leg.fresh() as session:
        for level in ("conformance", "INFO", ""):
            reply = session.request(session.ping_method, meta={LOG_LEVEL: level})
            assert reply.code == INVALID_PARAMS, f"got {reply} for the level {level!r}, must be the error -32602"


@check("logging.request-stream-only", transports=("http",))
def log_messages_stay_off_listen_streams(leg: Leg) -> None:
    """Holds a stream of subscriptions/listen open while tools log what was asked for; none may come on it."""
    made = quick_calls(leg)
    with leg.fresh() as session:
        listening = session.start("subscriptions/listen", {"notifications": {}}).frame.channel
        if not logged(session, made, "debug"):
            not_verified("no tool that may be called logs anything")
        astray = [frame for frame in session.conversation.incoming if is_log(frame) and frame.channel == listening]
        assert not astray, f"got {brief(astray[0].text)} on the listen stream, must be on the stream of its request"


def log_messages(conversation: Conversation) -> Iterator[tuple[Frame, Any]]:
    """Each log message with its params, whatever they are."""
    return ((f, m.get("params")) for f, m in notifications(conversation) if m["method"] == MESSAGE)


@monitor("logging.capability-declared")
def log_messages_are_declared(conversation: Conversation) -> Iterator[Observation]:
    """Log messages come only from servers that said in the handshake, or when discovered, that they log."""
    told = [response["result"].get("capabilities") for _, response, _ in answered(conversation)]
    declared = [each for each in told if isinstance(each, dict)]
    for frame, params in log_messages(conversation) if declared else ():
        fine = "logging" in declared[0]
        yield observe(frame, fine, f"got the log message {brief(params)}, must be declared by the capability logging")


@monitor("logging.message.shape")
def log_messages_have_a_level_and_data(conversation: Conversation) -> Iterator[Observation]:
    """Each log message has one of the eight levels, `data` of any kind, and a string `logger` if it has one."""
    for frame, params in log_messages(conversation):
        fine = isinstance(params, dict) and params.get("level") in LEVELS and "data" in params
        fine = fine and isinstance(params.get("logger", ""), str)
        yield observe(frame, fine, f"got {brief(params)}, must be one of the eight levels, 'data', a string 'logger'")


@monitor("logging.rate-limit")
def log_messages_come_at_a_limited_rate(conversation: Conversation) -> Iterator[Observation]:
    """In no conversation do thousands of log messages come within seconds: any limit would forbid that."""
    logged = [frame for frame, _ in log_messages(conversation)]
    if not logged:
        return
    hasty = len(logged) >= MANY and logged[-1].at - logged[-MANY].at < SOON
    wrong = f"got {MANY} log messages within {SOON:g} s, must be limited in rate"
    yield Observation(logged[-1], wrong if hasty else None)
