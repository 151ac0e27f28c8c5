"""From the definitions to one self-contained JSON Schema per revision and definition."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from types import MappingProxyType
from typing import Any

from smcp_conformance.shapes.areas import DEFINITIONS
from smcp_conformance.shapes.vocabulary import Definition, Reading, Schema

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def definitions(revision: str) -> tuple[str, ...]:
    """Return the names of all definitions that `revision` has, sorted.

    They are the names of the official schema, and the params objects that it writes inline until 2025-06-18.
    Raises ValueError if there is no such revision.
    """
    return tuple(sorted(_source(revision)))


def json_schema(revision: str, definition: str, *, literal: bool = False) -> Schema:
    """Return the self-contained JSON Schema (2020-12) of one definition, with everything it needs under `$defs`.

    With `literal`, it also reproduces the few places in which the official JSON file is stricter than the TypeScript
    that it was generated from. Raises ValueError for an unknown revision or definition.
    """
    source = _source(revision)
    if definition not in source:
        raise ValueError(f"definition {definition!r} must be one of the {len(source)} of revision {revision}")
    reading = Reading(revision, literal)
    compiled: dict[str, Schema] = {}
    missing = {definition}
    while missing:
        compiled |= {name: source[name].type.schema(reading) for name in missing}
        missing = {name for schema in compiled.values() for name in _references(schema)} - compiled.keys()
    return {"$schema": DIALECT, "$ref": f"#/$defs/{definition}", "$defs": dict(sorted(compiled.items()))}


@cache
def _source(revision: str) -> MappingProxyType[str, Definition]:
    present = [each for each in DEFINITIONS if each.window.covers(revision)]
    return MappingProxyType({each.name: each for each in present})


def _references(schema: Any) -> Iterator[str]:
    if isinstance(schema, dict):
        if isinstance(target := schema.get("$ref"), str):
            yield target.rpartition("/")[2]
        schema = list(schema.values())
    if isinstance(schema, list):
        for part in schema:
            yield from _references(part)
