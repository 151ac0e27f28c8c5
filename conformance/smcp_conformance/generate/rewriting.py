"""A schema with its regular expressions in Python's words, so that `jsonschema` judges by their meaning in ECMA-262."""

from __future__ import annotations

from typing import Any

from smcp_conformance.generate.patterns import NotTranslatable, read

VALUES = {"const", "enum", "default", "examples"}
NAMED_SCHEMAS = {"properties", "patternProperties", "$defs", "definitions", "dependentSchemas", "dependencies"}


def in_python(schema: Any) -> Any:
    """A copy of `schema` in which each pattern is Python's; one that can't be translated stays as it is."""
    if isinstance(schema, list):
        return [in_python(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    return {keyword: _rewritten(keyword, asked) for keyword, asked in schema.items()}


def _rewritten(keyword: str, asked: Any) -> Any:
    if keyword in VALUES:
        return asked
    if keyword == "pattern" and isinstance(asked, str):
        return _pattern(asked)
    if keyword in NAMED_SCHEMAS and isinstance(asked, dict):
        found: dict[str, Any] = {}
        for name, inner in asked.items():
            written = _pattern(name) if keyword == "patternProperties" else name
            found[name if written in found else written] = in_python(inner)
        return found
    return in_python(asked)


def _pattern(pattern: str) -> str:
    try:
        return read(pattern).python
    except NotTranslatable:
        return pattern
