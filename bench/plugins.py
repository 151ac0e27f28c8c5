"""The plugin kit's volume: examples a second run warm against cold, and how long a planted bug takes to be found.

Both ways in one run, in turns, so that they meet the same load. A search is what an item of the behaviour page is:
Hypothesis draws, the plugin is called, the answer is judged. The warm one makes its comparisons with cold starts, too.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from smcp_conformance.cli import behaviour
from smcp_conformance.cli.answer import Violation
from smcp_conformance.cli.check import COMMAND_CHECKS, CommandCheck
from smcp_conformance.cli.command import Command
from smcp_conformance.cli.discovery import describe, find_plugins
from smcp_conformance.cli.generated import Search
from smcp_conformance.cli.inputs import valid_arguments
from smcp_conformance.cli.warm import close_all

DEMOS = Path(__file__).resolve().parent.parent / "plugins"
EXAMPLES = 100
ROUNDS = 3
HEAVY = """\
import json
import sys
from types import SimpleNamespace

import pydantic

GIVEN
parameters = [{"name": "size", "type": "integer", "required": True}]
if sys.argv[1:] == ["--describe"]:
    print(json.dumps({"plugin": {"name": "heavy"}, "commands": [
        {"name": "weigh", "description": "", "parameters": parameters}]}))
else:
    print(json.dumps({"size": Given(size=int(sys.argv[2].partition("=")[2])).size}))
"""
IMPORTED = "Given = SimpleNamespace if pydantic.BaseModel else None"
MODEL = "class Given(pydantic.BaseModel):\n    size: int"  # the plugin's own work, which no runner can have done before
PLANTED = """\
import argparse
import json
import sys

parser = argparse.ArgumentParser(allow_abbrev=False)
parser.add_argument("--describe", action="store_true")
words = parser.add_subparsers(dest="command").add_parser("format", allow_abbrev=False)
words.add_argument("--size", type=int, required=True)
words.add_argument("--unit", choices=["si", "iec"], default="iec")
parameters = [
    {"name": "size", "type": "integer", "required": True, "minimum": 0},
    {"name": "unit", "type": "string", "enum": ["si", "iec"], "default": "iec"},
]
given = parser.parse_args()
if given.describe:
    print(json.dumps({"plugin": {"name": "planted"}, "commands": [
        {"name": "format", "description": "", "parameters": parameters}]}))
elif given.unit == "si" and given.size >= 1_234_568:
    print("oops")
else:
    print(json.dumps({"size": given.size}))
"""


def searched(command: Command, warmly: bool, examples: int, check: CommandCheck, start: int) -> float:
    """Seconds of one search, whether it finds something or not."""
    search = Search(check, command, valid_arguments(command), f"bench {command.tool_name}", examples, start)
    test = search.warm() if warmly else search.test(command, examples)  # as many cold as warm
    began = time.perf_counter()
    try:
        test()
    except Violation as found:
        if warmly:
            confirmed(search, found)
    return time.perf_counter() - began


def confirmed(search: Search, found: Violation) -> None:
    """Have what was found warm shown cold, as an item does."""
    try:
        search.confirm(found)
    except Violation:
        return
    sys.exit(f"found warm, and not cold: {found}")


def answered() -> CommandCheck:
    """The check that is searched with."""
    name = behaviour.valid_arguments_are_answered.__name__
    return next(check for check in COMMAND_CHECKS if check.name == name)


def both(command: Command, examples: int, rounds: int = ROUNDS) -> tuple[float, float]:
    """Median milliseconds of an example, warm and cold."""
    check = answered()
    searched(command, True, 5, check, -1)  # the fork server, and what Hypothesis does once
    pairs = [
        tuple(searched(command, warmly, examples, check, start) for warmly in (True, False)) for start in range(rounds)
    ]
    if command.runs is None or command.runs.why_cold:
        sys.exit(f"{command.tool_name} is not run warm: {command.runs and command.runs.why_cold}")
    warm, cold = (1000 * median(pair[way] for pair in pairs) / examples for way in (0, 1))
    return warm, cold


def demo_math() -> tuple[float, float]:
    """A light plugin."""
    return _of(DEMOS, "demo_math", "calculate", EXAMPLES)


def demo_text() -> tuple[float, float]:
    """Another one."""
    return _of(DEMOS, "demo_text", "slugify", EXAMPLES)


def heavy() -> tuple[float, float]:
    """A plugin that imports pydantic."""
    with _shelf("heavy", HEAVY.replace("GIVEN", IMPORTED)) as shelf:
        return _of(shelf, "heavy", "weigh", EXAMPLES // 2)


def modelled() -> tuple[float, float]:
    """A plugin that declares a model with it, too."""
    with _shelf("heavy", HEAVY.replace("GIVEN", MODEL)) as shelf:
        return _of(shelf, "heavy", "weigh", EXAMPLES // 2)


def planted() -> tuple[float, float]:
    """Milliseconds to find and shrink a bug that a few arguments show, for each example that might have been."""
    with _shelf("planted", PLANTED) as shelf:
        return _of(shelf, "planted", "format", EXAMPLES)


def _of(shelf: Path, plugin: str, command: str, examples: int) -> tuple[float, float]:
    (found,) = [one for one in find_plugins([shelf]) if one.name == plugin]
    commands = {one.name: one for one in describe(found).commands}
    try:
        return both(commands[command], examples)
    finally:
        close_all()


@contextmanager
def _shelf(name: str, code: str) -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / name).mkdir()
        (Path(folder) / name / "cli.py").write_text(code, encoding="utf-8")
        yield Path(folder)


ROWS: dict[str, Callable[[], tuple[float, float]]] = {
    "plugin kit, example of demo_math: warm / cold": demo_math,
    "plugin kit, example of demo_text: warm / cold": demo_text,
    "plugin kit, example, imports pydantic: warm / cold": heavy,
    "plugin kit, example, pydantic model: warm / cold": modelled,
    "plugin kit, planted bug found: warm / cold": planted,
}
"""What `run.py` prints: a row's words, and what measures it."""


if __name__ == "__main__":
    for what, measure in ROWS.items():
        ours, base = measure()
        print(f"{what:48} {ours:8.2f} ms {base:8.2f} ms {base / ours:6.1f}x", flush=True)
