"""What the steps of a sequence are drawn from: tools with arguments, lists, levels, resources."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from smcp_conformance.checks.server.utilities.logging import LEVELS
from smcp_conformance.generate.dialect import NoDialect
from smcp_conformance.generate.faulty import NoFault, faulty_values
from smcp_conformance.generate.nodes import NotGenerable
from smcp_conformance.generate.valid import valid_objects
from smcp_conformance.search.sequences.plan import Offered, Plan

Details = Mapping[str, Any]


class Inputs:
    """Strategies for what is asked on one leg: `lists` are details, `requests` an action and its details."""

    def __init__(self, plan: Plan) -> None:
        self.lists = _each("method", [kept.method for kept in plan.lists])
        kinds = [(action, details) for action, details in _kinds(plan, self.lists) if not details.is_empty]
        self.requests = st.sampled_from(kinds).flatmap(lambda kind: st.tuples(st.just(kind[0]), kind[1]))


def _kinds(plan: Plan, lists: SearchStrategy[Details]) -> Iterator[tuple[str, SearchStrategy[Details]]]:
    """The kinds of requests by their actions; the details of what is not offered are an empty strategy."""
    nothing: SearchStrategy[Details] = st.nothing()
    only: SearchStrategy[Details] = st.just({})
    known = _any_of([_details(tool, tool.arguments) for tool in plan.tools])
    faulty = [made for tool in plan.tools if (made := _faulty(tool)) is not None]
    second = ["server/discover" if plan.stateless else "ping", *(kept.method for kept in plan.lists)]
    uris = _each("uri", plan.uris if plan.subscribes and not plan.stateless else ())
    yield "unknown method", only
    yield "initialize", only if plan.stateless else nothing
    yield "list", lists
    yield "unknown tool", only if plan.offer.declares("tools") else nothing
    yield "call", known | st.one_of(list(map(_valid, plan.tools)))
    yield "call invalid", st.one_of(faulty)
    yield "cancel", lists | known
    yield "together", st.builds(_pair, known if plan.tools else lists, st.sampled_from(second))
    yield "set level", _each("level", LEVELS if plan.sets_level else ())
    yield "subscribe", uris
    yield "unsubscribe", uris
    yield "listen", only if plan.listens else nothing
    yield "hang up", only if plan.listens else nothing


def _each(name: str, values: Iterable[str]) -> SearchStrategy[Details]:
    return _any_of([{name: value} for value in values])


def _any_of(values: list[Details]) -> SearchStrategy[Details]:
    return st.sampled_from(values) if values else st.nothing()


def _details(tool: Offered, arguments: Mapping[str, Any]) -> Details:
    return {"tool": tool.name, "arguments": dict(arguments)}


def _pair(first: Details, second: str) -> Details:
    return {**first, "with": second}


def _valid(tool: Offered) -> SearchStrategy[Details]:
    """Calls with generated arguments, or with those that are known where none can be generated."""
    try:
        return valid_objects(tool.schema).map(lambda arguments: _details(tool, arguments))
    except (NoDialect, NotGenerable):
        return st.just(_details(tool, tool.arguments))


def _faulty(tool: Offered) -> SearchStrategy[Details] | None:
    """Calls with arguments that the schema forbids, if there are any."""
    try:
        return faulty_values(tool.schema).map(lambda fault: _details(tool, fault.value))
    except (NoDialect, NoFault):
        return None
