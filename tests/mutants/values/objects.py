"""Tools that mind which members there are, and in which order."""

from __future__ import annotations

from typing import Any

from mutants.values import outcomes
from mutants.values.mutant import (
    DEFAULTS,
    MIRRORED,
    NO_INTERNAL_ERROR,
    ORDER,
    STEADY,
    SURVIVES,
    Json,
    ValueMutant,
    takes,
    valued,
)

TEXT, INTEGER = {"type": "string"}, {"type": "integer"}
OPTIONAL = takes({"a": INTEGER, "b": INTEGER, "c": INTEGER})
COUNTS = {"type": "object", "additionalProperties": INTEGER}
LIMITED = takes({"limit": {"type": "integer", "default": 10}, "text": TEXT}, "text")
PAID = {**takes({"card": INTEGER, "street": TEXT}), "dependentRequired": {"card": ["street"]}}
TREE: Json = {
    **takes({"value": {"$ref": "#/$defs/tree"}}, "value"),
    "$defs": {
        "tree": {
            "type": "object",
            "properties": {"children": {"type": "array", "items": {"$ref": "#/$defs/tree"}}},
            "additionalProperties": False,
        }
    },
}
SHAPES = {
    "oneOf": [
        takes({"radius": INTEGER}, "radius"),
        takes({"width": INTEGER, "height": INTEGER}, "width", "height"),
    ]
}
EXTENDED = {"type": "object", "patternProperties": {"^x-": TEXT}, "additionalProperties": False}
STYLES = {"enum": ["plain", "bold", "italic", "underlined", "struck"]}


def depth(tree: Json) -> int:
    """The levels of a tree below its root."""
    return max((1 + depth(child) for child in tree.get("children", ())), default=0)


def _out_of_order(arguments: Json) -> bool:
    return len(arguments) > 1 and list(arguments) != sorted(arguments)


def _named(name: str) -> Any:
    return lambda counts: name in counts


MUTANTS = (
    ValueMutant("nothing-given", OPTIONAL, lambda some: not some, outcomes.dies, SURVIVES, {}),
    ValueMutant(
        "left-out",
        takes({"size": INTEGER, "text": TEXT}, "text"),
        lambda some: "size" not in some,
        outcomes.fails_inside,
        NO_INTERNAL_ERROR,
        {"text": ""},
    ),
    ValueMutant(
        "two-together", OPTIONAL, lambda some: {"a", "c"} <= set(some), outcomes.dies, SURVIVES, {"a": 0, "c": 0}
    ),
    ValueMutant(
        "one-without-the-other",
        OPTIONAL,
        lambda some: "b" in some and "a" not in some,
        outcomes.fails_inside,
        NO_INTERNAL_ERROR,
        {"b": 0},
    ),
    ValueMutant(
        "equal-ends",
        takes({"from": INTEGER, "to": INTEGER}, "from", "to"),
        lambda some: some["from"] == some["to"],
        outcomes.fails_inside,
        NO_INTERNAL_ERROR,
        {"from": 0, "to": 0},
    ),
    ValueMutant(
        "ends-swapped",
        takes({"from": INTEGER, "to": INTEGER}, "from", "to"),
        lambda some: some["from"] > some["to"],
        outcomes.dies,
        SURVIVES,
        {"from": 0, "to": -1},
    ),
    ValueMutant(
        "first-member-wins",
        takes({"a": INTEGER, "b": INTEGER}, "a", "b"),
        _out_of_order,
        outcomes.minds_the_order,
        ORDER,
        {"a": 0, "b": 0},
    ),
    ValueMutant(
        "drawn-by-lot",
        takes({"a": INTEGER, "b": INTEGER}, "a", "b"),
        lambda some: True,
        outcomes.differs_each_time,
        STEADY,
        {"a": 0, "b": 0},
    ),
    ValueMutant(
        "other-default",
        LIMITED,
        lambda some: "limit" not in some,
        outcomes.uses_another_default,
        DEFAULTS,
        {"text": ""},
    ),
    ValueMutant(
        "refuses-its-default", LIMITED, lambda some: some.get("limit") == 10, outcomes.refuses, DEFAULTS, {"text": ""}
    ),
    ValueMutant(
        "card-and-street",
        PAID,
        lambda some: "card" in some,
        outcomes.fails_inside,
        NO_INTERNAL_ERROR,
        {"card": 0, "street": ""},
    ),
    ValueMutant(
        "two-levels-down",
        TREE,
        lambda some: depth(some["value"]) >= 2,
        outcomes.fails_inside,
        NO_INTERNAL_ERROR,
        {"value": {"children": [{"children": [{}]}]}},
    ),
    valued("empty-children", TREE["$defs"]["tree"], lambda tree: True, outcomes.dies, SURVIVES, {})._replace(
        schema=TREE, shows=lambda some: some["value"].get("children") == [], minimal={"value": {"children": []}}
    ),
    valued("second-branch", SHAPES, lambda shape: "width" in shape, outcomes.dies, SURVIVES, {"width": 0, "height": 0}),
    valued(
        "last-of-the-list", STYLES, lambda style: style == "struck", outcomes.fails_inside, NO_INTERNAL_ERROR, "struck"
    ),
    valued("unnamed-member", COUNTS, bool, outcomes.fails_inside, NO_INTERNAL_ERROR, {"": 0}),
    valued("empty-name", COUNTS, _named(""), outcomes.dies, SURVIVES, {"": 0}),
    valued("loses-proto", COUNTS, _named("__proto__"), outcomes.loses_text, MIRRORED, {"__proto__": 0}, COUNTS),
    valued("knows-constructors", COUNTS, _named("constructor"), outcomes.dies, SURVIVES, {"constructor": 0}),
    valued(
        "dotted-name",
        COUNTS,
        lambda counts: any("." in name for name in counts),
        outcomes.fails_inside,
        NO_INTERNAL_ERROR,
        {".": 0},
    ),
    valued("extension", EXTENDED, bool, outcomes.fails_inside, NO_INTERNAL_ERROR, {"x-": ""}),
)
