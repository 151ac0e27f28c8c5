"""Checks on generated arguments as Hypothesis tests: their settings, their seeds, and whose failures they remember."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable
from typing import Any

from hypothesis import HealthCheck, Phase, given, reject, seed, settings
from hypothesis.database import ExampleDatabase
from hypothesis.strategies import SearchStrategy

from smcp_conformance.cli.check import CommandCheck
from smcp_conformance.cli.command import Command, HangsTooOften

EXAMPLES = 10
"""Generated calls per check and command: each costs an interpreter start."""


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

    def test(case: Any) -> None:
        try:
            check.function(command, case)
        except HangsTooOften:
            reject()

    # Hypothesis demands an identifier.
    test.__name__ = test.__qualname__ = re.sub(r"\W", "_", f"{check.name}_{command.tool_name}", flags=re.ASCII)
    test.__doc__ = check.text
    made: Callable[[], None] = _settings(owner)(given(inputs)(test))
    return made if cli_seed is None else seed(_seed(cli_seed, owner))(made)


def _settings(owner: str) -> settings:
    """The user's profile, made fit for processes: no deadline, few examples, one failure at a time."""
    whole = settings().database
    return settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None if whole is None else Corner(whole, owner),
        phases=(Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink),
        suppress_health_check=(
            HealthCheck.too_slow,
            HealthCheck.data_too_large,
            HealthCheck.function_scoped_fixture,  # only the user's autouse fixtures can get here
        ),
        report_multiple_bugs=False,
    )


def _seed(cli_seed: object, owner: str) -> int:
    return int.from_bytes(hashlib.sha256(f"{cli_seed}:{owner}".encode()).digest()[:8], "big")
