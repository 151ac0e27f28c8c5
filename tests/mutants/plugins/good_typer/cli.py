"""No fault: built with typer, whose own complaints are turned into JSON."""

import json
import sys
from enum import Enum
from typing import Annotated, Any

import typer

PARAMETERS: "list[dict[str, Any]]" = [
    {"name": "word", "type": "string", "required": True},
    {"name": "times", "type": "integer", "default": 2, "minimum": 1, "maximum": 20},
    {"name": "case", "type": "string", "enum": ["lower", "upper"]},
    {"name": "dry_run", "type": "boolean", "action": "store_true", "default": False},
]
COMMANDS: "list[dict[str, Any]]" = [
    {"name": "repeat", "description": "Repeat a word.", "parameters": PARAMETERS},
    {"name": "version", "description": "Tell the version."},
]


# Of the family of its complaints typer exports only this one: newer ones bring a click of their own.
USAGE: Any = typer.BadParameter.__base__


class Case(str, Enum):
    """How letters are written."""

    LOWER = "lower"
    UPPER = "upper"


def describe(wanted: bool) -> None:
    """Answer `--describe`."""
    if wanted:
        print(json.dumps({"plugin": {"name": "good_typer"}, "commands": COMMANDS}))
        raise typer.Exit


app = typer.Typer()


@app.callback()
def root(describe: Annotated[bool, typer.Option("--describe", is_eager=True, callback=describe)] = False) -> None:
    """Words."""


@app.command()
def repeat(
    word: Annotated[str, typer.Option()],
    times: Annotated[int, typer.Option(min=1, max=20)] = 2,
    case: Annotated[Case | None, typer.Option()] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run")] = False,
) -> None:
    """Repeat a word."""
    written = word if case is None else word.upper() if case is Case.UPPER else word.lower()
    print(json.dumps({"text": "" if dry_run else written * times}))


@app.command()
def version() -> None:
    """Tell the version."""
    print(json.dumps({"version": "1.0"}))


if __name__ == "__main__":
    try:
        sys.exit(app(standalone_mode=False) or 0)
    except USAGE as error:
        print(json.dumps({"error": error.format_message(), "code": "usage"}))
        sys.exit(error.exit_code)
