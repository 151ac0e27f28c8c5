"""The plugin contract, version 1: what `cli.py --describe` prints, and how an argument schema follows from it.

The shape is a JSON Schema file beside this module, shipped with the package and open to everyone; what a schema
can't say (names that clash, a default of the wrong type) is said here. The server skips a plugin that has
problems, the toolkit reports them: both ask this module, so they can't disagree.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any, cast

from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError, ValidationError

VERSION = "1"
"""The contract version of this module."""

SCHEMA_FILE = "plugin-contract-v1.schema.json"

# Keywords of a described parameter that mean the same in JSON Schema and therefore reach the tool's inputSchema.
KEYWORDS = (
    "type",
    "title",
    "description",
    "default",
    "examples",
    "enum",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "minLength",
    "maxLength",
    "pattern",
    "format",
    "items",
    "minItems",
    "maxItems",
    "uniqueItems",
)

_NOUNS = {"object": "an object", "array": "an array", "integer": "an integer"}


def schema() -> dict[str, Any]:
    """Return the contract as a JSON Schema (2020-12) object, fresh on each call."""
    text = files("smcp").joinpath(SCHEMA_FILE).read_text(encoding="utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded


def problems(described: Any) -> tuple[str, ...]:
    """Say everything that is wrong with what a plugin described, in document order.

    `described` is the parsed JSON. Each problem starts with the address of the offending member:
    "commands[0].parameters[1].type: 'text' must be one of 'string', 'number', …". Empty means valid.
    """
    found = sorted(_validator().iter_errors(described), key=_position)
    worded = [sentence for error in found for sentence in _worded(error)]
    return tuple(dict.fromkeys(worded)) or tuple(_clashes(described))


def parameter_schema(parameter: Mapping[str, Any]) -> dict[str, Any]:
    """Return the JSON Schema of one described parameter's values."""
    # A default of null says "none": as a keyword it would contradict the type beside it.
    return {keyword: parameter[keyword] for keyword in KEYWORDS if parameter.get(keyword) is not None}


def input_schema(command: Mapping[str, Any]) -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of a described command's arguments: an object that allows nothing else."""
    parameters: Sequence[Mapping[str, Any]] = command.get("parameters", ())
    built: dict[str, Any] = {
        "type": "object",
        "properties": {parameter["name"]: parameter_schema(parameter) for parameter in parameters},
        "additionalProperties": False,
    }
    required = [parameter["name"] for parameter in parameters if parameter.get("required")]
    return {**built, "required": required} if required else built


@cache
def _validator() -> Draft202012Validator:
    return Draft202012Validator(schema())


def _position(error: ValidationError) -> list[tuple[bool, Any]]:
    """A sort key for addresses, in which element 10 follows element 9."""
    return [(isinstance(step, str), step) for step in error.absolute_path]


def _worded(error: ValidationError) -> Iterator[str]:
    """One fault as "address: value must be …"; an object that lacks several members is reported once for each."""
    path = list(error.absolute_path)
    demanded: Any = error.validator_value
    if error.validator == "required":
        missing = [name for name in demanded if name not in cast("Mapping[str, Any]", error.instance)]
        yield from (f"{_address([*path, name])}: is missing, but required" for name in missing)
    else:
        yield f"{_address(path)}: {_shown(error.instance)} must {_demand(error, demanded)}"


def _demand(error: ValidationError, value: Any) -> str:
    if error.validator == "type":
        names = [value] if isinstance(value, str) else value
        return "be " + " or ".join(_NOUNS.get(name, f"a {name}") for name in names)
    if error.validator == "enum":
        return "be one of " + ", ".join(repr(choice) for choice in value)
    if error.validator == "pattern":
        return f"match {value}"
    if error.validator in ("minLength", "minItems"):
        return "not be empty" if value == 1 else f"not be shorter than {value}"
    return f"satisfy {error.validator}: {value}"


def _address(path: Sequence[str | int]) -> str:
    steps = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return steps.removeprefix(".") or "the description"


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _clashes(described: Mapping[str, Any]) -> Iterator[str]:
    """Problems of a description whose shape is right."""
    commands: Sequence[Mapping[str, Any]] = described["commands"]
    yield from _repeated("commands", [command["name"] for command in commands])
    for number, command in enumerate(commands):
        parameters: Sequence[Mapping[str, Any]] = command.get("parameters", ())
        where = f"commands[{number}].parameters"
        # Both spellings end as the same flag.
        yield from _repeated(where, [parameter["name"].replace("_", "-") for parameter in parameters])
        for index, parameter in enumerate(parameters):
            yield from _unusable(f"{where}[{index}]", parameter)


def _repeated(where: str, names: Sequence[str]) -> Iterator[str]:
    for number, name in enumerate(names):
        first = names.index(name)
        if first < number:
            yield f"{where}[{number}].name: {name!r} is already taken by {where}[{first}]"


def _unusable(where: str, parameter: Mapping[str, Any]) -> Iterator[str]:
    built = parameter_schema(parameter)
    try:
        Draft202012Validator.check_schema(built)
    except SchemaError as error:
        yield f"{where}: is no usable JSON Schema: {_address(list(error.path))}: {error.message}"
        return
    if parameter.get("default") is not None:
        for fault in Draft202012Validator(built).iter_errors(parameter["default"]):
            yield f"{where}.default: {fault.message}"
