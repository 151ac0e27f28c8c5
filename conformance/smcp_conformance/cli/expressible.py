"""Values that a command must refuse for what it declares, as far as a command line can express them.

A command line carries texts. A value is used only if no honest reader could take its text for a valid one: a reader
that trims, that ignores case, or that counts 5.0 as 5 is not accused. Nor is one that takes an empty text, or an
empty array, for an argument that wasn't given.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from jsonschema import Draft202012Validator

from smcp import contract
from smcp_conformance.cli.command import UNDECLARED, Command
from smcp_conformance.cli.inputs import WrongCall
from smcp_conformance.cli.runner import sayable
from smcp_conformance.generate.dialect import NoDialect
from smcp_conformance.generate.faults import Fault
from smcp_conformance.generate.grid import fault_grid

PER_KEYWORD = 2
"""Faults of one keyword at one place that are tried: each is a call."""

PER_PARAMETER = 16
SHOWN = 60
STRANGE_TEXTS = (UNDECLARED, "?!", "\u2603", "0")
"""For patterns and enumerations, whose near misses an honest reader may put right."""

READERS: tuple[Callable[[str], str], ...] = (str, str.strip, str.lower, str.upper, str.title, str.casefold)
WRONG_ELEMENTS: Mapping[str, str] = {"integer": "x", "number": "x", "boolean": "maybe"}


@dataclass(frozen=True)
class WrongValue:
    """A value that breaks `keyword` of a parameter's schema."""

    parameter: Mapping[str, Any]
    value: Any
    keyword: str

    @property
    def name(self) -> str:
        """The parameter's."""
        return str(self.parameter["name"])


def broken_constraints(command: Command, valid: Mapping[str, Any]) -> Iterator[WrongCall]:
    """Calls with one value that breaks what is declared of it, made from valid arguments."""
    for parameter in command.parameters:
        for wrong in islice(wrong_values(parameter), PER_PARAMETER):
            arguments = {**valid, wrong.name: wrong.value}
            words = command.words(arguments)
            if sayable(words):
                yield WrongCall(words, f"where {_shown(wrong)} breaks {wrong.keyword!r} of {wrong.name!r}", arguments)


def wrong_values(parameter: Mapping[str, Any]) -> Iterator[WrongValue]:
    """What a parameter must not be given, and what forbids it; nothing that it may be taken for is valid."""
    schema = contract.parameter_schema(parameter)
    allowed = Draft202012Validator(schema)
    seen: Counter[tuple[str, str]] = Counter()
    for value, place, keyword in (*_strange(parameter, schema), *_near(schema)):
        column = place, keyword
        if seen[column] < PER_KEYWORD and _shows(parameter, value) and not _may_be_meant(allowed, parameter, value):
            seen[column] += 1
            yield WrongValue(parameter, value, keyword)


def _near(schema: Mapping[str, Any]) -> Iterator[tuple[Any, str, str]]:
    try:
        grid = fault_grid(schema, arguments=False)
    except NoDialect:
        return
    for fault in grid.faults:
        if _expressed(fault):
            yield fault.value, fault.pointer, fault.keyword


def _strange(parameter: Mapping[str, Any], schema: Mapping[str, Any]) -> Iterator[tuple[Any, str, str]]:
    """Values that are far from all that is allowed."""
    items = schema.get("items")
    if schema["type"] == "string":
        for keyword in ("enum", "pattern"):
            yield from ((text, "", keyword) for text in STRANGE_TEXTS if keyword in schema)
    elif schema["type"] == "array" and isinstance(items, dict):
        kind = items.get("type")
        wrong = UNDECLARED if kind == "string" else WRONG_ELEMENTS.get(str(kind))
        if wrong is not None and (kind != "string" or "enum" in items):
            yield [wrong], "/items", "enum" if kind == "string" else "type"


def _expressed(fault: Fault) -> bool:
    """Whether a command line says of a value what is wrong with it: the type of most values is not among that."""
    return fault.keyword != "type" or (len(fault.path) > 0 and isinstance(_at(fault), dict))


def _at(fault: Fault) -> Any:
    found = fault.value
    for step in fault.path:
        found = found[step]
    return found


def _shows(parameter: Mapping[str, Any], value: Any) -> bool:
    """Whether a value is of its parameter's type, and no reader can take it for one that wasn't given."""
    kind = parameter["type"]
    if kind == "string":
        return isinstance(value, str) and (value.strip() != "" or bool(parameter.get("required")))
    if kind in ("integer", "number"):
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    if kind == "array":
        return isinstance(value, list) and value not in ([], [""]) and None not in value
    return kind == "object" and isinstance(value, dict)


def _may_be_meant(allowed: Draft202012Validator, parameter: Mapping[str, Any], value: Any) -> bool:
    """Whether an honest reader may take the text of `value` for a valid value."""
    return any(allowed.is_valid(reading) for reading in _readings(value)) or _abbreviates(parameter, value)


def _readings(value: Any) -> Iterator[Any]:
    if isinstance(value, str):
        yield from (read(value) for read in READERS)
    elif isinstance(value, (int, float)):
        yield from (value, float(value))
    elif isinstance(value, list):
        yield from ([read(one) if isinstance(one, str) else one for one in value] for read in READERS)
        yield [one if isinstance(one, str) else _json(one) for one in value]
        yield [_json(value)]  # an array with an object in it is one word
    else:
        yield value


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _abbreviates(parameter: Mapping[str, Any], value: Any) -> bool:
    """Whether a text is the beginning of a choice: some programs take that."""
    choices = parameter.get("enum", ())
    if not isinstance(value, str):
        return False
    return any(isinstance(one, str) and one.casefold().startswith(value.strip().casefold()) for one in choices)


def _shown(wrong: WrongValue) -> str:
    text = repr(wrong.value)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"
