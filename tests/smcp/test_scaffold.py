"""`smcp new NAME`: what it writes passes at once, and what it can't write it says and leaves alone."""

from __future__ import annotations

import argparse
import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from smcp import contract, scaffold
from smcp.__main__ import main
from smcp.discovery import MAX_TOOL_NAME, Discovery

PATIENCE = 300.0  # seconds that a run may take on a loaded machine
LONGEST = "p" * scaffold.LONGEST


def new(*words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run `smcp new` with these words."""
    command = [sys.executable, "-m", "smcp", "new", *words]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=PATIENCE, check=False)


@pytest.mark.slow
def test_a_new_plugin_passes_the_conformance_run_at_once(tmp_path: Path) -> None:
    """From an empty folder, with every law and nothing warned of."""
    made = new("greetings", cwd=tmp_path)
    assert made.returncode == 0, made.stderr
    assert made.stdout.splitlines()[-1] == "test it with: pytest --smcp-conformance"
    command = [sys.executable, "-m", "pytest", "--smcp-conformance", "--smcp-strict", "-v", "-p", "no:cacheprovider"]
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    for law in ("greeting_names_whom_it_greets", "greeting_once_is_the_default", "nobody_is_not_greeted"):
        assert f"plugins::greetings::laws::{law} PASSED" in ran.stdout
    assert "plugins::greetings::contract::describe_exits_0 PASSED" in ran.stdout


@pytest.mark.slow
def test_the_template_is_itself_a_plugin_that_keeps_its_laws(tmp_path: Path) -> None:
    """What is copied is linted, typed and tested as it stands."""
    laws = [
        "--smcp-conformance",
        "--smcp-plugins",
        str(scaffold.TEMPLATE.parent),
        "-k",
        "laws",
        "-p",
        "no:cacheprovider",
    ]
    command = [sys.executable, "-m", "pytest", *laws]
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "plugins::template" in ran.stdout


def test_the_template_reads_every_type_and_keeps_every_limit() -> None:
    """Also those that its one command has no use for: whoever describes them gets them."""
    template = _template()
    read = {kind: one for kind, one in template.TYPES.items() if kind != "string"}
    right = {"number": ("-1.5e3", -1500.0), "integer": ("-12", -12), "boolean": ("true", True)}
    assert {kind: (right[kind][0], one(right[kind][0])) for kind, one in read.items()} == right
    for one in read.values():
        for text in ("", "x", "1e999", "１", "nan", "True"):
            with pytest.raises(argparse.ArgumentTypeError, match=r"is not a|is neither"):
                one(text)
    kept: dict[str, tuple[Any, Any, Any]] = {
        "minimum": (2, 2, 1),
        "maximum": (2, 2, 3),
        "minLength": (2, "ab", "a"),
        "maxLength": (2, "ab", "abc"),
    }
    kept["pattern"] = ("^a", "ab", "b")
    assert kept.keys() == template.LIMITS.keys()
    for keyword, (limit, value, wrong) in kept.items():
        assert template.LIMITS[keyword](value, limit)
        assert not template.LIMITS[keyword](wrong, limit)


@pytest.mark.parametrize(
    ("words", "code", "status"),
    [
        (["--describe"], None, 0),
        (["greet", "--name=--"], None, 0),
        ([], "invalid_arguments", 2),
        (["greet"], "invalid_arguments", 2),
        (["greet", "--name=a", "--times=1.5"], "invalid_arguments", 2),
        (["greet", "--name="], "out_of_range", 1),
        (["greet", "--name=a", "--times=10"], "out_of_range", 1),
        (["greet", b"--name=\xff"], "invalid_text", 2),
    ],
)
def test_the_template_answers_in_json_whatever_the_words(words: list[Any], code: str | None, status: int) -> None:
    """A refusal has a stable code."""
    command = [sys.executable, str(scaffold.TEMPLATE / "cli.py"), *words]
    done = subprocess.run(command, capture_output=True, timeout=PATIENCE, check=False)
    assert (done.returncode, done.stderr, json.loads(done.stdout).get("code")) == (status, b"", code)


def _template() -> Any:
    """The template's cli.py as a module."""
    spec = importlib.util.spec_from_file_location("template_of_plugins", scaffold.TEMPLATE / "cli.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", ["greetings", "Two_words-2", LONGEST])
def test_what_is_written_is_a_plugin_of_that_name(name: str, tmp_path: Path) -> None:
    """It keeps the contract, answers, and the server offers its command, whatever else lies beside it."""
    folder = scaffold.write(name, tmp_path / "deep" / "plugins")
    assert sorted(file.name for file in folder.iterdir()) == ["README.md", "cli.py", "laws.py"]
    assert not [file for file in folder.iterdir() if scaffold.PLACEHOLDER in file.read_text(encoding="utf-8")]
    described = answer(folder, "--describe")
    assert contract.problems(described) == ()
    assert described["plugin"]["name"] == name
    assert answer(folder, "greet", "--name=100 %", "--times=2") == {"greeting": "Hello, 100 %! Hello, 100 %!"}
    (folder / "laws.py").write_text("raise SystemExit('the server has no business here')")
    (offered,) = Discovery([folder.parent]).start().commands.result(timeout=PATIENCE)
    assert offered.tool_name == f"{name}__greet"
    assert len(offered.tool_name) <= MAX_TOOL_NAME


def answer(folder: Path, *words: str) -> dict[str, Any]:
    """What the plugin prints for these words, as JSON."""
    done = subprocess.run([sys.executable, str(folder / "cli.py"), *words], capture_output=True, timeout=60, check=True)
    document: dict[str, Any] = json.loads(done.stdout)
    return document


@pytest.mark.parametrize("command", [["--help"], ["greet", "--help"]])
def test_help_survives_a_percent_sign_in_a_description(command: list[str], tmp_path: Path) -> None:
    """argparse takes one for a placeholder."""
    cli = scaffold.write("greetings", tmp_path) / "cli.py"
    cli.write_text(cli.read_text(encoding="utf-8").replace("Whom to greet.", "Whom to greet, 100 %."), encoding="utf-8")
    shown = subprocess.run([sys.executable, str(cli), *command], capture_output=True, text=True, timeout=60, check=True)
    assert "greet" in shown.stdout


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["x y"], "'x y' can't be a plugin's name: it must be of letters a-z and A-Z, digits, _ and -"),
        ([""], "'' can't be a plugin's name"),
        (["../up"], "'../up' can't be a plugin's name"),
        (["naïve"], "'naïve' can't be a plugin's name"),
        ([LONGEST + "p"], f"has {len(LONGEST) + 1} characters; a plugin's name may have {len(LONGEST)}"),
        (["taken"], "'plugins/taken' exists already, and nothing was written; choose another name"),
        (["new", "--dir", "a_file"], "can't write 'a_file/new': Not a directory"),
    ],
)
def test_what_cannot_be_written_is_told(
    words: list[str],
    complaint: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """With exit code 2, and nothing is there that was not there before."""
    monkeypatch.chdir(tmp_path)
    kept = tmp_path / "plugins" / "taken" / "cli.py"
    kept.parent.mkdir(parents=True)
    kept.write_text("mine")
    (tmp_path / "a_file").write_text("mine")
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(SystemExit) as left:
        main(["new", *words])
    assert left.value.code == 2
    told = capsys.readouterr().err
    assert told.startswith("smcp new: ")
    assert complaint in told
    assert sorted(tmp_path.rglob("*")) == before
    assert kept.read_text() == "mine"


def test_another_folder_is_named_in_the_hint(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Only plugins/ is found without being named."""
    assert scaffold.main(["greetings", "--dir", str(tmp_path / "mine")]) == 0
    assert capsys.readouterr().out.endswith(f"pytest --smcp-conformance --smcp-plugins {tmp_path / 'mine'}\n")
