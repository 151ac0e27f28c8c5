"""The valid instances that faults are made from: full, small, and one for each alternative that a schema leaves."""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable, Iterator, Mapping
from contextlib import suppress
from typing import Any

from smcp_conformance.generate.build import Builder
from smcp_conformance.generate.layers import Decisions, NoValue, Plan
from smcp_conformance.generate.near import spelled
from smcp_conformance.generate.schema import Schema
from smcp_conformance.generate.sites import Path, sites

MAX_BUILDS = 96
MAX_STEPS = 3000  # values within values, over all builds
ARGUMENTS: Mapping[str, Any] = {"type": "object"}


def bases(root: Schema, *, arguments: bool = True) -> list[Any]:
    """Valid instances, the fullest first, then the smallest, then those that reach a schema which none before did.

    Empty where none was found. With `arguments` each is an object, whatever the schema admits. The same schema gives
    the same instances. Raises `NoDialect` where a reference or pattern can't be read.
    """
    found: list[Any] = []
    reached: set[tuple[Path, Hashable]] = set()
    for plan, built in _builds(root, arguments):
        places = {(site.path, site.schema.identity) for site in sites(root, built)}
        fresh = spelled(built) not in map(spelled, found)
        if fresh and (not plan.picks or not found or not places <= reached):
            found.append(built)
            reached |= places
    return found


def _builds(root: Schema, arguments: bool) -> Iterator[tuple[Plan, Any]]:
    """Build by plan after plan, each differing from an earlier one by another decision at one fork."""
    schemas = [root, root.like(ARGUMENTS)] if arguments else [root]
    waiting = deque([Plan(full=True), Plan(full=False)])
    planned, steps = 2, MAX_STEPS
    while waiting and steps > 0:
        plan = waiting.popleft()
        builder = Builder(Decisions(plan))
        decisions, allowed = builder.decisions, builder.steps
        with suppress(NoValue):
            yield plan, builder.value(schemas)
        steps -= allowed - builder.steps
        turned = [plan.turned(*turn) for turn in _turns(decisions)][: MAX_BUILDS - planned] if plan.full else []
        waiting += turned
        planned += len(turned)


def _turns(decisions: Decisions) -> Iterator[tuple[Any, int]]:
    for fork, alternatives in decisions.forks.items():
        if fork not in decisions.plan.picks:
            yield from ((fork, pick) for pick in range(1, alternatives))
