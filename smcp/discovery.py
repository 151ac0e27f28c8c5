"""Find plugins on disk and ask each what it offers, all at once and while the server is still starting.

A plugin is a folder with a `cli.py`. One that can't be used costs its time limit, one line on stderr, and nothing
else.
"""

from __future__ import annotations

import os
import re
import sys
import threading
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

from smcp import contract, scraping
from smcp.describing import Unusable, describe, plugin_environment
from smcp.footprint import Footprint, footprint
from smcp.runner import Call, End, Outcome, Run

__all__ = ["MAX_TOOL_NAME", "Command", "Discovery", "find", "notice", "plugin_environment"]

DESCRIBE_TIMEOUT = 10.0
"""Seconds a plugin may take to answer `--describe`."""

STOPPING = 2.0
"""Seconds to wait for plugins that were ended; they are killed, so it takes none of them that long."""

MAX_TOOL_NAME = 64
"""Characters; several clients refuse longer tool names."""

_NAME = re.compile(r"[a-zA-Z0-9_-]+")
_UNOFFERED = ("connect", "disconnect")  # upstream's plugins keep these to themselves


@dataclass(frozen=True)
class Command:
    """One command of one plugin: a tool. `described` is its element of the plugin's `commands`.

    A `scraped` one comes from a help text, so that its parameters aren't known.
    """

    plugin: str
    cli: Path
    described: Mapping[str, Any]
    scraped: bool = False

    @property
    def tool_name(self) -> str:
        """The name MCP clients know it by."""
        return f"{self.plugin}__{self.described['name']}"

    @property
    def parameters(self) -> Sequence[Mapping[str, Any]]:
        """Its parameters, as described."""
        found: Sequence[Mapping[str, Any]] = self.described.get("parameters", ())
        return found

    @property
    def listed(self) -> tuple[str, Mapping[str, Any], bool]:
        """All that clients are told of it."""
        return self.tool_name, self.described, self.scraped

    @property
    def has_content(self) -> bool:
        """True if it prints content blocks, too."""
        return self.described.get("content") is True

    @cached_property
    def input_schema(self) -> dict[str, Any]:
        """The JSON Schema of its arguments."""
        return scraping.free_form() if self.scraped else contract.input_schema(self.described)

    @cached_property
    def output_schema(self) -> dict[str, Any] | None:
        """The JSON Schema of its structured content, None if it describes no result."""
        return contract.output_schema(self.described)

    @cached_property
    def validator(self) -> Draft202012Validator:
        """What decides whether arguments fit."""
        return Draft202012Validator(self.input_schema)

    @cached_property
    def result_validator(self) -> Draft202012Validator | None:
        """What decides whether a result fits, None if it describes none."""
        result = self.described.get("result")
        return None if result is None else Draft202012Validator(result)


def notice(line: str) -> None:
    """Tell whoever runs the server, on stderr."""
    print(f"smcp: {line}", file=sys.stderr, flush=True)


def find(directories: Iterable[Path], tell: Callable[[str], None] = notice) -> dict[str, Path]:
    """Map the name of each plugin in the directories to its cli.py, sorted; of equal names the first one counts."""
    found: dict[str, Path] = {}
    for directory in directories:
        if not os.path.isdir(directory):  # unlike the method of a Path, it never raises
            tell(f"plugins directory {str(directory)!r} does not exist")
            continue
        for cli in sorted(one for one in directory.glob("*/cli.py") if one.is_file()):
            name = cli.parent.name
            if not _NAME.fullmatch(name):
                tell(f"plugin {name!r} skipped: a plugin's folder name must match {_NAME.pattern}")
            elif name in found:
                tell(f"plugin {name!r} in {str(directory)!r} skipped: {str(found[name])!r} has its name")
            else:
                found[name] = cli
    return found


@dataclass(frozen=True)
class Offer:
    """What was learnt of one plugin: its commands, or why there are none. `seen` is how it looked at that time."""

    cli: Path
    seen: Footprint
    commands: tuple[Command, ...] = ()
    reason: str = ""


class Discovery:
    """A search for commands that runs in the background, and can be repeated for what has changed since.

    `commands` is a future of what the first search found; `offered` is what is known by now.
    """

    def __init__(
        self,
        directories: Iterable[Path],
        timeout: float = DESCRIBE_TIMEOUT,
        tell: Callable[[str], None] = notice,
    ) -> None:
        self.directories = tuple(directories)
        self.commands: Future[tuple[Command, ...]] = Future()
        self._timeout = timeout
        self._tell = tell
        self._told: frozenset[str] = frozenset()
        self._clashes: frozenset[str] = frozenset()
        self._offers: Mapping[str, Offer] = {}
        self._commands: tuple[Command, ...] = ()
        self._live: set[Run] = set()
        self._idle = threading.Condition()
        self._stopped = False
        self._slots = threading.Semaphore(2 * (os.cpu_count() or 1))
        self._clis = self._found()

    @property
    def offered(self) -> tuple[Command, ...]:
        """The commands known by now, always in the same order."""
        return self._commands

    @property
    def skipped(self) -> Mapping[str, str]:
        """Why plugins that were found aren't offered, by name."""
        return {name: offer.reason for name, offer in self._offers.items() if offer.reason}

    def start(self) -> Discovery:
        """Begin; returns at once."""
        threading.Thread(target=self._first, name="smcp discovery", daemon=True).start()
        return self

    def refresh(self) -> bool:
        """Look again, and ask those plugins that are new or changed; tell whether the offered tools differ now.

        Blocks until they have answered. Not to be called before the first search is over.
        """
        known = self._offers
        clis = self._found()
        kept = {name: known[name] for name, cli in clis.items() if name in known and _unchanged(known[name], cli)}
        asked = self._asked({name: cli for name, cli in clis.items() if name not in kept})
        if self._stopped:
            return False
        offers = {**kept, **asked}
        before = [command.listed for command in self.offered]
        self._publish({name: offers[name] for name in clis if name in offers})
        return before != [command.listed for command in self.offered]

    def stop(self) -> None:
        """End the plugins that are still being asked, and see them gone; nothing is asked any more."""
        with self._idle:
            self._stopped = True
            for run in self._live:
                run.kill()
            self._idle.wait_for(lambda: not self._live, STOPPING)

    def _first(self) -> None:
        self._publish(self._asked(self._clis))
        self.commands.set_result(self.offered)

    def _found(self) -> dict[str, Path]:
        """Find the plugins; what is to be said of others is said once."""
        lines: list[str] = []
        clis = find(self.directories, lines.append)
        self._told = self._tell_news(lines, self._told)
        return clis

    def _asked(self, clis: Mapping[str, Path]) -> dict[str, Offer]:
        """Ask plugins, all at once but for the limit of processes at a time."""
        results: dict[str, Offer] = {}

        def ask(name: str) -> None:
            with self._slots:
                results[name] = self._offer(name, clis[name])

        threads = [
            threading.Thread(target=ask, args=(name,), name=f"smcp describe {name}", daemon=True) for name in clis
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return {name: results[name] for name in clis if name in results}  # a thread may have died

    def _offer(self, name: str, cli: Path) -> Offer:
        # Taken before and after: a program that changes while it is asked is asked again, but files that it writes
        # when it is asked are no change.
        before = footprint(cli)
        try:
            description = describe(cli, self._timeout, self._run)
        except Unusable as reason:
            self._tell(f"plugin {name!r} skipped: {reason}")
            return Offer(cli, Footprint(before.python, footprint(cli).others), reason=str(reason))
        seen = Footprint(before.python, footprint(cli).others)
        return Offer(
            cli,
            seen,
            tuple(self._nameable(Command(name, cli, one, description.scraped) for one in description.commands)),
        )

    def _run(self, call: Call) -> Outcome:
        run = Run(call)
        with self._idle:
            if self._stopped:
                return Outcome(End.STOPPED, 0, b"", b"")
            self._live.add(run)
        try:
            return run.finish()
        finally:
            with self._idle:
                self._live.discard(run)
                self._idle.notify_all()

    def _publish(self, offers: Mapping[str, Offer]) -> None:
        """Offer these, without commands whose tool's name an earlier one has: a__b's "c" after a's "b__c"."""
        taken: dict[str, Command] = {}
        lines: list[str] = []
        for command in (command for offer in offers.values() for command in offer.commands):
            first = taken.setdefault(command.tool_name, command)
            if first is not command:
                lines.append(
                    f"command {command.tool_name!r} of plugin {command.plugin!r} skipped: "
                    f"plugin {first.plugin!r} has its name"
                )
        self._offers, self._commands = offers, tuple(taken.values())
        self._clashes = self._tell_news(lines, self._clashes)

    def _tell_news(self, lines: Sequence[str], told: Container[str]) -> frozenset[str]:
        """Tell what wasn't told the last time; return what is told now."""
        for line in lines:
            if line not in told:
                self._tell(line)
        return frozenset(lines)

    def _nameable(self, commands: Iterable[Command]) -> Iterator[Command]:
        for command in commands:
            if len(command.tool_name) > MAX_TOOL_NAME:
                self._tell(
                    f"command {command.tool_name!r} skipped: a tool's name has at most {MAX_TOOL_NAME} characters"
                )
            elif command.described["name"] not in _UNOFFERED:
                yield command


def _unchanged(offer: Offer, cli: Path) -> bool:
    return offer.cli == cli and offer.seen == footprint(cli)
