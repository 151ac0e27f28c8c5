"""The demo plugins as commands: one strict JSON object on stdout whatever the arguments, exit 0 only for success."""

from __future__ import annotations

import hashlib
import json
import math
import operator
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from smcp import contract

PLUGINS = Path(__file__).parents[2] / "plugins"
PYTHON = {"add": operator.add, "subtract": operator.sub, "multiply": operator.mul, "divide": operator.truediv}

# A process per example: few examples, and slowness is no fault.
few = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])

# What can be an argument of a command at all.
texts = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=60)
numbers = st.one_of(
    st.integers(-(10**20), 10**20), st.floats(allow_nan=False, allow_infinity=False), st.sampled_from([0, 0.0, 1e308])
)


def run(plugin: str, *words: str | bytes, **environment: str) -> tuple[int, Any]:
    """Run a plugin's command line; return the exit code and what it printed, parsed as strict JSON."""
    done = subprocess.run(
        [sys.executable, str(PLUGINS / plugin / "cli.py"), *words],
        capture_output=True,
        env={**os.environ, **environment},
        timeout=120,
        check=False,
    )
    assert done.stderr == b""
    assert done.stdout.count(b"\n") == 1
    return done.returncode, json.loads(done.stdout.decode("utf-8"), parse_constant=_never)


def _never(constant: str) -> None:
    raise AssertionError(f"printed {constant}, which is no JSON")


@pytest.mark.parametrize("plugin", ["demo_math", "demo_text"])
def test_the_description_keeps_the_contract(plugin: str) -> None:
    """Every command is read-only and every parameter is explained."""
    status, described = run(plugin, "--describe")
    assert status == 0
    assert contract.problems(described) == ()
    for command in described["commands"]:
        assert command["annotations"]["readOnlyHint"] is True
        assert all(parameter["description"] for parameter in command["parameters"])


@pytest.mark.parametrize("plugin", ["demo_math", "demo_text"])
def test_help_names_every_parameter_of_the_description(plugin: str) -> None:
    """Parser and description come from one spec: each described flag exists, with its choices."""
    _, described = run(plugin, "--describe")
    for command in described["commands"]:
        cli = str(PLUGINS / plugin / "cli.py")
        shown = subprocess.run([sys.executable, cli, command["name"], "--help"], capture_output=True, check=True).stdout
        flags = set(re.findall(r"--[a-z-]+", shown.decode())) - {"--help"}
        assert flags == {"--" + parameter["name"].replace("_", "-") for parameter in command["parameters"]}


@few
@given(operation=st.sampled_from(sorted(PYTHON)), a=numbers, b=numbers)
def test_calculate_agrees_with_python(operation: str, a: float, b: float) -> None:
    """The result is Python's; where Python has none, or no finite one, there is a named error."""
    status, printed = run("demo_math", "calculate", f"--operation={operation}", f"--a={a}", f"--b={b}")
    try:
        expected = PYTHON[operation](a, b)
    except ZeroDivisionError:
        assert (status, printed["code"]) == (1, "division_by_zero")
        return
    if not math.isfinite(expected):
        assert (status, printed["code"]) == (1, "overflow")
        return
    assert (status, printed["result"]) == (0, expected)
    assert (printed["a"], printed["b"]) == (a, b)


@pytest.mark.parametrize(
    ("words", "status", "code"),
    [
        (["calculate", "--operation=divide", "--a=1", "--b=0"], 1, "division_by_zero"),
        (["calculate", "--operation=divide", "--a=1", "--b=-0.0"], 1, "division_by_zero"),
        (["calculate", "--operation=multiply", "--a=1e308", "--b=10"], 1, "overflow"),
        (["calculate", "--operation=multiply", "--a=1" + "0" * 300, "--b=1" + "0" * 300], 1, "overflow"),
        (["calculate", "--operation=divide", "--a=1" + "0" * 300, "--b=1e-300"], 1, "overflow"),
        (["calculate", "--operation=add", "--a=nan", "--b=1"], 2, "invalid_arguments"),
        (["calculate", "--operation=add", "--a=1e999", "--b=1"], 2, "invalid_arguments"),
        (["calculate", "--operation=add", "--a=1" + "0" * 400, "--b=1"], 2, "invalid_arguments"),
        (["calculate", "--operation=add", "--a=1" + "0" * 5000, "--b=1"], 2, "invalid_arguments"),
        (["calculate", "--operation=add", "--a=1_0", "--b=1"], 2, "invalid_arguments"),
        (["calculate", "--operation=add", "--a=٣", "--b=1"], 2, "invalid_arguments"),
        (["calculate", "--operation=add", "--a=", "--b=1"], 2, "invalid_arguments"),
        (["calculate", "--operation=power", "--a=1", "--b=1"], 2, "invalid_arguments"),
        (["calculate", "--operation=add", "--a=1"], 2, "invalid_arguments"),
        (["calculate", "--op=add", "--a=1", "--b=1"], 2, "invalid_arguments"),
        (["format_bytes", "--size=-1"], 1, "out_of_range"),
        (["format_bytes", "--size=9223372036854775808"], 1, "out_of_range"),
        (["format_bytes", "--size=1.5"], 2, "invalid_arguments"),
        (["format_bytes", "--size=" + "9" * 5000], 2, "invalid_arguments"),
        (["format_bytes", "--size=1", "--unit=bits"], 2, "invalid_arguments"),
        (["coin_flip", "--flips=0"], 1, "out_of_range"),
        (["coin_flip", "--flips=10001"], 1, "out_of_range"),
        (["coin_flip", "--flips=many"], 2, "invalid_arguments"),
        (["no_such_command"], 2, "invalid_arguments"),
        (["calculate", "--unknown=1"], 2, "invalid_arguments"),
        ([], 2, "invalid_arguments"),
    ],
)
def test_demo_math_refuses_by_a_stable_code(words: list[str], status: int, code: str) -> None:
    """Every failure is one JSON object with a message and its code."""
    assert _failure("demo_math", words) == (status, code)


@pytest.mark.parametrize(
    ("words", "status", "code"),
    [
        (["hash_preview", "--text=x", "--length=0"], 1, "out_of_range"),
        (["hash_preview", "--text=x", "--length=33"], 1, "out_of_range"),
        (["hash_preview", "--text=x", "--algorithm=crc"], 2, "invalid_arguments"),
        (["morse", "--text="], 1, "unknown_sign"),
        (["morse", "--text=SOS "], 1, "unknown_sign"),
        (["morse", "--text=SOS\n"], 1, "unknown_sign"),
        (["morse", "--text=é"], 1, "unknown_sign"),
        (["morse", "--text=" + "e" * 17], 1, "out_of_range"),
        (["echo"], 2, "invalid_arguments"),
        (["echo", "--message"], 2, "invalid_arguments"),
        ([], 2, "invalid_arguments"),
        pytest.param(
            ["echo", b"--message=\xff"],
            2,
            "invalid_text",
            marks=pytest.mark.skipif(sys.platform == "win32", reason="arguments are bytes on POSIX only"),
        ),
    ],
)
def test_demo_text_refuses_by_a_stable_code(words: list[str | bytes], status: int, code: str) -> None:
    """Likewise, and bytes that are not UTF-8 are never guessed at."""
    assert _failure("demo_text", words) == (status, code)


def _failure(plugin: str, words: list[Any]) -> tuple[int, str]:
    status, printed = run(plugin, *words)
    assert set(printed) == {"error", "code"}
    assert printed["error"]
    return status, printed["code"]


@pytest.mark.parametrize(
    ("size", "unit", "formatted"),
    [
        (0, "iec", "0 B"),
        (999, "si", "999 B"),
        (1000, "si", "1.0 kB"),
        (1000, "iec", "1000 B"),
        (1023, "iec", "1023 B"),
        (1024, "iec", "1.0 KiB"),
        (1536, "iec", "1.5 KiB"),
        (999_949, "si", "999.9 kB"),
        (999_950, "si", "1.0 MB"),
        (1024**2 - 1, "iec", "1.0 MiB"),
        (2**63 - 1, "iec", "8.0 EiB"),
        (2**63 - 1, "si", "9.2 EB"),
    ],
)
def test_format_bytes(size: int, unit: str, formatted: str) -> None:
    """One decimal, rounded before the unit is chosen, so that no "1000.0 kB" appears."""
    assert run("demo_math", "format_bytes", f"--size={size}", f"--unit={unit}") == (
        0,
        {"size": size, "unit": unit, "formatted": formatted},
    )


def test_coin_flip() -> None:
    """The counts add up, a seed repeats itself, and one coin is the default."""
    first, second = (run("demo_math", "coin_flip", "--flips=100", "--seed=-7") for _ in range(2))
    assert first == second
    assert first[0] == 0
    assert first[1]["heads"] + first[1]["tails"] == first[1]["flips"] == len(first[1]["results"]) == 100
    assert set(first[1]["results"]) == {"heads", "tails"}
    assert run("demo_math", "coin_flip")[1]["flips"] == 1


@few
@given(text=texts)
def test_slugs_are_made_of_lower_case_words_and_stay_what_they_are(text: str) -> None:
    """Alphabet a-z, 0-9 and inner single hyphens; a slug's slug is itself."""
    slug = _slug(text)
    assert re.fullmatch(r"([a-z0-9]+(-[a-z0-9]+)*)?", slug)
    assert _slug(slug) == slug
    assert _slug(f" {text}!") == slug


def _slug(text: str) -> str:
    status, printed = run("demo_text", "slugify", f"--text={text}")
    assert status == 0
    return str(printed["slug"])


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("Hello, World!", "hello-world"),
        ("Crème Brûlée", "creme-brulee"),
        ("--x--", "x"),
        ("日本", ""),
        ("", ""),
        ("ﬁ²", "fi2"),
    ],
)
def test_slugify(text: str, slug: str) -> None:
    """Letters lose their accents, everything else separates."""
    assert _slug(text) == slug


@pytest.mark.parametrize(
    "text", ["--", "-", "--message", "--message=x", "=", "-1", "@", "%s", "\r\n", "\u2028", "\ufeff"]
)
def test_echo_gives_back_what_command_lines_may_stumble_over(text: str) -> None:
    """Some versions of argparse drop "--" even as a flag's value."""
    assert run("demo_text", "echo", f"--message={text}") == (0, {"message": text})


@few
@given(text=texts)
def test_echo_gives_back_any_text(text: str) -> None:
    """Also one that begins with a hyphen, is empty, or has line breaks."""
    assert run("demo_text", "echo", f"--message={text}") == (0, {"message": text})


@few
@given(text=texts)
def test_word_count_counts_as_python_does(text: str) -> None:
    """Words, code points and lines."""
    counted = {"words": len(text.split()), "characters": len(text), "lines": len(text.splitlines())}
    assert run("demo_text", "word_count", f"--text={text}") == (0, counted)


@few
@given(text=texts, algorithm=st.sampled_from(["md5", "sha1", "sha256", "sha512"]), length=st.integers(1, 32))
def test_hash_preview_is_the_beginning_of_the_hash(text: str, algorithm: str, length: int) -> None:
    """Of the text's UTF-8 bytes."""
    digest = hashlib.new(algorithm, text.encode(), usedforsecurity=False).hexdigest()
    words = [f"--text={text}", f"--algorithm={algorithm}", f"--length={length}"]
    status, printed = run("demo_text", "hash_preview", *words)
    assert (status, printed["preview"]) == (0, digest[:length])


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX locales")
@pytest.mark.parametrize(
    "environment",
    [{"LC_ALL": "C"}, {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}, {"PYTHONIOENCODING": "ascii"}],
)
def test_the_locale_changes_nothing(environment: dict[str, str]) -> None:
    """Arguments are read and results are written as UTF-8."""
    assert run("demo_text", "echo", "--message=日本 ü".encode(), **environment) == (0, {"message": "日本 ü"})
