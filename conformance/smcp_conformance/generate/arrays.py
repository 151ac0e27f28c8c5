"""Arrays: what each position may hold, which ones hold what must be contained, and how many there are."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import inf
from typing import Any

from hypothesis import reject
from hypothesis import strategies as st

from smcp_conformance.generate.alternatives import Case
from smcp_conformance.generate.nodes import Node, NotGenerable, Pen, Plan
from smcp_conformance.generate.schema import Schema

# Before each element that needn't be there an array may end: most end early, some go on for as long as may be. What is
# drawn there is 0 one time out of 32, and less than 2 one time out of four.
CHANCE = st.sampled_from((0,) + (2,) * 24 + (1,) * 7)
SHORT, LONG = 2, 1
ENDING = st.sampled_from((SHORT,) * 5 + (LONG,))
TRIES = 4
ELEMENTS = 1000  # that an array may need; Hypothesis refuses to begin with larger examples


@dataclass(frozen=True, eq=False)
class Group:
    """What must be contained at least `least` times: the node of each leading position for it, and of those behind."""

    least: int
    leading: Sequence[Node]
    behind: Node

    def node(self, position: int) -> Node:
        """The node of something contained at `position`."""
        return self.leading[position] if position < len(self.leading) else self.behind


@dataclass(frozen=True, eq=False)
class ArrayOption:
    """Arrays of `least` to `most` elements, the first of which have nodes of their own."""

    leading: Sequence[Node]
    behind: Node
    groups: Sequence[Group]
    least: int
    most: float
    unique: bool

    def height(self) -> float:
        """The levels below that the elements need which must be there."""
        slots = self._slots()
        length = self._least(slots)
        if slots is None or length > self._most(slots):
            return inf
        return max((1 + self._node(at, slots).height for at in range(min(length, self._told_apart))), default=0)

    def value(self, pen: Pen, depth: float) -> Any:
        """Draw element after element, with a choice to stop before each that needn't be there."""
        found: list[Any] = []
        seen: set[str] = set()
        least, most = self.bounds
        ending = SHORT
        while len(found) < most:
            node = self._node(len(found), self.slots)
            if len(found) >= least and (pen.room <= 0 or node.height >= depth or pen.draw(CHANCE) < ending):
                return found
            if len(found) == least:
                ending = pen.draw(ENDING)
            drawn = list(self._element(node, pen, depth - 1, seen))
            if not drawn:
                return found if len(found) >= least else reject()
            found += drawn
        return found

    @cached_property
    def slots(self) -> dict[int, Node]:
        """The positions that hold what must be contained, once the heights are settled."""
        return self._slots() or {}

    @cached_property
    def bounds(self) -> tuple[int, float]:
        """The least and the greatest length, once the heights are settled."""
        return self._least(self.slots), self._most(self.slots)

    @property
    def _told_apart(self) -> int:
        return len(self.leading) + sum(group.least for group in self.groups) + 1

    def _node(self, position: int, slots: dict[int, Node] | None) -> Node:
        if slots and position in slots:
            return slots[position]
        return self.leading[position] if position < len(self.leading) else self.behind

    def _slots(self) -> dict[int, Node] | None:
        found: dict[int, Node] = {}
        for group in self.groups:
            fitting = [at for at in range(self._told_apart) if group.node(at).height < inf and at not in found]
            if len(fitting) < group.least:
                return None
            found |= {at: group.node(at) for at in fitting[: group.least]}
        return found

    def _least(self, slots: dict[int, Node] | None) -> int:
        return max(self.least, 1 + max(slots or (), default=-1))

    def _most(self, slots: dict[int, Node] | None) -> float:
        closed = (at for at in range(self._told_apart) if self._node(at, slots).height == inf)
        most = min(self.most, next(closed, inf))
        values = self.behind.values if self.unique and not self.leading else None
        return most if values is None or not self.behind.options else min(most, len({_key(value) for value in values}))

    def _element(self, node: Node, pen: Pen, depth: float, seen: set[str]) -> Iterator[Any]:
        if not self.unique:
            yield node.value(pen, depth)
            return
        listed = node.values
        unseen = [value for value in listed if _key(value) not in seen] if listed is not None else []
        for _ in range(TRIES if listed is None or unseen else 0):
            value = pen.draw(st.sampled_from(unseen)) if unseen else node.value(pen, depth)
            if (key := _key(value)) not in seen:
                seen.add(key)
                yield value
                return


def array_options(plan: Plan, case: Case) -> Iterator[ArrayOption]:
    """The arrays that satisfy `case`; if several things must be contained, also those where one element is them all."""
    keywords = [part.keywords for part in case.parts]
    count = max((len(_leading(part)[0]) for part in case.parts), default=0)
    containing = [part for part in case.parts if "contains" in part.keywords]
    most_contained = [part for part in containing if _contained(part)[1] < inf]
    others = [part.like({"not": part.keywords["contains"]}) for part in most_contained]
    least = max((int(each["minItems"]) for each in keywords if "minItems" in each), default=0)
    most = min((int(each["maxItems"]) for each in keywords if "maxItems" in each), default=inf)
    unique = any(each.get("uniqueItems") for each in keywords)
    if least > ELEMENTS:
        part = next(part for part in case.parts if part.keywords.get("minItems") == least)
        raise NotGenerable("minItems", part.pointer, f"asks for {least} elements, where {ELEMENTS} is the most")

    def node(at: int, contained: Sequence[Schema] = (), more: Sequence[Schema] = ()) -> Node:
        return plan.node([*_held(case, at, contained), *(part.at("contains") for part in contained), *more])

    def group(parts: Sequence[Schema]) -> Group:
        needed = max(_contained(part)[0] for part in parts)
        return Group(needed, [node(at, parts) for at in range(count)], node(count, parts))

    leading, behind = [node(at, (), others) for at in range(count)], node(count, (), others)
    needed = [part for part in containing if _contained(part)[0]]
    yield ArrayOption(leading, behind, [group([part]) for part in needed], least, most, unique)
    if len(needed) > 1:
        yield ArrayOption(leading, behind, [group(needed)], least, most, unique)


def _contained(part: Schema) -> tuple[int, float]:
    if "draft-0" in part.dialect:
        return 1, inf
    return int(part.keywords.get("minContains", 1)), part.keywords.get("maxContains", inf)


def _leading(part: Schema) -> tuple[Sequence[Any], str, str]:
    """The schemas of a part's first positions, the keyword that holds them, and the one for those behind."""
    items = part.keywords.get("items")
    if part.items_may_be_a_list and isinstance(items, list):
        return items, "items", "additionalItems"
    if part.items_may_be_a_list:
        return (), "", "items"
    return part.keywords.get("prefixItems", ()), "prefixItems", "items"


def _asked(part: Schema, position: int) -> list[Schema]:
    leading, keyword, behind = _leading(part)
    if position < len(leading):
        return [part.at(keyword, position)]
    return [part.at(behind)] if behind in part.keywords else []


def _held(case: Case, position: int, contained: Sequence[Schema]) -> list[Schema]:
    found = [schema for part in case.parts for schema in _asked(part, position)]
    for rest in case.rests:
        known = rest.nothing or any(_asked(part, position) or part in contained for part in rest.parts)
        if rest.keyword == "unevaluatedItems" and not known:
            found.append(rest.schema)
    return found


def _key(value: Any) -> str:
    """The same text for two values that JSON Schema takes for equal: 1 and 1.0, but not true."""
    return json.dumps(_whole(value), sort_keys=True)


def _whole(value: Any) -> Any:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, list):
        return [_whole(each) for each in value]
    return {name: _whole(each) for name, each in value.items()} if isinstance(value, dict) else value
