"""Tools that take what their schema forbids, or refuse it badly."""

from __future__ import annotations

from typing import Any

from mutants.values import outcomes
from mutants.values.mutant import NO_TRACEBACK, REFUSES, SURVIVES, Json, ValueMutant, lenient, takes
from mutants.values.rules import is_type

TEXT, INTEGER, BOOLEAN = {"type": "string"}, {"type": "integer"}, {"type": "boolean"}
WORD = {"type": "string", "pattern": "^[a-z]+$"}
STYLES = {"enum": ["plain", "fancy"]}
PAID = {**takes({"card": INTEGER, "street": TEXT}), "dependentRequired": {"card": ["street"]}}
ONE_OF = {"oneOf": [{"type": "integer", "minimum": 10}, {"type": "integer", "maximum": 20}]}
PAIR = {"type": "array", "prefixItems": [TEXT, INTEGER], "items": False, "minItems": 2}
NAMES = {"type": "object", "propertyNames": {"pattern": "^[a-z]+$"}, "additionalProperties": INTEGER}
INNER = {"type": "object", "properties": {"a": INTEGER}, "additionalProperties": False}


def is_digits(value: Any) -> bool:
    """A text that a coercing program takes for an integer."""
    return isinstance(value, str) and value.isascii() and value.removeprefix("-").isdigit()


def wrong(
    name: str, schema: Json, shows: Any, minimal: Json, outcome: Any = outcomes.accepts, question: str = REFUSES
) -> ValueMutant:
    """A mutant that goes wrong for some arguments that are invalid."""
    return ValueMutant(name, schema, shows, outcome, question, minimal, invalid=True)


MUTANTS = (
    lenient("text-for-integer", INTEGER, is_digits, outcomes.accepts, "1"),
    lenient("true-for-integer", INTEGER, lambda value: value is True, outcomes.accepts, True),
    lenient("fraction-for-integer", INTEGER, lambda value: isinstance(value, float), outcomes.accepts, 1.5),
    lenient("empty-text-for-integer", INTEGER, lambda value: value == "", outcomes.accepts, ""),
    lenient("null-for-text", TEXT, lambda value: value is None, outcomes.accepts, None),
    lenient("number-for-text", TEXT, lambda value: is_type("number", value), outcomes.accepts, 1),
    lenient("list-for-text", TEXT, lambda value: isinstance(value, list), outcomes.accepts, ["a"]),
    lenient("text-for-boolean", BOOLEAN, lambda value: isinstance(value, str), outcomes.accepts, "true"),
    lenient("number-for-boolean", BOOLEAN, lambda value: value == 0, outcomes.accepts, 0),
    lenient(
        "single-for-list",
        {"type": "array", "items": INTEGER},
        lambda value: is_type("integer", value),
        outcomes.accepts,
        1,
    ),
    lenient(
        "object-for-list",
        {"type": "array", "items": INTEGER},
        lambda value: isinstance(value, dict),
        outcomes.accepts,
        {"0": 1},
    ),
    lenient("null-item", {"type": "array", "items": INTEGER}, lambda value: value == [None], outcomes.accepts, [None]),
    lenient(
        "any-case",
        STYLES,
        lambda value: isinstance(value, str) and value.lower() in STYLES["enum"],
        outcomes.accepts,
        "PLAIN",
    ),
    lenient(
        "trims",
        STYLES,
        lambda value: isinstance(value, str) and value.strip() in STYLES["enum"],
        outcomes.accepts,
        "plain ",
    ),
    lenient(
        "newline-at-the-end",
        WORD,
        lambda value: isinstance(value, str) and value[:-1].isalpha() and value[-1:] == "\n",
        outcomes.accepts,
        "a\n",
    ),
    lenient(
        "unanchored", WORD, lambda value: isinstance(value, str) and "a" <= value[:1] <= "z", outcomes.accepts, "a\n"
    ),
    lenient("no-characters", {"type": "string", "minLength": 1}, lambda value: value == "", outcomes.accepts, ""),
    lenient(
        "counts-code-units",
        {"type": "string", "minLength": 2},
        lambda value: isinstance(value, str) and len(value.encode("utf-16-le")) >= 4,
        outcomes.accepts,
        "\U0001f600",
    ),
    lenient(
        "one-too-many",
        {"type": "string", "maxLength": 5},
        lambda value: isinstance(value, str) and len(value) == 6,
        outcomes.accepts,
        "aaaaaa",
    ),
    lenient(
        "bound-included",
        {"type": "number", "exclusiveMaximum": 1},
        lambda value: value == 1 and value is not True,
        outcomes.accepts,
        1,
    ),
    lenient("past-the-maximum", {"type": "integer", "maximum": 100}, lambda value: value == 101, outcomes.accepts, 101),
    lenient(
        "below-the-minimum",
        {"type": "integer", "minimum": 1},
        lambda value: value == 0 and is_type("integer", value),
        outcomes.accepts,
        0,
    ),
    lenient(
        "between-multiples",
        {"type": "integer", "multipleOf": 5},
        lambda value: is_type("integer", value),
        outcomes.accepts,
        1,
    ),
    lenient(
        "takes-twice",
        {"type": "array", "items": INTEGER, "uniqueItems": True},
        lambda value: isinstance(value, list) and all(is_type("integer", each) for each in value),
        outcomes.accepts,
        [1, 1],
    ),
    lenient(
        "no-items", {"type": "array", "items": INTEGER, "minItems": 1}, lambda value: value == [], outcomes.accepts, []
    ),
    lenient(
        "third-of-a-pair", PAIR, lambda value: isinstance(value, list) and len(value) > 2, outcomes.accepts, ["a", 1, 1]
    ),
    lenient(
        "any-name",
        NAMES,
        lambda value: isinstance(value, dict) and any(name != name.lower() for name in value),
        outcomes.accepts,
        {"extra": 1, "EXTRA": 1},
    ),
    lenient(
        "inner-extra",
        INNER,
        lambda value: isinstance(value, dict) and len(value) > 1,
        outcomes.accepts,
        {"a": 1, "unknown_member": 1},
    ),
    lenient("both-branches", ONE_OF, lambda value: is_type("integer", value), outcomes.accepts, 10),
    lenient("another-constant", {"const": 2}, lambda value: is_type("integer", value), outcomes.accepts, 3),
    wrong("extra-member", takes({"a": INTEGER}), lambda some: len(some) > 1, {"a": 1, "unknown_member": 1}),
    wrong("lacks-the-required", takes({"a": INTEGER, "b": INTEGER}, "b"), lambda some: "b" not in some, {}),
    wrong("card-without-street", PAID, lambda some: list(some) == ["card"], {"card": 1}),
    lenient("traceback-on-null", TEXT, lambda value: value is None, outcomes.tells_a_traceback, None, NO_TRACEBACK),
    lenient("internal-error-on-list", TEXT, lambda value: isinstance(value, list), outcomes.fails_inside, ["a"]),
    lenient("dies-on-object", TEXT, lambda value: isinstance(value, dict), outcomes.dies, {}, SURVIVES),
    lenient("hangs-on-null", INTEGER, lambda value: value is None, outcomes.hangs, None, SURVIVES),
)
