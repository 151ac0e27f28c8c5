"""A schema knows where it stands: what its references mean, which keywords count, and what it's called."""

from __future__ import annotations

import pytest

from smcp_conformance.generate.dialect import NoDialect
from smcp_conformance.generate.schema import schema_root

DRAFT_7 = "http://json-schema.org/draft-07/schema#"


def test_reference_leads_to_the_place_that_it_names() -> None:
    """By pointer, anchor, or embedded `$id`, each with the pointer from the root."""
    root = schema_root(
        {
            "$id": "https://example.com/root",
            "properties": {"a": {"$ref": "#/$defs/x~1y"}, "b": {"$ref": "#named"}, "c": {"$ref": "inner#/$defs/z"}},
            "$defs": {"x/y": {"$anchor": "named"}, "i": {"$id": "inner", "$defs": {"z": {"type": "null"}}}},
        }
    )
    found = [root.at("properties", name).referred().pointer for name in "abc"]
    assert found == ["/$defs/x~1y", "/$defs/x~1y", "/$defs/i/$defs/z"]


def test_reference_out_of_the_document_keeps_its_uri() -> None:
    """A meta-schema is known without the network."""
    assert schema_root({"$ref": f"{DRAFT_7}/properties/title"}).referred().pointer == f"{DRAFT_7}/properties/title"


def test_reference_silences_other_keywords_in_draft_07_only() -> None:
    """Since 2019-09 it's one keyword among others."""
    document = {"properties": {"a": {"$ref": "#/definitions/x", "type": "null"}}, "definitions": {"x": {}}}
    assert set(schema_root({"$schema": DRAFT_7, **document}).at("properties", "a").keywords) == {"$ref"}
    assert set(schema_root(document).at("properties", "a").keywords) == {"$ref", "type"}


def test_same_place_has_the_same_identity_whichever_way_leads_there() -> None:
    """So that what leads back to itself can be known; what's thought up for a place is told apart by its contents."""
    root = schema_root({"properties": {"a": {"$ref": "#"}}})
    assert root.at("properties", "a").referred().identity == root.identity
    assert root.like({"type": "null"}).identity == root.like({"type": "null"}).identity != root.identity


@pytest.mark.parametrize("schema", [{"$ref": "#/nowhere"}, {"pattern": "(?<x"}], ids=["reference", "pattern"])
def test_value_that_can_not_be_judged_is_no_verdict(schema: dict[str, str]) -> None:
    """Neither valid nor invalid: the schema means nothing."""
    with pytest.raises(NoDialect):
        schema_root(schema).accepts("text")
