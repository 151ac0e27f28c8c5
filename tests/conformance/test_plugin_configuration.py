"""What pyproject.toml says of plugins: where they are, by what each is run, and what is wrong with that."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from smcp_conformance.cli.discovery import find_plugins
from smcp_conformance.configuration import Configuration, read_pyproject
from smcp_conformance.plugin_configuration import PluginSettings, checked, plugin_folders
from smcp_conformance.target import TargetError

HEAD = "[tool.smcp-conformance.plugins"
Read = Callable[[str], Configuration]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Read a pyproject.toml with this text."""

    def read(text: str) -> Configuration:
        file = tmp_path / "pyproject.toml"
        file.write_text(text, encoding="utf-8")
        return read_pyproject(file)

    return read


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """The folder of a plugin that is no Python."""
    folder = tmp_path / "plugins" / "shop"
    folder.mkdir(parents=True)
    (folder / "cli.js").write_text("", encoding="utf-8")
    (folder / "run").write_text("#!/bin/sh\n", encoding="utf-8")
    (folder / "run").chmod(0o755)
    return folder


def complaint(text: str, read: Read) -> str:
    """What is said of a configuration, as a run would say it."""

    def use() -> None:
        configured = read(text)
        checked(configured.plugins, configured.plugin_settings, complete=True)

    with pytest.raises(TargetError) as error:
        use()
    return str(error.value)


def test_a_list_names_folders_of_plugins_and_says_nothing_of_each(read: Read, tmp_path: Path) -> None:
    """As it always did."""
    configured = read('[tool.smcp-conformance]\nplugins = ["a", "b"]')
    assert (configured.plugins, configured.plugin_settings) == ((tmp_path / "a", tmp_path / "b"), ())


def test_a_table_names_folders_and_single_plugins(read: Read, tmp_path: Path) -> None:
    """What is said of a plugin is read in full; one with a folder of its own is one more place."""
    configured = read(
        f'{HEAD}]\nfolders = "shelf"\n'
        f'{HEAD}.shop]\nfolder = "tools/shop"\ncommand = ["node", "cli.js"]\ntimeout = 30\n'
        f'{HEAD}.heavy]\npython = "env/bin/python"\nwarm = false\n'
        f'{HEAD}.words]\ncommand = "deno run cli.ts"'
    )
    assert configured.plugins == (tmp_path / "shelf", tmp_path / "tools/shop")
    assert configured.plugin_settings == (
        PluginSettings("shop", tmp_path / "tools/shop", ("node", "cli.js"), None, 30.0, source=f"{HEAD}.shop]"),
        PluginSettings("heavy", None, (), tmp_path / "env/bin/python", None, False, f"{HEAD}.heavy]"),
        PluginSettings("words", None, ("deno", "run", "cli.ts"), source=f"{HEAD}.words]"),
    )


def test_a_plugin_may_be_called_folders(read: Read) -> None:
    """A table of that name is a plugin's."""
    (settings,) = read(f"{HEAD}.folders]\ntimeout = 1").plugin_settings
    assert (settings.name, settings.timeout) == ("folders", 1.0)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (f"{HEAD}]\nshop = 1", "plugins], shop: 1 must be a table, [tool.smcp-conformance.plugins.shop]"),
        (f"{HEAD}.shop]\ncmd = 1", "unknown key 'cmd'; the valid ones are folder, command, python, timeout, warm"),
        (f'{HEAD}.shop]\ncommand = "a"\npython = "b"', "only one of `command` and `python` can say what runs"),
        (f"{HEAD}.shop]\ncommand = []", "command: the command is empty; it must be a program with its arguments"),
        (f'{HEAD}.shop]\ncommand = "\'"', "must be a command (No closing quotation)"),
        (f"{HEAD}.shop]\ntimeout = 0", "timeout: 0 must be a number of seconds above 0"),
        (f'{HEAD}.shop]\nwarm = "no"', "warm: 'no' must be true or false"),
        (f"{HEAD}.shop]\nfolder = 1", "folder: 1 must be a string"),
        (f"{HEAD}.nosuch]\ntimeout = 1", "no plugin is called 'nosuch', there is none; `folder` names where it is"),
        (f'{HEAD}.shop]\nfolder = "plugins/shop"\npython = "no/python"', "no/python' must be a program; no such file"),
        (
            f'{HEAD}.shop]\nfolder = "plugins/shop"\npython = "plugins/shop/cli.js"',
            "cli.js' must be a program; it may not be executed",
        ),
        (
            f'{HEAD}.shop]\nfolder = "plugins/shop"\ncommand = ["no-such-program"]',
            "command: 'no-such-program' is not found on PATH",
        ),
        (
            f'{HEAD}.shop]\nfolder = "plugins/shop"\ncommand = ["run"]',
            "'run' is not found on PATH; there is one in the plugin's folder: './run'",
        ),
        (
            f'{HEAD}.shop]\nfolder = "plugins/shop"\ncommand = ["./run", "other.js"]',
            "plugins/shop/other.js', where no such file is",
        ),
    ],
)
def test_what_is_wrong_is_told_with_its_place_and_what_would_be_right(
    text: str, said: str, read: Read, shop: Path
) -> None:
    """Before anything runs."""
    assert shop.is_dir()
    told = complaint(text, read)
    assert said in told
    assert told.startswith("[tool.smcp-conformance.plugins")


def test_a_command_runs_in_place_of_cli_py_with_full_paths(read: Read, shop: Path) -> None:
    """Calls are made from an empty folder, so files of the plugin's own are named in full, and other words stay."""
    said = 'command = ["./run", "-x", "cli.js", "serve", ""]\ntimeout = 3'
    configured = read(f'{HEAD}]\nfolders = ["plugins"]\n{HEAD}.shop]\n{said}')
    (plugin,) = find_plugins(configured.plugins, configured.plugin_settings)
    assert plugin.command == (str(shop / "run"), "-x", str(shop / "cli.js"), "serve", "")
    assert (plugin.name, plugin.folder, plugin.timeout, plugin.warm) == ("shop", shop, 3.0, False)


def test_a_bare_python_is_the_one_that_runs_us_and_others_are_looked_up(read: Read, shop: Path) -> None:
    """As everywhere else."""
    said = [f'command = ["{word}", "cli.js"]' for word in ("python", "{python}", "sh")]
    plugins = [
        find_plugins(configured.plugins, configured.plugin_settings)[0]
        for text in said
        if (configured := read(f'{HEAD}.shop]\nfolder = "plugins/shop"\n{text}'))
    ]
    assert [plugin.command[0] == sys.executable for plugin in plugins] == [True, True, False]
    assert os.path.isabs(plugins[2].command[0])
    assert {plugin.folder for plugin in plugins} == {shop}


def test_a_virtual_environment_keeps_the_name_of_its_interpreter(read: Read, tmp_path: Path) -> None:
    """It is a link, and what it leads to would be another environment."""
    folder = tmp_path / "plugins" / "heavy"
    (folder / "env").mkdir(parents=True)
    (folder / "cli.py").touch()
    (folder / "env" / "python").symlink_to(sys.executable)
    configured = read(f'{HEAD}.heavy]\nfolder = "plugins/heavy"\npython = "plugins/heavy/env/python"')
    (plugin,) = find_plugins(configured.plugins, configured.plugin_settings)
    assert plugin.command == (str(folder / "env" / "python"), str(folder / "cli.py"))
    assert plugin.warm


def test_settings_of_plugins_that_were_not_asked_for_are_left_alone(read: Read, shop: Path) -> None:
    """With --smcp-plugins, other plugins' settings are no mistake."""
    settings = read(f"{HEAD}.other]\ntimeout = 1\n{HEAD}.shop]\ncommand = './run'").plugin_settings
    (kept,) = checked([shop.parent], settings, complete=False)
    assert kept.name == "shop"


def test_what_is_no_plugin_is_passed_by(tmp_path: Path) -> None:
    """Files, folders without cli.py, folders of that name, links that go round in circles."""
    for name in ("good", "empty", "folder/cli.py"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "good" / "cli.py").touch()
    (tmp_path / "file").touch()
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    (tmp_path / "itself").symlink_to(tmp_path)
    assert plugin_folders([tmp_path, tmp_path / "nowhere"]) == {"good": tmp_path / "good"}


def test_a_link_to_nowhere_is_a_plugin_that_cannot_be_run(tmp_path: Path) -> None:
    """Its item says so, where leaving it out would hide it."""
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "cli.py").symlink_to("gone.py")
    assert list(plugin_folders([tmp_path])) == ["broken"]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_a_folder_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    """With the system's reason."""
    tmp_path.chmod(0o000)
    try:
        with pytest.raises(TargetError, match="can't be read: permission denied"):
            checked([tmp_path], (), complete=True)
    finally:
        tmp_path.chmod(0o700)


def test_a_folder_that_cannot_be_read_is_told_to_root_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the system says is passed on."""

    def refuse(_: Path) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("smcp_conformance.plugin_configuration.os.scandir", refuse)
    with pytest.raises(TargetError, match="can't be read: permission denied"):
        checked([tmp_path], (), complete=True)
