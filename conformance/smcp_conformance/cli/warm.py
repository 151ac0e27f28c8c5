"""Calls in volume: run by the server's fork server as long as nothing speaks against it, compared with cold starts.

The first calls of each command, and a few of the later ones, are made both ways. Where a difference is seen that the
plugin does not show between two cold starts, all its calls are made cold from then on.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from smcp.runner.servers import Servers
from smcp_conformance.cli.answer import NotJson, shown, strict_json
from smcp_conformance.cli.runner import Plugin, Run, call_of, finished, run
from smcp_conformance.cli.sandbox import Sandbox, end_escaped

FIRST = 3
"""Calls of each command that are made both ways."""

SHARE = 2
"""Percent of the other calls that are, each once: cold starts of a plugin that imports much cost fifty warm ones."""

AGAIN = 4
"""Times that a call is repeated both ways before a difference is believed: mostly the plugin isn't steady."""


@dataclass(frozen=True)
class Difference:
    """What showed that a command answers otherwise warm than cold, and the cold run if it was a single one."""

    command: str
    told: str
    cold: Run | None = None


class WarmRuns:
    """The runs of one plugin, warm where that is possible.

    `compared` counts the calls of each command that were made both ways; `difference` is what ended the warm runs.
    """

    def __init__(self, plugin: Plugin) -> None:
        self.plugin = plugin
        self.compared: Counter[str] = Counter()
        self.difference: Difference | None = None
        self._calls: Counter[str] = Counter()
        self._unsteady: set[str] = set()
        self._sampled: set[bytes] = set()
        self._place: _Place | None = None

    @property
    def why_cold(self) -> str:
        """Why calls are made cold; "" as long as they are made warm. Waits for the fork server."""
        if not self.plugin.warm:
            return "its configuration says so, by a command of its own or by `warm = false`"
        if self.difference is not None:
            return f"{self.difference.command} answers otherwise when it is run warm"
        return self._prepared().refusal

    def run(self, words: Sequence[str], timeout: float | None = None, *, steady: bool = True) -> Run:
        """Run the plugin with these words; `steady` says that the same call always gets the same answer.

        Raises what `runner.run` raises.
        """
        if self.why_cold:
            return run(self.plugin, words, timeout=timeout)
        made = self._prepared().run(words, timeout)
        self._calls[words[0]] += 1
        if self._is_sample(words) and not made.timed_out:
            return self._compared(made, words, timeout, steady and words[0] not in self._unsteady)
        return made

    def close(self) -> None:
        """End the fork server; another call starts another one."""
        if self._place is not None:
            self._place.close()
            self._place = None
            _AT_WORK.discard(self)

    def _prepared(self) -> _Place:
        if self._place is None:
            self._place = _Place(self.plugin)
            _AT_WORK.add(self)
        return self._place

    def _is_sample(self, words: Sequence[str]) -> bool:
        drawn = hashlib.sha256("\0".join(words).encode("utf-8", "surrogatepass")).digest()
        known = drawn in self._sampled
        self._sampled.add(drawn)
        return self._calls[words[0]] <= FIRST or (not known and int.from_bytes(drawn[:4], "big") % 100 < SHARE)

    def _compared(self, made: Run, words: Sequence[str], timeout: float | None, steady: bool) -> Run:
        """Make a call cold, too, and compare; returns the one to judge."""
        cold = run(self.plugin, words)
        if cold.timed_out:
            return cold
        self.compared[words[0]] += 1
        if _alike(made, cold, steady):
            return made
        again = [(self._prepared().run(words, timeout), run(self.plugin, words)) for _ in range(AGAIN)]
        if all(_alike(one, made, steady) and _alike(other, cold, steady) for one, other in again):
            told = f"{_said(made)} where a cold start gives {_said(cold)}"
            self.difference = Difference(words[0], told, cold)
        else:
            self._unsteady.add(words[0])
        return cold


_AT_WORK: set[WarmRuns] = set()


def close_all() -> None:
    """End all fork servers of this process, and what else its calls have left behind."""
    for runs in list(_AT_WORK):
        runs.close()
    end_escaped()


class _Place:
    """A fork server and the one sandbox of its calls: another HOME for each call would unsettle what has read it."""

    def __init__(self, plugin: Plugin) -> None:
        self._plugin = plugin
        self._servers = Servers("warm")
        self._folder = tempfile.TemporaryDirectory(prefix="smcp-cli-", ignore_cleanup_errors=True)
        self._sandbox = Sandbox(Path(self._folder.name))
        self._sandbox.prepare()
        self.refusal = self._servers.refusal(call_of(plugin, ("--describe",), self._sandbox)) or ""

    def run(self, words: Sequence[str], timeout: float | None) -> Run:
        try:
            return finished(call_of(self._plugin, words, self._sandbox, timeout=timeout), self._servers.start)
        finally:
            self._sandbox.clear()
            self._sandbox.prepare()

    def close(self) -> None:
        self._servers.close()
        self._folder.cleanup()


def _alike(one: Run, other: Run, steady: bool) -> bool:
    """Whether two runs of a call came to the same; what isn't steady has to be JSON in both, or in neither."""
    if (one.returncode, one.ended_by_us) != (other.returncode, other.ended_by_us):
        return False
    return one.stdout == other.stdout if steady else _is_json(one) == _is_json(other)


def _is_json(made: Run) -> bool:
    try:
        strict_json(made.stdout)
    except NotJson:
        return False
    return True


def _said(made: Run) -> str:
    return f"exit code {made.returncode} with {shown(made.stdout)}"
