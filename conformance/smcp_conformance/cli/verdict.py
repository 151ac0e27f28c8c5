"""From an attempt at a check of a plugin to a judgement, and to what people read of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from hypothesis.errors import FailedHealthCheck, Flaky, Unsatisfiable

from smcp_conformance.cli.answer import Violation
from smcp_conformance.cli.check import CommandCheck, PluginCheck
from smcp_conformance.cli.command import MAX_HANGS, HangsTooOften
from smcp_conformance.generate.dialect import NoDialect
from smcp_conformance.generate.valid import NotGenerable
from smcp_conformance.judge import Judgement
from smcp_conformance.requirement import NotApplicable, NotVerified, Verdict
from smcp_conformance.search.examples import within

UNVERIFIED = (NotVerified, HangsTooOften, Unsatisfiable, FailedHealthCheck, NotGenerable, NoDialect)
"""What a check, or the search of its arguments, raises if nothing could be judged."""


@dataclass(frozen=True)
class Case:
    """One check with its subject: a plugin, or one of its commands."""

    check: PluginCheck | CommandCheck
    plugin: str
    command: str = ""

    @property
    def name(self) -> str:
        """The last part of the item's id, not yet escaped."""
        return f"{self.check.name}-{self.command}" if self.command else self.check.name


@dataclass(frozen=True)
class Judged:
    """What came of an attempt; `violation` is what a failure or warning goes back to."""

    judgement: Judgement
    violation: Violation | None = None


def judge(case: Case, attempt: Callable[[], None]) -> Judged:
    """Make the attempt and say what came of it. An error of the check itself is passed on."""
    base = _passed(case)
    try:
        attempt()
    except NotApplicable as reason:
        return Judged(replace(base, verdict=Verdict.NOT_APPLICABLE, reason=str(reason)))
    except UNVERIFIED as reason:
        return Judged(replace(base, verdict=Verdict.NOT_VERIFIED, reason=_why(reason)))
    except Violation as violation:
        return _broken(base, case, violation)
    except Flaky as flaky:
        return _broken(base, case, within(flaky, Violation), " (not each time the same call was made)")
    return Judged(base)


def _why(reason: Exception) -> str:
    if isinstance(reason, NotVerified):
        return str(reason)
    if isinstance(reason, HangsTooOften):
        return f"{MAX_HANGS} calls ran into the time limit, so it is not called any more"
    return f"arguments of this kind can't be generated: {' '.join(str(reason).split())[:200]}"


def _passed(case: Case) -> Judgement:
    check = case.check
    return Judgement(
        Verdict.PASSED,
        f"plugins/{check.page}::{check.name}",
        f"plugins/{check.page}/{check.name}",
        check.level.value,
        check.link,
        check.text,
    )


def _broken(base: Judgement, case: Case, violation: Violation, note: str = "") -> Judged:
    got = violation.got + violation.called + note
    broken = replace(base, got=got, must_be=violation.must_be, exchange=details(case, violation))
    if case.check.level.absolute:
        return Judged(replace(broken, verdict=Verdict.FAILED), violation)
    return Judged(replace(broken, verdict=Verdict.WARNED, reason=case.check.level.value), violation)


def details(case: Case, violation: Violation) -> str:
    """The call that showed a violation: who, with what, how to make it again, and what came back."""
    lines = [f"plugin:    {case.plugin}"]
    if case.command:
        lines.append(f"command:   {case.command}")
    return "\n".join([*lines, *violation.story])
