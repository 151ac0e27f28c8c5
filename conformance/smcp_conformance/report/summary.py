"""The summary at the end of a run: counts per leg, why nothing was said, then each finding."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from smcp_conformance.report.finding import Finding, Replay, findings, our_errors
from smcp_conformance.report.ledger import Ledger, Result
from smcp_conformance.report.tally import COUNTED, Tally, by_level, excuses
from smcp_conformance.requirement import Verdict

STYLES = {Verdict.FAILED: "red", Verdict.WARNED: "yellow"}
IDS_SHOWN = 3


@dataclass(frozen=True)
class Summary:
    """What is to be shown: `verbosity` is pytest's, `replay` makes the command of an item's id.

    `unchecked` are lines on what no check looked at, `hints` what is worth knowing though no violation.
    """

    ledger: Ledger
    replay: Replay
    verbosity: int = 0
    unchecked: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()

    def parts(self) -> Iterator[RenderableType]:
        """Yield what rich is to print."""
        results = self.ledger.in_order()
        yield counts(self.ledger)
        if self.unchecked and self.verbosity >= 0:
            yield Text("\n" + "\n".join(self.unchecked))
        if self.hints and self.verbosity >= 0:
            yield Text("\nhints, which are no findings:", "bold")
            yield from (Text(f"  {hint}") for hint in self.hints)
        yield from self._excuses(results, Verdict.NOT_VERIFIED, self.verbosity)
        yield from self._excuses(results, Verdict.NOT_APPLICABLE, self.verbosity - 1)
        for finding in our_errors(results):
            yield from self._finding(finding, "red")
        for verdict, style in STYLES.items():
            for finding in findings(results, verdict):
                yield from self._finding(finding, style)

    def _excuses(self, results: Sequence[Result], verdict: Verdict, verbosity: int) -> Iterator[RenderableType]:
        """Why checks said `verdict`: below 0 nothing of it, at 0 the first ids of each reason, above it all."""
        reasons = excuses(results, verdict) if verbosity >= 0 else []
        if reasons:
            yield Text(f"\n{verdict.value}, and why:", "bold")
        for each in reasons:
            yield Text(f"  {len(each.ids)} × {each.reason}")
            shown = each.ids if verbosity > 0 else each.ids[:IDS_SHOWN]
            yield from (Text(f"      {id}", "dim") for id in shown)
            if len(shown) < len(each.ids):
                more = "v" * (self.verbosity + 1)
                yield Text(f"      and {len(each.ids) - len(shown)} more, which -{more} lists", "dim")

    def _finding(self, finding: Finding, style: str) -> Iterator[RenderableType]:
        yield Text(f"\n{finding.title}", f"bold {style}")
        yield from (Text(f"  {line}") for line in finding.lines(self.replay))


def counts(ledger: Ledger) -> RenderableType:
    """Make the table of counts: below each leg a row for what it MUST do, and one for the rest."""
    legs = [(leg, by_level(results)) for leg, results in ledger.legs()]
    known = any(tally.known for _, levels in legs for tally in levels.values())
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    table.add_column("leg\n  level", overflow="fold")
    for verdict in COUNTED:
        table.add_column(verdict.value.replace(" ", "\n"), justify="right", vertical="bottom")
    if known:
        table.add_column("xfailed\n(known)", justify="right")
    for leg, levels in legs:
        table.add_row(leg)
        for level, tally in levels.items():
            table.add_row(f"  {level}", *_numbers(tally), *([str(tally.known)] if known else []))
    return table


def _numbers(tally: Tally) -> Iterator[Text]:
    """Show counts in the order of `COUNTED`."""
    for verdict, number in zip(COUNTED, tally.counts, strict=True):
        yield Text(str(number), STYLES.get(verdict, "") if number else "dim")


def rendered(parts: Iterator[RenderableType], width: int, colour: bool) -> str:
    """Render for a terminal of `width` columns; without `colour`, as plain text whose long lines stay whole."""
    stream = io.StringIO()
    console = Console(
        file=stream,
        width=width,
        force_terminal=colour,
        color_system="standard" if colour else None,
        highlight=False,
        emoji=False,
        markup=False,
        legacy_windows=False,
    )
    for part in parts:
        console.print(part if not isinstance(part, Text) else Group(part), soft_wrap=isinstance(part, Text))
    return "\n".join(line.rstrip() for line in stream.getvalue().splitlines())
