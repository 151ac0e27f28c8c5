"""Tools, schemas: `inputSchema` and `outputSchema` as listed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from smcp_conformance.checks.server.tools.listing import listed
from smcp_conformance.generate.dialect import NoDialect, schema_fault
from smcp_conformance.leg import Leg
from smcp_conformance.reply import brief
from smcp_conformance.requirement import check, not_applicable, not_verified


def schemas(leg: Leg, member: str) -> Iterator[tuple[str, Any]]:
    """Tool name and schema for each tool that has `member`, or out: not applicable."""
    found = [(str(tool.get("name")), tool[member]) for tool in listed(leg) if member in tool]
    return iter(found or not_applicable(f"no tool has an {member}"))


def objects(leg: Leg, member: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """The same, schemas that are objects only."""
    return ((name, schema) for name, schema in schemas(leg, member) if isinstance(schema, dict))


@check("tools.tool.input-schema-root-object")
def input_schemas_have_type_object(leg: Leg) -> None:
    """Looks at each tool's inputSchema; it must be an object whose `type` is exactly "object"."""
    for tool in listed(leg):
        schema = tool.get("inputSchema")
        kind = schema.get("type") if isinstance(schema, dict) else None
        shown = f"got inputSchema {brief(schema)} of {tool.get('name')!r}"
        assert kind == "object", f'{shown}, must be an object with "type": "object"'


@check("tools.tool.input-schema-not-null")
def input_schemas_are_valid_json_schemas(leg: Leg) -> None:
    """Judges each inputSchema by the meta-schema of its dialect, JSON Schema 2020-12 unless it names another."""
    must_be_valid(leg, "inputSchema")


@check("tools.tool.output-schema-object")
def output_schemas_are_valid_json_schemas(leg: Leg) -> None:
    """Judges each outputSchema by the meta-schema of its dialect, JSON Schema 2020-12 unless it names another."""
    must_be_valid(leg, "outputSchema")


def must_be_valid(leg: Leg, member: str) -> None:
    """Demand that `member` of each tool is a JSON Schema object, valid in its dialect."""
    unknown = []
    for name, schema in schemas(leg, member):
        assert isinstance(schema, dict), f"got {member} {brief(schema)} of {name!r}, must be a JSON Schema object"
        try:
            fault = schema_fault(schema)
        except NoDialect as dialect:
            unknown.append(f"{name}: {dialect}")
            continue
        assert not fault, f"got {member} of {name!r} with a fault at {fault}, must be a valid JSON Schema"
    if unknown:
        not_verified("; ".join(unknown))


@check("tools.tool.input-schema-members")
def properties_hold_schemas_and_required_holds_names(leg: Leg) -> None:
    """Looks into each inputSchema: `properties` must map names to objects, `required` must be an array of strings."""
    for name, schema in objects(leg, "inputSchema"):
        properties, required = schema.get("properties", {}), schema.get("required", [])
        maps = isinstance(properties, dict) and all(isinstance(member, dict) for member in properties.values())
        assert maps, f"got properties {brief(properties)} of {name!r}, must be an object that holds objects"
        names = isinstance(required, list) and all(isinstance(member, str) for member in required)
        assert names, f"got required {brief(required)} of {name!r}, must be an array of strings"


@check("tools.tool.required-subset")
def required_names_are_properties(leg: Leg) -> None:
    """Compares `required` with `properties` in each inputSchema."""
    for name, schema in objects(leg, "inputSchema"):
        properties, required = schema.get("properties", {}), schema.get("required", [])
        unknown = [member for member in required if member not in properties] if isinstance(required, list) else []
        assert not unknown, f"got required {unknown} of {name!r} without a property, must be in properties"


@check("tools.tool.output-schema-root-object")
def output_schemas_have_type_object(leg: Leg) -> None:
    """Looks at each tool's outputSchema; it must be an object whose `type` is exactly "object"."""
    for name, schema in schemas(leg, "outputSchema"):
        kind = schema.get("type") if isinstance(schema, dict) else None
        assert kind == "object", f'got outputSchema {brief(schema)} of {name!r}, must be an object of type "object"'
