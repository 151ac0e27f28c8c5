"""Calls in volume: run by the server's fork server as long as nothing speaks against it, compared with cold starts.

The first calls of each command, and a few of the later ones, are made both ways: a later one's cold start goes on
while others are made warm, and is looked at before the next such one. Where a difference is seen that the plugin does
not show between two cold starts, all its calls are made cold from then on.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
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


@dataclass(frozen=True)
class _Comparison:
    """A call that was made warm, and the cold one that is under way; `steady` and `timeout` are as `run` takes them."""

    made: Run
    words: Sequence[str]
    timeout: float | None
    steady: bool
    cold: Future[Run]


_ASIDE = ThreadPoolExecutor(1, "smcp cold")


class WarmRuns:
    """The runs of one plugin, warm where that is possible."""

    def __init__(self, plugin: Plugin) -> None:
        self.plugin = plugin
        self._both_ways: Counter[str] = Counter()
        self._difference: Difference | None = None
        self._under_way: _Comparison | None = None
        self._calls: Counter[str] = Counter()
        self._unsteady: set[str] = set()
        self._sampled: set[bytes] = set()
        self._place: _Place | None = None

    @property
    def compared(self) -> Counter[str]:
        """The number of calls of each command that were made both ways."""
        self._settle()
        return self._both_ways

    @property
    def difference(self) -> Difference | None:
        """What ended the warm runs, if anything did."""
        self._settle()
        return self._difference

    @difference.setter
    def difference(self, found: Difference) -> None:
        self._difference = found

    @property
    def why_cold(self) -> str:
        """Why calls are made cold; "" as long as they are made warm. Waits for the fork server."""
        self._settle()
        return self._reason()

    def _reason(self) -> str:
        if not self.plugin.warm:
            return "its configuration says so, by a command of its own or by `warm = false`"
        if self._difference is not None:
            return f"{self._difference.command} answers otherwise when it is run warm"
        return self._prepared().refusal

    def run(self, words: Sequence[str], timeout: float | None = None, *, steady: bool = True) -> Run:
        """Run the plugin with these words; `steady` says that the same call always gets the same answer.

        Raises what `runner.run` raises.
        """
        if self._reason():
            return run(self.plugin, words, timeout=timeout)
        made = self._prepared().run(words, timeout)
        self._calls[words[0]] += 1
        if not self._is_sample(words) or made.timed_out:
            return made
        self._settle()
        if self._difference is not None:
            return run(self.plugin, words, timeout=timeout)
        if self._calls[words[0]] <= FIRST:
            return self._compared(made, run(self.plugin, words), words, timeout, steady)
        self._under_way = _Comparison(made, words, timeout, steady, _ASIDE.submit(run, self.plugin, words))
        return made

    def close(self) -> None:
        """End the fork server; another call starts another one."""
        self._under_way = None
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

    def _settle(self) -> None:
        """Wait for the cold call that is under way, if one is, and compare."""
        found, self._under_way = self._under_way, None
        if found is not None:
            self._compared(found.made, found.cold.result(), found.words, found.timeout, found.steady)

    def _compared(self, made: Run, cold: Run, words: Sequence[str], timeout: float | None, steady: bool) -> Run:
        """Compare a call that was made both ways; returns the run to judge."""
        if cold.timed_out:
            return cold
        self._both_ways[words[0]] += 1
        steady = steady and words[0] not in self._unsteady
        if _alike(made, cold, steady):
            return made
        again = [(self._prepared().run(words, timeout), run(self.plugin, words)) for _ in range(AGAIN)]
        if all(_alike(one, made, steady) and _alike(other, cold, steady) for one, other in again):
            told = f"{_said(made)} where a cold start gives {_said(cold)}"
            self._difference = Difference(words[0], told, cold)
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
