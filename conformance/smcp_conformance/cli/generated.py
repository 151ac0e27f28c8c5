"""Checks on generated arguments as Hypothesis tests."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from hypothesis import reject, settings
from hypothesis.strategies import SearchStrategy

from smcp_conformance.cli.answer import Violation
from smcp_conformance.cli.check import CommandCheck
from smcp_conformance.cli.command import Command, HangsTooOften
from smcp_conformance.requirement import not_verified
from smcp_conformance.search.examples import Body, entitled, repeating, searching

EXAMPLES = 10
"""Generated calls per check and command: each costs an interpreter start."""


def hypothesis_test(
    check: CommandCheck, command: Command, inputs: SearchStrategy[Any], owner: str, cli_seed: object = None
) -> Callable[[], None]:
    """Make the test of `check` on `command`; `owner` is the item's id, `cli_seed` what `--hypothesis-seed` says."""
    examples = min(EXAMPLES, settings().max_examples)
    return searching(_test(check, command), inputs, owner, examples, cli_seed=cli_seed)


def repeated_test(
    check: CommandCheck, command: Command, inputs: SearchStrategy[Any], recorded: Mapping[str, Any]
) -> Callable[[], None]:
    """Make the test of `check` on `command` with the `recorded` arguments alone."""
    judged: list[bool] = []
    search = repeating(_test(check, command, judged), inputs, dict(recorded))

    def test() -> None:
        search()
        if not judged:
            not_verified("the recorded arguments are answered so that this check has nothing to judge")

    return test


def _test(check: CommandCheck, command: Command, judged: list[bool] | None = None) -> Body:
    """Make the body of a test; `judged` is added to when it comes to its end."""

    def test(case: Any) -> None:
        try:
            check.function(command, case)
        except HangsTooOften:
            reject()
        except Violation as violation:
            violation.inputs = case
            raise
        if judged is not None:
            judged.append(True)

    return entitled(test, f"{check.name}_{command.tool_name}", check.text)
