"""A failure or warning as people read it: a few lines, once for all legs of a target that show it."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from smcp_conformance.judge import Judgement
from smcp_conformance.masking import CUT
from smcp_conformance.report.ledger import Result
from smcp_conformance.requirement import Verdict

OUR_ERROR = "error in the check itself, not a verdict on the server"
WIDTH = 96
INDENT = "  "
SHOWN = 300  # characters of what was there; a replay shows all of it
Replay = Callable[[str], str]


@dataclass(frozen=True)
class Finding:
    """What one check found on one target: the results of all legs, of which the first speaks for the rest."""

    results: tuple[Result, ...]

    @property
    def first(self) -> Result:
        """The result that is shown."""
        return self.results[0]

    @property
    def judgement(self) -> Judgement:
        """The judgement that is shown."""
        return self.first.judgement

    @property
    def title(self) -> str:
        """Verdict, target, check, and the legs that show it; of a plugin's item the verdict and its id."""
        if self.first.of_plugin:
            return f"{said(self.judgement)}: {self.first.id}"
        legs = ", ".join(result.leg for result in self.results)
        return f"{said(self.judgement)}: {self.first.group} {self.judgement.check} ({legs})"

    def lines(self, replay: Replay) -> list[str]:
        """The lines; `replay` makes a command of an item's id. Of an error of ours the last of its traceback."""
        command = replay(self.first.id)
        if self.judgement.internal:
            return [sentence(self.judgement), _replay(command)]
        return finding_lines(self.judgement, command)


def said(judgement: Judgement) -> str:
    """The verdict in words; an error of our own is none."""
    return OUR_ERROR if judgement.internal else judgement.verdict.value


def finding_lines(judgement: Judgement, replay: str) -> list[str]:
    """Requirement, its link, why it only warns, what is expected, what was there, how to see it again."""
    if judgement.internal:
        return [f"{OUR_ERROR}:", *judgement.got.rstrip().splitlines(), _replay(replay)]
    warned = "warned: " if judgement.verdict is Verdict.WARNED else ""
    return [
        *_wrapped(f"{judgement.level} {judgement.requirement}: {judgement.text}"),
        f"{INDENT}{judgement.link}",
        *(_wrapped(f"{INDENT}{warned}{judgement.reason}") if judgement.reason else ()),
        f"expected: {expected(judgement)}",
        f"actual:   {_bounded(one_line(judgement.got))}",
        _replay(replay),
    ]


def sentence(judgement: Judgement) -> str:
    """Say on one line what was found."""
    if judgement.internal:
        return one_line(judgement.got.rstrip().rpartition("\n")[2])
    return f"got {one_line(judgement.got)}, must be {expected(judgement)}"


def expected(judgement: Judgement) -> str:
    """All that is allowed, on one line."""
    return one_line(judgement.must_be) or "what the requirement says"


def _wrapped(text: str) -> list[str]:
    """Break a sentence into lines that most terminals hold; no word is broken."""
    return textwrap.wrap(text, WIDTH, subsequent_indent=INDENT, break_long_words=False, break_on_hyphens=False)


def _bounded(text: str) -> str:
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}{CUT} ({len(text)} characters)"


def _replay(command: str) -> str:
    return f"replay:   {command}"


def one_line(text: str) -> str:
    """Put `text` on one line."""
    return " ".join(text.split())


def findings(results: Iterable[Result], verdict: Verdict) -> list[Finding]:
    """Group the findings of `verdict` by target and check, in the order of the results."""
    return _grouped(result for result in results if result.is_finding and result.verdict is verdict)


def our_errors(results: Iterable[Result]) -> list[Finding]:
    """Group the errors of our own in the same way."""
    return _grouped(result for result in results if result.judgement.internal)


def _grouped(results: Iterable[Result]) -> list[Finding]:
    groups: dict[tuple[str, str], list[Result]] = {}
    for result in results:
        alike = (result.id, "") if result.of_plugin else (result.group, result.judgement.check)
        groups.setdefault(alike, []).append(result)
    return [Finding(tuple(group)) for group in groups.values()]
