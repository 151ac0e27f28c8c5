"""Sessions of the handshake era: ids, and what becomes of requests with a wrong one or none."""

from __future__ import annotations

import re
from itertools import pairwise

from smcp_conformance.checks.basic.transports.streamable_http.traffic import ask, served, shown
from smcp_conformance.leg import Leg
from smcp_conformance.reply import brief
from smcp_conformance.requirement import check, not_applicable, not_verified
from smcp_conformance.session import Session
from smcp_conformance.toolbox import call
from smcp_conformance.wire.exchange import EVENT_STREAM
from smcp_conformance.wire.transcript import Frame

HEADER = "Mcp-Session-Id"
VISIBLE = re.compile(r"[\x21-\x7e]+")
COUNTED = re.compile(r"(.*?)(\d{1,15})")
SEVERAL = 4
UNKNOWN_ID = "5f2b6c1e-conformance-no-such-session-93d1"


def session_id(session: Session) -> str:
    """The id that the server gave this session, or out: not applicable."""
    return session.http.session_id or not_applicable("the server gives no session ids")


def end(session: Session) -> None:
    """End the session as a client does, or out: the server may refuse that."""
    session_id(session)
    exchange = session.http.request("DELETE", {"Accept": None})
    session.http.settle(exchange, session.reply_timeout)
    if not 200 <= exchange.status < 300:
        not_applicable(f"the server does not let clients end sessions (HTTP {exchange.status})")


@check("http.session.initialize-not-needing-id")
def initialize_needs_no_session_id(connection: Session) -> None:
    """Posts initialize without a session id; it must be served."""
    reply = connection.request("initialize", connection.initialize_params())
    assert reply.succeeded, f"got {reply} for initialize without {HEADER}, must be a result"


@check("http.session.id-visible-ascii")
def session_id_is_visible_ascii(fresh: Session) -> None:
    """Looks at the session id that initialize was given; its characters must be between 0x21 and 0x7E."""
    reply = fresh.initialize_reply
    raw = reply.exchange.header(HEADER) if reply and reply.exchange else None
    if raw is None:
        not_applicable("the server gives no session ids")
    assert VISIBLE.fullmatch(raw), f"got the session id {raw!r}, must be visible ASCII characters alone"


@check("http.session.id-secure")
def session_ids_can_not_be_guessed(leg: Leg) -> None:
    """Opens several sessions; their ids should be distinct and not counted up."""
    ids: list[str] = []
    for _ in range(SEVERAL):
        with leg.fresh() as session:
            ids.append(session_id(session))
    assert len(set(ids)) == len(ids), f"got the session ids {brief(ids)}, must be distinct"
    assert not counted(ids), f"got the session ids {brief(ids)}, must be unguessable"


def counted(ids: list[str]) -> bool:
    """Tell whether each id is the one before with a number at its end a little higher."""
    parts = [COUNTED.fullmatch(id) for id in ids]
    numbers = [int(part[2]) for part in parts if part]
    if len(numbers) < len(ids) or len({part[1] for part in parts if part}) > 1:
        return False
    return all(0 < after - before <= 1000 for before, after in pairwise(numbers))


@check("http.session.missing-400")
def request_without_session_id_gets_400(fresh: Session) -> None:
    """Posts a harmless request without the id of its session; it should get 400, unless it needs none."""
    session_id(fresh)
    reaction = ask(fresh, {HEADER: None})
    ok = reaction.status == 400 or (reaction.status == 200 and served(reaction))
    assert ok, f"got {shown(reaction)} for a request without {HEADER}, must be HTTP 400"


@check("http.session.unknown-404")
def request_with_an_unknown_session_id_gets_404(fresh: Session) -> None:
    """Posts a harmless request with an id that the server never gave; it should get 404."""
    session_id(fresh)
    reaction = ask(fresh, {HEADER: UNKNOWN_ID})
    assert reaction.status == 404, f"got {shown(reaction)} for an unknown session id, must be HTTP 404"


@check("http.session.terminated-404")
def request_in_an_ended_session_gets_404(fresh: Session) -> None:
    """Ends the session by DELETE and posts a harmless request with its id; it must get 404."""
    end(fresh)
    reaction = ask(fresh, {})
    assert reaction.status == 404, f"got {shown(reaction)} in a session that was ended, must be HTTP 404"


@check("http.session.delete")
def delete_ends_a_session_or_is_not_allowed(fresh: Session) -> None:
    """DELETEs the endpoint with the session's id; the status may be 2xx or 405."""
    session_id(fresh)
    exchange = fresh.http.request("DELETE", {"Accept": None})
    fresh.http.settle(exchange, fresh.reply_timeout)
    ok = 200 <= exchange.status < 300 or exchange.status == 405
    assert ok, f"got HTTP {exchange.status} for DELETE, must be 2xx or 405"


@check("http.session.isolation")
def ending_a_session_leaves_the_others(leg: Leg) -> None:
    """Opens two sessions and ends the first; the second should be served as before."""
    with leg.fresh() as first, leg.fresh() as second:
        end(first)
        reaction = ask(second, {})
        assert served(reaction), f"got {shown(reaction)} after another session was ended, must be a result"


@check("http.session.isolation")
def log_level_is_that_of_one_session(leg: Leg) -> None:
    """Sets the log level in one session; log messages in another should be those that were asked for there."""
    if not leg.offer.declares("logging"):
        not_applicable("logging is not declared")
    with leg.fresh() as loud, leg.fresh() as quiet:
        quiet.request("logging/setLevel", {"level": "emergency"})
        loud.request("logging/setLevel", {"level": "debug"})
        if not logged(leg, loud):
            not_verified("no tool that may be called logs anything")
        frames = [frame for frame in logged(leg, quiet) if '"emergency"' not in frame.text]
        assert not frames, f"got {brief(frames[0].text)} in a session that asked for emergencies, must be silence"


def logged(leg: Leg, session: Session) -> list[Frame]:
    """The log messages that come while tools are called."""
    calls = [made for made in leg.calls if made.reply is not None][:8]
    frames = [frame for made in calls for frame in call(session, made.tool, made.arguments).before]
    return [frame for frame in frames if frame.message.get("method") == "notifications/message"]


@check("http.multiple-clients", silence=True)
def several_clients_are_served_at_once(leg: Leg) -> None:
    """While one client holds a stream open, two others each send a request at once; both should be answered."""
    with leg.fresh() as one:
        hold_a_stream(one)
        with leg.fresh() as two, leg.fresh() as three:
            for pending in [session.start(session.ping_method) for session in (two, three)]:
                reply = pending.wait()
                assert reply.succeeded, f"got {reply} for one of several clients, must be a result"


def hold_a_stream(session: Session) -> None:
    """Open the stream of the era on which a server says what belongs to no request, if there is one."""
    if session.stateless:
        exchange = session.start("subscriptions/listen", {"notifications": {}}).frame.facts["exchange"]
    else:
        exchange = session.http.request("GET", {"Accept": EVENT_STREAM})
    exchange.opened.wait(session.reply_timeout)


@check("http.session.ignored-modern")
def session_id_means_nothing_to_a_stateless_server(leg: Leg) -> None:
    """At 2026-07-28 sends a harmless request with a session id; it should be served, and no id come back."""
    if leg.offer.dual_era:
        not_applicable("the server speaks a revision with sessions, too")
    with leg.fresh() as session:
        message = session.message(session.ping_method)
        reaction = session.provoke(message, malformed=False, headers={HEADER: UNKNOWN_ID})
        served_it = bool(reaction.answers and not reaction.error)
        assert served_it, f"got {reaction} for a request with {HEADER}, must be a result"
        given = reaction.exchange.header(HEADER) if reaction.exchange else None
        assert given is None, f"got {HEADER} {given!r} in the answer, must be none"
