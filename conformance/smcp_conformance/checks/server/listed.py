"""What a server lists beside tools, and what its lists owe whatever they hold: shared by prompts and resources."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from smcp_conformance.baseline import said, served
from smcp_conformance.leg import Leg
from smcp_conformance.lists import LISTS, KeptList
from smcp_conformance.reply import Reply, brief
from smcp_conformance.requirement import not_applicable, not_verified
from smcp_conformance.session import Session
from smcp_conformance.traffic import Message, answered
from smcp_conformance.wire.transcript import Conversation, Frame

_BY_METHOD = {each.method: each for each in LISTS}
PROMPTS, RESOURCES = _BY_METHOD["prompts/list"], _BY_METHOD["resources/list"]
Item = dict[str, Any]


def items(leg: Leg, kept: KeptList) -> tuple[Item, ...]:
    """The items of a list over all pages, or out: not verified if it is refused, not applicable if it is empty."""
    if not leg.offer.declares(kept.capability):
        not_applicable(f"{kept.capability} is not declared")
    served(leg.session, kept.method)
    return leg.session.list_all(kept.method, kept.member) or not_applicable(f"{kept.method} brings no items")


def declared_where_listed(leg: Leg, kept: KeptList) -> None:
    """Ask for a list even if its capability is not declared; one with items needs the declaration."""
    reply = leg.session.request(kept.method)
    declared = leg.offer.declares(kept.capability)
    if declared and not reply.succeeded:
        not_verified(said(kept.method, reply))
    if not reply.result.get(kept.member):
        not_applicable(f"{kept.method} brings no items")
    assert declared, f"got {reply} without the capability {kept.capability}, must be declared"


def answered_with_and_without_params(session: Session, method: str) -> None:
    """Ask for a list without params and with empty ones; both must be answered with a result."""
    either: tuple[dict[str, str] | None, ...] = (None, {})
    for params in either:
        reply = session.request(method, params)
        assert reply.succeeded, f"got {reply} for {method} with params {params}, must be a result"


def listed_objects(session: Session, kept: KeptList) -> Iterator[Item]:
    """The items of a list, page by page, each of which must have an array of objects."""
    for reply in session.pages(kept.method, kept.member):
        if not reply.succeeded:
            not_verified(said(kept.method, reply))
        yield from objects(reply, kept.member)


def objects(reply: Reply, member: str) -> list[Item]:
    """The objects in the array `member` of a result, which must hold nothing else."""
    found = reply.result.get(member)
    assert isinstance(found, list), f"got {reply}, must be a result with an array {member!r}"
    strays = [each for each in found if not isinstance(each, dict)]
    assert not strays, f"got {brief(strays[:1])} in {member!r}, must be objects"
    return found


def same_on_another_connection(leg: Leg, kept: KeptList) -> None:
    """List on the shared and on a fresh connection; both lists must hold the same."""
    here = identities(items(leg, kept))
    with leg.fresh() as other:
        there = identities(other.list_all(kept.method, kept.member))
    assert sorted(here) == sorted(there), f"got {there} on a second connection, must be {here} as on the first"


def same_after(leg: Leg, kept: KeptList, method: str, params: list[dict[str, Any]]) -> None:
    """List, make other requests, list again; nothing may have changed."""
    before = items(leg, kept)
    leg.session.ping()
    leg.session.request("conformance/no-such-method")
    for each in params:
        leg.session.request(method, each)
    after = leg.session.list_all(kept.method, kept.member)
    assert before == after, f"got {identities(after)} after other requests, must be {identities(before)} as before"


def identities(listed: tuple[Mapping[str, Any], ...]) -> list[str]:
    """What tells items apart, in their order: uri, uriTemplate or name."""
    return [str(item.get("uri") or item.get("uriTemplate") or item.get("name")) for item in listed]


def unique(leg: Leg, kept: KeptList) -> None:
    """Look at what tells items apart; nothing should be listed twice."""
    found = identities(items(leg, kept))
    twice = sorted({each for each in found if found.count(each) > 1})
    assert not twice, f"got {twice} more than once in {kept.method}, must be unique"


def strings_where_given(item: Mapping[str, Any], members: tuple[str, ...]) -> None:
    """Each of `members` that an item has must be a string; null is none."""
    for member in members:
        value = item.get(member, "")
        assert isinstance(value, str), f"got {member} {brief(value)} in {brief(item)}, must be a string or left out"


def results_of(conversation: Conversation, method: str) -> Iterator[tuple[Frame, Message]]:
    """Each complete result of `method` in a conversation, with its frame."""
    for frame, response, request in answered(conversation):
        result = response["result"]
        if request["method"] == method and result.get("resultType", "complete") == "complete":
            yield frame, result
