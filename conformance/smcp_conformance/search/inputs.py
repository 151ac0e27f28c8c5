"""What a tool is called with: arguments that its inputSchema admits, or forbids; each schema is read once."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from smcp_conformance.generate.bases import bases
from smcp_conformance.generate.corners import corners
from smcp_conformance.generate.dialect import NoDialect
from smcp_conformance.generate.faults import Fault
from smcp_conformance.generate.grid import Grid, fault_grid
from smcp_conformance.generate.schema import instance_fault, schema_root
from smcp_conformance.requirement import not_applicable, not_verified
from smcp_conformance.search.properties import properties

HANDFUL = 8


def schema_of(tool: Mapping[str, Any]) -> Mapping[str, Any]:
    """A tool's inputSchema, or out: not verified."""
    schema = tool.get("inputSchema")
    return schema if isinstance(schema, dict) else not_verified(f"the inputSchema of {tool.get('name')!r} is no object")


def faults_of(tool: Mapping[str, Any]) -> tuple[Fault, ...]:
    """The fault grid of a tool, or out: not applicable if no object is invalid, not verified if that can't be told."""
    schema = schema_of(tool)
    try:
        grid = grid_of(json.dumps(schema))
    except NoDialect as unread:
        not_verified(f"wrong arguments can't be generated: {unread}")
    if grid.faults:
        return grid.faults
    return not_applicable("no arguments are wrong under its inputSchema") if grid.bases else not_verified(NO_BASE)


def corners_of(tool: Mapping[str, Any]) -> tuple[dict[str, Any], ...]:
    """Valid arguments with one part at an edge; none where none are found or the schema can't be judged."""
    schema = tool.get("inputSchema")
    return cached_corners(json.dumps(schema)) if isinstance(schema, dict) else ()


NO_BASE = "wrong arguments can't be generated: no valid ones were found to start from"


def smallest_arguments(tool: Mapping[str, Any]) -> dict[str, Any] | None:
    """The smallest valid arguments for a tool; None where none are found or its schema can't be judged."""
    schema = tool.get("inputSchema")
    if not isinstance(schema, dict) or not (found := bases_of(json.dumps(schema))):
        return None
    smallest = dict(min(found, key=lambda base: len(json.dumps(base))))
    usual = {**smallest, **{name: value for name, value in _suggested(tool).items() if name in smallest}}
    return usual if instance_fault(schema, usual) is None else smallest


def _suggested(tool: Mapping[str, Any]) -> dict[str, Any]:
    """What a tool's schema itself suggests for arguments: they are more likely to lead to a result."""
    found: dict[str, Any] = {}
    for name, schema in properties(tool).items():
        examples = schema.get("examples") if isinstance(schema, dict) else None
        if isinstance(schema, dict) and "default" in schema:
            found[name] = schema["default"]
        elif isinstance(examples, list) and examples:
            found[name] = examples[0]
    whole = schema_of(tool).get("examples")
    return {**found, **(whole[0] if isinstance(whole, list) and whole and isinstance(whole[0], dict) else {})}


def handful(tool: Mapping[str, Any]) -> tuple[Fault, ...]:
    """A few faults of a tool, of as many keywords as there are; none where its schema can't be judged."""
    schema = tool.get("inputSchema")
    try:
        faults = grid_of(json.dumps(schema)).faults if isinstance(schema, dict) else ()
    except NoDialect:
        return ()
    first = {fault.keyword: fault for fault in reversed(faults)}
    chosen = {fault.id: fault for fault in (*reversed(first.values()), *faults)}
    return tuple(chosen.values())[:HANDFUL]


@lru_cache(maxsize=256)
def grid_of(schema: str) -> Grid:
    """The fault grid of a schema that is given as JSON; raises `NoDialect`."""
    return fault_grid(json.loads(schema))


@lru_cache(maxsize=256)
def cached_corners(schema: str) -> tuple[dict[str, Any], ...]:
    """The corners of a schema that is given as JSON; none where it can't be judged."""
    try:
        return tuple(corners(json.loads(schema)))
    except NoDialect:
        return ()


@lru_cache(maxsize=256)
def bases_of(schema: str) -> tuple[Any, ...]:
    """Valid arguments under a schema that is given as JSON, the fullest first; none where it can't be judged."""
    try:
        return tuple(bases(schema_root(json.loads(schema))))
    except NoDialect:
        return ()
