"""Plugins that can't describe themselves are offered by what their `--help` says."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from odd_plugin import write_plugin

from smcp import scraping
from smcp.discovery import Discovery

ARGPARSE = """
import argparse
parser = argparse.ArgumentParser(prog="cli.py")
commands = parser.add_subparsers(required=True)
one = commands.add_parser("greet", help="Greet somebody.")
one.add_argument("--user-name")
commands.add_parser("connect", help="Kept to itself.")
print(vars(parser.parse_args()))
"""
LISTED = '''
import sys
if sys.argv[1:] != ["--help"]:
    sys.exit("no")
print("""A tool.

Available commands:
  click-button   Click it
  get_url        Get it

Examples:
  cli.py click-button
""")
'''


def help_of(**subparsers: Any) -> str:
    """What argparse prints for two commands, one with an alias, and one that it doesn't list."""
    parser = argparse.ArgumentParser(prog="cli.py", description="Does {more} ...")
    parser.add_argument("--how", choices=["fast", "slow"])
    commands = parser.add_subparsers(**subparsers)
    commands.add_parser("reduce", help="Reduce " + "very " * 40 + "much.")
    commands.add_parser("check_out", aliases=["co", "c2"], help="Check out.")
    commands.add_parser("silent")
    return parser.format_help()


def named(help_text: str) -> dict[str, str]:
    """The commands in a help text, with what is said of them."""
    return {command["name"]: command["description"] for command in scraping.commands(help_text)}


@pytest.mark.parametrize("columns", ["30", "80", "200"])
@pytest.mark.parametrize("title", [{}, {"title": "commands"}, {"title": "what to do", "description": "One of these:"}])
def test_argparse_subparsers_are_commands(monkeypatch: pytest.MonkeyPatch, columns: str, title: dict[str, Any]) -> None:
    """However wide the terminal; aliases are the same command once more, and choices of an option are none."""
    monkeypatch.setenv("COLUMNS", columns)
    found = named(help_of(**title))
    assert list(found) == ["reduce", "check_out", "silent"]
    assert found["silent"] == "Run silent."


def test_argparse_subparsers_under_a_word_of_their_own() -> None:
    """A metavar takes the place of the braces; what isn't listed then can't be known."""
    found = named(help_of(metavar="COMMAND"))
    assert list(found) == ["reduce", "check_out"]
    assert found["check_out"] == "Check out."
    assert found["reduce"] == "Reduce " + "very " * 40 + "much."


@pytest.mark.parametrize(
    ("help_text", "expected"),
    [
        (
            "Available commands:\n  a-b    Does it\n  c: Other\n  d - Third\n\n  e  not one\n",
            {"a-b": "Does it", "c": "Other", "d": "Third"},
        ),
        (
            "about\n\n  AVAILABLE COMMANDS:\n    * one\n    * two\n        which goes on\n",
            {"one": "Run one.", "two": "which goes on"},
        ),
        ("Available commands: a, b_c,d", {"a": "Run a.", "b_c": "Run b_c.", "d": "Run d."}),
        ("Available commands: none at all", {}),
        ("Available commands:\n", {}),
        ("Available commands:\n  this is prose\n", {}),
        ("usage: cli.py [-h] [--how {fast,slow}] file [file ...]\n", {}),
        ("usage: cli.py [-h] COMMAND ...\n\nno list\n", {}),
        ("", {}),
        ("Available commands:\n" + "".join(f"  c{number}\n" for number in range(201)), {}),
    ],
)
def test_lists_of_commands(help_text: str, expected: dict[str, str]) -> None:
    """A block that ends at an empty line, or names on the heading's own line; no guesses from prose."""
    assert named(help_text) == expected


@pytest.mark.parametrize(("source", "tools"), [(ARGPARSE, ["p__greet"]), (LISTED, ["p__click-button", "p__get_url"])])
def test_scraped_commands_are_offered(tmp_path: Path, source: str, tools: list[str]) -> None:
    """Nothing is said on stderr: the plugin is usable."""
    told: list[str] = []
    commands = Discovery([write_plugin(tmp_path, "p", source)], 60, told.append).start().commands.result(120)
    assert [command.tool_name for command in commands] == tools
    assert told == []
    assert all(command.scraped for command in commands)


def test_describe_and_help_share_one_time_limit(tmp_path: Path) -> None:
    """A plugin that fails the first and hangs in the second costs the limit once, not twice."""
    source = "import sys, time\nif '--help' in sys.argv: time.sleep(600)\nsys.exit(1)"
    told: list[str] = []
    Discovery([write_plugin(tmp_path, "p", source)], 0.5, told.append).start().commands.result(120)
    [line] = told
    assert line.startswith("plugin 'p' skipped: --describe ")


@pytest.mark.parametrize("valid", [{}, {"user_name": "x", "n": 1.5, "b": True, "list": ["a", 1, False]}])
def test_free_form_arguments(valid: dict[str, Any]) -> None:
    """Scalars and arrays of them, by any name that can be a flag."""
    schema = scraping.free_form()
    Draft202012Validator.check_schema(schema)
    assert Draft202012Validator(schema).is_valid(valid)


@pytest.mark.parametrize("wrong", [{"a b": 1}, {"-x": 1}, {"x": {}}, {"x": [[]]}, {"x": [None]}, {"": "a"}])
def test_arguments_that_no_flag_can_carry(wrong: dict[str, Any]) -> None:
    """Objects and arrays of arrays have no spelling of their own on an unknown command line."""
    assert not Draft202012Validator(scraping.free_form()).is_valid(wrong)
