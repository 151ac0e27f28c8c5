"""During which checks a monitor had something to complain of, kept in pytest's cache from one run to the next.

A monitor that runs alone judges less traffic than in a full run. Where it complained the last time, the checks whose
traffic showed it run again without being asked for, silently: what is not mended is not green.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from typing import Any

import pytest

from smcp_conformance.collect import CheckItem
from smcp_conformance.requirement import REGISTRY, Verdict

KEY = "smcp-conformance/seen-during"


class Memory:
    """A plugin for every process of a run; `given` is what the controller told an xdist worker.

    `seen_during` has the ids of checks by the node ids of monitors. Without pytest's cache it stays empty.
    """

    def __init__(self, config: pytest.Config, given: Mapping[str, list[str]] | None = None) -> None:
        self.config = config
        self.seen_during = dict(_kept(config) if given is None else given)
        self._learnt: dict[str, list[str]] = {}

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Let the checks travel with the report of a monitor that came to a verdict."""
        report = yield
        if call.when == "call" and isinstance(item, CheckItem) and item.check.monitor and item.judgement:
            if item.judgement.verdict is Verdict.PASSED:
                vars(report)["smcp_probes"] = []
            elif item.judgement.verdict in (Verdict.FAILED, Verdict.WARNED):
                probes = item.run.leg(item.offer).watch(item.check).probes
                vars(report)["smcp_probes"] = sorted(probes & REGISTRY.keys())
        return report

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note them."""
        probes: list[str] | None = getattr(report, "smcp_probes", None)
        if probes is not None:
            self._learnt[report.nodeid] = probes

    def pytest_sessionfinish(self) -> None:
        """Keep them for the next run; a monitor that passed has nothing to be reminded of."""
        cache: Any = getattr(self.config, "cache", None)
        if cache is None or hasattr(self.config, "workerinput"):
            return
        before = _kept(self.config)
        after = {id: probes for id, probes in {**before, **self._learnt}.items() if probes}
        if after != before:
            cache.set(KEY, after)


def _kept(config: pytest.Config) -> dict[str, list[str]]:
    cache: Any = getattr(config, "cache", None)
    kept = cache.get(KEY, {}) if cache is not None else {}
    return kept if isinstance(kept, dict) else {}
