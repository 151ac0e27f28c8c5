"""Hypothesis strategies for what a tool is called with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hypothesis.strategies import SearchStrategy

from smcp_conformance.generate.dialect import NoDialect
from smcp_conformance.generate.faulty import NoFault, faulty_values
from smcp_conformance.generate.valid import NotGenerable, valid_objects
from smcp_conformance.requirement import not_applicable, not_verified
from smcp_conformance.search.inputs import schema_of


def valid_inputs(tool: Mapping[str, Any]) -> SearchStrategy[Any]:
    """Arguments that a tool's inputSchema admits, or out: not verified, naming the keyword."""
    try:
        return valid_objects(schema_of(tool))
    except (NoDialect, NotGenerable) as unread:
        not_verified(f"valid arguments can't be generated: {unread}")


def wrong_inputs(tool: Mapping[str, Any]) -> SearchStrategy[Any]:
    """Faults of a tool's arguments, or out: not applicable, or not verified."""
    try:
        return faulty_values(schema_of(tool))
    except NoFault:
        not_applicable("no arguments are wrong under its inputSchema")
    except (NoDialect, NotGenerable) as unread:
        not_verified(f"wrong arguments can't be generated: {unread}")
