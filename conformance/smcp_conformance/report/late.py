"""What can only be said when all items have run, said as failing reports, so that every reporter of pytest hears it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

import pytest

from smcp_conformance.offer import Discovery
from smcp_conformance.report.known import Known, KnownFailures
from smcp_conformance.report.ledger import Ledger
from smcp_conformance.report.tally import excuses
from smcp_conformance.requirement import Verdict

NOTHING_VERIFIED = "nothing-verified"
"""The last part of the id under which it is reported that a leg verified nothing."""

VERIFIED = (Verdict.PASSED, Verdict.FAILED, Verdict.WARNED)


def vacuous_legs(ledger: Ledger, discoveries: Iterable[Discovery]) -> Iterator[tuple[str, str]]:
    """Yield (NAME::leg::nothing-verified, text) for each leg of which everything ran and nothing was verified.

    It is a case of its own, not a second `NAME::start`: the start went well, and CI reports go by name.
    """
    for offer in (offer for discovery in discoveries for offer in discovery.offers):
        ids = [id for id in ledger.possible if id.startswith(f"{offer.id}::")]
        if ids and ledger.ran(ids) and not _verified(ledger, ids):
            yield f"{offer.id}::{NOTHING_VERIFIED}", _nothing(offer.leg, ledger, ids)


def _verified(ledger: Ledger, ids: Iterable[str]) -> bool:
    results = (ledger.results[id] for id in ids)
    return any(result.verdict in VERIFIED or result.judgement.internal for result in results)


def _nothing(leg: str, ledger: Ledger, ids: list[str]) -> str:
    reasons = excuses((ledger.results[id] for id in ids), Verdict.NOT_VERIFIED)
    counted = [f"  {len(each.ids)} × {each.reason}" for each in reasons]
    return "\n".join([f"nothing was verified on {leg}: none of its {len(ids)} checks could say anything", *counted])


def untrue_entries(
    known: KnownFailures,
    ledger: Ledger,
    groups: Collection[str] | None,
    failed: Collection[str],
    narrowed: bool,
) -> Iterator[tuple[str, str]]:
    """Yield (file:line, text) for each entry that no longer tells the truth.

    Not judged are entries for targets that have no part in this run (`groups`: those that have; None: there are no
    others) or did not start (`failed`), and, where the user asked for some revisions only (`narrowed`), those that
    name a leg.
    """
    strangers = [entry for entry in known.entries if groups is not None and not entry.concerns(groups)]
    spared = [*strangers, *(entry for entry in known.entries if _spared(entry, failed, narrowed))]
    for entry, complaint in known.complaints(ledger, spared):
        yield entry.place, f"this known failure {complaint}"


def _spared(entry: Known, failed: Collection[str], narrowed: bool) -> bool:
    probe = entry.check if entry.names_a_leg else f"leg::{entry.check}"
    return (narrowed and entry.names_a_leg) or any(entry.matches(f"{name}::{probe}") for name in failed)


def late_report(nodeid: str, text: str) -> pytest.TestReport:
    """Make the report of an item that failed after the fact."""
    return pytest.TestReport(nodeid, (nodeid, None, nodeid), {}, "failed", text, "call")


def publish(config: pytest.Config, report: pytest.TestReport) -> None:
    """Hand `report` to all plugins but those that note what to run again, for it is about more than one item.

    While it is `smcp_late` it counts, but shows no progress of its own.
    """
    manager = config.pluginmanager
    noting = [manager.get_plugin(name) for name in ("lfplugin", "stepwiseplugin")]
    send = manager.subset_hook_caller("pytest_runtest_logreport", [plugin for plugin in noting if plugin])
    vars(report)["smcp_late"] = True
    send(report=report)
    del vars(report)["smcp_late"]
