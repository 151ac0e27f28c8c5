"""Strings of a format are what the format says, by a validator that is no part of ours."""

from __future__ import annotations

import pytest
from drawing import drawn

from smcp_conformance.generate.formats import FORMATS
from smcp_conformance.generate.valid import valid_values


@pytest.mark.parametrize("name", [name for name in FORMATS if name.isidentifier() or "-" in name])
def test_format_is_followed(name: str) -> None:
    """Although a dialect of 2020-12 takes it for no more than an annotation."""
    schema = {"type": "string", "format": name}
    judge = pytest.importorskip("jsonschema_rs", reason="the second opinion needs jsonschema-rs").validator_for(
        schema, validate_formats=True
    )
    assert [text for text in drawn(valid_values(schema)) if not judge.is_valid(text)] == []


def test_unknown_format_is_any_text() -> None:
    """It asks for nothing that could be followed."""
    assert "" in drawn(valid_values({"type": "string", "format": "of-our-own"}))


def test_format_within_a_length() -> None:
    """Both are kept."""
    texts = drawn(valid_values({"type": "string", "format": "uri", "minLength": 20, "maxLength": 40}))
    assert all(20 <= len(text) <= 40 and ":" in text for text in texts)
