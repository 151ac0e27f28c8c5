"""A validator for the keywords of JSON Schema that this server's tools use; one rule, one small function."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

Rule = Callable[[Any, Any, Any], Iterator[str]]


def problems(schema: Any, value: Any) -> Iterator[str]:
    """Yield a sentence for each way in which `value` breaks `schema` (2020-12)."""
    for keyword, argument in schema.items():
        if keyword in RULES:
            yield from RULES[keyword](argument, value, schema)


def is_type(name: str, value: Any) -> bool:
    """Tell whether `value` is of the JSON type `name`; 1.0 is an integer, true is not."""
    if name == "integer":
        return isinstance(value, int | float) and not isinstance(value, bool) and value == value // 1
    if name == "number":
        return isinstance(value, int | float) and not isinstance(value, bool)
    return isinstance(value, {"string": str, "boolean": bool, "object": dict, "array": list}[name])


def _type(name: str, value: Any, schema: Any) -> Iterator[str]:
    if not is_type(name, value):
        yield f"not of type {name!r}"


def _enum(allowed: Any, value: Any, schema: Any) -> Iterator[str]:
    if value not in allowed or isinstance(value, bool):
        yield f"not one of {', '.join(map(repr, allowed))}"


def _minimum(limit: float, value: Any, schema: Any) -> Iterator[str]:
    if is_type("number", value) and value < limit:
        yield f"less than the minimum of {limit}"


def _maximum(limit: float, value: Any, schema: Any) -> Iterator[str]:
    if is_type("number", value) and value > limit:
        yield f"greater than the maximum of {limit}"


def _min_length(limit: int, value: Any, schema: Any) -> Iterator[str]:
    if isinstance(value, str) and len(value) < limit:
        yield f"shorter than {limit} characters"


def _max_length(limit: int, value: Any, schema: Any) -> Iterator[str]:
    if isinstance(value, str) and len(value) > limit:
        yield f"longer than {limit} characters"


def _pattern(pattern: str, value: Any, schema: Any) -> Iterator[str]:
    strict = re.sub(r"(?<!\\)\$$", r"\\Z", pattern)  # in Python a "$" would let a line's end pass
    if isinstance(value, str) and not re.search(strict, value):
        yield f"does not match {pattern!r}"


def _required(names: list[str], value: Any, schema: Any) -> Iterator[str]:
    if isinstance(value, dict):
        yield from (f"{name!r} is required" for name in names if name not in value)


def _properties(properties: Any, value: Any, schema: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for name in properties.keys() & value.keys():
            yield from (f"{name!r} is {problem}" for problem in problems(properties[name], value[name]))


def _additional(allowed: bool, value: Any, schema: Any) -> Iterator[str]:
    if isinstance(value, dict) and not allowed:
        known = schema.get("properties", {})
        yield from (f"{name!r} is not a known property" for name in value if name not in known)


def _items(item: Any, value: Any, schema: Any) -> Iterator[str]:
    if isinstance(value, list):
        for index, element in enumerate(value):
            yield from (f"item {index} is {problem}" for problem in problems(item, element))


def _max_items(limit: int, value: Any, schema: Any) -> Iterator[str]:
    if isinstance(value, list) and len(value) > limit:
        yield f"longer than {limit} items"


RULES: dict[str, Rule] = {
    "type": _type,
    "enum": _enum,
    "minimum": _minimum,
    "maximum": _maximum,
    "minLength": _min_length,
    "maxLength": _max_length,
    "pattern": _pattern,
    "required": _required,
    "properties": _properties,
    "additionalProperties": _additional,
    "items": _items,
    "maxItems": _max_items,
}
