"""Values that fit a schema, and small changes to them that may or may not fit: all from one seeded generator."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from random import Random
from typing import Any

from smcp_conformance.shapes.vocabulary import Schema

DEEPEST = 5
STRINGS = ("", "a", "x-1", "Grüße\u2028", "file:///a/b", "QUJD", "2.0", "object")
ANYTHING: tuple[Any, ...] = (None, True, 0, 1.5, "a", [], {}, [None, {"a": 1}], {"x": None, "y": [1.5]})
REPLACEMENTS: tuple[Any, ...] = (
    None,
    True,
    False,
    0,
    -1,
    1,
    1.0,
    1.5,
    "",
    "a",
    "1",
    [],
    {},
    [None],
    [{}],
    [[]],
    ["a"],
    {"x": None},
    {"x": {}},
)
WRONG: tuple[Any, ...] = (None, True, 1, -1, 1.5, "a", [], [None], {}, {"x": None})
TAGS = ("type", "method", "mode", "action", "role", "jsonrpc", "code")


class Builder:
    """Builds values that fit a compiled schema.

    `fullness` is the chance of an optional member: 0 builds the smallest value, 1 one with everything. With `shallow`
    that holds for the definition's own members, and whatever it refers to is as small as can be.
    """

    def __init__(self, schema: Schema, random: Random, fullness: float, *, shallow: bool = False) -> None:
        self.root = schema
        self.random = random
        self.fullness = fullness
        self.shallow = shallow

    def build(self, schema: Schema | None = None, depth: int = 0) -> Any:
        """Return a value that fits `schema`, by default the whole one."""
        schema = self.root if schema is None else schema
        if "$ref" in schema:
            meant = self.root["$defs"][schema["$ref"].rpartition("/")[2]]
            return self.build(meant, DEEPEST + 1 if self.shallow else depth)
        if "anyOf" in schema:
            return self.build(self._branch(schema["anyOf"], depth), depth)
        if "allOf" in schema:
            return {name: value for part in schema["allOf"] for name, value in self.build(part, depth).items()}
        if "const" in schema or "enum" in schema:
            return schema["const"] if "const" in schema else self.random.choice(schema["enum"])
        return self._of_type(schema, depth)

    def _branch(self, branches: list[Schema], depth: int) -> Schema:
        scalars = [branch for branch in branches if "$ref" not in branch and branch.get("type") != "array"]
        return self.random.choice(scalars if scalars and depth > DEEPEST else branches)

    def _of_type(self, schema: Schema, depth: int) -> Any:
        kind = schema.get("type")
        if isinstance(kind, list):
            kind = self.random.choice(kind)
        if kind == "object":
            return self._object(schema, depth + 1)
        if kind == "array":
            return [self.build(schema["items"], depth + 1) for _ in range(self._count(depth))]
        return self._scalar(kind, schema)

    def _object(self, schema: Schema, depth: int) -> dict[str, Any]:
        needed = schema.get("required", ())
        built = {
            name: self.build(member, depth)
            for name, member in schema.get("properties", {}).items()
            if name in needed or (depth <= DEEPEST and self.random.random() < self.fullness)
        }
        if "additionalProperties" in schema:
            extra = schema["additionalProperties"]
            built |= {f"key{number}": self.build(extra, depth) for number in range(self._count(depth))}
        return built

    def _count(self, depth: int) -> int:
        return 0 if depth > DEEPEST or not self.fullness else self.random.choice((1, 1, 2))

    def _scalar(self, kind: str | None, schema: Schema) -> Any:
        choices = {
            "string": STRINGS,
            "integer": (0, 1, 7, 1.0),
            "number": (0, 1, 0.5, 0.25),
            "boolean": (True, False),
            "null": (None,),
            None: ANYTHING,
        }
        return copy.deepcopy(self.random.choice(choices[kind]))

    def alternatives(self, schema: Schema) -> Iterator[Any]:
        """Yield values that fit `schema`, one for each word or branch that it allows and some more."""
        yield from schema.get("enum", ())
        yield from (self.build(branch) for branch in schema.get("anyOf", ()))
        yield from (self.build(schema) for _ in range(4))


def neighbours(builder: Builder, schema: Schema, value: Any) -> Iterator[Any]:
    """Yield copies of `value`, each with one change at a place that `schema` itself, not a reference in it, governs."""
    for path, part, governing in _governed(schema, value):
        for other in (*WRONG, *builder.alternatives(governing)):
            yield _replaced(value, path, other)
        if isinstance(part, list):
            yield _replaced(value, path, part[:1] * 101)
        if isinstance(part, dict):
            yield from (_replaced(value, path, {k: v for k, v in part.items() if k != name}) for name in part)
            yield from (_replaced(value, path, {**part, "x-unknown": other}) for other in ANYTHING[:4])


def mutants(value: Any, random: Random) -> Iterator[Any]:
    """Yield changed copies of `value`, each with one change at one place, in random order and without an end."""
    places = list(_places(value))
    while True:
        changed = copy.deepcopy([value])
        path = random.choice(places)
        _change(changed, [0, *path], random)
        yield changed[0]


def canonical(value: Any) -> str:
    """Return one text per distinct JSON value; 1 and 1.0 are distinct."""
    return json.dumps(value, sort_keys=True)


def _governed(schema: Schema, value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any, Schema]]:
    yield path, value, schema
    if isinstance(value, dict):
        members = {name: schema.get("additionalProperties", {}) for name in value} | schema.get("properties", {})
        for name in value:
            yield from _governed(members[name], value[name], (*path, name))
    if isinstance(value, list) and value:
        yield from _governed(schema.get("items", {}), value[0], (*path, 0))


def _replaced(value: Any, path: tuple[Any, ...], other: Any) -> Any:
    if not path:
        return copy.deepcopy(other)
    step, *below = path
    changed = copy.copy(value)
    changed[step] = _replaced(value[step], tuple(below), other)
    return changed


def _places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    if isinstance(value, dict):
        for name, part in value.items():
            yield from _places(part, (*path, name))
    if isinstance(value, list):
        for index, part in enumerate(value):
            yield from _places(part, (*path, index))


def _change(root: Any, path: list[Any], random: Random) -> None:
    *above, last = path
    holder = root
    for step in above:
        holder = holder[step]
    inside = random.random() < 0.5
    if inside and isinstance(holder[last], dict):
        _change_object(holder[last], random)
    elif inside and isinstance(holder[last], list):
        _change_array(holder[last], random)
    elif random.random() < 0.25 and isinstance(holder, dict):
        del holder[last]
    elif type(holder[last]) in (int, float) and random.random() < 0.4:
        holder[last] = random.choice((float(holder[last]), holder[last] + 0.5, holder[last] - 10, holder[last] * 1000))
    else:
        holder[last] = copy.deepcopy(random.choice(REPLACEMENTS))


def _change_object(value: dict[str, Any], random: Random) -> None:
    tag = random.choice(TAGS)
    if value and random.random() < 0.3:
        del value[random.choice(list(value))]
    elif tag in value and random.random() < 0.5:
        value[tag] = random.choice(("text", "image", "audio", "object", "string", "array", "tool_use", "url", "1.0"))
    else:
        name = random.choice(("x-unknown", "_meta", "title", "annotations", "id", "task", "icons", "content", "text"))
        value[name] = copy.deepcopy(random.choice(REPLACEMENTS))


def _change_array(value: list[Any], random: Random) -> None:
    if value and random.random() < 0.3:
        value[:] = value * random.choice((2, 3, 101))
    elif value and random.random() < 0.3:
        value.pop(random.randrange(len(value)))
    else:
        value.append(copy.deepcopy(random.choice(REPLACEMENTS)))
