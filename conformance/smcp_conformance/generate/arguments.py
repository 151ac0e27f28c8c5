"""Arguments for one tool, without randomness: one small valid object, and some that are wrong in one named way each.

Every value is judged by `jsonschema` before it is used, so what comes out is on the side it claims to be on.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from smcp_conformance.generate.dialect import NoDialect, schema_fault
from smcp_conformance.generate.schema import instance_fault

OF_TYPE: Mapping[str, Any] = {
    "string": "a",
    "integer": 1,
    "number": 1,
    "boolean": True,
    "array": [],
    "object": {},
    "null": None,
}
OF_FORMAT: Mapping[str, str] = {
    "uri": "https://example.com/",
    "email": "a@example.com",
    "date": "2026-01-01",
    "date-time": "2026-01-01T00:00:00Z",
    "time": "00:00:00Z",
    "uuid": "00000000-0000-4000-8000-000000000000",
    "ipv4": "127.0.0.1",
    "hostname": "example.com",
}
WRONG_FOR: Mapping[str, Any] = {
    "string": {"not": "a string"},
    "integer": "not an integer",
    "number": "not a number",
    "boolean": "not a boolean",
    "array": {"not": "an array"},
    "object": "not an object",
    "null": "not null",
}
DEPTH = 6


@dataclass(frozen=True)
class WrongArguments:
    """An object that violates a schema; `fault` names the one thing that is wrong."""

    fault: str
    value: Mapping[str, Any]


def valid_arguments(schema: Mapping[str, Any]) -> dict[str, Any] | None:
    """The required members with small values, if that is valid; None where this simple way finds nothing.

    Raises `NoDialect` if the schema is no valid one or can't be judged.
    """
    if fault := schema_fault(schema):
        raise NoDialect(fault)
    built = _example(schema, schema, DEPTH)
    return built if isinstance(built, dict) and instance_fault(schema, built) is None else None


def wrong_arguments(schema: Mapping[str, Any]) -> Iterator[WrongArguments]:
    """Objects with one fault each: a required member missing, a member of another type, an unknown member."""
    base = valid_arguments(schema)
    if base is None:
        return
    for wrong in _candidates(schema, base):
        if instance_fault(schema, wrong.value) is not None:
            yield wrong


def _candidates(schema: Mapping[str, Any], base: Mapping[str, Any]) -> Iterator[WrongArguments]:
    for name in schema.get("required", ()):
        yield WrongArguments(f"{name!r} missing", {k: v for k, v in base.items() if k != name})
    for name, member in _properties(schema).items():
        kind = _type(_resolved(member, schema))
        if kind is not None and kind in WRONG_FOR:
            yield WrongArguments(f"{name!r} is no {kind}", {**base, name: WRONG_FOR[kind]})
    yield WrongArguments("unknown member", {**base, "conformance_unknown_member": 1})


def _properties(schema: Mapping[str, Any]) -> Mapping[str, Mapping[str, Any]]:
    found = schema.get("properties")
    return {k: v for k, v in found.items() if isinstance(v, dict)} if isinstance(found, dict) else {}


def _example(schema: object, root: Mapping[str, Any], depth: int) -> Any:
    if not isinstance(schema, dict) or depth == 0:
        return "a"
    schema = _resolved(schema, root)
    for given in ("const", "default"):
        if given in schema:
            return schema[given]
    for listed in ("enum", "examples"):
        if isinstance(schema.get(listed), list) and schema[listed]:
            return schema[listed][0]
    for union in ("anyOf", "oneOf"):
        if isinstance(schema.get(union), list) and schema[union] and "type" not in schema:
            return _example(schema[union][0], root, depth - 1)
    return _of_type(_type(schema), schema, root, depth)


def _of_type(kind: str | None, schema: Mapping[str, Any], root: Mapping[str, Any], depth: int) -> Any:
    if kind == "object":
        properties, required = schema.get("properties", {}), schema.get("required", ())
        return {name: _example(properties.get(name, {}), root, depth - 1) for name in required}
    if kind == "array":
        return [_example(schema.get("items", {}), root, depth - 1)] * int(schema.get("minItems", 0))
    if kind in ("integer", "number"):
        return _number(schema)
    if kind == "string":
        text = OF_FORMAT.get(str(schema.get("format")), "a")
        return text + "a" * (int(schema.get("minLength", 0)) - len(text))
    return OF_TYPE.get(kind or "string")


def _number(schema: Mapping[str, Any]) -> Any:
    if "minimum" in schema:
        return schema["minimum"]
    if "exclusiveMinimum" in schema and not isinstance(schema["exclusiveMinimum"], bool):
        return schema["exclusiveMinimum"] + 1
    return schema.get("maximum", 1)


def _type(schema: Mapping[str, Any]) -> str | None:
    kind = schema.get("type")
    if isinstance(kind, list):
        kind = next((one for one in kind if one != "null"), None)
    if kind is None and "properties" in schema:
        return "object"
    return kind if isinstance(kind, str) else None


def _resolved(schema: Mapping[str, Any], root: Mapping[str, Any]) -> Mapping[str, Any]:
    pointer = schema.get("$ref")
    if not isinstance(pointer, str) or not pointer.startswith("#/"):
        return schema
    found: Any = root
    for part in pointer[2:].split("/"):
        found = found.get(part.replace("~1", "/").replace("~0", "~"), {}) if isinstance(found, dict) else {}
    return {**found, **{k: v for k, v in schema.items() if k != "$ref"}} if isinstance(found, dict) else {}
