"""Plugin checks as pytest items: plain ones, and Hypothesis tests on generated arguments."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis.errors import Flaky

from smcp_conformance.cli.generated import Search
from smcp_conformance.cli.record import record
from smcp_conformance.cli.runner import Plugin
from smcp_conformance.cli.verdict import UNVERIFIED, Case, Judged, judge
from smcp_conformance.collect import CheckFailed, ConformanceItem
from smcp_conformance.judge import Judgement
from smcp_conformance.requirement import NotApplicable, Verdict, not_verified

if TYPE_CHECKING:
    from smcp_conformance.run import ConformanceRun


class PluginItem(ConformanceItem):
    """A check of a plugin or of one of its commands. `judgement` is there once it ran."""

    def __init__(self, *, run: ConformanceRun, case: Case, plugin: Plugin, **node: Any) -> None:
        super().__init__(**node)
        self.run = run
        self.case = case
        self.plugin = plugin
        self._judged: Judged | None = None
        self.add_marker(case.check.level.value.partition(" ")[0].lower())
        self.add_marker(pytest.mark.area("plugins"))

    @property
    def judgement(self) -> Judgement | None:
        """What came of it; None before it ran, and after an error of the check itself."""
        return self._judged.judgement if self._judged else None

    @property
    def plugin_record(self) -> dict[str, Any]:
        """What a replay file holds of the plugin and of the call that showed a violation, not yet masked."""
        return record(self.plugin, self._judged.violation if self._judged else None)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Show the violation and its call in place of a traceback."""
        if not isinstance(excinfo.value, CheckFailed):
            return super().repr_failure(excinfo)
        violation = self._judged.violation if self._judged else None
        return self.run.explain(self.nodeid, excinfo.value.judgement, violation.calls_shown if violation else [])

    def say(self, attempt: Callable[[], None]) -> None:
        """Judge an attempt, and say it in pytest's way."""
        self._judged = judge(self.case, attempt)
        found = self._judged.judgement
        if found.verdict is Verdict.FAILED or (self.run.strict and found.verdict is Verdict.WARNED):
            raise CheckFailed(found)
        if found.verdict in (Verdict.NOT_VERIFIED, Verdict.NOT_APPLICABLE):
            pytest.skip(f"{found.verdict.value}: {found.reason}")


class PlainItem(PluginItem):
    """A check that makes its own calls."""

    def __init__(self, *, attempt: Callable[[], None], **node: Any) -> None:
        super().__init__(**node)
        self.attempt = attempt

    def runtest(self) -> None:
        """Judge, and say it in pytest's way."""
        self.say(self.attempt)


class GeneratedItem(PluginItem, pytest.Function):
    """A check that is tried with generated arguments: a Hypothesis test. Without a `search` it is made only once."""

    def __init__(self, *, search: Search | None = None, **node: Any) -> None:
        super().__init__(**node)
        self.search = search

    def runtest(self) -> None:
        """Judge, and say it in pytest's way."""
        self.say(super().runtest if self.search is None else partial(self._search, self.search))

    def _search(self, search: Search) -> None:
        """Search warm, and confirm cold what is found: search once more, cold, what can't be confirmed."""
        if self.run.searches.over():
            not_verified("the time budget (--smcp-time-budget) was used up")
        flaky = False
        if not search.runs_cold:
            try:
                super().runtest()
                if not search.runs_cold:  # nothing came up against it meanwhile
                    return
            except (NotApplicable, *UNVERIFIED):
                raise
            except Exception as found:  # whatever it is, a warm run alone is no witness
                search.confirm(found)
                flaky = isinstance(found, Flaky) and not search.runs_cold
        self.obj = search.cold()
        super().runtest()
        if flaky:
            not_verified("it was broken once when it was run warm, and neither again nor when it was run cold")
