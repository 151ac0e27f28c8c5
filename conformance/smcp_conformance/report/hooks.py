"""The hooks where reports arrive: they are counted, judged as a whole, and summed up."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import TYPE_CHECKING, Any

import pytest

from smcp_conformance.checks import all_checks
from smcp_conformance.options import TYPED
from smcp_conformance.report.context import Context
from smcp_conformance.report.finding import said
from smcp_conformance.report.header import header, known_line
from smcp_conformance.report.late import late_report, publish, untrue_entries, vacuous_legs
from smcp_conformance.report.ledger import Ledger, Result
from smcp_conformance.report.scheduling import make_scheduler
from smcp_conformance.report.summary import Summary, rendered
from smcp_conformance.report.unchecked import unchecked
from smcp_conformance.requirement import Verdict

if TYPE_CHECKING:
    from smcp_conformance.run import ConformanceRun

STATUS = {
    Verdict.WARNED: ("warned", "W", ("WARNED", {"yellow": True})),
    Verdict.NOT_VERIFIED: ("not verified", "v", ("NOT VERIFIED", {"yellow": True})),
    Verdict.NOT_APPLICABLE: ("not applicable", "-", ("NOT APPLICABLE", {})),
}


class RunReports:
    """A plugin for the process that talks to the user; xdist's workers use its collection and status hooks only."""

    def __init__(self, run: ConformanceRun, context: Context) -> None:
        self.run = run
        self.context = context
        self.ledger = Ledger()
        self.exchanges: dict[str, str] = {}
        self.hints: dict[str, None] = {}

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionstart(self) -> None:
        """Find out what there is; raises pytest.UsageError for an id of ours that isn't."""
        if self.context.is_worker:
            return
        self.ledger.possible = self.run.node_ids
        broken = {discovery.group for discovery in self.run.discoveries if discovery.failure}
        for asked in self.run.selected:
            found = any(id == asked or id.startswith(f"{asked}::") for id in self.ledger.possible)
            if not found and asked.partition("::")[0] not in broken:
                raise pytest.UsageError(f"not found: {asked!r} is no conformance item; --collect-only lists them")

    def pytest_report_header(self) -> list[str]:
        """What each word resolved to, and what was found."""
        options, config = self.context.options, self.context.config
        known = known_line(options, self.context.known, self.run.groups, config.rootpath)
        lines = header(options, self.run.discoveries, self.run.plugins, known)
        return [self.context.mask(line) for line in lines]

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_make_scheduler(self, config: pytest.Config, log: Any) -> Any:
        """Keep each leg, and each plugin, on one worker."""
        return make_scheduler(config, log, self.run.groups)

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, node: Any, ids: Sequence[str]) -> None:
        """Note what a worker will run."""
        self.ledger.schedule(ids)

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Note what will run here."""
        self.ledger.schedule(item.nodeid for item in session.items)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note a result."""
        result = Result.from_report(report)
        if result:
            self.ledger.add(result)
            self.exchanges[result.id] = getattr(report, "smcp_exchange", "")
            self.hints |= dict.fromkeys(f"{result.leg_id} {hint}" for hint in getattr(report, "smcp_hints", ()))

    @pytest.hookimpl(tryfirst=True)
    def pytest_report_teststatus(self, report: pytest.TestReport) -> Any:
        """Show our verdicts as categories of their own."""
        if hasattr(report, "smcp_late"):
            return "failed", "", ""
        judgement = getattr(report, "smcp", None)
        if judgement is None or report.failed or hasattr(report, "wasxfail"):
            return None
        return STATUS.get(Verdict(judgement["verdict"]))

    @pytest.hookimpl(wrapper=True)
    def pytest_runtestloop(self, session: pytest.Session) -> Generator[None, object, object]:
        """When all has run, judge it as a whole."""
        ran = yield
        if not (self.context.is_worker or session.config.option.collectonly or self.context.replay):
            self._judge_the_whole()
        return ran

    def _judge_the_whole(self) -> None:
        config, mask, discoveries = self.context.config, self.context.mask, self.run.discoveries
        for id, text in vacuous_legs(self.ledger, discoveries):
            publish(config, late_report(id, mask(text)))
        failed = {discovery.group for discovery in discoveries if discovery.failure}
        narrowed = self.context.options.revisions != "default"
        groups = self.run.groups if self.context.options.origin == TYPED else None
        for place, text in untrue_entries(self.context.known, self.ledger, groups, failed, narrowed):
            publish(config, late_report(place, mask(text)))

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Sum up."""
        if not self.ledger.results:
            return
        writer = self.context.config.get_terminal_writer()
        missing = () if self.context.replay else tuple(unchecked(self.run.discoveries, all_checks()))
        verbosity = self.context.config.option.verbose
        parts = Summary(self.ledger, self.context.command, verbosity, missing, tuple(self.hints)).parts()
        terminalreporter.write_sep("=", "MCP conformance")
        terminalreporter.write_line(rendered(parts, writer.fullwidth, writer.hasmarkup))
        for result in self.ledger.results.values() if self.context.replay else ():
            terminalreporter.section("replay")
            terminalreporter.write_line(self._compared(result.id, said(result.judgement)))
            terminalreporter.write_line(self.exchanges[result.id] or "nothing was sent or received")

    def _compared(self, id: str, now: str) -> str:
        replay = self.context.replay
        recorded = replay.recorded if replay and replay.item == id else ""
        if not recorded:
            return f"{id}: {now}"
        return f"{id}: {now} again" if now == recorded else f"{id}: {now} now (recorded: {recorded})"
