"""No fault: booleans as switches that take no value, in all three ways a plugin may say so."""

import argparse
import json
import sys
from typing import NoReturn

SWITCHES = [
    {"name": "fast", "type": "boolean", "action": "store_true"},
    {"name": "be_quiet", "type": "boolean", "arg_style": "flag"},
    {"name": "dry", "type": "boolean", "takes_value": False},
]
COMMAND = {"name": "go", "description": "Show the switches.", "parameters": SWITCHES}


class Parser(argparse.ArgumentParser):
    """A parser that refuses in JSON."""

    def error(self, message: str) -> NoReturn:
        print(json.dumps({"error": message, "code": "usage"}))
        sys.exit(2)


def main() -> None:
    """Answer the command line."""
    if sys.argv[1:] == ["--describe"]:
        print(json.dumps({"plugin": {"name": "good_switches"}, "commands": [COMMAND]}))
        return
    parser = Parser(prog="cli.py", allow_abbrev=False)
    go = parser.add_subparsers(required=True).add_parser("go", allow_abbrev=False)
    for flag in ("--fast", "--be-quiet", "--dry"):
        go.add_argument(flag, action="store_true")
    print(json.dumps(vars(parser.parse_args())))


if __name__ == "__main__":
    main()
