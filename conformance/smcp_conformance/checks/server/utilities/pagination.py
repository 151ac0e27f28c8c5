"""Pagination of the four lists."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from smcp_conformance.baseline import said
from smcp_conformance.leg import Leg
from smcp_conformance.lists import LISTS, KeptList, declared_lists
from smcp_conformance.reply import Reply, brief
from smcp_conformance.requirement import Observation, check, monitor, not_applicable, not_verified, observe
from smcp_conformance.session import Session
from smcp_conformance.wire.transcript import Conversation

METHODS = frozenset(each.method for each in LISTS)
MOST_PAGES = 50
INVALID_CURSOR = "conformance-no-such-cursor"


def declared(leg: Leg) -> tuple[KeptList, ...]:
    """The lists that the server declares, or out: not applicable."""
    return declared_lists(leg.offer) or not_applicable("no list is declared")


def lists(leg: Leg) -> Iterator[tuple[str, str]]:
    """Method and member of each list that is declared and answered, or out: not applicable, or not verified."""
    replies = [(each, leg.session.request(each.method)) for each in declared(leg)]
    answered = [(each.method, each.member) for each, reply in replies if reply.succeeded]
    return iter(answered or not_verified("; ".join(said(each.method, reply) for each, reply in replies)))


def walk(session: Session, method: str, member: str) -> list[Reply]:
    """All pages of a list, up to MOST_PAGES."""
    return list(session.pages(method, member, MOST_PAGES))


def paginated(leg: Leg) -> Iterator[tuple[str, str, list[Reply]]]:
    """The lists that have more than one page, walked to the end, or out: not applicable."""
    walked = [(method, member, walk(leg.session, method, member)) for method, member in lists(leg)]
    return iter([one for one in walked if len(one[2]) > 1] or not_applicable("no list has more than one page"))


def complete(leg: Leg) -> Iterator[tuple[str, str, list[Reply]]]:
    """Those of them of which no page was refused, or out: not verified."""
    walked = list(paginated(leg))
    refused = [f"{method} came to {replies[-1]}" for method, _, replies in walked if not replies[-1].succeeded]
    whole = [one for one in walked if one[2][-1].succeeded]
    return iter(whole or not_verified(f"the walk of {'; that of '.join(refused)}"))


def identities(replies: list[Reply], member: str) -> list[Any]:
    """What tells the items apart: uri, uriTemplate or name, in order over all pages."""
    items = [item for reply in replies for item in reply.result.get(member, ()) if isinstance(item, dict)]
    return [str(item.get("uri") or item.get("uriTemplate") or item.get("name")) for item in items]


@monitor("pagination.next-cursor-type")
def next_cursors_are_strings(conversation: Conversation) -> Iterator[Observation]:
    """`nextCursor` of each list result is a string, or it is not there; null is no way to say the end."""
    for frame in conversation.incoming:
        result = frame.message.get("result")
        if isinstance(result, dict) and conversation.method_of(frame.message) in METHODS:
            cursor = result.get("nextCursor", "")
            shown = f"got nextCursor {brief(cursor)}"
            yield observe(frame, isinstance(cursor, str), f"{shown}, must be a string or left out")


@check("pagination.params-optional", refusal=True)
def lists_need_no_params(leg: Leg) -> None:
    """Asks for each declared list with empty params and with none at all; both must fare alike."""
    refused = []
    for method in [each.method for each in declared(leg)]:
        empty, none = leg.session.request(method, {}), leg.session.request(method)
        alike = none.succeeded == empty.succeeded
        assert alike, f"got {none} for {method} without params, must be like {empty} with {{}}"
        refused += [] if none.succeeded else [said(method, none)]
    if len(refused) == len(declared(leg)):
        not_verified("; ".join(refused))


@check("pagination.cursor-accepted")
def cursors_lead_on(leg: Leg) -> None:
    """Follows the cursors of each list of several pages; each must be answered with a page."""
    for method, member, replies in paginated(leg):
        for reply in replies:
            page = isinstance(reply.result.get(member), list)
            assert page, f"got {reply} for a cursor of {method}, must be the next page"


@check("pagination.terminates")
def pages_come_to_an_end(leg: Leg) -> None:
    """Follows the cursors of each list; the last page should have none, and none should come back."""
    for method, _, replies in complete(leg):
        cursor = replies[-1].result.get("nextCursor")
        if len(replies) >= MOST_PAGES and cursor not in [reply.result.get("nextCursor") for reply in replies[:-1]]:
            continue
        assert cursor is None, f"got the cursor {brief(cursor)} of {method} again, must be a walk that ends"


@check("pagination.no-duplicates-or-gaps")
def pages_are_disjoint_and_complete(leg: Leg) -> None:
    """Walks each list of several pages twice; both walks should find the same items, each once."""
    for method, member, replies in complete(leg):
        again = walk(leg.session, method, member)
        if not again[-1].succeeded:
            not_verified(f"a second walk of {method} came to {again[-1]}")
        first, second = identities(replies, member), identities(again, member)
        assert first == second, f"got {second} in a second walk of {method}, must be {first} as in the first"
        twice = sorted({one for one in first if first.count(one) > 1})
        assert not twice, f"got {twice} on several pages of {method}, must be on one"


@check("pagination.stable-cursors")
def cursors_can_be_used_again(leg: Leg) -> None:
    """Sends the first cursor of each list twice; both should get the same page."""
    for method, member, replies in complete(leg):
        params = {"cursor": replies[0].result["nextCursor"]}
        first, again = (leg.session.request(method, params) for _ in range(2))
        same = first.succeeded and again.succeeded and first.result.get(member) == again.result.get(member)
        assert same, f"got {first}, then {again} for a cursor of {method} used again, must be the same page"


@check("pagination.invalid-cursor-graceful", silence=True)
def invalid_cursors_do_no_harm(leg: Leg) -> None:
    """Sends cursors that nobody gave out to each list; the server should go on answering."""
    for method, _ in lists(leg):
        for cursor in (INVALID_CURSOR, "", "x" * 10_000, "\u0000", "🙂"):
            leg.session.request(method, {"cursor": cursor})
        assert leg.session.ping().succeeded, "got an error after invalid cursors, must be a server that lives on"


@check("pagination.invalid-cursor-code")
def invalid_cursors_are_refused(leg: Leg) -> None:
    """Sends a cursor that nobody gave out to each list; the answer should be the error -32602."""
    for method, _ in lists(leg):
        reply = leg.session.request(method, {"cursor": INVALID_CURSOR})
        assert reply.code == -32602, f"got {reply} for an invented cursor of {method}, must be the error -32602"


@check("pagination.empty-string-cursor")
def empty_cursor_is_a_cursor(leg: Leg) -> None:
    """Sends "" to each list that refuses invented cursors; unless it was given out, it should be refused as well."""
    strict = [each for each in lists(leg) if leg.session.request(each[0], {"cursor": INVALID_CURSOR}).error]
    if not strict:
        not_verified("no list refuses invented cursors, which is judged on its own")
    for method, member in strict:
        given = [reply.result.get("nextCursor") for reply in walk(leg.session, method, member)]
        reply = leg.session.request(method, {"cursor": ""})
        assert reply.error or "" in given, f"got {reply} for {method} with the cursor '', must be the error -32602"


@check("pagination.cursor-connection-independent")
def cursors_work_on_another_connection(leg: Leg) -> None:
    """Sends a cursor from one connection on another; it should get the page that follows."""
    for method, member, replies in complete(leg):
        with leg.fresh() as other:
            reply = other.request(method, {"cursor": replies[0].result["nextCursor"]})
        expected = identities([replies[1]], member)
        assert identities([reply], member) == expected, f"got {reply} on another connection, must be {expected}"
