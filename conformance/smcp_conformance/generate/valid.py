"""From a JSON Schema to a Hypothesis strategy for the values that are valid under it.

The schema is read as cases (`alternatives`), from which a graph of nodes is made (`nodes`) that draws a value. Every
value is then judged by `jsonschema`, and only valid ones come out.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from hypothesis import reject
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from smcp_conformance.generate.alternatives import Case, together
from smcp_conformance.generate.arrays import array_options
from smcp_conformance.generate.nodes import Checked, Leaf, Listed, Node, NotGenerable, Option, Pen, pattern_of, settle
from smcp_conformance.generate.numbers import bounds, integers, numbers
from smcp_conformance.generate.objects import object_option
from smcp_conformance.generate.schema import Schema, schema_root
from smcp_conformance.generate.text import shape, texts

__all__ = ["NotGenerable", "valid_objects", "valid_values"]

TRIES = 4
ROOM = 40  # nodes of a value; from there on it grows no more than it must
DEPTH = 5  # levels of a value, if it doesn't need more
NODES = 4000  # of one plan; the largest schemas in use need some hundreds


def valid_values(schema: bool | Mapping[str, Any]) -> SearchStrategy[Any]:
    """A strategy for the values that are valid under `schema`, in the dialect that it declares, else 2020-12.

    The simplest value comes first when Hypothesis shrinks. Raises `NoDialect` if the schema is no valid one or can't
    be judged, and `NotGenerable` if values can't be made for it, be it that there are none.
    """
    return _strategy(json.dumps(schema), "any")


def valid_objects(schema: Mapping[str, Any]) -> SearchStrategy[dict[str, Any]]:
    """A strategy for the objects among them, such as a tool takes as arguments; raises as `valid_values` does."""
    return _strategy(json.dumps(schema), "object")


@lru_cache(maxsize=256)
def _strategy(text: str, kind: str) -> SearchStrategy[Any]:
    root = schema_root(json.loads(text))
    root.accepts(None)  # raises if no value can be judged at all
    asked = [root, root.like({"type": kind})] if kind != "any" else [root]
    plan = ValidPlan(root)
    node = plan.settled(asked)
    depth = max(DEPTH, node.height + 2)

    @st.composite
    def value(draw: DrawFn) -> Any:
        for _ in range(TRIES):
            drawn = node.value(Pen(draw, ROOM), depth)
            if root.accepts(drawn):
                return drawn
        return reject()

    return value()


class ValidPlan:
    """The nodes of one document."""

    def __init__(self, root: Schema) -> None:
        self.root = root
        self._nodes: dict[Any, Node] = {}
        self._unread: list[Node] = []

    def node(self, schemas: Sequence[Schema]) -> Node:
        """The node where all of `schemas` hold, made when it is first asked for."""
        distinct = {schema.identity: schema for schema in schemas if schema.contents is not True}
        key = frozenset(distinct)
        if key not in self._nodes:
            if len(self._nodes) >= NODES:
                raise NotGenerable("$ref", self.root.pointer, f"leads to more than {NODES} combinations")
            self._nodes[key] = Node(list(distinct.values()))
            self._unread.append(self._nodes[key])
        return self._nodes[key]

    def settled(self, schemas: Sequence[Schema]) -> Node:
        """The node of `schemas`, with everything that it leads to; raises `NotGenerable` if it has no values."""
        top = self.node(schemas)
        while self._unread:
            node = self._unread.pop()
            node.options = [option for case in together(node.schemas) for option in self._options(case)]
        settle(self._nodes.values())
        if not top.options:
            raise _nothing_valid(top)
        return top

    def _options(self, case: Case) -> Iterator[Option]:
        if (values := _listed(case)) is not None:
            yield from [Listed(admitted)] if (admitted := _admitted(case, values)) else []
            return
        for kind in case.types:
            for option in OPTIONS[kind](self, case):
                excluded = [each for each in case.excluded if _speaks_of(each, kind) and not _told_apart(each, case)]
                yield Checked(option, excluded) if excluded else option


def _listed(case: Case) -> list[Any] | None:
    for part in case.parts:
        if "const" in part.keywords:
            return [part.keywords["const"]]
        if "enum" in part.keywords:
            return list(part.keywords["enum"])
    return None


def _admitted(case: Case, values: Sequence[Any]) -> list[Any]:
    fitting = (value for value in values if all(part.accepts(value) for part in case.parts))
    return [value for value in fitting if not any(each.accepts(value) for each in case.excluded)]


def _speaks_of(schema: Schema, kind: str) -> bool:
    asked = schema.keywords.get("type", kind)
    numeric = ("integer", "number")
    return asked == kind or (kind in numeric and asked in numeric) or isinstance(asked, list)


def _told_apart(excluded: Schema, case: Case) -> bool:
    """Whether a member with a constant value, such as `kind`, shows that a value of `case` isn't an excluded one."""
    while "$ref" in excluded.keywords and len(excluded.keywords) == 1:
        excluded = excluded.referred()
    members = excluded.keywords.get("properties", {})
    for name in excluded.keywords.get("required", ()):
        theirs = _constants(members.get(name))
        ours = [_constants(part.keywords.get("properties", {}).get(name)) for part in case.parts]
        if theirs and any(each and not each & theirs for each in ours):
            return True
    return False


def _constants(schema: Any) -> set[str]:
    if not isinstance(schema, Mapping) or not {"const", "enum"} & set(schema):
        return set()
    return {json.dumps(value) for value in ([schema["const"]] if "const" in schema else schema["enum"])}


def _null(plan: ValidPlan, case: Case) -> Iterator[Option]:
    yield Listed([None])


def _boolean(plan: ValidPlan, case: Case) -> Iterator[Option]:
    yield Listed([False, True])


def _integer(plan: ValidPlan, case: Case) -> Iterator[Option]:
    within = bounds(part.keywords for part in case.parts)
    found = integers(within, as_floats=True)
    if found is not None and "number" not in case.types:
        yield Leaf(found)


def _number(plan: ValidPlan, case: Case) -> Iterator[Option]:
    found = numbers(bounds(part.keywords for part in case.parts), "integer" in case.types)
    exact = [part for part in case.parts if "multipleOf" in part.keywords]
    if found is not None:
        yield Leaf(found.filter(lambda value: all(part.accepts(value) for part in exact)) if exact else found)


def _string(plan: ValidPlan, case: Case) -> Iterator[Option]:
    having = [part for part in case.parts if "pattern" in part.keywords]
    patterns = [pattern_of(part, "pattern", part.keywords["pattern"]) for part in having]
    if (found := texts(shape([part.keywords for part in case.parts], patterns))) is not None:
        yield Leaf(found)


def _array(plan: ValidPlan, case: Case) -> Iterator[Option]:
    yield from array_options(plan, case)


def _object(plan: ValidPlan, case: Case) -> Iterator[Option]:
    yield object_option(plan, case)


OPTIONS: Mapping[str, Callable[[ValidPlan, Case], Iterator[Option]]] = {
    "null": _null,
    "boolean": _boolean,
    "integer": _integer,
    "number": _number,
    "string": _string,
    "array": _array,
    "object": _object,
}


def _nothing_valid(top: Node) -> NotGenerable:
    """Name the schemas that leave nothing."""
    parts = [schema for schema in top.schemas if schema.keywords] or list(top.schemas)
    schema = parts[0] if parts else None
    keyword = next(iter(schema.keywords), "false") if schema else "false"
    return NotGenerable(keyword, schema.pointer if schema else "", "leaves no value that is valid")
