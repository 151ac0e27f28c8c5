"""Counting: verdicts per leg, and the reasons why things were not verified."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from smcp_conformance.report.ledger import Result
from smcp_conformance.requirement import Level, Verdict

COUNTED = (Verdict.PASSED, Verdict.FAILED, Verdict.WARNED, Verdict.NOT_VERIFIED)


@dataclass(frozen=True)
class Tally:
    """The counts of one leg: how often each of `COUNTED` was said of MUSTs and of the rest, and what did not apply."""

    must: tuple[int, ...]
    should: tuple[int, ...]
    not_applicable: int
    known: int

    @classmethod
    def of(cls, results: Iterable[Result]) -> Tally:
        """Count `results`; failures and warnings that were known count as nothing else."""
        results = tuple(results)
        fresh = [result for result in results if not result.known]
        counts = Counter((Level(result.judgement.level).absolute, result.verdict) for result in fresh)
        must, should = (tuple(counts[absolute, verdict] for verdict in COUNTED) for absolute in (True, False))
        not_applicable = sum(counts[absolute, Verdict.NOT_APPLICABLE] for absolute in (True, False))
        return cls(must, should, not_applicable, len(results) - len(fresh))


@dataclass(frozen=True)
class Unverified:
    """One reason why checks could not be exercised, and the ids of those checks."""

    reason: str
    ids: tuple[str, ...]


def unverified(results: Iterable[Result]) -> list[Unverified]:
    """Group what was not verified by its reason, the commonest first; errors of our own are no reason."""
    by_reason: dict[str, list[str]] = {}
    for result in results:
        if result.verdict is Verdict.NOT_VERIFIED and not result.judgement.internal:
            by_reason.setdefault(result.judgement.reason, []).append(result.id)
    found = [Unverified(reason, tuple(ids)) for reason, ids in by_reason.items()]
    return sorted(found, key=lambda each: -len(each.ids))
