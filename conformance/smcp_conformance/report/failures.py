"""What stands in pytest's own sections on the terminal: the sentence and the details, for the summary comes below.

Reports keep the whole text for everybody else (JUnit XML, other plugins); it is exchanged while the terminal is
written.
"""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Generator, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from smcp_conformance.judge import Judgement
from smcp_conformance.report.finding import one_line, sentence
from smcp_conformance.requirement import Verdict

SKIPPED = (Verdict.NOT_VERIFIED, Verdict.NOT_APPLICABLE)


@dataclass(frozen=True)
class Line:
    """What pytest puts behind the id in its short summary."""

    message: str

    def __str__(self) -> str:
        return self.message


@dataclass(frozen=True)
class Shown:
    """A `longrepr`: `text` for the section FAILURES, `reprcrash` for the short summary."""

    text: str
    reprcrash: Line

    def toterminal(self, terminal: Any) -> None:
        """Write it."""
        terminal.line(self.text)

    def __str__(self) -> str:
        return self.text


class FailuresInShort:
    """A plugin around the writing of the terminal's summary; `groups` are the first parts of our items' ids."""

    def __init__(self, groups: Collection[str]) -> None:
        self.groups = groups

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> Generator[None, object, object]:
        """Let pytest write its own sections of failures in short, and `-rs` know of ours."""
        with shortened(terminalreporter.stats.get("failed", ()), self.groups), listed(terminalreporter.stats):
            return (yield)


@contextlib.contextmanager
def shortened(reports: Iterable[pytest.TestReport], groups: Collection[str]) -> Iterator[None]:
    """Let those of `reports` that are about items of `groups` be shown in short."""
    ours = [report for report in reports if report.nodeid.partition("::")[0] in groups]
    kept = [report.longrepr for report in ours]
    for report in ours:
        vars(report)["longrepr"] = _shown(report)
    try:
        yield
    finally:
        for report, longrepr in zip(ours, kept, strict=True):
            report.longrepr = longrepr


@contextlib.contextmanager
def listed(stats: dict[str, list[Any]]) -> Iterator[None]:
    """Let what was not verified or does not apply be among the skipped, which `-rs` lists with their reasons."""
    kept = stats.get("skipped")
    ours = [_skipped(report) for verdict in SKIPPED for report in stats.get(verdict.value, ())]
    stats["skipped"] = [*(kept or ()), *ours]
    try:
        yield
    finally:
        del stats["skipped"]
        stats.update({} if kept is None else {"skipped": kept})


def _skipped(report: pytest.TestReport) -> pytest.TestReport:
    """A report of the same item without a verdict of ours."""
    judgement = Judgement.from_json(vars(report)["smcp"])
    group = report.nodeid.partition("::")[0]
    reason: Any = (group, None, f"{judgement.verdict.value}: {judgement.reason}")
    return pytest.TestReport(report.nodeid, report.location, {}, "skipped", reason, "call")


def _shown(report: pytest.TestReport) -> Shown:
    text = str(report.longrepr)
    judged = getattr(report, "smcp", None)
    if judged is None:  # a start, or a whole leg
        return Shown(text, Line(one_line(text.partition("\n")[0])))
    judgement = Judgement.from_json(judged)
    line = sentence(judgement)
    return Shown(text if judgement.internal else line, Line(line))
