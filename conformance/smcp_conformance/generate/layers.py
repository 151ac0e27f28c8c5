"""All the schemas that hold for one value at once, after a decision wherever the schema leaves a choice."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from smcp_conformance.generate.schema import Schema
from smcp_conformance.generate.sites import Path

Fork = tuple[Path, str]
KINDS = ("string", "number", "object", "array", "boolean", "null")


class NoValue(ValueError):
    """No value was found for these schemas, decided this way."""


@dataclass(frozen=True)
class Plan:
    """How to decide: whether optional parts are there, and which alternative to take at which fork (else the first)."""

    full: bool
    picks: Mapping[Fork, int] = field(default_factory=dict)

    def turned(self, fork: Fork, pick: int) -> Plan:
        """The same plan but for one fork."""
        return Plan(self.full, {**self.picks, fork: pick})


class Decisions:
    """Takes a plan's decisions, and remembers every fork that was met with the number of its alternatives."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.forks: dict[Fork, int] = {}

    def pick(self, path: Path, name: str, alternatives: int) -> int:
        """The alternative to take here."""
        fork = (path, name)
        if alternatives > 1:
            self.forks[fork] = alternatives
        return min(self.plan.picks.get(fork, 0), alternatives - 1)


def flat(schemas: Sequence[Schema], path: Path, decisions: Decisions) -> list[Schema]:
    """The schema objects that all hold, with references, `allOf` and the alternatives decided on laid out beside them.

    Raises `NoValue` where one of them is `false`, `NoDialect` where a reference leads nowhere.
    """
    seen: set[Hashable] = set()
    return [layer for schema in schemas for layer in _flat(schema, path, decisions, seen)]


def _flat(schema: Schema, path: Path, decisions: Decisions, seen: set[Hashable]) -> Iterator[Schema]:
    if schema.contents is False:
        raise NoValue(f"false at {schema.pointer!r}")
    if schema.contents is True or schema.identity in seen:
        return
    seen.add(schema.identity)
    yield schema
    for applied in _applied(schema, path, decisions):
        yield from _flat(applied, path, decisions, seen)


def _applied(schema: Schema, path: Path, decisions: Decisions) -> Iterator[Schema]:
    keywords = schema.keywords
    yield from (schema.referred(keyword) for keyword in ("$ref", "$dynamicRef") if keyword in keywords)
    yield from (schema.at("allOf", number) for number, _ in enumerate(keywords.get("allOf", ())))
    negated = keywords.get("not")
    if isinstance(negated, Mapping) and set(negated) == {"not"}:
        yield schema.at("not", "not")
    for keyword in ("anyOf", "oneOf"):
        if keyword in keywords:
            pick = decisions.pick(path, f"{schema.pointer}/{keyword}", len(keywords[keyword]))
            yield schema.at(keyword, pick)
    if "if" in keywords:
        otherwise = decisions.pick(path, f"{schema.pointer}/if", 2)
        yield from (
            schema.at(keyword) for keyword in (("else",) if otherwise else ("if", "then")) if keyword in keywords
        )


def kind_of(layers: Sequence[Schema], path: Path, decisions: Decisions) -> str:
    """The JSON type to build: one that all layers admit, what the keywords speak of first; raises `NoValue` if none."""
    kinds = [kind for kind in _ordered(layers) if all(_admits(layer, kind) for layer in layers)]
    if not kinds:
        raise NoValue(f"no type is admitted at {path!r}")
    return kinds[decisions.pick(path, "type", len(kinds))]


def _admits(layer: Schema, kind: str) -> bool:
    stated = layer.keywords.get("type", KINDS)
    listed = (stated,) if isinstance(stated, str) else stated
    return kind in listed or (kind == "number" and "integer" in listed)


def _ordered(layers: Sequence[Schema]) -> list[str]:
    stated = [layer.keywords["type"] for layer in layers if "type" in layer.keywords]
    listed = [one for kinds in stated for one in ((kinds,) if isinstance(kinds, str) else kinds)]
    named = ["number" if one == "integer" else str(one) for one in listed]
    spoken_of = [SPEAKS_OF[word] for layer in layers for word in layer.keywords if word in SPEAKS_OF]
    return list(dict.fromkeys([*named, *spoken_of, *KINDS]))


SPEAKS_OF: Mapping[str, str] = {
    **dict.fromkeys(("minLength", "maxLength", "pattern", "format"), "string"),
    **dict.fromkeys(("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"), "number"),
    **dict.fromkeys(("items", "prefixItems", "contains", "minItems", "maxItems", "uniqueItems"), "array"),
    **dict.fromkeys(("unevaluatedItems", "additionalItems", "minContains", "maxContains"), "array"),
    **dict.fromkeys(("properties", "required", "additionalProperties", "patternProperties"), "object"),
    **dict.fromkeys(("minProperties", "maxProperties", "propertyNames", "dependencies"), "object"),
    **dict.fromkeys(("unevaluatedProperties", "dependentRequired", "dependentSchemas"), "object"),
}


def stated(layers: Sequence[Schema], keyword: str) -> list[Any]:
    """What each layer states under `keyword`, where it does."""
    return [layer.keywords[keyword] for layer in layers if keyword in layer.keywords]
