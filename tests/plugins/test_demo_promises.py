"""What holds for every command of both demo plugins, taken from what they describe themselves."""

from __future__ import annotations

import json
import math
import os
import re
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from smcp import content
from smcp.arguments import argv, faults, normalised
from smcp.discovery import Command

PLUGINS = Path(__file__).parents[2] / "plugins"
NAMES = ("demo_math", "demo_text")

# A process per example: few examples, and slowness is no fault.
few = settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)


def said(cli: Path, *words: str | bytes, options: tuple[str, ...] = ()) -> tuple[int, bytes]:
    """Run a command line; return the exit code and stdout. Nothing is ever written to stderr."""
    done = subprocess.run(
        [sys.executable, *options, str(cli), *words], capture_output=True, timeout=120, check=False, cwd=os.sep
    )
    assert done.stderr == b""
    return done.returncode, done.stdout


@cache
def commands(plugin: str) -> tuple[Command, ...]:
    """The commands of a plugin."""
    cli = PLUGINS / plugin / "cli.py"
    described = json.loads(said(cli, "--describe")[1])
    return tuple(Command(plugin, cli, one) for one in described["commands"])


def answered(command: Command, words: list[Any]) -> Any:
    """Run a command line and demand a described result, or an error with its code; return what was printed."""
    status, stdout = said(command.cli, *words)
    assert stdout.count(b"\n") == 1
    printed = json.loads(stdout.decode("utf-8"), parse_constant=lambda name: pytest.fail(f"printed {name}"))
    if status == 0:
        assert command.result_validator is not None
        blocks, result = content.parted(command.described, printed)
        assert [fault.message for fault in command.result_validator.iter_errors(result)] == []
        assert not command.has_content or content.problem(blocks) is None
    else:
        assert {name: type(value) for name, value in printed.items()} == {"error": str, "code": str}
    return printed


EVERY = [command for plugin in NAMES for command in commands(plugin)]
each_command = pytest.mark.parametrize("command", EVERY, ids=[command.tool_name for command in EVERY])


@each_command
def test_examples_are_answered_as_described(command: Command) -> None:
    """Each example is a call that succeeds, and its result keeps the description."""
    assert command.described["examples"]
    for example in command.described["examples"]:
        assert "error" not in answered(command, argv(command, example))


@each_command
def test_the_description_allows_nothing_but_the_result(command: Command) -> None:
    """A result schema that takes anything would promise nothing."""
    result = command.described["result"]
    assert result["additionalProperties"] is False
    assert set(result["required"]) == set(result["properties"])


def values(parameter: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Values of a parameter, valid or nearly so."""
    bounds = [number for name in ("minimum", "maximum") if (number := parameter.get(name)) is not None]
    near = [bound + step for bound in bounds for step in (-1, 0, 1)]
    known = st.sampled_from(
        [*parameter.get("enum", ()), *near, parameter.get("default"), "", "-x", "--", "\udcff", None]
    )
    kinds: dict[str, st.SearchStrategy[Any]] = {
        "string": st.text(max_size=20),
        "integer": st.integers(-(10**30), 10**30),
        "number": st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(10**400), 10**400),
    }
    return known | kinds[parameter["type"]]


@few
@given(data=st.data(), command=st.sampled_from(EVERY))
def test_what_the_server_lets_through_is_answered(data: st.DataObject, command: Command) -> None:
    """Arguments that the description allows never end in anything but a described result or a named error."""
    arguments = {one["name"]: data.draw(values(dict(one)), one["name"]) for one in command.parameters}
    meant = normalised(command, arguments)
    assume(not faults(command, meant))
    printed = answered(command, argv(command, meant))
    assert printed.get("code") in (None, "division_by_zero", "overflow", "invalid_arguments", "unknown_sign")


RIGHT = st.sampled_from(["calculate", "coin_flip", "echo", "hash_preview", "--a=1", "--operation=add", "--message=--"])
WRONG = st.sampled_from(
    ["--b=nan", "--flips=1e3", "--seed=", "--text", "--length=１", "--", "-", "-x", "--describe=1", "@file", "%s", ""]
)
RAW = st.binary(max_size=8).filter(lambda raw: b"\0" not in raw)


@few
@given(plugin=st.sampled_from(NAMES), words=st.lists(RIGHT | WRONG | RAW, max_size=5))
def test_whatever_the_words_the_answer_is_json(plugin: str, words: list[Any]) -> None:
    """Wrong, repeated, half-finished or undecodable: one JSON object, and exit code 0 for nothing but a result."""
    assume(not any(word in (b"-h", "-h") for word in words))
    status, stdout = said(PLUGINS / plugin / "cli.py", *words)
    printed = json.loads(stdout.decode("utf-8"))
    assert isinstance(printed, dict)
    assert (status == 0) == ("error" not in printed)


@pytest.mark.parametrize("plugin", NAMES)
def test_a_plugin_is_one_file_and_needs_the_standard_library_only(plugin: str, tmp_path: Path) -> None:
    """Copied elsewhere, and run without site-packages, it says the same."""
    alone = Path(shutil.copy(PLUGINS / plugin / "cli.py", tmp_path / "other.py"))
    assert said(alone, "--describe", options=("-I", "-S")) == said(PLUGINS / plugin / "cli.py", "--describe")


@pytest.mark.parametrize("plugin", NAMES)
def test_parser_and_description_cannot_drift(plugin: str, tmp_path: Path) -> None:
    """What is put into the spec is at once a flag of the command line, with its type, choices and limits."""
    source = (PLUGINS / plugin / "cli.py").read_text(encoding="utf-8")
    more = '{"name": "new_one", "type": "integer", "description": "New.", "required": True, "maximum": 5}'
    changed = re.sub(r'("parameters": \[)', rf"\1{more}, ", source, count=1)
    cli = tmp_path / "cli.py"
    cli.write_text(changed, encoding="utf-8")
    described = json.loads(said(cli, "--describe")[1])["commands"][0]
    assert described["parameters"][0]["name"] == "new_one"
    for words, complaint in (
        ([], "--new-one"),
        (["--new-one=x"], "argument --new-one"),
        (["--new-one=6"], "new_one must be at most 5"),
    ):
        filled = argv(
            Command(plugin, cli, {**described, "parameters": described["parameters"][1:]}), _filled(described)
        )
        status, stdout = said(cli, *filled, *words)
        assert status != 0
        assert complaint in json.loads(stdout)["error"]


def _filled(described: dict[str, Any]) -> dict[str, Any]:
    example: dict[str, Any] = described["examples"][0]
    return example


def test_the_results_of_the_smallest_and_largest_numbers_are_described() -> None:
    """Where floating point ends, too."""
    [calculate] = [one for one in EVERY if one.described["name"] == "calculate"]
    for number in (sys.float_info.max, sys.float_info.min, math.ulp(0.0), -0.0, 10**308, 2**53 + 1):
        for operation in ("add", "subtract", "multiply", "divide"):
            answered(calculate, argv(calculate, {"operation": operation, "a": number, "b": number}))


def test_every_schema_of_a_result_is_valid() -> None:
    """By the meta-schema."""
    for command in EVERY:
        Draft202012Validator.check_schema(command.described["result"])
        assert command.output_schema is not None
        Draft202012Validator.check_schema(command.output_schema)
