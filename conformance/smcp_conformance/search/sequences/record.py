"""What is kept of a sequence: steps as JSON in replay files, and in Hypothesis' database for the next run."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from hypothesis.database import ExampleDatabase

from smcp_conformance.search.sequences.actions import ACTIONS, CONNECTING
from smcp_conformance.search.sequences.shorten import Steps
from smcp_conformance.search.sequences.step import CLIENTS, Step

KEY = b"sequences"
MOST = 3  # remembered sequences that are tried


def to_json(steps: Iterable[Step]) -> dict[str, Any]:
    """Plain JSON of steps, for replay files."""
    return {"steps": [step.to_json() for step in steps]}


def from_json(data: Mapping[str, Any]) -> Steps:
    """Undo `to_json`; raises ValueError that says what is wrong if it is damaged."""
    try:
        steps = tuple(map(Step.from_json, data["steps"]))
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(
            f"the recorded steps are damaged ({error!r}); each must have action, client and details"
        ) from None
    for step in steps:
        if step.action not in ACTIONS.keys() | CONNECTING or step.client not in CLIENTS:
            raise ValueError(f"the recorded step {step.to_json()!r} is none that a client takes")
    return steps


class Remembered:
    """The sequences that showed a violation of one item in earlier runs."""

    def __init__(self, database: ExampleDatabase | None) -> None:
        self._database = database

    def __iter__(self) -> Iterator[Steps]:
        """Yield those that can still be read, the shortest first."""
        kept = sorted(self._database.fetch(KEY), key=lambda value: (len(value), value)) if self._database else []
        for value in kept[:MOST]:
            try:
                yield from_json(json.loads(value))
            except ValueError:
                self._forget(value)

    def keep(self, steps: Steps) -> None:
        """Remember a sequence."""
        if self._database is not None:
            self._database.save(KEY, _bytes(steps))

    def forget(self, steps: Steps) -> None:
        """Forget a sequence that shows nothing any more."""
        self._forget(_bytes(steps))

    def _forget(self, value: bytes) -> None:
        if self._database is not None:
            self._database.delete(KEY, value)


def _bytes(steps: Steps) -> bytes:
    return json.dumps(to_json(steps), sort_keys=True).encode()
