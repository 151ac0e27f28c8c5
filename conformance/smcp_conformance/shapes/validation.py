"""Judging one value by one definition."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from itertools import islice
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError
from jsonschema.protocols import Validator
from jsonschema.validators import extend

from smcp_conformance.shapes.compiler import json_schema
from smcp_conformance.shapes.formats import FORMATS
from smcp_conformance.shapes.wording import Problem, shown, worded

MOST_PROBLEMS = 20
MOST_FINDINGS = 100


def problems(revision: str, definition: str, value: Any, *, formats: bool = False) -> tuple[Problem, ...]:
    """Return what is wrong with a decoded JSON value, in order of place, at most 20 problems; () means that it fits.

    With `formats`, strings must also be what the schema calls them: `uri`, `uri-template`, `byte` (Base64). The spec's
    validators don't look at formats, so such a finding deserves a lower severity. Raises ValueError for an unknown
    revision or definition.
    """
    findings = islice(_validator(revision, definition, formats).iter_errors(value), MOST_FINDINGS)
    ordered = sorted(findings, key=lambda finding: list(finding.absolute_path))
    distinct = dict.fromkeys(problem for finding in ordered for problem in worded(finding))
    return tuple(islice(distinct, MOST_PROBLEMS))


def input_required_problems(result: dict[str, Any]) -> tuple[Problem, ...]:
    """Return the problem of an `InputRequiredResult` that asks for nothing and keeps no state.

    The schema cannot say that at least one of the two must be there; the text of 2026-07-28 does (basic/patterns/mrtr).
    """
    if "inputRequests" in result or "requestState" in result:
        return ()
    return (Problem("", f'{shown(result)} must have "inputRequests" or "requestState" or both'),)


def _any_of(validator: Any, branches: list[Any], instance: Any, schema: Any) -> Iterator[ValidationError]:
    """Do what the keyword asks, but with bounded memory: jsonschema's own keeps every finding of every branch."""
    context: list[ValidationError] = []
    for index, branch in enumerate(branches):
        findings = list(islice(validator.descend(instance, branch, schema_path=index), MOST_PROBLEMS))
        if not findings:
            return
        context += findings
    yield ValidationError("fits no branch", context=context)


# Typed here because the stubs leave it untyped.
_extended: Callable[..., type[Validator]] = extend
BoundedValidator = _extended(Draft202012Validator, {"anyOf": _any_of})


@cache
def _validator(revision: str, definition: str, formats: bool) -> Validator:
    return BoundedValidator(json_schema(revision, definition), format_checker=FORMATS if formats else None)
