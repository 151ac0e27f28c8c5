"""The plugin contract, version 1: what `cli.py --describe` prints, and how an argument schema follows from it.

The shape is a JSON Schema file beside this module, shipped with the package and open to everyone; what a schema
can't say (names that clash, a default of the wrong type) is said here. The server skips a plugin that has
problems, the toolkit reports them: both ask this module, so they can't disagree.
"""

from __future__ import annotations

import json
from collections.abc import Container, Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any, cast

from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError, ValidationError

from smcp import documents

VERSION = "1.1"
"""The contract version of this module; every 1.x is served."""

SCHEMA_FILE = "plugin-contract-v1.schema.json"

# Keywords of a described parameter that mean the same in JSON Schema and therefore reach the tool's inputSchema.
# Only "required" can't be among them: beside a parameter's name it says something else.
KEYWORDS = (
    *("type", "title", "description", "default", "examples", "deprecated", "readOnly", "writeOnly", "$comment"),
    *("enum", "const", "not", "allOf", "anyOf", "oneOf", "if", "then", "else"),
    *("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
    *("minLength", "maxLength", "pattern", "format", "contentEncoding", "contentMediaType", "contentSchema"),
    *("items", "prefixItems", "unevaluatedItems", "minItems", "maxItems", "uniqueItems"),
    *("contains", "minContains", "maxContains"),
    *("properties", "patternProperties", "additionalProperties", "unevaluatedProperties", "propertyNames"),
    *("minProperties", "maxProperties", "dependentRequired", "dependentSchemas"),
)

ERROR: Mapping[str, Any] = {
    "type": "object",
    "description": "What a failed call says; the result has isError: true.",
    "properties": {
        "error": {
            "type": "object",
            "properties": {"code": {"type": "string"}, "message": {"type": "string"}},
            "required": ["code", "message"],
        }
    },
    "required": ["error"],
}
"""The JSON Schema of the structured content of every call that failed."""

_DIALECT = Draft202012Validator.META_SCHEMA["$id"]
_DATA = ("const", "enum", "default", "examples")  # what looks like a keyword in there is none
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
    if documents.too_deep(described):
        return (f"the description: is nested in more than {documents.MAX_DEPTH} levels",)
    return tuple(dict.fromkeys(_shape(described))) or tuple(_clashes(described))


def parameter_schema(parameter: Mapping[str, Any]) -> dict[str, Any]:
    """Return the JSON Schema of one described parameter's values."""
    # A default of null says "none": as a keyword it would contradict the type beside it.
    return {keyword: parameter[keyword] for keyword in KEYWORDS if parameter.get(keyword) is not None}


def input_schema(command: Mapping[str, Any]) -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of a described command's arguments: an object that allows nothing else."""
    parameters: Sequence[Mapping[str, Any]] = command.get("parameters", ())
    built: dict[str, Any] = {
        "type": "object",
        "properties": {parameter["name"]: _property(parameter) for parameter in parameters},
        "additionalProperties": False,
    }
    required = [parameter["name"] for parameter in parameters if parameter.get("required")]
    more = {"required": required, "examples": [one for one in command.get("examples", ()) if isinstance(one, dict)]}
    return {**built, **{keyword: value for keyword, value in more.items() if value}}


def _property(parameter: Mapping[str, Any]) -> dict[str, Any]:
    built = parameter_schema(parameter)
    # Some clients refuse an array that says nothing of its elements; this says "anything".
    return {**built, "items": {}} if built["type"] == "array" and "items" not in built else built


def output_schema(command: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the JSON Schema of a described command's structured content, None if it describes no result.

    It allows the result or an error, because some clients hold failed calls to it, too.
    """
    result: Mapping[str, Any] | None = command.get("result")
    if result is None:
        return None
    # What its references point to has to stay at the root.
    root = {keyword: result[keyword] for keyword in ("$schema", "$defs") if keyword in result}
    own = {keyword: value for keyword, value in result.items() if keyword not in root}
    return {**root, "type": "object", "anyOf": [own, dict(ERROR)]}


def _shape(described: Any) -> Iterator[str]:
    for error in sorted(_validator().iter_errors(described), key=_position):
        yield from _worded(error)


@cache
def _validator() -> Draft202012Validator:
    return Draft202012Validator(schema())


def _position(error: ValidationError) -> list[tuple[bool, Any]]:
    """A sort key for addresses, in which element 10 follows element 9."""
    return [(isinstance(step, str), step) for step in error.absolute_path]


def _worded(error: ValidationError) -> Iterator[str]:
    """One fault as "address: value must be …"; an object that lacks several members is reported once for each."""
    path = list(error.absolute_path)
    if error.validator == "required":
        required, instance = cast("list[str]", error.validator_value), cast("Mapping[str, Any]", error.instance)
        missing = [name for name in required if name not in instance]
        yield from (f"{address([*path, name])}: is missing, but required" for name in missing)
    else:
        yield f"{address(path)}: {_shown(error.instance)} must {demand(error)}"


def demand(error: ValidationError) -> str:
    """Say what a schema demands that wasn't met, to follow "must": "be a string"."""
    value: Any = error.validator_value
    if error.validator == "type":
        names = [value] if isinstance(value, str) else value
        return "be " + " or ".join(_NOUNS.get(name, f"a {name}") for name in names)
    if error.validator == "enum":
        return "be one of " + ", ".join(repr(choice) for choice in value)
    if error.validator == "const":
        return f"be {value!r}"
    if error.validator == "pattern":
        return f"match {value}"
    if error.validator in ("minLength", "minItems"):
        return "not be empty" if value == 1 else f"not be shorter than {value}"
    return f"satisfy {error.validator}: {value}"


def address(path: Sequence[str | int]) -> str:
    """Write the way to a member as people do: commands[0].name."""
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
        unusable = [fault for index, one in enumerate(parameters) for fault in _unusable(f"{where}[{index}]", one)]
        yield from unusable or _misfits(f"commands[{number}]", command)
        yield from _bad_result(f"commands[{number}].result", command.get("result"))


def _repeated(where: str, names: Sequence[str]) -> Iterator[str]:
    for number, name in enumerate(names):
        first = names.index(name)
        if first < number:
            yield f"{where}[{number}].name: {name!r} is already taken by {where}[{first}]"


def _unusable(where: str, parameter: Mapping[str, Any]) -> Iterator[str]:
    built = parameter_schema(parameter)
    if fault := _no_schema(built) or _stray_reference(built, ()):
        yield f"{where}: is no usable JSON Schema: {fault}"
    elif parameter.get("default") is not None:
        yield from _disagreements(f"{where}.default", built, parameter["default"])


def _misfits(where: str, command: Mapping[str, Any]) -> Iterator[str]:
    """Examples of arguments that are none. One that is no object means nothing here and stays unread."""
    built = input_schema(command)
    for number, example in enumerate(command.get("examples", ())):
        if isinstance(example, dict):
            yield from _disagreements(f"{where}.examples[{number}]", built, example)


def _bad_result(where: str, result: Mapping[str, Any] | None) -> Iterator[str]:
    if result is None:
        return
    if fault := _no_schema(result) or _stray_reference(result, result.get("$defs", {})):
        yield f"{where}: is no usable JSON Schema: {fault}"
    elif result.get("$schema", _DIALECT) != _DIALECT:
        yield f"{where}.$schema: {_shown(result['$schema'])} must be {_DIALECT!r}"


def _no_schema(built: Mapping[str, Any]) -> str | None:
    """Say what makes it no JSON Schema; a pattern that is no regular expression would break every call."""
    try:
        Draft202012Validator.check_schema(dict(built))
    except SchemaError as error:
        return f"{address(list(error.path))}: {error.message}"
    except RecursionError:
        return "it is nested too deeply"
    return None


def _stray_reference(node: Any, defined: Container[str]) -> str | None:
    """Say which reference leads out of a schema that becomes part of another one."""
    if isinstance(node, list):
        return next(filter(None, (_stray_reference(one, defined) for one in node)), None)
    if not isinstance(node, dict):
        return None
    for keyword, value in node.items():
        if keyword in ("$id", "$dynamicRef") and isinstance(value, str):
            return f"{keyword!r} is not allowed"
        if keyword == "$ref" and isinstance(value, str) and not _leads_to(value, defined):
            return f"'$ref' to {value!r} leads nowhere: it must be '#/$defs/NAME', and NAME be defined in a result"
    deeper = (value for keyword, value in node.items() if keyword not in _DATA)
    return next(filter(None, (_stray_reference(value, defined) for value in deeper)), None)


def _leads_to(reference: str, defined: Container[str]) -> bool:
    return reference.startswith("#/$defs/") and reference.removeprefix("#/$defs/") in defined


def _disagreements(where: str, built: Mapping[str, Any], value: Any) -> Iterator[str]:
    """Faults of a value that the description itself gives."""
    try:
        yield from (f"{where}: {error.message}" for error in Draft202012Validator(dict(built)).iter_errors(value))
    except (OverflowError, RecursionError) as error:
        yield f"{where}: can't be checked: {error}"
