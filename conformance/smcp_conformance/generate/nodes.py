"""The plan of a value: a graph of nodes, each with the options that one place in it has.

A schema may lead back to itself, so the graph may have circles. Every option knows its height, the least number of
levels that a value needs below it, or infinity where there is no end to it: what is drawn always comes to an end by
taking options that are low enough for the depth that is left.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from copy import deepcopy
from math import inf
from typing import Any, Protocol

from hypothesis import reject
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from smcp_conformance.generate.patterns import NotTranslatable, Pattern, read
from smcp_conformance.generate.schema import Schema

TRIES = 4


class NotGenerable(ValueError):
    """No values can be made for a schema because of one `keyword`; `pointer` leads to the schema that it stands in."""

    def __init__(self, keyword: str, pointer: str, reason: str) -> None:
        super().__init__(f"{keyword!r} at {pointer or '/'!r} {reason}")
        self.keyword, self.pointer, self.reason = keyword, pointer, reason


def pattern_of(schema: Schema, keyword: str, pattern: str) -> Pattern:
    """A regular expression of `schema`, as read; raises `NotGenerable` where that can't be done."""
    try:
        return read(pattern)
    except NotTranslatable as unread:
        raise NotGenerable(keyword, schema.pointer, f"can't be followed: {unread}") from unread


class Pen:
    """What draws one value; `room` is the number of nodes that it may still have before it must come to its end."""

    def __init__(self, draw: DrawFn, room: int) -> None:
        self.draw, self.room = draw, room


class Option(Protocol):
    """One kind of value that a place can take."""

    def height(self) -> float:
        """The levels that are needed below, by what is known of the nodes there; infinite if it leads to nothing."""
        ...

    def value(self, pen: Pen, depth: float) -> Any:
        """Draw a value that has at most `depth` levels below, which is no less than the height."""
        ...


class Leaf:
    """A value without levels below, drawn from a strategy."""

    def __init__(self, strategy: SearchStrategy[Any]) -> None:
        self.strategy = strategy

    def height(self) -> float:
        """Nothing is needed."""
        return 0

    def value(self, pen: Pen, depth: float) -> Any:
        """Draw it."""
        return pen.draw(self.strategy)


class Listed(Leaf):
    """One of a few given values."""

    def __init__(self, values: Sequence[Any]) -> None:
        chosen = st.sampled_from(values)
        held = any(isinstance(value, (dict, list)) for value in values)
        super().__init__(chosen.map(deepcopy) if held else chosen)
        self.values = values


class Checked:
    """An option whose values count only where none of the `excluded` schemas admits them."""

    def __init__(self, option: Option, excluded: Sequence[Schema]) -> None:
        self.option, self.excluded = option, excluded

    def height(self) -> float:
        """That of the option."""
        return self.option.height()

    def value(self, pen: Pen, depth: float) -> Any:
        """Draw until a value will do; gives this example up after a few tries."""
        for _ in range(TRIES):
            value = self.option.value(pen, depth)
            if not any(each.accepts(value) for each in self.excluded):
                return value
        return reject()


class Node:
    """A place in a value, where all of `schemas` hold."""

    def __init__(self, schemas: Sequence[Schema]) -> None:
        self.schemas = schemas
        self.options: list[Option] = []
        self.height: float = inf
        self._choices: dict[float, Option | SearchStrategy[Option]] = {}

    @property
    def values(self) -> list[Any] | None:
        """All values of this place, if they are a short list."""
        if all(isinstance(option, Listed) for option in self.options):
            return [value for option in self.options if isinstance(option, Listed) for value in option.values]
        return None

    def value(self, pen: Pen, depth: float) -> Any:
        """Draw a value with at most `depth` levels below; the lowest there is, once there's no room left."""
        pen.room -= 1
        depth = depth if pen.room > 0 else self.height
        choice = self._choice(depth)
        option = pen.draw(choice) if isinstance(choice, SearchStrategy) else choice
        return option.value(pen, depth)

    def _choice(self, depth: float) -> Option | SearchStrategy[Option]:
        if depth not in self._choices:
            fitting = [option for option in self.options if option.height() <= depth]
            self._choices[depth] = fitting[0] if len(fitting) == 1 else st.sampled_from(fitting)
        return self._choices[depth]


class Plan(Protocol):
    """What makes the nodes of one document, the same one for the same schemas."""

    root: Schema

    def node(self, schemas: Sequence[Schema]) -> Node:
        """The place where all of `schemas` hold."""
        ...


def settle(nodes: Iterable[Node]) -> None:
    """Find the height of every node, and drop the options that lead to nothing."""
    listed, changed = list(nodes), True
    while changed:
        changed = False
        for node in listed:
            height = min((option.height() for option in node.options), default=inf)
            changed = changed or height != node.height
            node.height = height
    for node in listed:
        node.options = [option for option in node.options if option.height() < inf]
