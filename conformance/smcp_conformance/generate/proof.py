"""Is a value really invalid, and for the reason named? `jsonschema` says why, and `jsonschema-rs` has to agree."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from importlib import import_module, util
from typing import Any

from jsonschema.exceptions import ValidationError
from referencing.exceptions import Unresolvable

from smcp_conformance.generate.dialect import NoDialect
from smcp_conformance.generate.schema import Schema
from smcp_conformance.generate.sites import Site

Opinion = Callable[[Any], bool]
# What these forbid is reported where a subschema under them says so, not at the keyword.
REPORTED_BELOW = frozenset(
    {
        "properties",
        "patternProperties",
        "propertyNames",
        "dependentSchemas",
        "dependencies",
        "prefixItems",
        "then",
        "else",
    }
)
COUNTING = frozenset({"contains", "minContains", "maxContains"})


class Proof:
    """The verdicts on values under one schema."""

    def __init__(self, schema: bool | Mapping[str, Any], root: Schema) -> None:
        self.root = root
        self._asserting = root.judge.evolve(format_checker=type(root.judge).FORMAT_CHECKER)
        self._second = second_opinion(schema)
        self._second_asserting = second_opinion(schema, validate_formats=True)

    def errors(self, value: Any) -> list[ValidationError]:
        """Everything that `jsonschema` finds wrong; raises `NoDialect` where it can't tell."""
        return list(self._errors(self.root.judge, value))

    def seconded(self, value: Any) -> bool:
        """Whether the second opinion also says invalid, or there is none."""
        return self._second is None or not self._second(value)

    def misformatted(self, value: Any) -> bool:
        """Whether the value is valid, but not where formats are asserted."""
        if self.errors(value) or (self._second is not None and not self._second(value)):
            return False
        if any(self._errors(self._asserting, value)):
            return True
        return self._second_asserting is not None and not self._second_asserting(value)

    def _errors(self, judge: Any, value: Any) -> Iterator[ValidationError]:
        try:
            yield from judge.descend(value, self.root.contents, resolver=self.root.resolver)
        except Unresolvable as unresolvable:
            raise NoDialect(f"{unresolvable} can't be resolved") from unresolvable
        except re.error as error:
            raise NoDialect(f"a pattern is no regular expression of Python ({error})") from error


def names(errors: Iterable[ValidationError], site: Site, keyword: str) -> bool:
    """Whether one of the errors, or of those inside them, is that of `keyword` at `site`."""
    return any(_names(error, site, keyword) or names(error.context or (), site, keyword) for error in errors)


def _names(error: ValidationError, site: Site, keyword: str) -> bool:
    if keyword in REPORTED_BELOW:
        said = keyword in error.absolute_schema_path or error.validator is None  # of `false`, `jsonschema` says no path
        return said and tuple(error.absolute_path)[: len(site.path)] == site.path
    if keyword == "items" and error.validator is None:
        return tuple(error.absolute_path)[: len(site.path)] == site.path
    same = error.validator == keyword or {error.validator, keyword} <= COUNTING
    return same and error.schema is site.schema.contents and tuple(error.absolute_path) == site.path


def second_opinion(schema: bool | Mapping[str, Any], *, validate_formats: bool = False) -> Opinion | None:
    """What `jsonschema-rs` says of a value; None where it isn't installed or can't read the schema."""
    if util.find_spec("jsonschema_rs") is None:
        return None
    other: Any = import_module("jsonschema_rs")
    refused = (ValueError, other.ValidationError, other.ReferencingError)
    declared = isinstance(schema, dict) and "$schema" in schema
    build = other.validator_for if declared else other.Draft202012Validator
    try:
        valid: Opinion = build(schema, validate_formats=validate_formats, retriever=_no_network).is_valid
    except refused:
        return None
    return valid


def _no_network(uri: str) -> Any:
    raise ValueError(f"{uri!r} is not in the schema, and nothing is fetched")
