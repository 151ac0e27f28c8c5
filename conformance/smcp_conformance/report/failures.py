"""What stands in pytest's own sections on the terminal: the sentence and the details, for the four lines come below.

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
        """Let pytest write its own sections of failures in short."""
        with shortened(terminalreporter.stats.get("failed", ()), self.groups):
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


def _shown(report: pytest.TestReport) -> Shown:
    text = str(report.longrepr)
    judged = getattr(report, "smcp", None)
    if judged is None:  # a start, or a whole leg
        return Shown(text, Line(one_line(text.partition("\n")[0])))
    judgement = Judgement.from_json(judged)
    line = sentence(judgement)
    return Shown(text if judgement.internal else line, Line(line))
