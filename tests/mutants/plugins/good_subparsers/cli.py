"""No fault: argparse subparsers written out by hand, two commands, one of them without parameters."""

import argparse
import json
import sys
import time
from typing import NoReturn

CHOICES = ["sum", "max"]
REDUCE = {
    "name": "reduce",
    "description": "Reduce numbers.",
    "parameters": [
        {"name": "how", "type": "string", "enum": CHOICES, "default": "sum"},
        {"name": "numbers", "type": "array", "items": {"type": "integer"}},
        {"name": "rate", "type": "number", "minimum": 0.5, "maximum": 1.5},
    ],
}
CLOCK = {"name": "clock", "description": "Tell the time.", "deterministic": False}


class Parser(argparse.ArgumentParser):
    """A parser that refuses in JSON."""

    def error(self, message: str) -> NoReturn:
        print(json.dumps({"error": {"code": "usage", "message": message}}))
        sys.exit(2)


def rate(text: str) -> float:
    """Read a number between the declared limits."""
    if not 0.5 <= float(text) <= 1.5:
        raise argparse.ArgumentTypeError("it must be 0.5 to 1.5")
    return float(text)


def main() -> None:
    """Answer the command line."""
    parser = Parser(prog="cli.py")
    parser.add_argument("--describe", action="store_true")
    commands = parser.add_subparsers(dest="command")
    reduce = commands.add_parser("reduce")
    reduce.add_argument("--how", choices=CHOICES, default="sum")
    reduce.add_argument("--numbers", type=int, action="append", default=[])
    reduce.add_argument("--rate", type=rate, default=1.0)
    commands.add_parser("clock")
    given = parser.parse_args()
    if given.describe:
        print(json.dumps({"plugin": {"name": "good_subparsers"}, "commands": [REDUCE, CLOCK]}, indent=2))
    elif given.command == "clock":
        print(json.dumps({"now": time.time_ns()}))
    elif given.command == "reduce":
        found = sum(given.numbers) if given.how == "sum" else max(given.numbers, default=None)
        print(json.dumps({"result": found, "rate": given.rate}))
    else:
        parser.error("a command is required")


if __name__ == "__main__":
    main()
