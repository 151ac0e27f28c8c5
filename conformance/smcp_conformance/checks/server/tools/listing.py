"""Tools, listing: what `tools/list` answers and how its tools are described."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from smcp_conformance.baseline import said, served
from smcp_conformance.leg import Leg
from smcp_conformance.reply import brief
from smcp_conformance.requirement import check, not_applicable, not_verified
from smcp_conformance.session import Session

HINTS = ("readOnlyHint", "destructiveHint", "idempotentHint", "openWorldHint")


def listed(leg: Leg) -> tuple[dict[str, Any], ...]:
    """The tools of the leg, or out: not applicable."""
    return leg.require_tools()


def annotated(leg: Leg) -> Iterator[tuple[str, Any]]:
    """Name and annotations of the tools that have some, or out: not applicable."""
    found = [(brief(tool.get("name")), tool["annotations"]) for tool in listed(leg) if "annotations" in tool]
    return iter(found or not_applicable("no tool has annotations"))


@check("tools.capability-declared")
def tools_are_declared_where_they_are_listed(leg: Leg) -> None:
    """Sends tools/list even if the capability is not declared; a list with tools needs the declaration."""
    reply = leg.session.request("tools/list")
    if leg.offer.declares("tools") and not reply.succeeded:
        not_verified(said("tools/list", reply))
    if not reply.result.get("tools"):
        not_applicable("the server lists no tools")
    assert leg.offer.declares("tools"), f"got {reply} without the tools capability, must be declared"


@check("tools.list.responds", "tools.list.responds.legacy", silence=True, refusal=True)
def tools_list_is_answered(session: Session) -> None:
    """Sends tools/list without params and with empty ones; both must be answered with a result."""
    either: tuple[dict[str, str] | None, ...] = (None, {})
    for params in either:
        reply = session.request("tools/list", params)
        assert reply.succeeded, f"got {reply} for tools/list with params {params}, must be a result"


@check("tools.list.shape")
def tools_list_has_an_array_of_objects(session: Session) -> None:
    """Walks tools/list; each page must have an array `tools` that holds objects only."""
    for reply in session.pages("tools/list", "tools"):
        if not reply.succeeded:
            not_verified(f"tools/list was answered with {reply}")
        tools = reply.result.get("tools")
        assert isinstance(tools, list), f"got {reply}, must be a result with an array 'tools'"
        strays = [tool for tool in tools if not isinstance(tool, dict)]
        assert not strays, f"got the tool {brief(strays[:1])}, must be an object"


@check("tools.list.not-per-connection")
def tools_are_the_same_on_another_connection(leg: Leg) -> None:
    """Lists the tools on the shared and on a fresh connection; both lists must hold the same."""
    served(leg.session, "tools/list")
    here = names(leg.session.list_all("tools/list", "tools"))
    with leg.fresh() as other:
        there = names(other.list_all("tools/list", "tools"))
    assert sorted(here) == sorted(there), f"got {there} on a second connection, must be {here} as on the first"


@check("tools.list.no-side-effects")
def tools_are_the_same_after_other_requests(leg: Leg) -> None:
    """Lists the tools, makes other harmless requests and calls, lists again; nothing may have changed."""
    served(leg.session, "tools/list")
    session = leg.session
    before = session.list_all("tools/list", "tools")
    session.ping()
    session.request("conformance/no-such-method")
    for tool in leg.callable_tools[:3]:
        session.request("tools/call", {"name": tool["name"], "arguments": {}})
    after = session.list_all("tools/list", "tools")
    assert before == after, f"got {names(after)} after other requests, must be {names(before)} as before"


@check("tools.list.deterministic-order")
def tools_keep_their_order(session: Session) -> None:
    """Lists the tools three times; the order must stay."""
    served(session, "tools/list")
    first, *others = [names(session.list_all("tools/list", "tools")) for _ in range(3)]
    for other in others:
        if sorted(other) != sorted(first):
            not_applicable("the set of tools changed meanwhile")
        assert other == first, f"got the order {other}, must be {first} as before"


@check("tools.tool.name-string")
def each_tool_has_a_name(leg: Leg) -> None:
    """Looks at each listed tool; `name` must be a string."""
    for tool in listed(leg):
        assert isinstance(tool.get("name"), str), f"got {brief(tool)}, must be a tool with a string 'name'"


@check("tools.tool.description-title")
def descriptions_and_titles_are_strings(leg: Leg) -> None:
    """Looks at each listed tool; `description` and, from 2025-06-18, `title` must be strings where they are given."""
    members = ("description", "title") if leg.offer.revision >= "2025-06-18" else ("description",)
    for tool in listed(leg):
        for member in members:
            value = tool.get(member, "")
            assert isinstance(value, str), f"got {member} {brief(value)} of tool {tool.get('name')!r}, must be a string"


@check("tools.tool.annotations-shape")
def annotations_are_booleans_and_a_title(leg: Leg) -> None:
    """Looks at the annotations of each tool; they must be an object with boolean hints and a string title."""
    for name, hints in annotated(leg):
        assert isinstance(hints, dict), f"got annotations {brief(hints)} of {name}, must be an object"
        for hint in HINTS:
            value = hints.get(hint, False)
            assert isinstance(value, bool), f"got {hint} {brief(value)} of {name}, must be true or false"
        title = hints.get("title", "")
        assert isinstance(title, str), f"got the title {brief(title)} of {name}, must be a string"


@check("tools.tool.annotations-coherent")
def read_only_tools_are_not_destructive(leg: Leg) -> None:
    """Looks at the annotations of each tool; one that only reads can't destroy."""
    for name, hints in annotated(leg):
        both = isinstance(hints, dict) and hints.get("readOnlyHint") is True and hints.get("destructiveHint") is True
        assert not both, f"got readOnlyHint and destructiveHint true for {name}, must be at most one of them"


@check("tools.tool.task-support-enum")
def task_support_is_one_of_three(leg: Leg) -> None:
    """Looks at `execution.taskSupport` of each tool; it must be forbidden, optional or required."""
    found = [(tool.get("name"), tool["execution"]) for tool in listed(leg) if isinstance(tool.get("execution"), dict)]
    said = [(name, execution["taskSupport"]) for name, execution in found if "taskSupport" in execution]
    for name, support in said or not_applicable("no tool speaks of tasks"):
        known = support in ("forbidden", "optional", "required")
        assert known, f"got taskSupport {brief(support)} of {name!r}, must be forbidden, optional or required"


def names(tools: tuple[Mapping[str, Any], ...]) -> list[str]:
    """The tools' names in their order."""
    return [str(tool.get("name")) for tool in tools]
