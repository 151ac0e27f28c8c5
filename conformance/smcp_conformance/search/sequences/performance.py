"""Sequences played from the beginning: each on a server that has heard nothing yet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from smcp_conformance.host import Host
from smcp_conformance.search.sequences.plan import Plan
from smcp_conformance.search.sequences.shorten import Shown
from smcp_conformance.search.sequences.stage import Stage
from smcp_conformance.search.sequences.step import Step
from smcp_conformance.search.sequences.violation import Violation
from smcp_conformance.target import Target


class Theatre:
    """Gives out stages. Over stdio each connection is a fresh process anyway; a URL's server is the same for all."""

    def __init__(self, target: Target, plan: Plan) -> None:
        self.target = target
        self.plan = plan
        self.starts = 0
        self._host = Host(target, spare=True)

    def stage(self, most: Mapping[str, int] | None = None) -> Stage:
        """A stage on a server that has heard nothing yet; `most` bounds the connections that it opens."""
        if self.target.transport != "stdio" and self.target.command:
            self._retire()
            self._host = Host(self.target)
        return Stage(self._host, self.plan, most)

    def close(self) -> None:
        """End every process."""
        self._retire()

    def stderr(self) -> str:
        """What the last server wrote to stderr."""
        process = self._host.process
        return process.stderr_tail().decode("utf-8", "replace") if process else ""

    def _retire(self) -> None:
        self._host.close()
        self.starts += self._host.starts
        self._host.starts = 0


@dataclass(frozen=True)
class Performance:
    """A sequence as it was played on a stage of its own, and what it showed."""

    stage: Stage
    violation: Violation | None

    @property
    def shown(self) -> Shown | None:
        """The steps up to the violation, if there was one."""
        if self.violation is None:
            return None
        return Shown(tuple(self.stage.played[: self.violation.step]), self.violation)


def perform(
    theatre: Theatre, steps: Sequence[Step], ignored: frozenset[str], patience: float | None = None
) -> Performance:
    """Play `steps` on a fresh stage; what breaks the requirements `ignored` is passed over.

    `patience` are the seconds to wait for an answer, unless the target's.
    """
    stage = theatre.stage()
    stage.ignored |= ignored
    stage.patience = patience
    return Performance(stage, stage.play_all(steps))
