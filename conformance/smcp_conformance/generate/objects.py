"""Objects: which members there may be and must be, what they may hold, and an order in which to draw them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import inf
from typing import Any

from hypothesis import reject
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from smcp_conformance.generate.alternatives import Case
from smcp_conformance.generate.nodes import Node, Pen, Plan, pattern_of
from smcp_conformance.generate.schema import Schema

MORE_NAMES = st.sampled_from((0,) * 10 + (1, 2))
ONLY_MORE_NAMES = st.sampled_from((0, 1, 1, 2, 3))
# Names that mean something to the language a program is written in, or to its queries and paths.
TELLING_NAMES = ("", "__proto__", "constructor", ".", "$ref", "__class__", "toString")
ANY_NAME = {"anyOf": [{"type": "string"}, {"type": "string"}, {"enum": list(TELLING_NAMES)}]}
SHALLOW = 1  # levels of what nothing is asked of
TRIES = 8


@dataclass(frozen=True, eq=False)
class Member:
    """A member that the schema names."""

    name: str
    node: Node
    required: bool

    @cached_property
    def included(self) -> SearchStrategy[Member | None]:
        """This member or none. One of its own for each: Hypothesis varies what is drawn alike by copying it about."""
        return st.sampled_from((None, self))


@dataclass(frozen=True, eq=False)
class Unnamed:
    """Members that the schema doesn't name: where their names come from, the patterns those match, what they hold."""

    names: Node
    patterns: frozenset[str]
    node: Node


@dataclass(frozen=True, eq=False)
class ObjectOption:
    """Objects of `least` to `most` members; one that is there may need others to be there too."""

    members: Sequence[Member]
    unnamed: Sequence[Unnamed]
    needs: Mapping[str, frozenset[str]]
    least: int
    most: float

    def height(self) -> float:
        """The levels below that the required members need, and as many more as there must be."""
        needed = [member.node.height for member in self.required]
        lacking = max(0, self.least - len(needed))
        more = sorted(member.node.height for member in self._possible())
        others = [each.node.height for each in self.unnamed if each.names.height < inf]
        more += [min(others)] * (lacking - len(more)) if others else []
        if len(needed) > self.most or len(more) < lacking:
            return inf
        return max((1 + height for height in (*needed, *more[:lacking])), default=0)

    def value(self, pen: Pen, depth: float) -> Any:
        """Draw the members in the order of the schema, then those that it doesn't name."""
        found = {member.name: member.node.value(pen, depth - 1) for member in self._chosen(pen, depth - 1)}
        self._add_needed(found, pen, depth - 1)
        self._add_unnamed(found, pen, depth - 1)
        return found if self.least <= len(found) <= self.most else reject()

    @cached_property
    def required(self) -> list[Member]:
        """The members that must be there."""
        return [member for member in self.members if member.required]

    @cached_property
    def optional(self) -> list[Member]:
        """The members that may be there, once the heights are settled."""
        return self._possible()

    def _possible(self) -> list[Member]:
        holds = {member.name for member in self.members if member.node.height < inf}
        optional = (member for member in self.members if not member.required)
        return [member for member in optional if {member.name, *self.needs.get(member.name, ())} <= holds]

    def _chosen(self, pen: Pen, depth: float) -> Iterator[Member]:
        undecided = {member.name for member in self.optional if member.node.height <= depth}
        lacking, spare = self.least - len(self.required), self.most - len(self.required)
        for member in self.members:
            if member.name in undecided:
                forced = lacking >= len(undecided)
                undecided.discard(member.name)
                if not forced and not (spare > 0 < pen.room and pen.draw(member.included)):
                    continue
                lacking, spare = lacking - 1, spare - 1
                yield member
            elif member.required:
                yield member

    def _add_needed(self, found: dict[str, Any], pen: Pen, depth: float) -> None:
        needed = {name for there in found for name in self.needs.get(there, ())} if self.needs else set()
        for member in self.members:
            if member.name in needed and member.name not in found:
                found[member.name] = member.node.value(pen, max(depth, member.node.height))

    def _add_unnamed(self, found: dict[str, Any], pen: Pen, depth: float) -> None:
        sources = [each for each in self.unnamed if each.node.height <= depth and each.names.height < inf]
        lacking = self.least - len(found)
        if not sources or (lacking <= 0 and pen.room <= 0) or len(found) >= self.most:
            return
        count = pen.draw(MORE_NAMES if self.members else ONLY_MORE_NAMES)
        wanted = min(self.most, len(found) + max(lacking, count))
        for _ in range(TRIES + max(0, lacking)):
            if len(found) >= wanted:
                return
            source = sources[0] if len(sources) == 1 else pen.draw(st.sampled_from(sources))
            name = source.names.value(pen, source.names.height)
            if name not in found and self._admits(name, source):
                found[name] = source.node.value(pen, depth if source.node.schemas else min(depth, SHALLOW))

    def _admits(self, name: str, source: Unnamed) -> bool:
        matched = {pattern for pattern in self.patterns if re.search(pattern, name)}
        return matched == source.patterns and all(member.name != name for member in self.members)

    @cached_property
    def patterns(self) -> list[str]:
        """The patterns that names are told apart by."""
        return list(dict.fromkeys(pattern for each in self.unnamed for pattern in sorted(each.patterns)))


def object_option(plan: Plan, case: Case) -> ObjectOption:
    """The objects that satisfy `case`; `plan` makes the nodes for what they hold."""
    keywords = [part.keywords for part in case.parts]
    for part in case.parts:
        for pattern in part.keywords.get("patternProperties", ()):
            pattern_of(part, "patternProperties", pattern)
    patterns = list(dict.fromkeys(pattern for each in keywords for pattern in each.get("patternProperties", ())))
    required = dict.fromkeys(name for each in keywords for name in each.get("required", ()))
    needs = _needs(keywords)
    required |= dict.fromkeys(name for there in required for name in sorted(needs.get(there, ())))
    named = dict.fromkeys((name for each in keywords for name in each.get("properties", ())), None)
    named |= required | dict.fromkeys(name for each in needs.values() for name in sorted(each))
    naming = [part.at("propertyNames") for part in case.parts if "propertyNames" in part.keywords]
    members = [Member(name, _member_node(plan, case, name, naming), name in required) for name in named]
    unnamed = [_unnamed(plan, case, matched, naming) for matched in ((), *((pattern,) for pattern in patterns))]
    least = max((int(each["minProperties"]) for each in keywords if "minProperties" in each), default=0)
    most = min((int(each["maxProperties"]) for each in keywords if "maxProperties" in each), default=inf)
    return ObjectOption(members, unnamed, needs, least, most)


def _member_node(plan: Plan, case: Case, name: str, naming: Sequence[Schema]) -> Node:
    if not all(schema.accepts(name) for schema in naming):
        return plan.node([case.parts[0].like(False)])
    return plan.node(_held(case, name, lambda pattern: re.search(pattern, name) is not None))


def _unnamed(plan: Plan, case: Case, matched: Sequence[str], naming: Sequence[Schema]) -> Unnamed:
    held = plan.node(_held(case, None, matched.__contains__))
    place = next(iter(case.parts), plan.root)
    shapes = [place.like(ANY_NAME), *(place.like({"pattern": pattern}) for pattern in matched)]
    return Unnamed(plan.node([*shapes, *naming]), frozenset(matched), held)


def _held(case: Case, name: str | None, matches: Callable[[str], bool]) -> list[Schema]:
    found: list[Schema] = []
    for part in case.parts:
        found += _asked(part, name, matches)
    for rest in case.rests:
        known = rest.nothing or any(_asked(part, name, matches) for part in rest.parts)
        if rest.keyword == "unevaluatedProperties" and not known:
            found.append(rest.schema)
    return found


def _asked(part: Schema, name: str | None, matches: Callable[[str], bool]) -> list[Schema]:
    keywords = part.keywords
    found = [part.at("properties", name)] if name is not None and name in keywords.get("properties", {}) else []
    for pattern in keywords.get("patternProperties", ()):
        if matches(pattern):
            found.append(part.at("patternProperties", pattern))
    return found or [part.at("additionalProperties")] if "additionalProperties" in keywords else found


def _needs(keywords: Sequence[Mapping[str, Any]]) -> dict[str, frozenset[str]]:
    """What each member needs to be there, directly or through others."""
    found: dict[str, set[str]] = {}
    for each in keywords:
        for name, needed in (*each.get("dependentRequired", {}).items(), *each.get("dependencies", {}).items()):
            if isinstance(needed, list):
                found.setdefault(name, set()).update(needed)
    for _ in found:
        for needed in found.values():
            needed.update(*(found.get(name, ()) for name in sorted(needed)))
    return {name: frozenset(needed) for name, needed in found.items()}
