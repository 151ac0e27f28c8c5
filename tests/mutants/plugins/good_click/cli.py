"""No fault: built with click, whose own complaints are turned into JSON."""

import json
import math
import sys
from typing import Any

import click

UNITS = ["metre", "foot"]
PARAMETERS: "list[dict[str, Any]]" = [
    {"name": "length", "type": "number", "required": True, "minimum": 0, "maximum": 1e6},
    {"name": "unit", "type": "string", "enum": UNITS, "default": "metre"},
    {"name": "max_digits", "type": "integer", "default": 3, "minimum": 0, "maximum": 9},
    {"name": "label", "type": "array", "items": {"type": "string"}},
    {"name": "loud", "type": "boolean", "takes_value": False},
]
RESULT = {
    "type": "object",
    "properties": {"length": {"type": "number"}, "unit": {"enum": UNITS}, "labels": {"type": "array"}},
    "required": ["length", "unit", "labels"],
}
COMMANDS: "list[dict[str, Any]]" = [
    {"name": "convert", "description": "Convert a length.", "parameters": PARAMETERS, "result": RESULT},
    {"name": "units", "description": "List the units."},
]


def describe(context: click.Context, _: click.Parameter, wanted: bool) -> None:
    """Answer `--describe`."""
    if wanted:
        print(json.dumps({"plugin": {"name": "good_click"}, "commands": COMMANDS}))
        context.exit()


@click.group()
@click.option("--describe", is_flag=True, is_eager=True, expose_value=False, callback=describe)
def cli() -> None:
    """Convert lengths."""


@cli.command()
@click.option("--length", type=click.FloatRange(0, 1e6), required=True)
@click.option("--unit", type=click.Choice(UNITS, case_sensitive=False), default="metre")
@click.option("--max-digits", type=click.IntRange(0, 9), default=3)
@click.option("--label", multiple=True)
@click.option("--loud", is_flag=True)
def convert(length: float, unit: str, max_digits: int, label: "tuple[str, ...]", loud: bool) -> None:
    """Convert a length to the other unit."""
    if math.isnan(length):
        raise click.BadParameter("it is no number")
    metres = unit == "metre"
    converted = round(length / 0.3048 if metres else length * 0.3048, max_digits)
    labels = [one.upper() for one in label] if loud else list(label)
    print(json.dumps({"length": converted, "unit": "foot" if metres else "metre", "labels": labels}))


@cli.command()
def units() -> None:
    """List the units."""
    print(json.dumps({"units": UNITS}))


if __name__ == "__main__":
    try:
        cli.main(standalone_mode=False)
    except click.ClickException as error:
        print(json.dumps({"error": error.format_message(), "code": type(error).__name__}))
        sys.exit(error.exit_code)
