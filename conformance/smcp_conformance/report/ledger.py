"""What became of each item, as the controller learns it from the reports."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from smcp_conformance.judge import Judgement
from smcp_conformance.requirement import Verdict

FINDINGS = (Verdict.FAILED, Verdict.WARNED)


@dataclass(frozen=True)
class Result:
    """One item's judgement; `known` is the reason if its failure or warning was known before."""

    id: str
    judgement: Judgement
    known: str = ""

    @property
    def group(self) -> str:
        """The target's name in node ids."""
        return self.id.partition("::")[0]

    @property
    def leg(self) -> str:
        """The leg's name in node ids."""
        return self.id.split("::")[1]

    @property
    def leg_id(self) -> str:
        """The leg's node id."""
        return f"{self.group}::{self.leg}"

    @property
    def of_plugin(self) -> bool:
        """True of a plugin's item: what each command does is its own, whatever its neighbours do."""
        return self.judgement.check.startswith("plugins/")

    @property
    def verdict(self) -> Verdict:
        """The verdict, known before or not."""
        return self.judgement.verdict

    @property
    def is_finding(self) -> bool:
        """True if it speaks against the server, and nobody knew."""
        return self.verdict in FINDINGS and not self.known

    @classmethod
    def from_report(cls, report: Any) -> Result | None:
        """Read the report of an item's call; None if it is none of ours."""
        found = getattr(report, "smcp", None)
        if found is None:
            return None
        return cls(report.nodeid, Judgement.from_json(found), getattr(report, "wasxfail", ""))


@dataclass
class Ledger:
    """All results of a run, in the order of arrival.

    `possible` are the ids that exist, `scheduled` those that were left after deselection.
    """

    possible: tuple[str, ...] = ()
    scheduled: set[str] = field(default_factory=set)
    results: dict[str, Result] = field(default_factory=dict)

    def schedule(self, ids: Iterable[str]) -> None:
        """Note what is about to run."""
        self.scheduled.update(ids)

    def add(self, result: Result) -> None:
        """Note a result; one that comes again replaces the first."""
        self.results[result.id] = result

    @property
    def ids(self) -> tuple[str, ...]:
        """All ids: those that were foreseen, then those that reported all the same."""
        return tuple(dict.fromkeys((*self.possible, *self.results)))

    def legs(self) -> Iterator[tuple[str, list[Result]]]:
        """The legs of which anything ran, each with its results, in the order of collection."""
        by_leg: dict[str, list[Result]] = {}
        for result in self.in_order():
            by_leg.setdefault(result.leg_id, []).append(result)
        return iter(by_leg.items())

    def in_order(self) -> list[Result]:
        """All results in the order of collection, whatever the order in which workers sent them."""
        place = {id: number for number, id in enumerate(self.ids)}
        return sorted(self.results.values(), key=lambda result: place[result.id])

    def ran(self, ids: Iterable[str]) -> bool:
        """Tell whether all of `ids` ran to an end."""
        return all(id in self.results for id in ids)
