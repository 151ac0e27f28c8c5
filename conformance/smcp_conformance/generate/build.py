"""One small value for schemas that all hold, without randomness, decided by a plan."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import islice
from typing import Any

from smcp_conformance.generate.layers import Decisions, NoValue, flat, kind_of, stated
from smcp_conformance.generate.members import dependents, item_schemas, left_over, member_schemas, prefix
from smcp_conformance.generate.near import limit
from smcp_conformance.generate.near_members import STRANGER, mapping
from smcp_conformance.generate.scalars import given, numbers, texts, variants
from smcp_conformance.generate.schema import Schema
from smcp_conformance.generate.shortest import shortest_match
from smcp_conformance.generate.sites import Path

MAX_DEPTH = 12
MAX_STEPS = 400  # values within values
TRIGGERED = ("dependentRequired", "dependentSchemas", "dependencies")
MAX_SHORTER = 8  # lengths tried below the longest one
MAX_REPEATS = 1  # how often a schema may contain itself once more
MAX_PARTS = 300  # members or items of one value; a schema that demands more has no base here


class Builder:
    """Builds by one plan in at most `steps`; `decisions.forks` tells afterwards what else could have been decided."""

    def __init__(self, decisions: Decisions, steps: int = MAX_STEPS) -> None:
        self.decisions = decisions
        self.steps = steps
        self._around: list[Hashable] = []  # the schemas whose parts are being built, outermost first

    def value(self, schemas: Sequence[Schema], path: Path = ()) -> Any:
        """A value that each of `schemas` accepts; raises `NoValue` where none was found, `NoDialect` as `Schema`."""
        self.steps -= 1
        if len(path) > MAX_DEPTH or self.steps < 0:
            raise NoValue(f"too deep or too much at {path!r}")
        layers = flat(schemas, path, self.decisions)
        with self._within(layers, path):
            found = next((one for one in self._candidates(layers, path) if accepted(schemas, one)), NoValue)
        if found is NoValue:
            raise NoValue(f"nothing found at {path!r}")
        return found

    @contextmanager
    def _within(self, layers: Sequence[Schema], path: Path) -> Iterator[None]:
        here = [layer.identity for layer in layers]
        if any(self._around.count(identity) > MAX_REPEATS for identity in here):
            raise NoValue(f"the schema contains itself at {path!r}")
        self._around += here
        try:
            yield
        finally:
            del self._around[len(self._around) - len(here) :]

    def _full(self, layers: Sequence[Schema]) -> bool:
        """Whether to build optional parts: not within what is only there because a schema contains itself."""
        again = (self._around.count(layer.identity) > 1 for layer in layers)
        return self.decisions.plan.full and not any(again)

    def _candidates(self, layers: Sequence[Schema], path: Path) -> Iterator[Any]:
        listed = [*stated(layers, "const"), *(one for enum in stated(layers, "enum") for one in enum)]
        if listed:
            yield from (one for one in listed if accepted(layers, one))
            return
        kind = kind_of(layers, path, self.decisions)
        if kind in ("string", "number"):
            proposed: Iterable[Any] = texts(layers) if kind == "string" else numbers(layers)
            yield from (one for one in proposed if accepted(layers, one))
        elif kind in ("object", "array"):
            yield from self._object(layers, path) if kind == "object" else self._array(layers, path)
        else:
            yield from {"boolean": (True, False), "null": (None,)}[kind]
        yield from given(layers)

    def _object(self, layers: Sequence[Schema], path: Path) -> Iterator[dict[str, Any]]:
        required = self._members(layers, _required(layers, ()), {}, path)
        if self._full(layers):
            optional = self._optional(layers, path)
            yield self._members(layers, [*required, *optional], {}, path, lenient=set(optional) - set(required))
            yield self._one_by_one(layers, required, optional, path)
        yield required
        yield self._filled(layers, required, path)

    def _members(
        self, layers: Sequence[Schema], names: Iterable[str], start: dict[str, Any], path: Path, lenient: Any = ()
    ) -> dict[str, Any]:
        """The members named, and those that these call for; names in `lenient` may be left out."""
        built, waiting = dict(start), list(dict.fromkeys(names))
        for name in waiting:
            called_for = [more for layer in layers for more in dependents(layer, dict.fromkeys(waiting))]
            applying = [*layers, *flat(called_for, path, self.decisions)]
            waiting += [more for more in _required(applying, waiting) if more not in waiting]
            try:
                built.setdefault(name, self._member(applying, name, path))
            except NoValue:
                if name not in lenient:
                    raise
        return built

    def _member(self, layers: Sequence[Schema], name: str, path: Path) -> Any:
        judging = [schema for layer in layers for schema in member_schemas(layer, name)]
        return self.value(judging or [*left_over(layers, "unevaluatedProperties")], (*path, name))

    def _optional(self, layers: Sequence[Schema], path: Path) -> list[str]:
        triggers = [name for layer in layers for word in TRIGGERED for name in mapping(layer.keywords, word)]
        called_for = [more for layer in layers for more in dependents(layer, dict.fromkeys(triggers))]
        all_layers = [*layers, *flat(called_for, path, self.decisions)]
        listed = [name for layer in all_layers for name in mapping(layer.keywords, "properties")]
        patterns = [pattern for layer in layers for pattern in mapping(layer.keywords, "patternProperties")]
        matching = [name for name in map(shortest_match, patterns) if name is not None]
        listed += [name for layer in layers for keyword in TRIGGERED for name in mapping(layer.keywords, keyword)]
        open_to_more = any(isinstance(rest, dict) for rest in stated(layers, "additionalProperties"))
        return list(
            dict.fromkeys([*listed, *triggers, *matching, *([self._name(layers, path, 0)] if open_to_more else [])])
        )

    def _name(self, layers: Sequence[Schema], path: Path, number: int) -> str:
        """A name that nothing lists, of the form that `propertyNames` asks for."""
        judging = [layer.at("propertyNames") for layer in layers if "propertyNames" in layer.keywords]
        plain = "extra" if number == 0 else f"extra{number}"
        if not judging or accepted(judging, plain):
            return plain
        texted = [schema.like({"type": "string"}) for schema in judging[:1]]
        start: str = self.value([*judging, *texted], (*path, STRANGER))
        return next(islice((name for name in variants(start) if accepted(judging, name)), number, None), start)

    def _one_by_one(
        self, layers: Sequence[Schema], required: dict[str, Any], optional: list[str], path: Path
    ) -> dict[str, Any]:
        built = required
        for name in optional:
            try:
                more = self._members(layers, [name], built, path)
            except NoValue:
                continue
            built = more if accepted(layers, more) or not accepted(layers, built) else built
        return built

    def _filled(self, layers: Sequence[Schema], built: dict[str, Any], path: Path) -> dict[str, Any]:
        """With as many members as `minProperties` asks for, those listed first."""
        least = max((limit(layer.keywords, "minProperties") or 0 for layer in layers), default=0)
        extra = (self._name(layers, path, number) for number in range(min(least, MAX_PARTS) + 1))
        for name in [*self._optional(layers, path), *extra]:
            if len(built) >= least:
                break
            built = self._members(layers, [name], built, path, lenient={name})
        return built

    def _array(self, layers: Sequence[Schema], path: Path) -> Iterator[list[Any]]:
        least = max((limit(layer.keywords, "minItems") or 0 for layer in layers), default=0)
        wanted = max((_contained(layer) for layer in layers), default=0)
        places = max((len(prefix(layer)) for layer in layers), default=0)
        if least > MAX_PARTS or wanted > MAX_PARTS:
            raise NoValue(f"more than {MAX_PARTS} items at {path!r}")
        for length in _lengths(places, least, wanted, self._full(layers)):
            with suppress(NoValue):
                yield self._items(layers, length, places, path)

    def _items(self, layers: Sequence[Schema], length: int, places: int, path: Path) -> list[Any]:
        kinds = [layer.at("contains") for layer in layers if "contains" in layer.keywords and _contained(layer)]
        wanted = max((_contained(layer) for layer in layers), default=0)
        items: list[Any] = []
        for index in range(length):
            judging = [schema for layer in layers for schema in item_schemas(layer, index)]
            judging = judging or [*left_over(layers, "unevaluatedItems")]
            of_the_kind = kinds if index >= min(places, max(length - wanted, 0)) else []
            items.append(self._item(layers, [*judging, *of_the_kind], judging, items, (*path, index)))
        return items

    def _item(
        self,
        layers: Sequence[Schema],
        wished: Sequence[Schema],
        judging: Sequence[Schema],
        items: list[Any],
        path: Path,
    ) -> Any:
        try:
            built = self.value(wished, path)
        except NoValue:
            built = self.value(judging, path)
        if True not in stated(layers, "uniqueItems"):
            return built
        others = (*variants(built), *given(judging), *variants("a"), *variants(1), None, True, False)
        return next((one for one in others if one not in items and accepted(judging, one)), built)


def accepted(schemas: Iterable[Schema], value: Any) -> bool:
    """Whether each of the schemas accepts the value."""
    return all(schema.accepts(value) for schema in schemas)


def _contained(layer: Schema) -> int:
    if "contains" not in layer.keywords:
        return 0
    least = layer.keywords.get("minContains", 1)
    return int(least) if isinstance(least, (int, float)) else 1


def _lengths(places: int, least: int, wanted: int, full: bool) -> list[int]:
    small = [max(least, wanted), max(least, places + wanted), max(least, places)]
    most = max(least, places + 1, wanted)
    return list(dict.fromkeys([*range(most, max(most - MAX_SHORTER, 0), -1), *small, 0] if full else small))


def _required(layers: Iterable[Schema], names: Iterable[str]) -> list[str]:
    present = set(names)
    required = [name for layer in layers for name in layer.keywords.get("required", ())]
    for layer in layers:
        for keyword in ("dependentRequired", "dependencies"):
            for trigger, wanted in mapping(layer.keywords, keyword).items():
                required += wanted if isinstance(wanted, list) and trigger in {*present, *required} else []
    return list(dict.fromkeys(required))
