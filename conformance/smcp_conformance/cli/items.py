"""Plugin checks as pytest items: plain ones, and Hypothesis tests on generated arguments."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from smcp_conformance.cli.verdict import Case, judge
from smcp_conformance.collect import CheckFailed, ConformanceItem
from smcp_conformance.judge import Judgement
from smcp_conformance.requirement import Verdict

if TYPE_CHECKING:
    from smcp_conformance.run import ConformanceRun


class PlainItem(ConformanceItem):
    """A check that makes its own calls. `judgement` is there once it ran."""

    def __init__(self, *, run: ConformanceRun, case: Case, attempt: Callable[[], None], **node: Any) -> None:
        super().__init__(**node)
        self.run = run
        self.case = case
        self.attempt = attempt
        self.judgement: Judgement | None = None
        _mark(self, case)

    def runtest(self) -> None:
        """Judge, and say it in pytest's way."""
        self.judgement = judge(self.case, self.attempt)
        _say(self.judgement, self.run)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Show the violation in place of a traceback; its call is in the judgement."""
        return _shown(self, self.run, excinfo) or super().repr_failure(excinfo, style)


class GeneratedItem(pytest.Function):
    """A check that is tried with generated arguments: a Hypothesis test. `judgement` is there once it ran."""

    def __init__(self, *, run: ConformanceRun, case: Case, **node: Any) -> None:
        super().__init__(**node)
        self.run = run
        self.case = case
        self.judgement: Judgement | None = None
        self.add_marker("conformance")
        _mark(self, case)

    def runtest(self) -> None:
        """Judge, and say it in pytest's way."""
        self.judgement = judge(self.case, super().runtest)
        _say(self.judgement, self.run)

    def reportinfo(self) -> tuple[Path, None, str]:
        """Where pytest says it is: our items stand in no file."""
        return self.config.rootpath, None, self.nodeid

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Show the violation in place of a traceback; its call is in the judgement."""
        return _shown(self, self.run, excinfo) or super().repr_failure(excinfo)


def _mark(item: pytest.Item, case: Case) -> None:
    item.add_marker(case.check.level.value.partition(" ")[0].lower())
    item.add_marker(pytest.mark.area("plugins"))


def _say(found: Judgement, run: ConformanceRun) -> None:
    if found.verdict is Verdict.FAILED or (run.strict and found.verdict is Verdict.WARNED):
        raise CheckFailed(found)
    if found.verdict in (Verdict.NOT_VERIFIED, Verdict.NOT_APPLICABLE):
        pytest.skip(f"{found.verdict.value}: {found.reason}")


def _shown(item: pytest.Item, run: ConformanceRun, excinfo: pytest.ExceptionInfo[BaseException]) -> str:
    if not isinstance(excinfo.value, CheckFailed):
        return ""
    return run.explain(item.nodeid, excinfo.value.judgement)
