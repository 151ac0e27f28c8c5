"""The project's own description of every MCP message, in all five revisions, and judgement by it.

`areas` holds the definitions as data, one file per area, with windows of revisions; `compiler` turns them into JSON
Schema 2020-12; the rest finds the right definition for a message and says in few words what is wrong with it. The
official schema files are not part of the project: a test compares both on thousands of mutated messages.
"""

from __future__ import annotations

from smcp_conformance.shapes.compiler import definitions, json_schema
from smcp_conformance.shapes.exchanges import (
    error_definition,
    notification_definition,
    request_definition,
    result_definition,
)
from smcp_conformance.shapes.messages import envelope_problems, message_problems
from smcp_conformance.shapes.validation import input_required_problems, problems
from smcp_conformance.shapes.wording import Problem

__all__ = [
    "Problem",
    "definitions",
    "envelope_problems",
    "error_definition",
    "input_required_problems",
    "json_schema",
    "message_problems",
    "notification_definition",
    "problems",
    "request_definition",
    "result_definition",
]
