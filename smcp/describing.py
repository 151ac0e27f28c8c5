"""Ask one plugin what it offers: `--describe`, or else what its `--help` says."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from smcp import contract, documents, scraping
from smcp.runner import Call, End, Outcome

Ask = Callable[[Call], Outcome]

NO_DOCUMENT = "--describe printed something else than one JSON object in UTF-8"
# A help text is read by us, not by people: in one piece and without colours.
_PLAIN = {"COLUMNS": "200", "NO_COLOR": "1", "PYTHON_COLORS": "0", "TERM": "dumb"}


class Unusable(Exception):
    """A plugin that can't be offered; the text says why."""


class Undescribed(Unusable):
    """A plugin that came to an end without a description: its help text may say more."""


@dataclass(frozen=True)
class Description:
    """What a plugin offers: elements of the contract's `commands`. `scraped` ones came from a help text."""

    commands: tuple[Mapping[str, Any], ...]
    scraped: bool = False


def plugin_environment() -> dict[str, str]:
    """Return the environment plugins run in: the server's, with Python's output unbuffered and UTF-8."""
    return {**os.environ, "PYTHONUNBUFFERED": "1", "PYTHONIOENCODING": "utf-8"}


def describe(cli: Path, timeout: float, ask: Ask) -> Description:
    """Let a plugin say what it offers, within `timeout` seconds altogether. `ask` runs a call, as `Run.finish` does.

    Raises `Unusable`.
    """
    deadline = time.monotonic() + timeout
    environment = plugin_environment()
    try:
        answer = _answer(ask, Call((sys.executable, str(cli), "--describe"), timeout=timeout, env=environment))
        return Description(tuple(understood(answer)["commands"]))
    except Undescribed as reason:
        left = max(0.0, deadline - time.monotonic())
        call = Call((sys.executable, str(cli), "--help"), timeout=left, env={**environment, **_PLAIN})
        return Description(_scraped(_answer(ask, call), str(reason)), scraped=True)


def understood(outcome: Outcome) -> Mapping[str, Any]:
    """Read what a plugin answered to `--describe`.

    Raises `Undescribed` if that is no JSON at all, `Unusable` if it was cut short or breaks the contract.
    """
    if outcome.end is not End.EXITED:
        raise Unusable(f"--describe was ended: {outcome.end.value}")
    if outcome.exit_code != 0:
        raise Undescribed(f"--describe exited with code {outcome.exit_code}{_last_line(outcome.stderr)}")
    try:
        described = documents.parsed(outcome.stdout)
    except ValueError:
        raise Undescribed(NO_DOCUMENT) from None
    if found := contract.problems(described):
        raise Unusable("; ".join(found))
    checked: Mapping[str, Any] = described
    return checked


def _answer(ask: Ask, call: Call) -> Outcome:
    try:
        return ask(call)
    except OSError as error:
        raise Unusable(f"can't be started: {error.strerror}") from error


def _scraped(outcome: Outcome, reason: str) -> tuple[Mapping[str, Any], ...]:
    found = scraping.commands(outcome.stdout.decode("utf-8", "replace")) if outcome.end is End.EXITED else ()
    if not found:
        raise Unusable(f"{reason}; and --help names no commands")
    return found


def _last_line(stderr: bytes) -> str:
    lines = stderr.decode("utf-8", "replace").strip().splitlines()
    return f": {lines[-1]}" if lines else ""
