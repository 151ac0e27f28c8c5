"""What is counted, and that the health report is what its schema says."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from smcp import __version__, health
from smcp.discovery import Command
from smcp.metrics import Metrics


class Clock:
    """Seconds that pass when told to."""

    now = 100.0

    def __call__(self) -> float:
        """Return the time."""
        return self.now


def test_calls_are_counted_and_timed() -> None:
    """Every end counts, and cancelled calls are told apart."""
    clock = Clock()
    metrics = Metrics(clock)
    with metrics.call("a"):
        clock.now += 2
        assert metrics.snapshot()["calls"]["a"]["running"] == 1
    with metrics.call("a") as calls:
        clock.now += 0.5
        calls.errors += 1
        calls.timeouts += 1
    with pytest.raises(asyncio.CancelledError), metrics.call("a"):
        raise asyncio.CancelledError
    assert metrics.snapshot()["calls"] == {
        "a": {
            "count": 3,
            "errors": 1,
            "timeouts": 1,
            "cancelled": 1,
            "running": 0,
            "seconds_total": 2.5,
            "seconds_max": 2.0,
        }
    }
    assert metrics.uptime == 2.5


def test_refused_requests_are_errors() -> None:
    """A request that ends in an exception is answered with an error."""
    metrics = Metrics()
    with metrics.request():
        pass
    with pytest.raises(ValueError, match="x"), metrics.request():
        raise ValueError("x")
    assert metrics.snapshot() == {"requests": 2, "errors": 1, "calls": {}}


def test_a_report_fits_its_schema() -> None:
    """With plugins, calls and a plugin that is skipped; a stranger member or a missing one does not fit."""
    metrics = Metrics()
    with metrics.call("p__a"):
        pass
    commands = [Command("p", Path("cli.py"), {"name": name, "description": ""}) for name in "ab"]
    report = health.report(commands, {"q": "crashed"}, metrics)
    validator = Draft202012Validator(health.OUTPUT_SCHEMA)
    validator.check_schema(health.OUTPUT_SCHEMA)
    assert validator.is_valid(report)
    assert not validator.is_valid({**report, "metrics": {}})
    assert (report["status"], report["version"]) == ("degraded", __version__)
    assert (report["plugins"], report["tools"], report["skipped"]) == ({"p": 2}, 2, {"q": "crashed"})
    assert health.report([], {}, metrics)["status"] == "ok"
    assert health.report([], {}, metrics, starting=True)["status"] == "starting"
    assert health.report([], {"q": "crashed"}, metrics, starting=True)["status"] == "starting"
