"""Validate by the dialect that a schema declares; the network is never asked for one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import jsonschema
from jsonschema.exceptions import best_match
from jsonschema.protocols import Validator
from jsonschema.validators import validator_for
from referencing import Registry

NO_NETWORK: Any = Registry()


class NoDialect(ValueError):
    """The schema declares a dialect that is not known here, or refers to something that is not there."""


def validator(schema: Mapping[str, Any]) -> Validator:
    """A validator for `schema` in its own dialect, JSON Schema 2020-12 unless `$schema` names another.

    Raises `NoDialect` for an unknown `$schema`.
    """
    declared = schema.get("$schema")
    kind = validator_for(schema, default=jsonschema.Draft202012Validator)
    if declared is not None and str(declared).rstrip("#") != str(kind.META_SCHEMA.get("$id", "")).rstrip("#"):
        raise NoDialect(f"$schema is {declared!r}, which is no dialect known here")
    return kind(schema, registry=NO_NETWORK)


def schema_fault(schema: Mapping[str, Any]) -> str | None:
    """Say what makes `schema` no valid JSON Schema in its dialect, or None."""
    found = validator(schema)
    # Formats are left alone: a pattern is an ECMA-262 regular expression, of which Python's `re` is no judge.
    error = best_match(type(found)(found.META_SCHEMA).iter_errors(dict(schema)))
    return None if error is None else f"{error.json_path}: {error.message}"
