#!/usr/bin/env python3
"""demo_math: arithmetic, byte sizes and coins, as a plugin CLI.

`--describe` prints SPEC, and the parser is built from SPEC, so the two can't drift. A command that succeeds prints
one JSON object and exits 0. One that fails prints {"error": "…", "code": "…"} and exits 1 (2 if it was called
wrongly). Whatever the locale, arguments are read and results are written as UTF-8.
"""

import argparse
import json
import operator
import os
import re
import sys
from collections.abc import Callable
from typing import Any, NoReturn

READ_ONLY = {"readOnlyHint": True, "openWorldHint": False}
NUMBER = {"type": "number"}
COUNT = {"type": "integer", "minimum": 0}
SIDE = {"type": "string", "enum": ["heads", "tails"]}


def an_object(**members: "dict[str, Any]") -> "dict[str, Any]":
    """The JSON Schema of an object that has exactly these members."""
    return {"type": "object", "properties": members, "required": list(members), "additionalProperties": False}


SPEC: dict[str, Any] = {
    "contract_version": "1.1",
    "plugin": {"name": "demo_math", "version": "1.0.0", "description": "Arithmetic, byte sizes and coins."},
    "commands": [
        {
            "name": "calculate",
            "title": "Calculate",
            "description": "Add, subtract, multiply or divide two numbers.",
            "parameters": [
                {
                    "name": "operation",
                    "type": "string",
                    "description": "What to do with a and b.",
                    "required": True,
                    "enum": ["add", "subtract", "multiply", "divide"],
                },
                {"name": "a", "type": "number", "description": "Left operand.", "required": True},
                {"name": "b", "type": "number", "description": "Right operand; not 0 to divide.", "required": True},
            ],
            "result": an_object(operation={"type": "string"}, a=NUMBER, b=NUMBER, result=NUMBER),
            "examples": [{"operation": "divide", "a": 1, "b": 8}, {"operation": "add", "a": 0.5, "b": -2}],
            "annotations": READ_ONLY,
        },
        {
            "name": "format_bytes",
            "title": "Format bytes",
            "description": "Write a number of bytes for people: 1536 becomes 1.5 KiB.",
            "parameters": [
                {
                    "name": "size",
                    "type": "integer",
                    "description": "Bytes.",
                    "required": True,
                    "minimum": 0,
                    "maximum": 2**63 - 1,
                },
                {
                    "name": "unit",
                    "type": "string",
                    "description": "si counts in thousands (kB), iec in 1024s (KiB).",
                    "default": "iec",
                    "enum": ["si", "iec"],
                },
            ],
            "result": an_object(
                size=COUNT,
                unit={"type": "string"},
                formatted={"type": "string", "pattern": r"^[0-9]+(\.[0-9])? ([kKMGTPE]i?)?B$"},
            ),
            "examples": [{"size": 1536}, {"size": 1_500_000, "unit": "si"}],
            "annotations": READ_ONLY,
        },
        {
            "name": "coin_flip",
            "title": "Flip coins",
            "description": "Flip fair coins; the same seed gives the same sides.",
            "parameters": [
                {
                    "name": "flips",
                    "type": "integer",
                    "description": "How many coins.",
                    "default": 1,
                    "minimum": 1,
                    "maximum": 10_000,
                },
                {"name": "seed", "type": "integer", "description": "Makes the flips repeatable."},
            ],
            "result": an_object(flips=COUNT, heads=COUNT, tails=COUNT, results={"type": "array", "items": SIDE}),
            "examples": [{"flips": 3, "seed": 7}],
            "annotations": READ_ONLY,
            "deterministic": False,
        },
    ],
}


OPERATIONS: dict[str, Callable[[float, float], float]] = {
    "add": operator.add,
    "subtract": operator.sub,
    "multiply": operator.mul,
    "divide": operator.truediv,
}


class Refusal(Exception):
    """A request that can't be served: `code` is stable, `status` the exit code."""

    def __init__(self, code: str, message: str, status: int = 1) -> None:
        super().__init__(message)
        self.code = code
        self.status = status


def calculate(operation: str, a: float, b: float) -> dict[str, Any]:
    """Apply the operation; whole numbers stay exact."""
    if operation == "divide" and b == 0:
        raise Refusal("division_by_zero", "b must not be 0 to divide")
    try:
        result = OPERATIONS[operation](a, b)
    except OverflowError:
        raise overflow() from None
    return {"operation": operation, "a": a, "b": b, "result": representable(result)}


def format_bytes(size: int, unit: str) -> dict[str, Any]:
    """Write `size` with one decimal in the largest unit that leaves at least 1."""
    base, names = (1000, "kMGTPE") if unit == "si" else (1024, "KMGTPE")
    suffix = "B" if unit == "si" else "iB"
    if size < base:
        return {"size": size, "unit": unit, "formatted": f"{size} B"}
    power = 1
    # Rounded first: 999 999 bytes are 1.0 MB, not 1000.0 kB.
    while power < len(names) and tenths(size, base**power) >= base * 10:
        power += 1
    whole, tenth = divmod(tenths(size, base**power), 10)
    return {"size": size, "unit": unit, "formatted": f"{whole}.{tenth} {names[power - 1]}{suffix}"}


def coin_flip(flips: int, seed: "int | None") -> dict[str, Any]:
    """Flip the coins, from the seed if there is one."""
    import random  # a third of the start-up time, and only needed here

    coins = random.Random(seed)
    results = [coins.choice(("heads", "tails")) for _ in range(flips)]
    return {"flips": flips, "heads": results.count("heads"), "tails": results.count("tails"), "results": results}


def tenths(size: int, step: int) -> int:
    """`size` in tenths of `step`, halves rounded up, without floating point."""
    return (size * 20 + step) // (2 * step)


def representable(value: float) -> float:
    """Return the value if a JSON reader can hold it: never NaN, never beyond a double."""
    try:
        outside = float(value) - float(value) != 0
    except OverflowError:
        outside = True
    if outside:
        raise overflow()
    return value


def overflow() -> Refusal:
    return Refusal("overflow", "the result is beyond the range of a 64-bit float")


def number(text: str) -> float:
    """Read a JSON number: an int if it is written as one."""
    if not re.fullmatch(r"-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?", text):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number")
    try:
        return representable(float(text) if re.search(r"[.eE]", text) else int(text))
    except (Refusal, ValueError):  # ValueError: more digits than int() takes
        raise argparse.ArgumentTypeError("the number is beyond the range of a 64-bit float") from None


def integer(text: str) -> int:
    """Read a whole number."""
    if not re.fullmatch(r"-?[0-9]{1,4000}", text):
        raise argparse.ArgumentTypeError(f"{text[:40]!r} is not an integer")
    return int(text)


# The rest is the same in every demo plugin: a plugin is one file.

TYPES: dict[str, Callable[[str], Any]] = {"string": str, "number": number, "integer": integer}
COMMANDS: dict[str, Callable[..., dict[str, Any]]] = {
    "calculate": calculate,
    "format_bytes": format_bytes,
    "coin_flip": coin_flip,
}


class Parser(argparse.ArgumentParser):
    """A parser whose complaints are refusals instead of text on stderr, and that takes "--" for a value."""

    def error(self, message: str) -> NoReturn:
        raise Refusal("invalid_arguments", message, 2)

    def _get_values(self, action: argparse.Action, arg_strings: "list[str]") -> Any:
        if action.nargs is not None or not action.option_strings:
            return super()._get_values(action, arg_strings)
        # Before Python 3.12.5 the inherited method drops "--" even where it is the value of a flag.
        value = self._get_value(action, arg_strings[0])
        self._check_value(action, value)
        return value


def build_parser() -> Parser:
    """Build the parser from SPEC."""
    parser = Parser(prog="cli.py", description=SPEC["plugin"]["description"], allow_abbrev=False)
    parser.add_argument("--describe", action="store_true", help="print the commands as JSON")
    commands = parser.add_subparsers(dest="command")
    for command in SPEC["commands"]:
        words = commands.add_parser(command["name"], help=command["description"], allow_abbrev=False)
        for parameter in command["parameters"]:
            words.add_argument(
                f"--{parameter['name'].replace('_', '-')}",
                dest=parameter["name"],
                help=parameter["description"],
                type=TYPES[parameter["type"]],
                required=parameter.get("required", False),
                default=parameter.get("default"),
                choices=parameter.get("enum"),
            )
    return parser


def check_ranges(command: str, values: "dict[str, Any]") -> None:
    """Refuse numbers outside the minimum and maximum that SPEC gives."""
    described = next(one for one in SPEC["commands"] if one["name"] == command)
    for parameter in described["parameters"]:
        value = values[parameter["name"]]
        for bound, wrong in (("minimum", "at least"), ("maximum", "at most")):
            limit = parameter.get(bound)
            if value is None or limit is None:
                continue
            if value < limit if bound == "minimum" else value > limit:
                raise Refusal("out_of_range", f"{parameter['name']} must be {wrong} {limit}")


def serve(words: "list[str]") -> dict[str, Any]:
    """Answer one command line."""
    try:
        # The bytes the shell gave, whatever the locale made of them.
        texts = [os.fsencode(word).decode("utf-8") for word in words]
    except UnicodeError:
        raise Refusal("invalid_text", "arguments must be valid UTF-8", 2) from None
    values = vars(build_parser().parse_args(texts))
    if values.pop("describe"):
        return SPEC
    command = values.pop("command")
    if command is None:
        raise Refusal("invalid_arguments", f"a command is required: {', '.join(COMMANDS)}", 2)
    check_ranges(command, values)
    return COMMANDS[command](**values)


def main() -> int:
    """Run the command line of this process; return the exit code."""
    status = 0
    try:
        answer = serve(sys.argv[1:])
    except Refusal as refusal:
        answer, status = {"error": str(refusal), "code": refusal.code}, refusal.status
    sys.stdout.buffer.write(json.dumps(answer, ensure_ascii=False, allow_nan=False).encode() + b"\n")
    return status


if __name__ == "__main__":
    sys.exit(main())
