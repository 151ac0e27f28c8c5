"""A form of JSON Schema in which two schemas that say the same in other words become equal."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

SILENT = ("description", "deprecated", "examples")


def normal(name: str, definitions: Mapping[str, Any]) -> Any:
    """Return the definition `name` with references resolved, prose dropped and everything unordered sorted."""
    return _normal({"$ref": f"/{name}"}, definitions, ())


def _normal(schema: Any, definitions: Mapping[str, Any], above: tuple[str, ...]) -> Any:
    if schema is True:
        return {}
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return {"again": name} if name in above else _normal(definitions[name], definitions, (*above, name))
    said = {key: _value(key, value, definitions, above) for key, value in schema.items() if key not in SILENT}
    if said.keys() & {"const", "enum"}:
        said.pop("type", None)  # said by the values themselves
    return {key: value for key, value in said.items() if value != {} or key == "const"}


def _value(key: str, value: Any, definitions: Mapping[str, Any], above: tuple[str, ...]) -> Any:
    if key == "properties":
        return {name: _normal(member, definitions, above) for name, member in value.items()}
    if key in ("items", "additionalProperties"):
        return _normal(value, definitions, above)
    if key in ("anyOf", "allOf"):
        return _flat(key, [_normal(branch, definitions, above) for branch in value])
    return sorted(value) if isinstance(value, list) else value


def _flat(key: str, branches: list[Any]) -> list[str]:
    """Return the branches as sorted texts, those of the same combination directly below among them."""
    texts: set[str] = set()
    for branch in branches:
        texts |= set(branch[key]) if branch.keys() == {key} else {json.dumps(branch, sort_keys=True)}
    return sorted(texts)
