"""Pagination of the four lists."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from smcp_conformance.leg import Leg
from smcp_conformance.reply import Reply, brief
from smcp_conformance.requirement import Observation, check, monitor, not_applicable, observe
from smcp_conformance.session import Session
from smcp_conformance.wire.transcript import Conversation

LISTS = {
    "tools/list": ("tools", "tools"),
    "resources/list": ("resources", "resources"),
    "resources/templates/list": ("resources", "resourceTemplates"),
    "prompts/list": ("prompts", "prompts"),
}
MOST_PAGES = 50
INVALID_CURSOR = "conformance-no-such-cursor"


def lists(leg: Leg) -> Iterator[tuple[str, str]]:
    """Method and member of each list that the server declares and answers, or out: not applicable."""
    declared = [(method, member) for method, (capability, member) in LISTS.items() if leg.offer.declares(capability)]
    answered = [(method, member) for method, member in declared if leg.session.request(method).succeeded]
    return iter(answered or not_applicable("no list is declared"))


def walk(session: Session, method: str, member: str) -> list[Reply]:
    """All pages of a list, up to MOST_PAGES."""
    return list(session.pages(method, member, MOST_PAGES))


def paginated(leg: Leg) -> Iterator[tuple[str, str, list[Reply]]]:
    """The lists that have more than one page, walked to the end, or out: not applicable."""
    walked = [(method, member, walk(leg.session, method, member)) for method, member in lists(leg)]
    return iter([one for one in walked if len(one[2]) > 1] or not_applicable("no list has more than one page"))


def identities(replies: list[Reply], member: str) -> list[Any]:
    """What tells the items apart: uri, uriTemplate or name, in order over all pages."""
    items = [item for reply in replies for item in reply.result.get(member, ()) if isinstance(item, dict)]
    return [str(item.get("uri") or item.get("uriTemplate") or item.get("name")) for item in items]


@monitor("pagination.next-cursor-type")
def next_cursors_are_strings(conversation: Conversation) -> Iterator[Observation]:
    """`nextCursor` of each list result is a string, or it is not there; null is no way to say the end."""
    for frame in conversation.incoming:
        result = frame.message.get("result")
        if isinstance(result, dict) and conversation.method_of(frame.message) in LISTS:
            cursor = result.get("nextCursor", "")
            shown = f"got nextCursor {brief(cursor)}"
            yield observe(frame, isinstance(cursor, str), f"{shown}, must be a string or left out")


@check("pagination.params-optional")
def lists_need_no_params(leg: Leg) -> None:
    """Asks for each declared list with empty params and with none at all; both must fare alike."""
    declared = [method for method, (capability, _) in LISTS.items() if leg.offer.declares(capability)]
    for method in declared or not_applicable("no list is declared"):
        empty, none = leg.session.request(method, {}), leg.session.request(method)
        alike = none.succeeded == empty.succeeded
        assert alike, f"got {none} for {method} without params, must be like {empty} with {{}}"


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
    for method, _, replies in paginated(leg):
        cursor = replies[-1].result.get("nextCursor")
        if len(replies) >= MOST_PAGES and cursor not in [reply.result.get("nextCursor") for reply in replies[:-1]]:
            continue
        assert cursor is None, f"got the cursor {brief(cursor)} of {method} again, must be a walk that ends"


@check("pagination.no-duplicates-or-gaps")
def pages_are_disjoint_and_complete(leg: Leg) -> None:
    """Walks each list of several pages twice; both walks should find the same items, each once."""
    for method, member, replies in paginated(leg):
        first, second = identities(replies, member), identities(walk(leg.session, method, member), member)
        assert first == second, f"got {second} in a second walk of {method}, must be {first} as in the first"
        twice = sorted({one for one in first if first.count(one) > 1})
        assert not twice, f"got {twice} on several pages of {method}, must be on one"


@check("pagination.stable-cursors")
def cursors_can_be_used_again(leg: Leg) -> None:
    """Sends the first cursor of each list twice; both should get the same page."""
    for method, member, replies in paginated(leg):
        params = {"cursor": replies[0].result["nextCursor"]}
        pages = [leg.session.request(method, params).result.get(member) for _ in range(2)]
        assert pages[0] == pages[1], f"got {brief(pages[1])} for a cursor of {method} used again, must be the same page"


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


@check("pagination.cursor-connection-independent")
def cursors_work_on_another_connection(leg: Leg) -> None:
    """Sends a cursor from one connection on another; it should get the page that follows."""
    for method, member, replies in paginated(leg):
        with leg.fresh() as other:
            reply = other.request(method, {"cursor": replies[0].result["nextCursor"]})
        expected = identities([replies[1]], member)
        assert identities([reply], member) == expected, f"got {reply} on another connection, must be {expected}"
