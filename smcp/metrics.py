"""What the server counts: requests, errors, and calls with how they ended and how long they took."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass
class Calls:
    """The calls of one tool. Durations are in seconds; `errors` counts timeouts too."""

    count: int = 0
    errors: int = 0
    timeouts: int = 0
    cancelled: int = 0
    running: int = 0
    seconds_total: float = 0.0
    seconds_max: float = 0.0

    def ended(self, seconds: float) -> None:
        """Count one more that took so long."""
        self.count += 1
        self.seconds_total += seconds
        self.seconds_max = max(self.seconds_max, seconds)


@dataclass
class Metrics:
    """Counters since the start of the server. Only known tools are counted by name, so there is a bound to them."""

    clock: Callable[[], float] = time.monotonic
    requests: int = 0
    errors: int = 0
    _calls: dict[str, Calls] = field(default_factory=dict)
    _started: float = field(init=False)

    def __post_init__(self) -> None:
        self._started = self.clock()

    @property
    def uptime(self) -> float:
        """Seconds since the start."""
        return self.clock() - self._started

    @contextmanager
    def request(self) -> Iterator[None]:
        """Count one request, and whether it is refused: its answer is an error of the protocol."""
        self.requests += 1
        try:
            yield
        except Exception:
            self.errors += 1
            raise

    @contextmanager
    def call(self, tool_name: str) -> Iterator[Calls]:
        """Count and time one call. Whoever learns of an error counts it on what this yields."""
        calls = self._calls.setdefault(tool_name, Calls())
        calls.running += 1
        begun = self.clock()
        finished = False
        try:
            yield calls
            finished = True
        finally:
            calls.running -= 1
            calls.ended(self.clock() - begun)
            calls.cancelled += not finished

    def snapshot(self) -> dict[str, Any]:
        """Return all counters as JSON values."""
        calls = {name: _rounded(asdict(one)) for name, one in sorted(self._calls.items())}
        return {"requests": self.requests, "errors": self.errors, "calls": calls}


def _rounded(counters: dict[str, Any]) -> dict[str, Any]:
    return {name: round(value, 6) if isinstance(value, float) else value for name, value in counters.items()}
