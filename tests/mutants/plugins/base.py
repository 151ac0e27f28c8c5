"""A small plugin CLI that keeps the contract; mutants override the one step that they get wrong."""

from __future__ import annotations

import argparse
import json
import math
import sys
from typing import Any, NoReturn

TEXT: dict[str, Any] = {"name": "text", "type": "string", "description": "Any text.", "required": True}
SCALE: dict[str, Any] = {"name": "scale", "type": "number", "description": "A factor.", "required": True}
TIMES: dict[str, Any] = {"name": "times", "type": "integer", "default": 1, "minimum": 1, "maximum": 100}
LOUD: dict[str, Any] = {"name": "be_loud", "type": "boolean", "default": False}


class Refusal(Exception):
    """A request that can't be served; `status` is the exit code."""

    def __init__(self, message: str, status: int = 1, code: str = "refused") -> None:
        super().__init__(message)
        self.status = status
        self.code = code


class Parser(argparse.ArgumentParser):
    """A parser that refuses in JSON."""

    def error(self, message: str) -> NoReturn:
        raise Refusal(message, 2, "usage")


def boolean(text: str) -> bool:
    """Read `true` or `false`."""
    if text not in ("true", "false"):
        raise argparse.ArgumentTypeError(f"{text!r} is no boolean")
    return text == "true"


class Cli:
    """One plugin with one command, `stretch`."""

    name = "mutant"
    description = "Stretches texts."
    command = "stretch"
    parameters: tuple[dict[str, Any], ...] = (TEXT, SCALE, TIMES, LOUD)
    parser: type[argparse.ArgumentParser] = Parser

    def commands(self) -> list[dict[str, Any]]:
        """What is declared."""
        return [{"name": self.command, "description": "Stretch a text.", "parameters": list(self.parameters)}]

    def describe(self) -> int:
        """Answer `--describe`; return the exit code."""
        plugin = {"name": self.name, "version": "1.0.0", "description": self.description}
        self.write({"contract_version": "1.0", "plugin": plugin, "commands": self.commands()})
        return 0

    def types(self) -> dict[str, Any]:
        """What reads a flag's text, by declared type."""
        return {"string": str, "number": float, "integer": int, "boolean": boolean}

    def build(self) -> argparse.ArgumentParser:
        """Build the parser from what is declared."""
        parser = self.parser(prog="cli.py")
        commands = parser.add_subparsers(dest="command", required=True)
        for command in self.commands():
            words = commands.add_parser(command["name"], allow_abbrev=False)
            for one in command["parameters"]:
                self.add(words, one)
        return parser

    def add(self, words: argparse.ArgumentParser, parameter: dict[str, Any]) -> None:
        """Add the flag of a parameter."""
        words.add_argument(
            "--" + parameter["name"].replace("_", "-"),
            type=self.types()[parameter["type"]],
            required=parameter.get("required", False),
            default=parameter.get("default"),
        )

    def parse(self, words: list[str]) -> dict[str, Any]:
        """Read the command line."""
        return vars(self.build().parse_args(words))

    def check(self, values: dict[str, Any]) -> None:
        """Refuse values that break what is declared of them."""
        for one in self.commands()[0]["parameters"]:
            value = values.get(one["name"])
            if value is not None and not one.get("minimum", value) <= value <= one.get("maximum", value):
                raise Refusal(f"{one['name']} is out of range", code="out_of_range")
            if value is not None and value not in one.get("enum", [value]):
                raise Refusal(f"{one['name']} is none of the choices", code="no_choice")

    def answer(self, values: dict[str, Any]) -> dict[str, Any]:
        """Do what was asked; raise `Refusal` if that can't be done."""
        if not values["text"]:
            raise Refusal("there is nothing to stretch")
        scaled = len(values["text"]) * values["scale"] * 1e300
        return {"text": values["text"], "scaled": self.finite(scaled)}

    def finite(self, value: float) -> float:
        """Refuse what JSON can't say."""
        if not math.isfinite(value):
            raise Refusal("the result is too large")
        return value

    def write(self, document: object) -> None:
        """Print a document."""
        print(json.dumps(document))

    def refuse(self, refusal: Refusal) -> int:
        """Print why not; return the exit code."""
        self.write({"error": str(refusal), "code": refusal.code})
        return refusal.status

    def serve(self, words: list[str]) -> int:
        """Answer one command line; return the exit code."""
        if words == ["--describe"]:
            return self.describe()
        try:
            values = self.parse(words)
            self.check(values)
            self.write(self.answer(values))
        except Refusal as refusal:
            return self.refuse(refusal)
        return 0

    def run(self) -> NoReturn:
        """Answer this process's command line."""
        sys.exit(self.serve(sys.argv[1:]))
