#!/usr/bin/env python3
"""new_plugin: greets, as a plugin CLI.

`--describe` prints SPEC, and the parser is built from SPEC, so the two can't drift: describe a command there, write a
function that takes its parameters, and name it in COMMANDS. A command that succeeds prints one JSON object and exits
with 0; one that fails prints {"error": "…", "code": "…"} and exits with 1, or with 2 if it was called wrongly.
"""

import argparse
import json
import os
import re
import sys
from collections.abc import Callable
from typing import Any, NoReturn

SPEC: dict[str, Any] = {
    "contract_version": "1.1",
    "plugin": {"name": "new_plugin", "version": "0.1.0", "description": "Greets."},
    "commands": [
        {
            "name": "greet",
            "title": "Greet",
            "description": "Greet somebody.",
            "parameters": [
                {"name": "name", "type": "string", "description": "Whom to greet.", "required": True, "minLength": 1},
                {
                    "name": "times",
                    "type": "integer",
                    "description": "How often.",
                    "default": 1,
                    "minimum": 1,
                    "maximum": 9,
                },
            ],
            "result": {
                "type": "object",
                "properties": {"greeting": {"type": "string"}},
                "required": ["greeting"],
                "additionalProperties": False,
            },
            "examples": [{"name": "Ada"}, {"name": "Ada", "times": 2}],
            "annotations": {"readOnlyHint": True, "openWorldHint": False},
        },
    ],
}


class Refusal(Exception):
    """A request that can't be served: `code` is stable, `status` the exit code."""

    def __init__(self, code: str, message: str, status: int = 1) -> None:
        super().__init__(message)
        self.code = code
        self.status = status


def greet(name: str, times: int) -> dict[str, Any]:
    """Greet `name`, so many times."""
    return {"greeting": " ".join([f"Hello, {name}!"] * times)}


COMMANDS: dict[str, Callable[..., dict[str, Any]]] = {"greet": greet}


# The rest needs a change only for parameters of more types, or with other limits.


def number(text: str) -> float:
    """Read a JSON number; not an infinite one."""
    if not re.fullmatch(r"-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?", text) or float(text) - float(text) != 0:
        raise argparse.ArgumentTypeError(f"{text[:40]!r} is not a number")
    return float(text)


def integer(text: str) -> int:
    """Read a whole number."""
    if not re.fullmatch(r"-?[0-9]{1,4000}", text):
        raise argparse.ArgumentTypeError(f"{text[:40]!r} is not an integer")
    return int(text)


def boolean(text: str) -> bool:
    """Read `true` or `false`."""
    if text not in ("true", "false"):
        raise argparse.ArgumentTypeError(f"{text[:40]!r} is neither true nor false")
    return text == "true"


TYPES: dict[str, Callable[[str], Any]] = {"string": str, "number": number, "integer": integer, "boolean": boolean}
LIMITS: dict[str, Callable[[Any, Any], bool]] = {
    "minimum": lambda value, limit: value >= limit,
    "maximum": lambda value, limit: value <= limit,
    "minLength": lambda value, limit: len(value) >= limit,
    "maxLength": lambda value, limit: len(value) <= limit,
    "pattern": lambda value, limit: re.search(limit, value) is not None,
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
                help=parameter["description"].replace("%", "%%"),  # argparse reads % as Python's
                type=TYPES[parameter["type"]],
                required=parameter.get("required", False),
                default=parameter.get("default"),
                choices=parameter.get("enum"),
            )
    return parser


def check_limits(command: str, values: "dict[str, Any]") -> None:
    """Refuse values beyond the limits that SPEC gives."""
    described = next(one for one in SPEC["commands"] if one["name"] == command)
    for parameter in described["parameters"]:
        name, value = parameter["name"], values[parameter["name"]]
        for keyword in LIMITS.keys() & parameter.keys():
            if value is not None and not LIMITS[keyword](value, parameter[keyword]):
                raise Refusal("out_of_range", f"{name} must keep its {keyword}, {parameter[keyword]!r}")


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
    check_limits(command, values)
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
