"""Hot reload: what happens on disk reaches the list of tools without a restart."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from smcp.discovery import Discovery
from smcp.toolset import Toolset
from smcp.watching import Watch

PATIENCE = 60.0


def write(directory: Path, name: str, *commands: str) -> None:
    """Put a plugin with these commands into the directory, all at once."""
    described = {"plugin": {"name": name}, "commands": [{"name": one, "description": ""} for one in commands]}
    draft = directory.parent / "draft.py"
    draft.write_text(f"print({json.dumps(described)!r})", encoding="utf-8")
    (directory / name).mkdir(parents=True, exist_ok=True)
    os.replace(draft, directory / name / "cli.py")


class Seen:
    """A watch over directories, with the lists of tools that were seen at each change."""

    def __init__(self, *directories: Path, glance: float) -> None:
        self.discovery = Discovery(directories, 60, lambda _: None)
        self._lists: list[list[str]] = []
        self._news = threading.Condition()
        self.watch = Watch(self.discovery, self._note, glance).start().start()

    def _note(self) -> None:
        with self._news:
            self._lists.append([command.tool_name for command in self.discovery.offered])
            self._news.notify()

    def begin(self) -> Seen:
        """Make the first search, which is no change."""
        self.discovery.start().commands.result(PATIENCE)
        return self

    def next(self, *expected: str) -> None:
        """Wait until these are the tools: a folder may be seen half made before."""
        with self._news:
            assert self._news.wait_for(lambda: list(expected) in self._lists, PATIENCE), f"got {self._lists}"
            del self._lists[: self._lists.index(list(expected)) + 1]

    def none(self) -> bool:
        """True if no change is waiting to be looked at."""
        return not self._lists

    def wait(self, seconds: float) -> None:
        """Wait for a change, but not long."""
        with self._news:
            self._news.wait_for(lambda: self._lists, seconds)

    def forget(self) -> None:
        """Look at no change until now."""
        self._lists.clear()


@pytest.fixture
def seen() -> Iterator[Callable[..., Seen]]:
    """Make watches, which are over after the test, threads included."""
    made: list[Seen] = []

    def one(*directories: Path, glance: float = 600) -> Seen:
        made.append(Seen(*directories, glance=glance))
        return made[-1].begin()

    yield one
    for each in made:
        each.watch.stop()
        assert each.watch.join(PATIENCE)


def settle(folder: Path, watched: Seen) -> None:
    """Change the folder until the watch is seen to work, which begins at a time of its own.

    The first change may have been seen by the look that comes before it.
    """
    numbers = iter(range(1200))
    for _ in range(2):
        while watched.none():
            write(folder, "probe", f"c{next(numbers)}")
            watched.wait(0.1)
        watched.forget()
    shutil.rmtree(folder / "probe")
    watched.next()


def test_a_plugin_that_appears_changes_and_vanishes(tmp_path: Path, seen: Callable[..., Seen]) -> None:
    """Each is told once the list is the new one."""
    folder = tmp_path / "plugins"
    folder.mkdir()
    watched = seen(folder)
    settle(folder, watched)
    write(folder, "p", "x")
    watched.next("p__x")
    write(folder, "p", "x", "y")
    watched.next("p__x", "p__y")
    shutil.rmtree(folder / "p")
    watched.next()
    assert watched.none()


def test_a_plugin_behind_a_link(tmp_path: Path, seen: Callable[..., Seen]) -> None:
    """Its changes are noticed where they happen."""
    folder, elsewhere = tmp_path / "plugins", tmp_path / "elsewhere"
    folder.mkdir()
    write(elsewhere, "p", "x")
    watched = seen(folder)
    settle(folder, watched)
    (folder / "p").symlink_to(elsewhere / "p")
    watched.next("p__x")
    numbers = iter(range(600))
    while watched.none():  # the watch is extended to the link's target at a time of its own
        write(elsewhere, "p", f"c{next(numbers)}")
        watched.wait(0.1)


def test_a_directory_that_did_not_exist(tmp_path: Path, seen: Callable[..., Seen]) -> None:
    """It is found by the glance at directories from time to time."""
    folder = tmp_path / "plugins"
    watched = seen(folder, glance=0.05)
    write(folder, "p", "x")
    watched.next("p__x")


def test_a_directory_that_goes_away(tmp_path: Path, seen: Callable[..., Seen]) -> None:
    """Its plugins go, the watch goes on."""
    folder = tmp_path / "plugins"
    write(folder, "p", "x")
    watched = seen(folder, glance=0.05)
    shutil.rmtree(folder)
    watched.next()
    write(folder, "q", "y")
    watched.next("q__y")


def test_a_system_that_watches_no_more(
    tmp_path: Path, seen: Callable[..., Seen], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Directories are then looked at from time to time."""

    def refuse(*_: object, **__: object) -> Iterator[object]:
        raise OSError("no more watches")

    monkeypatch.setattr("watchfiles.watch", refuse)
    folder = tmp_path / "plugins"
    folder.mkdir()
    watched = seen(folder, glance=0.05)
    write(folder, "p", "x")
    watched.next("p__x")


def test_a_watch_that_is_stopped_before_the_first_search_never_begins(tmp_path: Path) -> None:
    """A server that leaves at once leaves no thread."""
    watched = Seen(tmp_path, glance=600)
    watched.watch.stop()
    watched.begin()
    assert watched.watch.join(0)


def test_a_toolset_calls_back_on_the_loop(tmp_path: Path) -> None:
    """After `commands` gives the new list."""
    folder = tmp_path / "plugins"
    write(folder, "p", "x")

    async def scene() -> list[str]:
        toolset = Toolset(Discovery([folder], 60, lambda _: None).start())
        told = asyncio.Event()
        toolset.on_change(told.set)
        try:
            assert len(await toolset.commands()) == 1
            for attempt in range(600):
                write(folder, "p", "x", f"c{attempt}")
                try:
                    await asyncio.wait_for(told.wait(), 0.1)
                except asyncio.TimeoutError:
                    continue
                break
            return [command.tool_name for command in await toolset.commands()]
        finally:
            toolset.close()

    names = asyncio.run(scene())
    assert names[0] == "p__x"
    assert names[1].startswith("p__c")
