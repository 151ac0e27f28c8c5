"""Looking again: only what changed is asked again, and only real differences count."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from odd_plugin import write_plugin

from smcp.discovery import Discovery
from smcp.footprint import footprint

ASKED = "import pathlib; pathlib.Path({log!r}).open('a').write({name!r} + '\\n')\n"


class Plugins:
    """A plugins directory with a log of which plugins were asked."""

    def __init__(self, root: Path) -> None:
        self.folder = root / "plugins"
        self.folder.mkdir()
        self._log = root / "asked"
        self.told: list[str] = []

    def write(self, name: str, *commands: str, extra: str = "") -> None:
        """Write a plugin with these commands, in place of one that may be there."""
        described = {"plugin": {"name": name}, "commands": [{"name": one, "description": ""} for one in commands]}
        source = ASKED.format(log=str(self._log), name=name) + extra + f"\nprint({json.dumps(described)!r})"
        path = self.folder / name / "cli.py"
        path.parent.mkdir(exist_ok=True)
        path.with_suffix(".new").write_text(source, encoding="utf-8")
        os.replace(path.with_suffix(".new"), path)

    def asked(self) -> list[str]:
        """The plugins asked since the last look at this."""
        names = self._log.read_text(encoding="utf-8").split() if self._log.exists() else []
        self._log.unlink(missing_ok=True)
        return names

    def discovery(self) -> Discovery:
        """A discovery whose first search is over."""
        found = Discovery([self.folder], 60, self.told.append).start()
        found.commands.result(120)
        return found


@pytest.fixture
def plugins(tmp_path: Path) -> Plugins:
    """Two plugins, `a` and `b`, with one command each."""
    made = Plugins(tmp_path)
    made.write("a", "x")
    made.write("b", "y")
    return made


def names(discovery: Discovery) -> list[str]:
    """The names of the tools offered now."""
    return [command.tool_name for command in discovery.offered]


def test_nothing_changed(plugins: Plugins) -> None:
    """Nobody is asked, and nothing differs."""
    discovery = plugins.discovery()
    assert sorted(plugins.asked()) == ["a", "b"]
    assert discovery.refresh() is False
    assert plugins.asked() == []


def test_a_changed_plugin_is_asked_again(plugins: Plugins) -> None:
    """It alone; the order of tools stays that of the plugins' names."""
    discovery = plugins.discovery()
    plugins.asked()
    plugins.write("a", "x", "z")
    assert discovery.refresh() is True
    assert plugins.asked() == ["a"]
    assert names(discovery) == ["a__x", "a__z", "b__y"]


def test_a_change_that_clients_cannot_see_is_none(plugins: Plugins) -> None:
    """The plugin is asked, but offers the same."""
    discovery = plugins.discovery()
    plugins.asked()
    plugins.write("b", "y", extra="# a comment")
    assert discovery.refresh() is False
    assert plugins.asked() == ["b"]


def test_a_file_that_the_description_may_come_from(plugins: Plugins) -> None:
    """Such as JSON beside cli.py, but no hidden files, caches and databases."""
    discovery = plugins.discovery()
    plugins.asked()
    (plugins.folder / "a" / "spec.json").write_text("{}", encoding="utf-8")
    (plugins.folder / "b" / ".hidden.json").write_text("{}", encoding="utf-8")
    (plugins.folder / "b" / "calls.db").write_text("{}", encoding="utf-8")
    (plugins.folder / "b" / "__pycache__").mkdir()
    (plugins.folder / "b" / "__pycache__" / "x.json").write_text("{}", encoding="utf-8")
    assert discovery.refresh() is False
    assert plugins.asked() == ["a"]


def test_files_that_a_plugin_writes_when_asked_are_no_change(plugins: Plugins) -> None:
    """Else it would be asked for ever."""
    plugins.write(
        "a", "x", extra="import time; (pathlib.Path(__file__).parent / 'state.json').write_text(str(time.time_ns()))"
    )
    discovery = plugins.discovery()
    plugins.asked()
    assert discovery.refresh() is False
    assert plugins.asked() == []


def test_plugins_appear_and_vanish(plugins: Plugins) -> None:
    """One that is new, one that is gone, one that broke: each is told of once."""
    discovery = plugins.discovery()
    plugins.write("0", "new")
    (plugins.folder / "a" / "cli.py").unlink()
    assert discovery.refresh() is True
    assert names(discovery) == ["0__new", "b__y"]
    plugins.write("b", extra="raise SystemExit(1)")
    assert discovery.refresh() is True
    assert names(discovery) == ["0__new"]
    assert list(discovery.skipped) == ["b"]
    assert discovery.refresh() is False
    assert [line.partition(":")[0] for line in plugins.told] == ["plugin 'b' skipped"]


def test_a_plugin_that_moves_is_called_at_its_new_place(plugins: Plugins, tmp_path: Path) -> None:
    """Though clients see no difference."""
    discovery = plugins.discovery()
    os.replace(plugins.folder / "a", tmp_path / "elsewhere")
    (plugins.folder / "a").symlink_to(tmp_path / "elsewhere")
    assert discovery.refresh() is False
    write_plugin(tmp_path / "other", "c", "raise SystemExit(1)")
    assert names(discovery) == ["a__x", "b__y"]


def test_unusable_folders_are_told_of_once(plugins: Plugins) -> None:
    """And again only after they were put right and broke again."""
    plugins.write("no name", "x")
    discovery = plugins.discovery()
    discovery.refresh()
    assert len(plugins.told) == 1
    os.replace(plugins.folder / "no name", plugins.folder / "name")
    discovery.refresh()
    os.replace(plugins.folder / "name", plugins.folder / "no name")
    discovery.refresh()
    assert len(plugins.told) == 2


def test_a_name_that_becomes_free_is_taken(plugins: Plugins) -> None:
    """The command that had to stand back is offered, without asking its plugin again; of the clash is told once."""
    plugins.write("a", "b__c")
    plugins.write("a__b", "c", "d")
    discovery = plugins.discovery()
    assert names(discovery) == ["a__b__c", "a__b__d", "b__y"]
    plugins.write("b", "z")
    assert discovery.refresh() is True
    assert len(plugins.told) == 1
    plugins.asked()
    (plugins.folder / "a" / "cli.py").unlink()
    discovery.refresh()
    assert plugins.asked() == []
    assert [(one.tool_name, one.plugin) for one in discovery.offered] == [
        ("a__b__c", "a__b"),
        ("a__b__d", "a__b"),
        ("b__z", "b"),
    ]


def test_after_its_stop_a_discovery_stays_as_it_is(plugins: Plugins) -> None:
    """Plugins are not asked in vain while the server leaves."""
    discovery = plugins.discovery()
    discovery.stop()
    plugins.write("c", "z", extra="import time; time.sleep(600)")
    assert discovery.refresh() is False
    assert names(discovery) == ["a__x", "b__y"]


def test_a_footprint_copes_with_what_lies_around(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Links to nowhere are left out, and of very many files only some are looked at."""
    write_plugin(tmp_path, "p", "")
    cli = tmp_path / "p" / "cli.py"
    (tmp_path / "p" / "nowhere.py").symlink_to(tmp_path / "nothing")
    (tmp_path / "p" / "data.json").write_text("", encoding="utf-8")
    seen = footprint(cli)
    assert (list(seen.python), list(seen.others)) == ([str(cli)], [str(tmp_path / "p" / "data.json")])
    monkeypatch.setattr("smcp.footprint.MOST", 1)
    assert list(footprint(cli).python) == [str(cli)]
    assert footprint(cli).others == {}
