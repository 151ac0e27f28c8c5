"""Checks on generated arguments as Hypothesis tests: a search that is run warm, and what it finds confirmed cold."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from hypothesis import reject, settings
from hypothesis.errors import Flaky
from hypothesis.strategies import SearchStrategy

from smcp_conformance.cli.answer import Violation
from smcp_conformance.cli.check import CommandCheck
from smcp_conformance.cli.command import Command, HangsTooOften
from smcp_conformance.cli.warm import Difference
from smcp_conformance.requirement import not_verified
from smcp_conformance.search.examples import Body, entitled, repeating, searching

COLD_EXAMPLES = 10
"""Generated calls per check and command where each is an interpreter start, if the user asks for no more than usual."""

COLD_SHARE = 0.4
"""The part of the examples asked for that is tried in such a case."""


@dataclass
class Search:
    """One check's search for arguments that break it.

    `owner` is the item's id, `examples` how many are tried, `cli_seed` what `--hypothesis-seed` says.
    """

    check: CommandCheck
    command: Command
    inputs: SearchStrategy[Any]
    owner: str
    examples: int
    cli_seed: object = None
    shrink: bool = True
    _last: list[Any] = field(default_factory=list[Any])

    def warm(self) -> Callable[[], None]:
        """The Hypothesis test whose calls are warm."""
        return self.test(self.command.warm, self.examples)

    def cold(self) -> Callable[[], None]:
        """The Hypothesis test whose calls are cold: a slow one, with fewer examples."""
        return self.test(self.command, cold_examples(self.examples))

    @property
    def runs_cold(self) -> bool:
        """Whether the plugin can't be run warm, or not any more."""
        return self.command.runs is None or bool(self.command.runs.why_cold)

    def confirm(self, found: Exception) -> None:
        """Repeat cold what was found warm: raises what that finds, returns if it finds nothing.

        Then the plugin is called cold from now on, but for a failure that comes and goes by itself.
        """
        if isinstance(found, Flaky) or not self._last:
            return
        repeating(self._body(self.command), self.inputs, self._last[-1])()
        if self.command.runs is not None:
            told = f"{self.check.name} was broken when it was run warm, and not by the same call cold"
            self.command.runs.difference = Difference(self.command.name, told)

    def test(self, command: Command, examples: int) -> Callable[[], None]:
        """The Hypothesis test that calls `command` with up to so many examples."""
        tried = min(examples, settings().max_examples)
        return searching(
            self._body(command), self.inputs, self.owner, tried, cli_seed=self.cli_seed, shrink=self.shrink
        )

    def _body(self, command: Command) -> Body:
        test = _body(self.check, command)

        def noted(case: Any) -> None:
            self._last[:] = [case]
            test(case)

        return entitled(noted, f"{self.check.name}_{command.tool_name}", self.check.text)


def cold_examples(examples: int) -> int:
    """How many examples are tried cold where so many would be warm."""
    return min(examples, max(COLD_EXAMPLES, int(examples * COLD_SHARE)))


def repeated_test(
    check: CommandCheck, command: Command, inputs: SearchStrategy[Any], recorded: Mapping[str, Any]
) -> Callable[[], None]:
    """Make the test of `check` on `command` with the `recorded` arguments alone, cold."""
    judged: list[bool] = []
    test = _body(check, command)

    def body(case: Any) -> None:
        test(case)
        judged.append(True)

    repeat = repeating(entitled(body, f"{check.name}_{command.tool_name}", check.text), inputs, dict(recorded))

    def once() -> None:
        repeat()
        if not judged:
            not_verified("the recorded arguments are answered so that this check has nothing to judge")

    return once


def _body(check: CommandCheck, command: Command) -> Body:
    """Make the body of a test."""

    def test(case: Any) -> None:
        try:
            check.function(command, case)
        except HangsTooOften:
            reject()
        except Violation as violation:
            violation.inputs = case
            raise

    return test
