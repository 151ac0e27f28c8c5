"""Counting: verdicts per leg and level, and the reasons why things were not verified."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from smcp_conformance.report.ledger import Result
from smcp_conformance.requirement import Level, Verdict

COUNTED = (Verdict.PASSED, Verdict.FAILED, Verdict.WARNED, Verdict.NOT_VERIFIED, Verdict.NOT_APPLICABLE)


@dataclass(frozen=True)
class Tally:
    """How often each of `COUNTED` was said, and how many failures and warnings were known before."""

    counts: tuple[int, ...]
    known: int

    @classmethod
    def of(cls, results: Iterable[Result]) -> Tally:
        """Count `results`; failures and warnings that were known count as nothing else."""
        results = tuple(results)
        counts = Counter(result.verdict for result in results if not result.known)
        return cls(tuple(counts[verdict] for verdict in COUNTED), sum(bool(result.known) for result in results))


def by_level(results: Iterable[Result]) -> dict[str, Tally]:
    """Count the results on MUSTs, and those on all other requirements; what there is none of is left out."""
    parted: dict[bool, list[Result]] = {True: [], False: []}
    for result in results:
        parted[Level(result.judgement.level).absolute].append(result)
    return {
        label: Tally.of(parted[absolute])
        for label, absolute in (("MUST", True), ("SHOULD, MAY", False))
        if parted[absolute]
    }


@dataclass(frozen=True)
class Excuse:
    """One reason why checks said nothing, and the ids of those checks."""

    reason: str
    ids: tuple[str, ...]


def excuses(results: Iterable[Result], verdict: Verdict) -> list[Excuse]:
    """Group the results of `verdict` by their reason, the commonest first; errors of our own are no reason."""
    by_reason: dict[str, list[str]] = {}
    for result in results:
        if result.verdict is verdict and not result.judgement.internal:
            by_reason.setdefault(result.judgement.reason, []).append(result.id)
    found = [Excuse(reason, tuple(ids)) for reason, ids in by_reason.items()]
    return sorted(found, key=lambda each: -len(each.ids))
