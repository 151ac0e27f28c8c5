"""From a tool call's arguments to a command line: what is meant, is it allowed, and how is it written.

What clients send is put straight first and judged afterwards, so that nothing unjudged reaches a plugin:

- null is the same as leaving an argument out;
- hyphens and underscores in names are the same; of several spellings the first that isn't null counts;
- `{"item": value}` is the value, for every declared type but object;
- a text for a declared array is its one element, or, if no element may be such a text, an array written as JSON.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from smcp.discovery import Command

_SHOWN = 300


def normalised(command: Command, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Return the arguments as they are meant: by declared name, unwrapped, without nulls."""
    declared = {_spelling(parameter["name"]): parameter for parameter in command.parameters}
    meant: dict[str, Any] = {}
    for name, value in arguments.items():
        parameter = declared.get(_spelling(name))
        if parameter is not None:
            name, value = parameter["name"], _unwrapped(parameter, value)
        elif command.scraped:
            name = _spelling(name)
        elif value is None:
            meant.setdefault(name, value)  # an unknown name stays a fault, whatever its value
        if value is not None:
            meant.setdefault(name, value)
    return meant


def faults(command: Command, arguments: Mapping[str, Any]) -> tuple[str, ...]:
    """Say what the command's schema, or a command line, has against normalised arguments; empty means valid."""
    try:
        found = tuple(_worded(error) for error in command.validator.iter_errors(arguments))
        return found or tuple(_unwritable(command, arguments))
    except (ValueError, OverflowError, RecursionError) as error:  # NaN, numbers beyond a float, too many levels
        return (f"the arguments can't be checked: {error}",)


def argv(command: Command, arguments: Mapping[str, Any]) -> list[str]:
    """Write valid arguments as words of a command line: the command's name, then flags in the described order.

    A value is always joined to its flag by "=", so that one that begins with "-" stays a value. Null means left out.
    """
    return [str(command.described["name"]), *(word for _, words in _written(command, arguments) for word in words)]


def _written(command: Command, arguments: Mapping[str, Any]) -> Iterator[tuple[str, list[str]]]:
    """Each argument's name with the words it becomes."""
    # Nothing is known of a scraped command's flags: most that are true or false are switches without a value.
    guessed: Sequence[Mapping[str, Any]] = [
        {"name": name, "type": "boolean", "takes_value": False} for name in arguments
    ]
    for parameter in guessed if command.scraped else command.parameters:
        value = arguments.get(parameter["name"])
        if value is not None:
            yield str(parameter["name"]), list(_flags(parameter, value))


def _flags(parameter: Mapping[str, Any], value: Any) -> Iterator[str]:
    flag = "--" + str(parameter["name"]).replace("_", "-")
    if isinstance(value, bool) and _bare(parameter):
        if value:
            yield flag
    elif isinstance(value, list) and not any(isinstance(element, (dict, list)) for element in value):
        yield from (f"{flag}={_text(element, _element_type(parameter))}" for element in value)
    else:
        yield f"{flag}={_text(value, parameter['type'])}"


def _bare(parameter: Mapping[str, Any]) -> bool:
    """True for a boolean whose flag takes no value, in any of the three ways plugins say so."""
    return parameter["type"] == "boolean" and (
        parameter.get("action") in ("store_true", "store_false")
        or parameter.get("arg_style") == "flag"
        or parameter.get("takes_value") is False
    )


def _text(value: Any, kind: Any) -> str:
    if isinstance(value, str):
        return value
    if kind == "integer" and isinstance(value, float) and value.is_integer():  # as JSON Schema counts 5.0, not argparse
        value = int(value)
    return json.dumps(value, allow_nan=False, separators=(",", ":"), ensure_ascii=False)


def _element_type(parameter: Mapping[str, Any]) -> Any:
    items = parameter.get("items")
    return items.get("type") if isinstance(items, dict) else None


def _spelling(name: str) -> str:
    return name.replace("-", "_")


def _unwrapped(parameter: Mapping[str, Any], value: Any) -> Any:
    kind = parameter["type"]
    if kind != "object" and isinstance(value, dict) and list(value) == ["item"]:
        value = value["item"]
    return _listed(parameter, value) if kind == "array" and isinstance(value, str) else value


def _listed(parameter: Mapping[str, Any], text: str) -> list[Any] | str:
    """Return the array that a text stands for, or the text itself if it stands for none."""
    items = parameter.get("items", True)
    if Draft202012Validator(items).is_valid(text):
        return [text]
    try:
        written = json.loads(text)
    except (ValueError, RecursionError):
        return text
    return written if isinstance(written, list) else text


def _worded(error: ValidationError) -> str:
    where = ".".join(str(step) for step in error.absolute_path)
    text = f"{where}: {error.message}" if where else error.message
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def _unwritable(command: Command, arguments: Mapping[str, Any]) -> Iterator[str]:
    """What JSON can say and a command line can't."""
    for name, words in _written(command, arguments):
        if any("\0" in word for word in words):
            yield f"{name}: a NUL character can't be passed to a plugin"
        elif not _encodable(words):
            yield f"{name}: a lone surrogate can't be passed to a plugin"


def _encodable(words: Sequence[str]) -> bool:
    try:
        "".join(words).encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True
