"""What a value mutant is: one tool, and the arguments for which it goes wrong."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

Json = dict[str, Any]
Outcome = Callable[[Json, Json], bytes]
"""The line that is written for the healthy response to a call and the call's arguments, or the end of the process."""

# What the one that looks must ask of a tool to see the fault.
SURVIVES = "survives"  # answers, and goes on answering
NO_INTERNAL_ERROR = "no-internal-error"
WELL_FORMED = "well-formed"  # the result and its content are as the spec says
READABLE = "readable"  # one message of JSON in UTF-8 per line
UNHARMED = "unharmed"  # text comes back as it was given
AS_DECLARED = "as-declared"  # structuredContent is valid under the outputSchema
MIRRORED = "mirrored"  # the text holds what structuredContent does
STEADY = "steady"  # the same call gives the same answer
ORDER = "order"  # members in another order give the same answer
DEFAULTS = "defaults"  # members that have a default may be left out
REFUSES = "refuses"  # arguments that are invalid under the inputSchema
NO_TRACEBACK = "no-traceback"
QUESTIONS = (
    *(SURVIVES, NO_INTERNAL_ERROR, WELL_FORMED, READABLE, AS_DECLARED, MIRRORED, STEADY, ORDER, DEFAULTS),
    *(UNHARMED, REFUSES, NO_TRACEBACK),
)


class ValueMutant(NamedTuple):
    """A server with one tool that goes wrong for some arguments, and is in order for all others.

    `shows` tells which of the valid arguments (of the invalid ones, if `invalid`) it goes wrong for, and `outcome`
    how; `question` is what it must be asked to be caught, `minimal` the simplest arguments that its author could
    think of. `answers` makes the structured content that a tool with an `output` schema gives, else its text.
    """

    name: str
    schema: Json
    shows: Callable[[Json], bool]
    outcome: Outcome
    question: str
    minimal: Json
    invalid: bool = False
    output: Json | None = None
    answers: Callable[[Json], Json] = lambda arguments: arguments


def takes(properties: Json, *required: str) -> Json:
    """An input schema that allows nothing else."""
    schema: Json = {"type": "object", "properties": properties, "additionalProperties": False}
    return {**schema, "required": list(required)} if required else schema


def valued(
    name: str,
    schema: Json,
    shows: Callable[[Any], bool],
    outcome: Outcome,
    question: str,
    minimal: object,
    output: Json | None = None,
    answers: Callable[[Any], Any] = lambda value: value,
) -> ValueMutant:
    """A mutant whose tool takes one `value`; what it gives has one `value`, too, of which `output` is the schema."""
    return ValueMutant(
        name,
        takes({"value": schema}, "value"),
        lambda arguments: shows(arguments["value"]),
        outcome,
        question,
        {"value": minimal},
        output=output and takes({"value": output}, "value"),
        answers=lambda arguments: {"value": answers(arguments["value"])},
    )


def lenient(
    name: str,
    schema: Json,
    shows: Callable[[Any], bool],
    outcome: Outcome,
    minimal: object,
    question: str = REFUSES,
) -> ValueMutant:
    """A mutant whose tool takes one `value` and goes wrong for some that are invalid."""
    made = valued(name, schema, lambda value: False, outcome, question, minimal)
    return made._replace(
        invalid=True, shows=lambda arguments: list(arguments) == ["value"] and shows(arguments["value"])
    )
