"""A plugin's command line in somebody else's tests."""

from __future__ import annotations

from pathlib import Path

import pytest

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
