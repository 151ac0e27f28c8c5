"""`smcp new NAME`: a plugin to begin with, which keeps the contract and its own laws from the start.

What is written is a copy of the folder `template` beside this file, under the new name.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Sequence
from pathlib import Path

TEMPLATE = Path(__file__).parent / "template"
FILES = ("cli.py", "laws.py", "README.md")
PLACEHOLDER, COMMAND = "new_plugin", "greet"
NAME = re.compile(r"[a-zA-Z0-9_-]+")
LONGEST = 64 - len("__") - len(COMMAND)
"""Characters of a plugin's name: clients refuse tools' names, `NAME__COMMAND`, of more than 64."""


class Unwritable(ValueError):
    """A plugin that can't be written; its text says why, and what would be right."""


def main(words: Sequence[str]) -> int:
    """Write what the words behind `smcp new` ask for; return the exit code: 0, or 2 with a line on stderr."""
    asked = command_line().parse_args(words)
    try:
        folder = write(asked.name, asked.dir)
    except Unwritable as reason:
        print(f"smcp new: {reason}", file=sys.stderr)
        return 2
    for name in FILES:
        print(f"wrote {folder / name}")
    elsewhere = "" if asked.dir == Path("plugins") else f" --smcp-plugins {asked.dir}"
    print(f"test it with: pytest --smcp-conformance{elsewhere}")
    return 0


def command_line() -> argparse.ArgumentParser:
    """Build the command line's parser."""
    built = argparse.ArgumentParser(prog="smcp new", description="Write a plugin to begin with.")
    built.add_argument("name", metavar="NAME", help="the plugin's name: letters, digits, _ and -")
    directory = "the folder that gets the plugin's own one; default: %(default)s"
    built.add_argument("--dir", type=Path, default=Path("plugins"), help=directory)
    return built


def write(name: str, directory: Path) -> Path:
    """Write a plugin into a new folder in `directory`, which is made if need be; raises `Unwritable`."""
    if not NAME.fullmatch(name):
        raise Unwritable(f"{name!r} can't be a plugin's name: it must be of letters a-z and A-Z, digits, _ and -")
    if len(name) > LONGEST:
        raise Unwritable(f"{name!r} has {len(name)} characters; a plugin's name may have {LONGEST}")
    folder = directory / name
    try:
        folder.mkdir(parents=True)
        for file in FILES:
            text = (TEMPLATE / file).read_text(encoding="utf-8")
            (folder / file).write_text(text.replace(PLACEHOLDER, name), encoding="utf-8", newline="\n")
    except FileExistsError as error:
        raise Unwritable(
            f"{str(error.filename)!r} exists already, and nothing was written; choose another name"
        ) from None
    except OSError as error:
        raise Unwritable(f"can't write {str(error.filename)!r}: {error.strerror}") from None
    return folder
