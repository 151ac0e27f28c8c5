"""From a tool call's arguments to a command line: is it allowed, and how is it written."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from jsonschema.exceptions import ValidationError

from smcp.discovery import Command

_SHOWN = 300


def faults(command: Command, arguments: Mapping[str, Any]) -> tuple[str, ...]:
    """Say what the command's schema has against the arguments; empty means valid."""
    return tuple(_worded(error) for error in command.validator.iter_errors(arguments)) or tuple(_unwritable(arguments))


def argv(command: Command, arguments: Mapping[str, Any]) -> list[str]:
    """Write valid arguments as words of a command line: the command's name, then flags in the described order.

    A value is always joined to its flag by "=", so that one that begins with "-" stays a value. Null means left out.
    """
    words = [str(command.described["name"])]
    for parameter in command.parameters:
        value = arguments.get(parameter["name"])
        if value is not None:
            words.extend(_flags(parameter, value))
    return words


def _flags(parameter: Mapping[str, Any], value: Any) -> Iterator[str]:
    flag = "--" + str(parameter["name"]).replace("_", "-")
    if parameter["type"] == "boolean" and _bare(parameter):
        if value:
            yield flag
    elif isinstance(value, list) and not any(isinstance(element, (dict, list)) for element in value):
        yield from (f"{flag}={_text(element)}" for element in value)
    else:
        yield f"{flag}={_text(value, parameter['type'])}"


def _bare(parameter: Mapping[str, Any]) -> bool:
    """True for a boolean whose flag takes no value, in any of the three ways plugins say so."""
    return (
        parameter.get("action") in ("store_true", "store_false")
        or parameter.get("arg_style") == "flag"
        or parameter.get("takes_value") is False
    )


def _text(value: Any, kind: str = "") -> str:
    if isinstance(value, str):
        return value
    if kind == "integer" and isinstance(value, float):  # JSON Schema counts 5.0 as an integer, argparse doesn't
        value = int(value)
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def _worded(error: ValidationError) -> str:
    where = ".".join(str(step) for step in error.absolute_path)
    text = f"{where}: {error.message}" if where else error.message
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def _unwritable(arguments: Mapping[str, Any]) -> Iterator[str]:
    """What JSON can say and a command line can't."""
    for name, value in arguments.items():
        if any("\0" in text for text in _strings(value)):
            yield f"{name}: a NUL character can't be passed to a plugin"


def _strings(value: Any) -> Sequence[str]:
    if isinstance(value, list):
        return [element for element in value if isinstance(element, str)]
    return [value] if isinstance(value, str) else []
