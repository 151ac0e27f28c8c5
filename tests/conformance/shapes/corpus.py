"""The messages on which our shapes and the official ones are compared."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import islice
from random import Random
from typing import Any

from conformance.shapes.instances import Builder, canonical, mutants, neighbours

from smcp_conformance.shapes import json_schema

FULLNESS = (0.0, 1.0, 0.5, 0.3, 0.7, 0.5)
PER_VALUE = 12
WHOLE = ("Request", "Notification", "Result", "Response", "Message", "JSONRPCError")


def is_message(definition: str) -> bool:
    """Tell whether a definition is that of something sent as a whole, not only inside another."""
    return definition.endswith(WHOLE)


@cache
def corpus(revision: str, definition: str) -> tuple[Any, ...]:
    """Return distinct values for one definition: some that fit, and mutants of each. Always the same ones."""
    return tuple({canonical(value): value for value in _values(revision, definition)}.values())


def _values(revision: str, definition: str) -> Iterator[Any]:
    schema = json_schema(revision, definition, literal=True)
    random = Random(f"{revision} {definition}")
    own = schema["$defs"][definition]
    shallow = Builder(schema, random, 1, shallow=True)
    yield from neighbours(shallow, own, shallow.build(own))
    for fullness in FULLNESS:
        value = Builder(schema, random, fullness).build()
        yield value
        yield from islice(mutants(value, random), PER_VALUE)
