"""Lists that change by themselves: what a list holds is compared with what it held before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from smcp_conformance.lists import KeptList
from smcp_conformance.reply import brief
from smcp_conformance.search.sequences.client import Client
from smcp_conformance.search.sequences.violation import Broken, Violation

if TYPE_CHECKING:
    from smcp_conformance.search.sequences.stage import Stage

MOST_PAGES = 50
AFTERTHOUGHT = 0.5  # seconds in which the announcement of a change may still come
SHOWN = 200


@dataclass(frozen=True)
class Listed:
    """What a list held when it was last asked for, by which client, and how many changes were announced until then."""

    names: frozenset[str]
    client: int
    announced: int


def compare(stage: Stage, client: Client, kept: KeptList) -> None:
    """Ask for a list and compare it with what it held; raises `Broken` if it changed and mustn't have.

    In the stateless era no request may change it, unless tools were called that are there to change things. In the
    handshake era a declared change is to be announced; over HTTP that may go another way than the answers.
    """
    key = (0 if stage.plan.stateless else client.number, kept.method)
    before = stage.listed.get(key)
    names = _names(stage, client, kept, known=before is not None)
    if names is None:
        return
    now = stage.listed[key] = Listed(names, client.number, _announced(client, kept))
    if before is None or before.names == names:
        return
    rule = _rule(stage, kept, before, now)
    if rule and (stage.plan.stateless or not _announced_late(client, kept, before)):
        got = f"{_shown(names)} from {kept.method}, where {_shown(before.names)} were listed before"
        must_be = "the same" if stage.plan.stateless else f"the same, or {_notification(kept)} before"
        raise Broken(Violation(rule, got, must_be))


def _rule(stage: Stage, kept: KeptList, before: Listed, now: Listed) -> str:
    """The requirement that a changed list breaks; "" if none."""
    if stage.plan.stateless:
        side = "not-per-connection" if _depends_on_who_asks(stage, kept, before, now) else "no-side-effects"
        return "" if stage.touched else f"{kept.capability}.list.{side}"
    declared = stage.plan.offer.declares(f"{kept.capability}.listChanged")
    return f"{kept.capability}.list-changed.sent" if declared and stage.plan.offer.transport != "http" else ""


def _depends_on_who_asks(stage: Stage, kept: KeptList, before: Listed, now: Listed) -> bool:
    """Tell whether the client that asked before still sees what it saw."""
    other = stage.clients.get(before.client)
    return before.client != now.client and other is not None and _names(stage, other, kept, known=True) == before.names


def _names(stage: Stage, client: Client, kept: KeptList, known: bool) -> frozenset[str] | None:
    """What is listed on all pages; None if that can't be had. Raises `Broken` if it could before (`known`)."""
    found: set[str] = set()
    params: Mapping[str, Any] | None = None
    for _ in range(MOST_PAGES):
        reply = client.ask(kept.method, params)
        if reply is None:
            return None
        if not reply.succeeded:
            rule = f"{kept.capability}.list.responds" + ("" if stage.plan.stateless else ".legacy")
            if known:
                raise Broken(Violation(rule, f"{reply} to {kept.method}", "a list, as before"))
            return None
        items = reply.result.get(kept.member)
        found |= {str(each.get("uri", each.get("name"))) for each in items or () if isinstance(each, dict)}
        cursor = reply.result.get("nextCursor")
        if not isinstance(cursor, str):
            return frozenset(found)
        params = {"cursor": cursor}
    return None


def _announced(client: Client, kept: KeptList) -> int:
    """How often a change was announced to a client."""
    method = _notification(kept)
    return sum(frame.message.get("method") == method for frame in client.session.conversation.incoming)


def _announced_late(client: Client, kept: KeptList, before: Listed) -> bool:
    """Tell whether the change was announced, be it a moment after the list."""
    if _announced(client, kept) == before.announced:
        client.session.listen(AFTERTHOUGHT, lambda frame: frame.message.get("method") == _notification(kept))
    return _announced(client, kept) > before.announced


def _notification(kept: KeptList) -> str:
    return f"notifications/{kept.capability}/list_changed"


def _shown(names: frozenset[str]) -> str:
    return brief(sorted(names), SHOWN)
