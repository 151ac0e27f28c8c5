"""Run plugin commands, each in a process of its own, bounded in time and output. Nothing here knows MCP."""

from __future__ import annotations

from smcp.runner.call import GRACE, MAX_OUTPUT, STDERR_TAIL, Call, End, Outcome
from smcp.runner.run import Run
from smcp.runner.runs import Runs
from smcp.runner.servers import MODES

__all__ = ["GRACE", "MAX_OUTPUT", "MODES", "STDERR_TAIL", "Call", "End", "Outcome", "Run", "Runs"]
