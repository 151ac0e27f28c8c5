"""The proof that a value is invalid, and for the reason named."""

from __future__ import annotations

import importlib.util
from typing import Any

import pytest

from smcp_conformance.generate.dialect import NoDialect
from smcp_conformance.generate.proof import Proof, names, second_opinion
from smcp_conformance.generate.schema import schema_root
from smcp_conformance.generate.sites import Site, replaced, sites

RS = importlib.util.find_spec("jsonschema_rs")
ANY_OF = {"properties": {"a": {"anyOf": [{"type": "null"}, {"type": "object", "required": ["b"]}]}}}


def proof_of(schema: Any) -> Proof:
    """The proof for a schema."""
    return Proof(schema, schema_root(schema))


def site_of(schema: Any, value: Any, pointer: str) -> Site:
    """The site of a valid value that one subschema judges."""
    return next(site for site in sites(schema_root(schema), value) if site.schema.pointer == pointer)


def test_an_error_within_a_union_is_found() -> None:
    """What a branch says counts as well as what the union says."""
    site = site_of(ANY_OF, {"a": {"b": 1}}, "/properties/a/anyOf/1")
    proof = Proof(ANY_OF, schema_root(ANY_OF))
    errors = Proof(ANY_OF, site.schema).errors({})
    assert [error.validator for error in errors] == ["required"]
    assert names(errors, Site((), site.schema, {}), "required")
    assert not names(proof.errors({"a": {"b": 1}}), site, "required")


def test_an_error_elsewhere_does_not_count() -> None:
    """Neither another keyword nor another place."""
    schema = {"properties": {"a": {"minimum": 3}, "b": {"maximum": 3}}}
    site = site_of(schema, {"a": 3, "b": 3}, "/properties/a")
    root = proof_of(schema)
    assert not names(root.errors({"a": 3, "b": 4}), site, "minimum")
    assert not names(root.errors({"a": 2, "b": 4}), site, "maximum")


@pytest.mark.skipif(RS is None, reason="jsonschema-rs is not installed")
def test_the_second_opinion_reads_the_declared_dialect() -> None:
    """In draft-07 a `$ref` silences its siblings, in 2020-12 it doesn't."""
    schema = {"$ref": "#/definitions/d", "minimum": 3, "definitions": {"d": {}}}
    today = second_opinion(schema)
    former = second_opinion({"$schema": "http://json-schema.org/draft-07/schema#", **schema})
    assert today is not None
    assert former is not None
    assert (today(1), former(1)) == (False, True)


@pytest.mark.parametrize("schema", [{"type": "nonsense"}, {"$ref": "http://127.0.0.1:9/schema.json"}, {"pattern": "("}])
def test_there_is_no_second_opinion_on_what_can_not_be_read(schema: Any) -> None:
    """Nothing is fetched for it either."""
    assert second_opinion(schema) is None


def test_without_a_second_opinion_all_is_seconded(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first one stands, for formats too."""
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    proof = proof_of({"type": "string", "format": "date"})
    assert proof.seconded("2026-01-01")
    assert proof.misformatted("2026-02-30")
    assert not proof.misformatted("2026-02-03")
    assert not proof.misformatted(3)


@pytest.mark.skipif(RS is None, reason="jsonschema-rs is not installed")
def test_a_format_that_only_the_second_validator_knows_counts() -> None:
    """It is advisory anyway."""
    assert proof_of({"format": "uri"}).misformatted("not a uri")


def test_a_reference_to_nowhere_can_not_be_judged() -> None:
    """That is no error of the value."""
    with pytest.raises(NoDialect, match="nowhere"):
        proof_of({"properties": {"a": {"$ref": "#/nowhere"}}}).errors({"a": 1})


def test_a_replacement_leaves_the_original_alone() -> None:
    """A fault shares what it doesn't change, and changes nothing."""
    instance = {"a": [1, {"b": 2}], "c": 3}
    assert replaced(instance, ("a", 1, "b"), None) == {"a": [1, {"b": None}], "c": 3}
    assert instance == {"a": [1, {"b": 2}], "c": 3}
