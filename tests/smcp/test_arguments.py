"""From arguments to words of a command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from smcp.arguments import argv, faults
from smcp.discovery import Command


def taking(**parameters: Any) -> Command:
    """A command whose parameters have these types, or these members."""
    listed = [
        {"name": name, **(more if isinstance(more, dict) else {"type": more})} for name, more in parameters.items()
    ]
    return Command("p", Path("cli.py"), {"name": "c", "description": "", "parameters": listed})


@pytest.mark.parametrize(
    ("command", "arguments", "words"),
    [
        (taking(text="string"), {"text": "-x"}, ["--text=-x"]),
        (taking(text="string"), {"text": ""}, ["--text="]),
        (taking(text="string"), {}, []),
        (taking(user_name="string"), {"user_name": "a=b c"}, ["--user-name=a=b c"]),
        (taking(b="string", a="string"), {"a": "1", "b": "2"}, ["--b=2", "--a=1"]),
        (taking(n="number"), {"n": 1e100}, ["--n=1e+100"]),
        (taking(n="number"), {"n": -2}, ["--n=-2"]),
        (taking(n="integer"), {"n": 5.0}, ["--n=5"]),
        (taking(n="integer"), {"n": 2**80}, [f"--n={2**80}"]),
        (taking(b="boolean"), {"b": True}, ["--b=true"]),
        (taking(b="boolean"), {"b": False}, ["--b=false"]),
        (taking(b={"type": "boolean", "action": "store_true"}), {"b": True}, ["--b"]),
        (taking(b={"type": "boolean", "arg_style": "flag"}), {"b": False}, []),
        (taking(b={"type": "boolean", "takes_value": False}), {"b": True}, ["--b"]),
        (taking(l="array"), {"l": ["a", 1, True]}, ["--l=a", "--l=1", "--l=true"]),
        (taking(l="array"), {"l": []}, []),
        (taking(l="array"), {"l": [{"ü": 1}, "a"]}, ['--l=[{"ü":1},"a"]']),
        (taking(o="object"), {"o": {"a": [1, None]}}, ['--o={"a":[1,null]}']),
    ],
)
def test_words(command: Command, arguments: dict[str, Any], words: list[str]) -> None:
    """The command's name, then a flag for each argument, value joined by "="."""
    assert faults(command, arguments) == ()
    assert argv(command, arguments) == ["c", *words]


@pytest.mark.parametrize(
    ("command", "arguments", "said"),
    [
        (taking(n="integer"), {"n": 1.5}, ("n: 1.5 is not of type 'integer'",)),
        (
            taking(l={"type": "array", "items": {"type": "string"}}),
            {"l": ["a", 1]},
            ("l.1: 1 is not of type 'string'",),
        ),
        (taking(t="string"), {"t": "a\0"}, ("t: a NUL character can't be passed to a plugin",)),
        (taking(t="array"), {"t": ["a\0", 1]}, ("t: a NUL character can't be passed to a plugin",)),
    ],
)
def test_faults(command: Command, arguments: dict[str, Any], said: tuple[str, ...]) -> None:
    """Each with its path."""
    assert faults(command, arguments) == said


def test_a_fault_is_told_in_a_few_words() -> None:
    """However long the value is."""
    [said] = faults(taking(n="integer"), {"n": "x" * 10_000})
    assert len(said) < 350


def test_an_escaped_nul_in_an_object_is_no_fault() -> None:
    """JSON spells it without the character itself."""
    command = taking(o="object")
    assert faults(command, {"o": {"a": "\0"}}) == ()
    assert json.loads(argv(command, {"o": {"a": "\0"}})[1].partition("=")[2]) == {"a": "\0"}
