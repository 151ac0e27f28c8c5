"""From arguments to words of a command line."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smcp.arguments import argv, faults, normalised
from smcp.discovery import Command


def taking(**parameters: Any) -> Command:
    """A command whose parameters have these types, or these members."""
    listed = [
        {"name": name, **(more if isinstance(more, dict) else {"type": more})} for name, more in parameters.items()
    ]
    return Command("p", Path("cli.py"), {"name": "c", "description": "", "parameters": listed})


def scraped() -> Command:
    """A command of which only the name is known."""
    return Command("p", Path("cli.py"), {"name": "c", "description": ""}, scraped=True)


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
        (taking(l={"type": "array", "items": {"type": "integer"}}), {"l": [5.0, 6]}, ["--l=5", "--l=6"]),
        (taking(l={"type": "array", "items": {"type": "object"}}), {"l": [{"a": 1}]}, ['--l=[{"a":1}]']),
        (taking(b={"type": "boolean", "action": "store_false"}), {"b": True}, ["--b"]),
        (taking(s={"type": "string", "takes_value": False}), {"s": "x"}, ["--s=x"]),
        (
            scraped(),
            {"user_name": "-x", "fast": True, "slow": False, "n": 1.5},
            ["--user-name=-x", "--fast", "--n=1.5"],
        ),
        (scraped(), {"tag": ["a", 1, True]}, ["--tag=a", "--tag=1", "--tag=true"]),
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
        (taking(t="string"), {"t": "\udcff"}, ("t: a lone surrogate can't be passed to a plugin",)),
        (taking(o="object"), {"o": {"\ud800": 1}}, ("o: a lone surrogate can't be passed to a plugin",)),
        (scraped(), {"a": {"b": 1}}, ("a: {'b': 1} is not of type 'string', 'number', 'boolean', 'array'",)),
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


ARRAY = {"type": "array", "items": {"type": "integer"}}
TEXTS = {"type": "array", "items": {"type": "string"}}
OBJECTS = {"type": "array", "items": {"type": "object"}}


@pytest.mark.parametrize(
    ("command", "arguments", "meant"),
    [
        # The same name in several spellings: the first that isn't null.
        (taking(use_ssl="boolean"), {"use-ssl": True}, {"use_ssl": True}),
        (taking(**{"use-ssl": "boolean"}), {"use_ssl": True}, {"use-ssl": True}),
        (taking(a_b_c="string"), {"a-b_c": None, "a_b-c": "1", "a_b_c": "2"}, {"a_b_c": "1"}),
        (scraped(), {"a-b": None, "a_b": 1, "c-d": 2}, {"a_b": 1, "c_d": 2}),
        # Null is nothing, unless the name is unknown.
        (taking(a="string"), {"a": None}, {}),
        (taking(a="string"), {"z": None}, {"z": None}),
        (scraped(), {"a": None}, {}),
        # Wrappers.
        (taking(a="string"), {"a": {"item": "x"}}, {"a": "x"}),
        (taking(a="integer"), {"a": {"item": 1}}, {"a": 1}),
        (taking(a="boolean"), {"a": {"item": None}}, {}),
        (taking(a=ARRAY), {"a": {"item": [1]}}, {"a": [1]}),
        (taking(a=TEXTS), {"a": {"item": "x"}}, {"a": ["x"]}),
        (taking(a="object"), {"a": {"item": 1}}, {"a": {"item": 1}}),
        (taking(a="string"), {"a": {"item": "x", "more": 1}}, {"a": {"item": "x", "more": 1}}),
        # Texts in place of arrays.
        (taking(a="array"), {"a": "x,y"}, {"a": ["x,y"]}),
        (taking(a=TEXTS), {"a": '["x"]'}, {"a": ['["x"]']}),
        (taking(a=ARRAY), {"a": "[1, 2]"}, {"a": [1, 2]}),
        (taking(a=OBJECTS), {"a": '[{"b":1}]'}, {"a": [{"b": 1}]}),
        (taking(a=ARRAY), {"a": "1"}, {"a": "1"}),
        (taking(a=ARRAY), {"a": "x"}, {"a": "x"}),
        (taking(a=ARRAY), {"a": "[" * 100_000}, {"a": "[" * 100_000}),
    ],
)
def test_arguments_are_put_straight(command: Command, arguments: dict[str, Any], meant: dict[str, Any]) -> None:
    """Names as declared, wrappers off, nulls out; a second time there is nothing left to do."""
    assert normalised(command, arguments) == meant
    assert normalised(command, meant) == meant


def test_what_is_put_straight_is_judged_afterwards() -> None:
    """Neither another spelling nor a wrapper gets anything past the schema."""
    command = taking(use_ssl={"type": "integer", "maximum": 5, "required": True}, tags=ARRAY)
    assert faults(command, normalised(command, {"use-ssl": {"item": 6}})) == (
        "use_ssl: 6 is greater than the maximum of 5",
    )
    assert faults(command, normalised(command, {"use-ssl": None})) == ("'use_ssl' is a required property",)
    assert faults(command, normalised(command, {"use_ssl": 1, "tags": "x"})) == ("tags: 'x' is not of type 'array'",)
    [said] = faults(command, normalised(command, {"use_ssl": 1, "other": None}))
    assert "'other' was unexpected" in said


def _deep(levels: int) -> Any:
    value: Any = 0
    for _ in range(levels):
        value = [value]
    return value


@pytest.mark.parametrize(
    ("command", "value"),
    [
        (taking(a="number"), float("inf")),
        (taking(a="object"), {"b": float("nan")}),
        (taking(a={"type": "number", "multipleOf": 0.5}), 10**400),
        (taking(a="array"), _deep(100_000)),
    ],
)
def test_values_beyond_reach_are_refused(command: Command, value: Any) -> None:
    """They are the caller's fault, not the server's."""
    [said] = faults(command, {"a": value})
    assert said.startswith("the arguments can't be checked: ")


SCALARS = st.one_of(
    st.integers(-(10**6), 10**6), st.booleans(), st.floats(allow_nan=False, allow_infinity=False), st.text(max_size=5)
)
JSON = st.recursive(
    st.none() | SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["item", "a-b", "x"]), inner, max_size=2)
    ),
    max_leaves=8,
)
NAMES = st.sampled_from(["a_b", "a-b", "flag", "list", "o_o", "o-o", "z"])
EVERYTHING = taking(
    a_b="string",
    flag={"type": "boolean", "arg_style": "flag"},
    list={"type": "array", "items": {"type": ["integer", "object"]}},
    **{"o-o": "object"},
)


@given(arguments=st.dictionaries(NAMES, JSON, max_size=5))
@settings(max_examples=300, deadline=None)
def test_any_arguments_are_refused_or_written_as_flags_of_the_command(arguments: dict[str, Any]) -> None:
    """No JSON object raises, and no word of a command line is anything but the command or a declared flag."""
    for command in (EVERYTHING, scraped()):
        meant = normalised(command, arguments)
        if faults(command, meant):
            continue
        first, *flags = argv(command, meant)
        assert first == "c"
        assert all(re.match(r"--[a-z]+(-[a-z]+)?(=|\Z)", flag) for flag in flags)
        assert {flag.partition("=")[0] for flag in flags} <= {"--" + name.replace("_", "-") for name in meant}
