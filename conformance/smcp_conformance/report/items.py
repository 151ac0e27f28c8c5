"""The hooks where items run: a report is completed and masked, and its replay file written."""

from __future__ import annotations

import contextlib
from collections.abc import Generator, Iterable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from smcp_conformance.collect import CheckItem, ConformanceItem
from smcp_conformance.judge import Judgement, stderr_of
from smcp_conformance.report.context import Context
from smcp_conformance.report.exchange import frames_of, generated_inputs, seen_during, whole_exchange
from smcp_conformance.report.finding import expected, finding_lines, one_line, said
from smcp_conformance.report.ledger import FINDINGS
from smcp_conformance.report.replay import Recording, replay_path, write_replay
from smcp_conformance.requirement import Verdict

NO_CALL = "no call broke what is promised"
STRICT = "a warning, which --smcp-strict makes a failure"
MASKED = ("got", "must_be", "reason", "exchange", "stderr")


class ItemReports:
    """A plugin for every process that runs items."""

    def __init__(self, context: Context) -> None:
        self.context = context

    def explain(self, nodeid: str, judgement: Judgement, call: Iterable[str] = ()) -> str:
        """What a failing item shows, masked: the finding's lines, then those of a plugin's `call`."""
        return "\n".join(
            [*finding_lines(self._final(judgement), self.context.command(nodeid)), *map(self.context.mask, call)]
        )

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Let the judgement travel with the report; let no secret do so."""
        report = yield
        if isinstance(item, ConformanceItem):
            judgement: Judgement | None = getattr(item, "judgement", None)
            if call.when == "call" and judgement is not None:
                self._complete(report, item, self._final(judgement))
            else:
                self._hide(report, item)
        return report

    def _hide(self, report: pytest.TestReport, item: ConformanceItem) -> None:
        """Complete the report of a start, or of what went wrong around an item."""
        if isinstance(report.longrepr, tuple):  # skipped, by a fixture of the user's
            file, line, reason = report.longrepr
            report.longrepr = file, line, self.context.mask(reason)
        elif report.longrepr is not None:
            report.longrepr = self.context.mask(str(report.longrepr))
        if report.when == "call":
            item.user_properties.append(("verdict", report.outcome))

    def _complete(self, report: pytest.TestReport, item: ConformanceItem, judgement: Judgement) -> None:
        vars(report)["smcp"] = judgement.to_json()  # what else a report holds crosses process borders too
        vars(report)["smcp_hints"] = [self.context.mask(hint) for hint in getattr(item, "hints", ())]
        properties = list(self._properties(item.nodeid, judgement))
        item.user_properties.extend(properties)  # junitxml takes those that the teardown's report brings
        report.user_properties.extend(properties)
        if report.skipped:
            report.longrepr = (item.nodeid.partition("::")[0], 0, f"{judgement.verdict.value}: {judgement.reason}")
        on_wire = item if isinstance(item, CheckItem) else None
        if self.context.replay:
            shown = self._whole(on_wire, judgement) if on_wire else judgement.exchange or NO_CALL
            vars(report)["smcp_exchange"] = shown
        else:
            self._attach(report, judgement, "wire exchange" if on_wire else "plugin call")
            self._excuse(report, judgement)
            self._record(report, item, judgement)

    def _properties(self, nodeid: str, judgement: Judgement) -> Iterator[tuple[str, object]]:
        """What JUnit XML says of an item beside its outcome: of a finding, all that its lines say."""
        yield "verdict", said(judgement)
        yield "requirement", judgement.requirement
        yield "level", judgement.level
        yield "text", judgement.text
        yield "link", judgement.link
        if judgement.reason:
            yield "reason", judgement.reason
        if judgement.verdict in FINDINGS:
            yield "expected", expected(judgement)
            yield "actual", one_line(judgement.got)
        if judgement.verdict in (*FINDINGS, Verdict.NOT_VERIFIED):
            yield "replay", self.context.command(nodeid)

    def _whole(self, item: CheckItem, judgement: Judgement) -> str:
        """The exchange, and of a finding all of stderr that was kept."""
        leg = item.run.leg(item.offer)
        exchange = item.retold or whole_exchange(frames_of(item.check, leg), self.context.mask)
        stderr = stderr_of(leg) if judgement.verdict in FINDINGS else ""
        return f"{exchange}\nserver's stderr:\n{self.context.mask(stderr.rstrip())}" if stderr else exchange

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

    def _record(self, report: pytest.TestReport, item: ConformanceItem, judgement: Judgement) -> None:
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

    def _recording(self, item: ConformanceItem, judgement: Judgement) -> Recording:
        options = self.context.options
        typed = getattr(self.context.config.option, "hypothesis_seed", None)
        seed = None if typed is None else str(typed)
        if isinstance(item, CheckItem):
            leg = item.run.leg(item.offer)
            frames, during = frames_of(item.check, leg), seen_during(item.check, leg)
            inputs = item.inputs or generated_inputs(item.check, leg)
            target = leg.host.target
            return Recording(item.nodeid, judgement, target, frames, options.revisions, seed, during, inputs=inputs)
        plugin = {**(item.plugin_record or {}), "allow-tools": list(options.policy.allow_tools)}
        return Recording(item.nodeid, judgement, None, (), options.revisions, seed, plugin=plugin)

    def _final(self, judgement: Judgement) -> Judgement:
        """The judgement as all reports have it: without secrets, and under --smcp-strict without warnings."""
        if self.context.options.strict and judgement.verdict is Verdict.WARNED:
            judgement = replace(judgement, verdict=Verdict.FAILED, reason=f"{STRICT}: {judgement.reason}")
        shown: dict[str, Any] = {name: self.context.mask(getattr(judgement, name)) for name in MASKED}
        return replace(judgement, **shown)
