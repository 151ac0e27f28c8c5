"""A pytest run of plugin items alone, as `--smcp-conformance` would add them."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from smcp_conformance.cli.collect import PluginsCollector
from smcp_conformance.cli.command import Described
from smcp_conformance.cli.discovery import describe_all, find_plugins
from smcp_conformance.cli.items import PluginItem
from smcp_conformance.cli.runner import Plugin
from smcp_conformance.judge import Judgement
from smcp_conformance.options import MAX_EXAMPLES, Options
from smcp_conformance.requirement import Verdict
from smcp_conformance.target import Policy


@pytest.fixture(autouse=True)
def as_for_users(unmeasured: None) -> None:
    """Plugins run warm under coverage, too: measured ones would be cold, and many times slower."""


@dataclass
class Adding:
    """A pytest plugin that adds the items of `plugins`; it also stands in for the run."""

    plugins: tuple[Described, ...]
    options: Options
    asked: str = ""
    excused: str = ""
    items: list[PluginItem] = field(default_factory=list[PluginItem])

    @property
    def strict(self) -> bool:
        """As the run has it."""
        return self.options.strict

    def chosen(self, nodeid: str) -> bool:
        """Whether the user asked for it."""
        return nodeid.startswith(self.asked)

    def known(self, nodeid: str) -> bool:
        """Whether the user knows that it fails."""
        return nodeid.startswith(self.excused) if self.excused else False

    @property
    def searches(self) -> Adding:
        """What is asked for the time that is left."""
        return self

    def over(self) -> bool:
        """Whether the time budget is used up: one of nothing is."""
        return self.options.time_budget == 0

    def recorded_inputs(self, nodeid: str) -> None:
        """Nothing was recorded before."""

    def explain(self, nodeid: str, judgement: Judgement, call: Sequence[str] = ()) -> str:
        """What a failing item shows first."""
        lines = (judgement.requirement, f"expected: {judgement.must_be}", f"actual:   {judgement.got}", *call)
        return "\n".join(lines)

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, session: pytest.Session, items: list[pytest.Item]) -> None:
        """Add the items, as the run does."""
        run: Any = self
        collector = PluginsCollector.from_parent(
            session, name="plugins", nodeid="plugins", run=run, plugins=self.plugins
        )
        self.items = [item for item in session.genitems(collector) if isinstance(item, PluginItem)]
        items.extend(self.items)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Show the call that failed, as the run's reports do."""
        report = yield
        judgement: Judgement | None = getattr(item, "judgement", None)
        if call.when == "call" and judgement is not None and not report.passed:
            report.sections.append(("plugin call", judgement.exchange))
        return report


@dataclass(frozen=True)
class Outcome:
    """What came of such a run: the judgements by node id, and what pytest said."""

    judgements: Mapping[str, Judgement | None]
    result: pytest.RunResult

    def named(self, *verdicts: Verdict) -> set[str]:
        """The names of the checks with one of these verdicts, without the command."""
        found = [id for id, one in self.judgements.items() if one is not None and one.verdict in verdicts]
        return {id.rpartition("::")[2].partition("-")[0] for id in found}

    @property
    def broken(self) -> set[str]:
        """The names of the checks that were violated."""
        return self.named(Verdict.FAILED, Verdict.WARNED)


SEEDED = ("--hypothesis-seed=1",)
Runner = Callable[..., Outcome]


@pytest.fixture
def run_plugins(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Iterator[Runner]:
    """Run the items of the plugins in `folders`, or of those `described` before, with further pytest arguments."""
    # Hypothesis' options set these for the whole process.
    monkeypatch.setattr("hypothesis.core.global_force_seed", None)
    profile = settings.get_current_profile_name()

    def run(
        *folders: Path,
        args: tuple[str, ...] = SEEDED,
        strict: bool = False,
        allow: tuple[str, ...] = (),
        chosen: str = "",
        excused: str = "",
        described: tuple[Described, ...] = (),
        examples: int = MAX_EXAMPLES,
        time_budget: float | None = None,
    ) -> Outcome:
        plugins = described or describe_all(find_plugins(folders))
        asked = Options(
            enabled=True,
            strict=strict,
            policy=Policy(allow_tools=allow),
            max_examples=examples,
            time_budget=time_budget,
        )
        adding = Adding(plugins, asked, chosen, excused)
        given = ("-p", "no:cacheprovider", *args)
        result = pytester.runpytest_inprocess(*given, plugins=[adding])
        return Outcome({item.nodeid: item.judgement for item in adding.items}, result)

    yield run
    settings.load_profile(profile)


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    """A folder for plugins."""
    folder = tmp_path / "shelf"
    folder.mkdir()
    return folder


@dataclass(frozen=True)
class Writer:
    """Writes plugins to a shelf."""

    shelf: Path

    def __call__(self, code: str, name: str = "sample") -> Plugin:
        """Write a plugin with this code."""
        folder = self.shelf / name
        folder.mkdir()
        (folder / "cli.py").write_text(code, encoding="utf-8")
        return Plugin(name, folder, (sys.executable, str(folder / "cli.py")))

    def described(self, *commands: Mapping[str, Any], answer: str = "print('{}')", name: str = "sample") -> Plugin:
        """Write a plugin that describes these commands and answers everything else by the code `answer`."""
        document = {"plugin": {"name": name}, "commands": commands}
        branch = f"if sys.argv[1:] == ['--describe']:\n    print({json.dumps(document)!r})\nelse:\n    {answer}\n"
        return self(f"import json, os, sys, time\n{branch}", name)


@pytest.fixture
def write_plugin(shelf: Path) -> Writer:
    """Write plugins to the shelf."""
    return Writer(shelf)
