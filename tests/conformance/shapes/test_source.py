"""The one source of all revisions: windows, names, and what is compiled from it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from smcp_conformance.revisions import REVISIONS
from smcp_conformance.shapes import definitions, json_schema, problems
from smcp_conformance.shapes.areas import DEFINITIONS
from smcp_conformance.shapes.vocabulary import STRING, Reading, Window, optional, required, shape
from smcp_conformance.shapes.wording import RULES

NOV_24, MAR_25, JUN_25, NOV_25, JUL_26 = REVISIONS


@pytest.mark.parametrize("revision", REVISIONS)
def test_every_definition_compiles_to_a_valid_schema_that_needs_nothing_else(revision: str) -> None:
    """Every reference leads to one of its `$defs`, which satisfy the metaschema and survive JSON."""
    compiled: dict[str, Any] = {}
    for definition in definitions(revision):
        schema = json_schema(revision, definition)
        assert schema["$ref"] == f"#/$defs/{definition}"
        assert _references(schema) == schema["$defs"].keys()
        compiled |= schema.pop("$defs")
    Draft202012Validator.check_schema({"$defs": compiled})
    assert json.loads(json.dumps(compiled)) == compiled
    assert tuple(sorted(compiled)) == definitions(revision)


@pytest.mark.parametrize("revision", REVISIONS)
def test_there_are_words_for_whatever_the_schemas_can_find(revision: str) -> None:
    """A keyword new to the source needs a rule of its wording."""
    applied = {"$ref", "anyOf", "allOf", "properties", "items", "additionalProperties"}
    schemas = [json_schema(revision, name)["$defs"][name] for name in definitions(revision)]
    assert set().union(*map(_keywords, schemas)) - applied <= RULES.keys()


@pytest.mark.parametrize("revision", REVISIONS)
def test_no_name_is_defined_twice_in_one_revision(revision: str) -> None:
    """Where a definition changed as a whole, the windows of its variants don't meet."""
    names = [each.name for each in DEFINITIONS if each.window.covers(revision)]
    assert sorted(names) == sorted(set(names))
    assert definitions(revision) == tuple(sorted(names))


@pytest.mark.parametrize(
    ("revision", "different"),
    [
        (NOV_24, set()),
        (MAR_25, set()),
        (JUN_25, {"ElicitResult"}),
        (NOV_25, {"ElicitResult"}),
        (JUL_26, {"ElicitResult", "JSONValue"}),
    ],
)
def test_what_is_judged_differs_from_the_letter_of_the_file_only_where_the_file_lost_something(
    revision: str, different: set[str]
) -> None:
    """The official generator turned `number` into integer, and dropped null, in two types."""
    assert different == {
        name
        for name in definitions(revision)
        if json_schema(revision, name)["$defs"][name] != json_schema(revision, name, literal=True)["$defs"][name]
    }


def test_extension_settings_may_hold_fractions_and_null() -> None:
    """A server isn't accused of what only the generated file forbids."""
    capabilities = {"extensions": {"com.example/x": {"ratio": 0.5, "none": None, "list": [1.5, None]}}}
    assert problems(JUL_26, "ServerCapabilities", capabilities) == ()
    literal = Draft202012Validator(json_schema(JUL_26, "ServerCapabilities", literal=True))
    assert not literal.is_valid(capabilities)


TOOL = {"name": "t", "inputSchema": {"type": "object"}}


@pytest.mark.parametrize(
    ("definition", "value", "fits"),
    [
        ("Tool", {**TOOL, "title": 5}, {NOV_24, MAR_25}),
        ("Tool", {**TOOL, "annotations": 5}, {NOV_24}),
        ("Tool", {**TOOL, "icons": 5}, {NOV_24, MAR_25, JUN_25}),
        ("Tool", {**TOOL, "execution": 5}, {NOV_24, MAR_25, JUN_25, JUL_26}),
        ("Tool", {**TOOL, "outputSchema": {"type": "array"}}, {NOV_24, MAR_25, JUL_26}),
        ("Tool", {**TOOL, "inputSchema": {}}, set()),
        ("CallToolResult", {"content": []}, set(REVISIONS) - {JUL_26}),
        ("CallToolResult", {"content": [], "structuredContent": []}, {NOV_24, MAR_25}),
        (
            "CallToolResult",
            {"content": [], "resultType": "complete", "structuredContent": None},
            {NOV_24, MAR_25, JUL_26},
        ),
        ("CallToolResult", {"content": [{"type": "audio", "data": "", "mimeType": "x/y"}]}, {MAR_25, JUN_25, NOV_25}),
        ("CallToolResult", {"content": [{"type": "resource_link", "uri": "a:b", "name": "n"}]}, {JUN_25, NOV_25}),
        ("CancelledNotificationParams", {}, {NOV_25}),
        ("RequestId", 1.5, set()),
        ("RequestId", 1.0, set(REVISIONS)),
        ("RequestId", None, set()),
    ],
)
def test_a_member_counts_only_in_its_window(definition: str, value: Any, fits: set[str]) -> None:
    """Before a member existed, and after it went, its name is free for anyone to use."""
    assert {revision for revision in REVISIONS if not problems(revision, definition, value)} == fits


def test_an_unknown_revision_is_named_with_the_known_ones() -> None:
    with pytest.raises(ValueError, match="revision '2024-01-01' must be one of 2024-11-05, 2025-03-26"):
        definitions("2024-01-01")


def test_an_unknown_definition_is_named_with_its_revision() -> None:
    with pytest.raises(ValueError, match=r"definition 'Task' must be one of the \d+ of revision 2026-07-28"):
        json_schema(JUL_26, "Task")


def test_a_window_must_not_be_empty() -> None:
    with pytest.raises(ValueError, match="window since '2025-11-25' until '2025-03-26' must not be empty"):
        Window(NOV_25, MAR_25)


def test_a_window_ends_at_revisions_that_exist() -> None:
    with pytest.raises(ValueError, match="revision 'draft' must be one of"):
        Window(until="draft")


def test_variants_of_a_member_must_not_meet() -> None:
    """Two answers to what a member is in one revision are a mistake in the source."""
    ambiguous = shape(required(a=STRING, until=JUN_25), optional(a=STRING, since=JUN_25))
    assert ambiguous.schema(Reading(MAR_25))["required"] == ["a"]
    with pytest.raises(ValueError, match=r"members \['a', 'a'\] must have windows that don't meet"):
        ambiguous.schema(Reading(JUN_25))


def _keywords(schema: dict[str, Any]) -> set[str]:
    inner = [*schema.get("properties", {}).values(), *schema.get("anyOf", ()), *schema.get("allOf", ())]
    inner += [schema[name] for name in ("items", "additionalProperties") if name in schema]
    return set(schema).union(*map(_keywords, inner))


def _references(schema: Any) -> set[str]:
    parts = schema.values() if isinstance(schema, dict) else schema if isinstance(schema, list) else ()
    own = {schema["$ref"].rpartition("/")[2]} if isinstance(schema, dict) and "$ref" in schema else set()
    return own.union(*map(_references, parts))
