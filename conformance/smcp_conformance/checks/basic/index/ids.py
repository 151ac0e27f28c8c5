"""Ids: a response carries exactly the id of the request that it answers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from smcp_conformance.leg import Leg
from smcp_conformance.lists import list_methods
from smcp_conformance.reply import brief
from smcp_conformance.requirement import Observation, check, monitor
from smcp_conformance.session import Session
from smcp_conformance.traffic import Id, complete, identity, integral, requests, responses
from smcp_conformance.wire.transcript import Conversation, Direction

NUMBERS = (0, -1, 7_000_001, 2**31, 2**53 - 1)  # not beyond: JavaScript reads numbers as doubles, and clients count up
QUOTED = ('with "quotes", \\ and / in it', "two\nlines", "\\u0041 \\n", "\x01\x1f\x7f")
SPACED = (" a ", "\ttab\t", " ", "\r\n", "\u00a0a\u00a0")
STRINGS = ("", "0", "007", "1.0", "4711", "null", *QUOTED, *SPACED, "x" * 200, "y" * 4_000)
WORDS = ("ключ", "鍵", "☃ 😀", "e\u0301 is not \u00e9", "\u202eright to left")


def echo_of(session: Session, id: object) -> object:
    """The id that comes back for `id`."""
    return session.request(session.ping_method, id=id).message.get("id")


@monitor("jsonrpc.response.id-echo")
def every_response_carries_the_id_of_a_request(conversation: Conversation) -> Iterator[Observation]:
    """Each response has the id of a request that was sent; an error may have none, and over HTTP a refusal any."""
    if not complete(conversation):
        return
    sent = requests(conversation)
    for frame, response in responses(conversation):
        id = response.get("id")
        excused = "error" in response and (id is None or frame.facts.get("status", 0) >= 400)
        known = identity(integral(id)) in sent or excused
        shown = (
            "" if known else f"got {brief(dict(response))}, must be a response with the id of a request that was sent"
        )
        yield Observation(frame, shown or None)


@monitor("jsonrpc.response.exactly-one")
def no_request_is_answered_twice(conversation: Conversation) -> Iterator[Observation]:
    """No id comes back in more responses than requests were sent with it (a replayed event counts once).

    An id that was changed on its way back is another fault: that response belongs to the request it was meant for.
    """
    if not complete(conversation):
        return
    asked, seen, replayed = requests(conversation), dict[object, int](), set[object]()
    owed = Counter(spelling(id) for id in asked.keys() - {identity(m.get("id")) for _, m in responses(conversation)})
    for frame, response in responses(conversation):
        event, key = frame.facts.get("event-id"), identity(response.get("id"))
        if key not in asked or (event is not None and (event, key) in replayed):
            continue
        replayed.add((event, key))
        seen[key] = seen.get(key, 0) + 1
        again = f"got response number {seen[key]} with the id {brief(response['id'])}, must be one response per request"
        yield Observation(frame, again if seen[key] > len(asked[key]) + owed[spelling(key)] else None)


def spelling(id: Id) -> object:
    """What ids have in common that a careless server takes for one: `0`, `"0"` and `"00"`."""
    _, value = id
    try:
        return float(value)
    except (ValueError, OverflowError):
        return str(value)


@monitor("jsonrpc.response.exactly-one")
def no_proper_request_ends_the_server(conversation: Conversation) -> Iterator[Observation]:
    """While a client sends what it may send, the server does not end: each request gets its response."""
    if conversation.malformed:
        return
    for frame in conversation.frames:
        if frame.direction is Direction.SENT and frame.is_request:
            yield Observation(frame)
        elif "died" in frame.facts:
            yield Observation(frame, f"got {frame.text} while {frame.facts['died']} was awaited, must be a response")


@check("jsonrpc.response.exactly-one", silence=True)
def every_request_is_answered_once(leg: Leg) -> None:
    """Sends a harmless, an unknown and some list requests, then one more; each must be answered, and none twice."""
    session = leg.session
    lists = list_methods(leg.offer)
    replies = [session.request(method) for method in (session.ping_method, "conformance/no-such-method", *lists)]
    ids = [reply.message.get("id") for reply in replies]
    again = [frame for frame in session.drain() if frame.is_response and frame.message.get("id") in ids]
    assert not again, f"got {brief(again[0].text)} a second time, must be one response per request"


@check("jsonrpc.response.id-type-preserved", silence=True)
def integer_ids_come_back_as_the_same_integers(session: Session) -> None:
    """Sends a harmless request under small, negative and large integers; each must come back as that integer."""
    session.ping()
    for id in NUMBERS:
        echo = echo_of(session, id)
        assert identity(echo) == identity(id), f"got the id {brief(echo)}, must be {id}"


@check("jsonrpc.response.id-type-preserved", silence=True)
def string_ids_come_back_as_the_same_strings(session: Session) -> None:
    """Sends a harmless request under empty, numeric-looking, spaced, quoted and long strings; each must come back."""
    session.ping()
    for id in STRINGS:
        echo = echo_of(session, id)
        assert echo == id, f"got the id {brief(ascii(echo))}, must be {brief(ascii(id))}"


@check("jsonrpc.unicode-roundtrip", silence=True)
def ids_outside_ascii_come_back_unharmed(session: Session) -> None:
    """Sends a harmless request under ids in several scripts; each must come back character by character."""
    session.ping()
    for id in WORDS:
        echo = echo_of(session, id)
        assert echo == id, f"got the id {brief(ascii(echo))}, must be {brief(ascii(id))}"


@check("jsonrpc.request-id.reuse-after-completion")
def an_id_may_be_used_again_once_it_was_answered(session: Session) -> None:
    """Sends two discoveries under one id, the second after the answer to the first; both must be served."""
    session.request("server/discover", id="used twice")
    second = session.request("server/discover", id="used twice")
    assert second.succeeded, f"got {second}, must be a second result"


@check("jsonrpc.concurrent-requests", silence=True)
def requests_sent_at_once_are_all_answered(session: Session) -> None:
    """Sends eight harmless requests without waiting; each must get its own answer, in whatever order."""
    pending = [session.start(session.ping_method) for _ in range(8)]
    replies = [each.wait() for each in pending]
    assert all(reply.succeeded for reply in replies), f"got {[str(reply) for reply in replies]}, must be eight results"
