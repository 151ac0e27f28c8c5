"""Where a value can be made wrong: each schema object that judges a part of it, with the path to that part."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from typing import Any

from smcp_conformance.generate.members import applied_in_place, item_schemas, member_schemas
from smcp_conformance.generate.schema import Schema

Path = tuple[str | int, ...]
MAX_DEPTH = 24


@dataclass(frozen=True)
class Site:
    """A part of an instance, the `path` to it, and one of the schemas that judge it."""

    path: Path
    schema: Schema
    value: Any


def sites(root: Schema, value: Any) -> Iterator[Site]:
    """Walk schema and instance in lockstep, outer schemas first; `value` should be valid under `root`.

    References are followed; of alternatives only those that the instance satisfies. Raises `NoDialect` for a reference
    or pattern that can't be read.
    """
    yield from _walk(root, value, (), set())


def _walk(schema: Schema, value: Any, path: Path, seen: set[Hashable]) -> Iterator[Site]:
    key = (schema.identity, path)
    if isinstance(schema.contents, bool) or key in seen or len(path) > MAX_DEPTH:
        return
    seen.add(key)
    yield Site(path, schema, value)
    for applied in applied_in_place(schema, value):
        yield from _walk(applied, value, path, seen)
    yield from _parts(schema, value, path, seen)


def _parts(schema: Schema, value: Any, path: Path, seen: set[Hashable]) -> Iterator[Site]:
    if isinstance(value, dict):
        for name, member in value.items():
            for judging in member_schemas(schema, name):
                yield from _walk(judging, member, (*path, name), seen)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            for judging in item_schemas(schema, index):
                yield from _walk(judging, item, (*path, index), seen)


def replaced(instance: Any, path: Path, value: Any) -> Any:
    """The instance with another value at `path`; nothing of the given one is changed."""
    if not path:
        return value
    step, rest = path[0], path[1:]
    if isinstance(instance, list):
        return [replaced(item, rest, value) if index == step else item for index, item in enumerate(instance)]
    return {name: replaced(member, rest, value) if name == step else member for name, member in instance.items()}
