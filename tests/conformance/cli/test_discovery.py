"""Which folders are plugins, and what is asked of them."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from smcp_conformance.cli.discovery import describe, describe_all, find_plugins, from_json, to_json

from .conftest import Writer


def test_subfolders_with_a_cli_are_plugins_by_name(tmp_path: Path, write_plugin: Writer, shelf: Path) -> None:
    """Other folders and files are not; of equal names the first folder's counts."""
    second = Writer(tmp_path / "second")
    second.shelf.mkdir()
    for writer, name in ((write_plugin, "b"), (write_plugin, "c"), (second, "a"), (second, "b")):
        writer("", name)
    (shelf / "no_cli").mkdir()
    (shelf / "a_folder" / "cli.py").mkdir(parents=True)
    (shelf / "file").touch()
    found = find_plugins([shelf, second.shelf])
    assert [(plugin.name, plugin.folder.parent) for plugin in found] == [
        ("a", second.shelf),
        ("b", shelf),
        ("c", shelf),
    ]


def test_a_folder_that_is_not_there_has_no_plugins(tmp_path: Path) -> None:
    """Whether that is a mistake is for the options to say."""
    assert find_plugins([tmp_path / "nowhere"]) == ()


def test_plugins_are_run_by_the_interpreter_that_runs_us(
    write_plugin: Writer, shelf: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Under its own name, since a virtual environment's python is a link, and with an absolute path."""
    write_plugin("")
    monkeypatch.chdir(shelf.parent)
    (plugin,) = find_plugins([Path(shelf.name)])
    assert plugin.command == (sys.executable, str(shelf / "sample" / "cli.py"))


def test_a_plugin_with_a_syntax_error_is_described_as_failing(write_plugin: Writer) -> None:
    """It is still a plugin, and says nothing that could be judged."""
    found = describe(write_plugin("print("))
    assert found.answer.run.returncode == 1
    assert found.problems is None
    assert found.commands == ()


def test_commands_are_sorted_and_only_there_if_the_contract_is_kept(write_plugin: Writer) -> None:
    """A description with problems is not acted upon."""
    good = write_plugin.described({"name": "b", "description": ""}, {"name": "a", "description": ""}, name="good")
    bad = write_plugin.described({"name": "b"}, name="bad")
    sound, broken = describe_all([good, bad])
    assert [command.tool_name for command in sound.commands] == ["good__a", "good__b"]
    assert broken.problems == ("commands[0].description: is missing, but required",)
    assert broken.commands == ()


def test_a_description_that_changes_is_not_acted_upon(write_plugin: Writer) -> None:
    """Else the workers of one run could collect different items."""
    plugin = write_plugin(
        "import json, os\n"
        "command = {'name': 'c' + os.urandom(8).hex(), 'description': ''}\n"
        "print(json.dumps({'plugin': {'name': 'x'}, 'commands': [command]}))\n"
    )
    found = describe(plugin)
    assert found.problems == ()
    assert not found.steady
    assert found.commands == ()


def test_what_was_described_travels_to_workers(write_plugin: Writer) -> None:
    """How the plugin is run, and both answers to the byte."""
    plugin = replace(write_plugin.described({"name": "c", "description": "é"}), timeout=3.0, warm=False)
    found = describe(plugin)
    arrived = from_json(json.loads(json.dumps(to_json(found))))
    assert arrived.plugin == plugin
    assert [answer.run for answer in arrived.answers] == [answer.run for answer in found.answers]
    assert arrived.document == found.document
