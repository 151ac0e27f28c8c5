"""Judging one value by one definition."""

from __future__ import annotations

from functools import cache
from itertools import islice
from typing import Any

from jsonschema import Draft202012Validator

from smcp_conformance.shapes.compiler import json_schema
from smcp_conformance.shapes.formats import FORMATS
from smcp_conformance.shapes.wording import Problem, shown, worded

MOST_PROBLEMS = 20


def problems(revision: str, definition: str, value: Any, *, formats: bool = False) -> tuple[Problem, ...]:
    """Return what is wrong with a decoded JSON value, at most 20 problems; () means that it fits.

    With `formats`, strings must also be what the schema calls them: `uri`, `uri-template`, `byte` (Base64). The spec's
    validators don't look at formats, so such a finding deserves a lower severity. Raises ValueError for an unknown
    revision or definition.
    """
    findings = islice(_validator(revision, definition, formats).iter_errors(value), MOST_PROBLEMS)
    distinct = dict.fromkeys(problem for finding in findings for problem in worded(finding))
    return tuple(distinct)[:MOST_PROBLEMS]


def input_required_problems(result: dict[str, Any]) -> tuple[Problem, ...]:
    """Return the problem of an `InputRequiredResult` that asks for nothing and keeps no state.

    The schema cannot say that at least one of the two must be there; the text of 2026-07-28 does (basic/patterns/mrtr).
    """
    if "inputRequests" in result or "requestState" in result:
        return ()
    return (Problem("", f'{shown(result)} must have "inputRequests" or "requestState" or both'),)


@cache
def _validator(revision: str, definition: str, formats: bool) -> Draft202012Validator:
    return Draft202012Validator(json_schema(revision, definition), format_checker=FORMATS if formats else None)
