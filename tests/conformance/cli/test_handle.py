"""A plugin's command line in somebody else's tests."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from smcp_conformance.cli.answer import Violation
from smcp_conformance.fixtures import TargetError, plugin_cli

PLUGINS = Path(__file__).parents[3] / "plugins"
PATIENCE = 60.0  # seconds that a call may take on a loaded machine


def test_a_call_writes_words_as_the_server_would() -> None:
    """And gives the parsed document."""
    math = plugin_cli(PLUGINS / "demo_math")
    assert math.commands == ("calculate", "coin_flip", "format_bytes")
    assert math.call("calculate", {"operation": "add", "a": 1, "b": 2}).document["result"] == 3
    math.call("calculate", {"operation": "divide", "a": 1, "b": 0}).must_be_refusal()


def test_words_are_run_as_they_are() -> None:
    """In surroundings of one's choice."""
    made = plugin_cli(str(PLUGINS / "demo_text")).run("no-such-command", env={"LANG": "C"}, timeout=PATIENCE)
    assert made.returncode != 0
    assert b"no-such-command" in made.stdout


def test_a_folder_without_a_command_line_is_refused(tmp_path: Path) -> None:
    """A folder of plugins is none of a plugin."""
    with pytest.raises(TargetError, match=r"plugin folder '.*' must hold a cli\.py"):
        plugin_cli(tmp_path)


def test_an_unknown_command_is_refused_with_the_known_ones() -> None:
    """Before anything is run."""
    with pytest.raises(ValueError, match="unknown command 'sing'; demo_text describes echo, "):
        plugin_cli(PLUGINS / "demo_text").call("sing")


@pytest.mark.parametrize(
    ("code", "said"),
    [("print('hello')", "--describe printed no JSON"), ("print('{}')", "--describe breaks the contract")],
)
def test_a_plugin_that_can_not_describe_itself_is_told(tmp_path: Path, code: str, said: str) -> None:
    """Instead of being called without knowing how."""
    (tmp_path / "cli.py").write_text(code, encoding="utf-8")
    with pytest.raises(ValueError, match=said):
        plugin_cli(tmp_path).call("anything")


def test_a_broken_promise_shows_the_call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command line, what it printed and what it wrote to stderr, without secrets."""
    monkeypatch.setenv("SHOP_TOKEN", "canary-4711")
    code = """
    import json, os, sys
    described = {"plugin": {"name": "shop"}, "commands": [{"name": "buy", "description": "Buys."}]}
    print(json.dumps(described if "--describe" in sys.argv else {"bought": 1}))
    print("warming up\\nthe token is", os.environ.get("SHOP_TOKEN"), file=sys.stderr)
    """
    (tmp_path / "cli.py").write_text(dedent(code), encoding="utf-8")
    with pytest.raises(Violation) as error:
        plugin_cli(tmp_path).call("buy").must_be_refusal()
    lines = str(error.value).splitlines()
    assert lines[:2] == ["got exit code 0, must be a non-zero exit code", "  arguments: {}"]
    assert lines[2].endswith("cli.py buy")
    assert lines[3:5] == ["  exit code: 0", "  stdout:    '{\"bought\": 1}\\n'"]
    assert lines[5:] == ["  stderr:", "    | warming up", "    | the token is ***"]
