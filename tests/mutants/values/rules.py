"""A validator for the keywords that the mutants' schemas use: one small rule for each."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from fractions import Fraction
from typing import Any

from mutants.values.mutant import Json

Rule = Callable[[Any, Any, Json, Json], bool]


def valid(schema: Any, value: Any, root: Json) -> bool:
    """Tell whether `value` is valid under `schema`, a part of the document `root` (2020-12)."""
    if isinstance(schema, bool):
        return schema
    return all(RULES[word](said, value, schema, root) for word, said in schema.items() if word in RULES)


def is_type(name: str, value: Any) -> bool:
    """Tell whether `value` is of the JSON type `name`; 1.0 is an integer, true is no number."""
    if name in ("integer", "number"):
        number = isinstance(value, int | float) and not isinstance(value, bool)
        return number and (name == "number" or value == value // 1)
    kinds = {"string": str, "boolean": bool, "object": dict, "array": list, "null": type(None)}
    return isinstance(value, kinds[name])


def spelled(value: Any) -> str:
    """The same text for values that are equal in JSON: 1 and 1.0, but not true."""
    if isinstance(value, list):
        return f"[{','.join(map(spelled, value))}]"
    if isinstance(value, dict):
        return f"{{{','.join(f'{json.dumps(name)}:{spelled(value[name])}' for name in sorted(value))}}}"
    return json.dumps(int(value) if is_type("integer", value) else value)


def _type(names: str | list[str], value: Any, schema: Json, root: Json) -> bool:
    return any(is_type(name, value) for name in ([names] if isinstance(names, str) else names))


def _enum(listed: list[Any], value: Any, schema: Json, root: Json) -> bool:
    return spelled(value) in map(spelled, listed)


def _of(kind: str, holds: Callable[[Any, Any], bool]) -> Rule:
    """A rule that says nothing of values of other types."""
    return lambda said, value, schema, root: not is_type(kind, value) or holds(said, value)


def _multiple(step: float, value: float) -> bool:
    return (Fraction(str(value)) / Fraction(str(step))).denominator == 1


def _matches(pattern: str, value: str) -> bool:
    return re.search(re.sub(r"\$$", r"\\Z", pattern), value) is not None


def _unique(asked: bool, value: list[Any]) -> bool:
    return not asked or len(set(map(spelled, value))) == len(value)


def _properties(members: Json, value: Any, schema: Json, root: Json) -> bool:
    if not isinstance(value, dict):
        return True
    return all(valid(inner, value[name], root) for name, inner in members.items() if name in value)


def _patterned(patterns: Json, value: Any, schema: Json, root: Json) -> bool:
    if not isinstance(value, dict):
        return True
    return all(
        valid(patterns[pattern], value[name], root) for name in value for pattern in patterns if _matches(pattern, name)
    )


def _additional(inner: Any, value: Any, schema: Json, root: Json) -> bool:
    if not isinstance(value, dict):
        return True
    patterns = schema.get("patternProperties", {})
    more = (name for name in value if name not in schema.get("properties", {}))
    return all(valid(inner, value[name], root) for name in more if not any(_matches(each, name) for each in patterns))


def _names(inner: Any, value: Any, schema: Json, root: Json) -> bool:
    return not isinstance(value, dict) or all(valid(inner, name, root) for name in value)


def _dependent(needs: dict[str, list[str]], value: Json) -> bool:
    return all(name in value for there, names in needs.items() if there in value for name in names)


def _items(inner: Any, value: Any, schema: Json, root: Json) -> bool:
    if not isinstance(value, list):
        return True
    return all(valid(inner, item, root) for item in value[len(schema.get("prefixItems", ())) :])


def _prefix(listed: list[Any], value: Any, schema: Json, root: Json) -> bool:
    if not isinstance(value, list):
        return True
    return all(valid(inner, item, root) for inner, item in zip(listed, value, strict=False))


def _reference(pointer: str, value: Any, schema: Json, root: Json) -> bool:
    return valid(root["$defs"][pointer.removeprefix("#/$defs/")], value, root)


def _any_of(branches: list[Any], value: Any, schema: Json, root: Json) -> bool:
    return any(valid(branch, value, root) for branch in branches)


def _one_of(branches: list[Any], value: Any, schema: Json, root: Json) -> bool:
    return sum(valid(branch, value, root) for branch in branches) == 1


RULES: dict[str, Rule] = {
    "type": _type,
    "enum": _enum,
    "const": lambda said, value, schema, root: spelled(said) == spelled(value),
    "minimum": _of("number", lambda least, value: bool(value >= least)),
    "maximum": _of("number", lambda most, value: bool(value <= most)),
    "exclusiveMinimum": _of("number", lambda bound, value: bool(value > bound)),
    "exclusiveMaximum": _of("number", lambda bound, value: bool(value < bound)),
    "multipleOf": _of("number", _multiple),
    "minLength": _of("string", lambda least, value: len(value) >= least),
    "maxLength": _of("string", lambda most, value: len(value) <= most),
    "pattern": _of("string", _matches),
    "minItems": _of("array", lambda least, value: len(value) >= least),
    "maxItems": _of("array", lambda most, value: len(value) <= most),
    "uniqueItems": _of("array", _unique),
    "minProperties": _of("object", lambda least, value: len(value) >= least),
    "maxProperties": _of("object", lambda most, value: len(value) <= most),
    "required": _of("object", lambda names, value: all(name in value for name in names)),
    "dependentRequired": _of("object", _dependent),
    "properties": _properties,
    "patternProperties": _patterned,
    "additionalProperties": _additional,
    "propertyNames": _names,
    "items": _items,
    "prefixItems": _prefix,
    "$ref": _reference,
    "anyOf": _any_of,
    "oneOf": _one_of,
}
