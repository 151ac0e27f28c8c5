"""Checks on generated arguments as Hypothesis tests: their settings, their seeds, and whose failures they remember."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from hypothesis import HealthCheck, Phase, example, given, reject, seed, settings
from hypothesis.database import ExampleDatabase
from hypothesis.strategies import SearchStrategy

from smcp_conformance.cli.answer import Violation
from smcp_conformance.cli.check import CommandCheck
from smcp_conformance.cli.command import Command, HangsTooOften
from smcp_conformance.requirement import not_verified

EXAMPLES = 10
"""Generated calls per check and command: each costs an interpreter start."""

PHASES = (Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink)
"""What Hypothesis does: all it can but explain, which would cost many more calls."""


class Corner(ExampleDatabase):
    """A part of a database that belongs to one item.

    Hypothesis keys what it remembers by the test's source, which all items of one check share: without a corner of
    its own, a passing item would throw away the failures of its neighbours.
    """

    def __init__(self, whole: ExampleDatabase, owner: str) -> None:
        super().__init__()
        self._whole = whole
        self._owner = hashlib.sha256(owner.encode()).digest()

    def save(self, key: bytes, value: bytes) -> None:
        """Remember `value`."""
        self._whole.save(self._owner + key, value)

    def fetch(self, key: bytes) -> Iterable[bytes]:
        """Yield what is remembered."""
        return self._whole.fetch(self._owner + key)

    def delete(self, key: bytes, value: bytes) -> None:
        """Forget `value`."""
        self._whole.delete(self._owner + key, value)


def hypothesis_test(
    check: CommandCheck, command: Command, inputs: SearchStrategy[Any], owner: str, cli_seed: object = None
) -> Callable[[], None]:
    """Make the test of `check` on `command`; `owner` is the item's id, `cli_seed` what `--hypothesis-seed` says."""

    made: Callable[[], None] = _settings(owner)(given(inputs)(_test(check, command)))
    return made if cli_seed is None else seed(_seed(cli_seed, owner))(made)


def repeated_test(
    check: CommandCheck, command: Command, inputs: SearchStrategy[Any], recorded: Mapping[str, Any]
) -> Callable[[], None]:
    """Make the test of `check` on `command` with the `recorded` arguments alone."""
    judged: list[bool] = []
    alone = settings(phases=(Phase.explicit,), database=None, deadline=None)
    search: Callable[[], None] = alone(example(dict(recorded))(given(inputs)(_test(check, command, judged))))

    def test() -> None:
        search()
        if not judged:
            not_verified("the recorded arguments are answered so that this check has nothing to judge")

    return test


def _test(check: CommandCheck, command: Command, judged: list[bool] | None = None) -> Callable[[Any], None]:
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

    # Hypothesis demands an identifier.
    test.__name__ = test.__qualname__ = re.sub(r"\W", "_", f"{check.name}_{command.tool_name}", flags=re.ASCII)
    test.__doc__ = check.text
    return test


def _settings(owner: str) -> settings:
    """The user's profile, made fit for processes: no deadline, few examples, one failure at a time."""
    profile = settings()
    whole = profile.database
    return settings(
        max_examples=min(EXAMPLES, profile.max_examples),
        deadline=None,
        database=None if whole is None else Corner(whole, owner),
        phases=[phase for phase in PHASES if phase in profile.phases],
        suppress_health_check=(
            HealthCheck.too_slow,
            HealthCheck.data_too_large,
            HealthCheck.function_scoped_fixture,  # only the user's autouse fixtures can get here
        ),
        report_multiple_bugs=False,
    )


def _seed(cli_seed: object, owner: str) -> int:
    return int.from_bytes(hashlib.sha256(f"{cli_seed}:{owner}".encode()).digest()[:8], "big")
