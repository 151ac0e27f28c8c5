"""The hooks where items run: a report is completed and masked, and its replay file written."""

from __future__ import annotations

import contextlib
from collections.abc import Generator
from dataclasses import replace
from typing import Any

import pytest

from smcp_conformance.collect import CheckItem, ConformanceItem
from smcp_conformance.judge import Judgement
from smcp_conformance.report.context import Context
from smcp_conformance.report.finding import four_lines, said
from smcp_conformance.report.ledger import FINDINGS
from smcp_conformance.report.replay import Recording, frames_of, replay_path, seen_during, whole_exchange, write_replay

MASKED = ("got", "must_be", "reason", "exchange", "stderr")


class ItemReports:
    """A plugin for every process that runs items."""

    def __init__(self, context: Context) -> None:
        self.context = context

    def explain(self, nodeid: str, judgement: Judgement) -> str:
        """What a failing item shows, masked."""
        return "\n".join(four_lines(self._masked(judgement), self.context.command(nodeid)))

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Let the judgement travel with the report; let no secret do so."""
        report = yield
        judgement: Judgement | None = getattr(item, "judgement", None)  # plugins' items share no base with the others
        if call.when == "call" and judgement is not None:
            self._complete(report, item, self._masked(judgement))
        elif isinstance(item, ConformanceItem):
            self._hide(report, item)
        return report

    def _hide(self, report: pytest.TestReport, item: ConformanceItem) -> None:
        """Complete the report of a start, or of what went wrong around an item."""
        if report.longrepr is not None:
            report.longrepr = self.context.mask(str(report.longrepr))
        if report.when == "call":
            item.user_properties.append(("verdict", report.outcome))

    def _complete(self, report: pytest.TestReport, item: pytest.Item, judgement: Judgement) -> None:
        vars(report)["smcp"] = judgement.to_json()  # what else a report holds crosses process borders too
        properties = (("verdict", said(judgement)), ("requirement", judgement.requirement), ("level", judgement.level))
        item.user_properties.extend(properties)  # junitxml takes those that the teardown's report brings
        report.user_properties.extend(properties)
        if report.skipped:
            report.longrepr = (item.nodeid.partition("::")[0], 0, f"{judgement.verdict.value}: {judgement.reason}")
        on_wire = item if isinstance(item, CheckItem) else None
        if self.context.replay:
            vars(report)["smcp_exchange"] = self._whole(on_wire) if on_wire else judgement.exchange
        else:
            self._attach(report, judgement, "wire exchange" if on_wire else "plugin call")
            self._excuse(report, judgement)
            if on_wire:
                self._record(report, on_wire, judgement)

    def _whole(self, item: CheckItem) -> str:
        return whole_exchange(frames_of(item.check, item.run.leg(item.offer)), self.context.mask)

    def _attach(self, report: pytest.TestReport, judgement: Judgement, title: str) -> None:
        if judgement.exchange and not report.passed:
            report.sections.append((title, judgement.exchange))
        if judgement.stderr and report.failed:
            report.sections.append(("server's stderr", judgement.stderr))

    def _excuse(self, report: pytest.TestReport, judgement: Judgement) -> None:
        """Turn a failure or warning that is known into an xfail."""
        reason = self.context.known.excuse(report.nodeid) if judgement.verdict in FINDINGS else ""
        if reason:
            report.outcome = "skipped"
            vars(report)["wasxfail"] = self.context.mask(reason)

    def _record(self, report: pytest.TestReport, item: CheckItem, judgement: Judgement) -> None:
        """Write the replay file of a finding; take away that of an earlier run once there is none."""
        path = replay_path(self.context.config.rootpath, item.nodeid)
        if not (judgement.verdict in FINDINGS or judgement.internal):
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)
            return
        try:
            write_replay(path, self._recording(item, judgement), self.context.mask)
        except OSError as error:
            report.sections.append(("replay file", f"{path} could not be written: {error.strerror}"))

    def _recording(self, item: CheckItem, judgement: Judgement) -> Recording:
        leg = item.run.leg(item.offer)
        seed = getattr(self.context.config.option, "hypothesis_seed", None)
        return Recording(
            item.nodeid,
            judgement,
            leg.host.target,
            frames_of(item.check, leg),
            self.context.options.revisions,
            None if seed is None else str(seed),
            seen_during(item.check, leg),
        )

    def _masked(self, judgement: Judgement) -> Judgement:
        shown: dict[str, Any] = {name: self.context.mask(getattr(judgement, name)) for name in MASKED}
        return replace(judgement, **shown)
