"""What a check is handed: a plugin with what it described, or one of its commands."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

from smcp_conformance.cli.answer import Answer, Violation
from smcp_conformance.cli.runner import Plugin, Run, flags, run
from smcp_conformance.cli.warm import WarmRuns
from smcp_conformance.wording import enumerated

if TYPE_CHECKING:
    from smcp_conformance.cli.law_file import LawFile

UNDECLARED = "zq-undeclared"
"""A name for a command or flag that nobody has."""

MAX_HANGS = 4
"""Calls of one command that may run into the time limit; then it isn't called again."""

PATIENCE_AFTER_HANG = 2.0
"""Seconds for a call of a command that was seen to hang: the search for the least arguments stays bounded."""

UNOFFERED = ("connect", "disconnect")
"""Commands that plugins keep to themselves: the server makes no tools of them."""


class HangsTooOften(Exception):
    """The command ran into the time limit so often that it isn't called any more."""


@dataclass(frozen=True)
class Described:
    """A plugin and two answers to `--describe`. `problems` are contract v1's, None if it printed no JSON."""

    plugin: Plugin
    answers: tuple[Answer, Answer]
    document: Any = None
    problems: tuple[str, ...] | None = None

    @property
    def answer(self) -> Answer:
        """The first of the two answers."""
        return self.answers[0]

    @property
    def steady(self) -> bool:
        """True if both answers are the same bytes."""
        return self.answers[0].run.stdout == self.answers[1].run.stdout

    @property
    def callable(self) -> bool:
        """True if the commands are known well enough to be called."""
        return self.problems == () and self.steady

    @cached_property
    def fault(self) -> str:
        """What `--describe` did in place of describing the commands; "" if they are known well enough to be called."""
        if self.callable:
            return ""
        try:
            self.answer.must_have_exited_with_0()
            self.answer.must_be_document()
        except Violation as violation:
            return violation.got
        return enumerated(self.problems, 1) if self.problems else "other bytes the second time"

    @cached_property
    def runs(self) -> WarmRuns:
        """How its commands are called in volume."""
        return WarmRuns(self.plugin)

    @cached_property
    def commands(self) -> tuple[Command, ...]:
        """Its commands by name; none if the description breaks the contract or changes."""
        described = self.document["commands"] if self.callable else []
        ordered = sorted(described, key=lambda one: str(one["name"]))
        return tuple(Command(self.plugin, one, self.runs) for one in ordered)

    @cached_property
    def laws(self) -> LawFile | None:
        """What its author wrote down in `laws.py`, loaded when first asked for; None without such a file."""
        from smcp_conformance.cli.law_file import read_laws  # here, because most that use plugins need no laws

        return read_laws(self.plugin)

    def ask(self, *words: str, **surroundings: Any) -> Answer:
        """Call the plugin with these words; `surroundings` as `runner.run` takes them."""
        return Answer(run(self.plugin, words, **surroundings))


@dataclass
class Hangs:
    """The calls of one command that ran into the time limit, by their words."""

    seen: dict[tuple[str, ...], Run] = field(default_factory=dict[tuple[str, ...], Run])

    def run(self, words: tuple[str, ...], timeout: float, make: Callable[[float], Run]) -> Run:
        """Have the words run within `timeout` seconds, unless they are known to hang. Raises `HangsTooOften`."""
        if words in self.seen:
            return self.seen[words]
        if len(self.seen) >= MAX_HANGS:
            raise HangsTooOften
        made = make(min(timeout, PATIENCE_AFTER_HANG) if self.seen else timeout)
        if made.timed_out:
            self.seen[words] = made
        return made


@dataclass(frozen=True)
class Command:
    """One described command of a plugin that keeps contract v1. Each call is a cold start, but those of `warm`.

    `runs` are the plugin's warm ones; `hangs` and `working` (arguments that were answered with exit code 0) are what
    was learnt about it so far.
    """

    plugin: Plugin
    described: Mapping[str, Any]
    runs: WarmRuns | None = field(default=None, compare=False, repr=False)
    warmly: bool = False
    working: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]], compare=False, repr=False)
    hangs: Hangs = field(default_factory=Hangs, compare=False, repr=False)

    @property
    def name(self) -> str:
        """Its name on the command line."""
        return str(self.described["name"])

    @property
    def tool_name(self) -> str:
        """Its name among the server's tools."""
        return f"{self.plugin.name}__{self.name}"

    @property
    def parameters(self) -> Sequence[Mapping[str, Any]]:
        """Its parameters, as described."""
        found: Sequence[Mapping[str, Any]] = self.described.get("parameters", ())
        return found

    @property
    def deterministic(self) -> bool:
        """False if it says that the same call may be answered differently."""
        return self.described.get("deterministic") is not False

    def words(self, arguments: Mapping[str, Any], *extra: str) -> tuple[str, ...]:
        """The command line for the arguments, with `extra` words at its end."""
        return (self.name, *flags(self.parameters, arguments), *extra)

    def call(self, arguments: Mapping[str, Any], *extra: str) -> Answer:
        """Call it. Raises `HangsTooOften`."""
        return self.say(self.words(arguments, *extra), arguments)

    def say(self, words: tuple[str, ...], arguments: Mapping[str, Any] | None = None, fault: str = "") -> Answer:
        """Call the plugin with exactly these words: a call of this command with `arguments` and with a `fault`."""
        return Answer(
            self.hangs.run(words, self.plugin.timeout, partial(self._run, words)), self.name, arguments, fault
        )

    @cached_property
    def warm(self) -> Command:
        """The same command, whose calls are run warm where that is possible: for volume."""
        return self if self.runs is None else replace(self, warmly=True, hangs=Hangs())

    def unwelcome(self, allowed: Sequence[str]) -> str | None:
        """Say why it is not called with generated arguments, or None; `allowed` are globs of tool names."""
        if self.name in UNOFFERED:
            return f"{self.name!r} is a command that plugins keep to themselves"
        hints: Mapping[str, Any] = self.described.get("annotations", {})
        found = [hint for hint in ("destructiveHint", "openWorldHint") if hints.get(hint) is True]
        if not found or any(fnmatchcase(self.tool_name, glob) for glob in allowed):
            return None
        return f"{self.tool_name} says {found[0]}: true; --smcp-allow-tools {self.tool_name!r} lets it be called"

    def _run(self, words: tuple[str, ...], timeout: float) -> Run:
        if self.warmly and self.runs is not None:
            return self.runs.run(words, timeout, steady=self.deterministic)
        return run(self.plugin, words, timeout=timeout)
