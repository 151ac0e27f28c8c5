"""Searches on one tool of a server, without pytest's items around them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from smcp_conformance.detect import discover
from smcp_conformance.host import Host
from smcp_conformance.leg import Leg
from smcp_conformance.requirement import NotApplicable, NotVerified
from smcp_conformance.search.hunt import Hunt, Search
from smcp_conformance.search.subject import Subject
from smcp_conformance.search.tool_check import TOOL_CHECKS
from smcp_conformance.search.tool_collect import checks
from smcp_conformance.search.trial import Trial
from smcp_conformance.target import Policy, Target

POLICY = Policy(start_timeout=30, reply_timeout=0.7, allow_tools=("*",))
REVISION = "2025-11-25"


@contextmanager
def leg_of(command: Sequence[str], policy: Policy = POLICY) -> Iterator[Leg]:
    """A leg over stdio on the server that `command` starts."""
    target = Target("mutant", tuple(command), policy=policy)
    discovery = discover(target, (REVISION,))
    assert discovery.offers, discovery.failure
    host = Host(target, spare=True)
    leg = Leg(discovery.offers[0], host)
    try:
        yield leg
    finally:
        leg.close()
        host.close()


def subject_of(leg: Leg, tool: str = "") -> Subject:
    """The tool of that name, or the first one."""
    found = next(each for each in leg.tools if tool in ("", each["name"]))
    return Subject(leg, found, None, lambda: False)


def hunted(check: str, subject: Subject, **more: Any) -> Hunt | str:
    """The search of one check that is over, or why it saw nothing."""
    checks()
    leg = subject.leg
    leg.begin(f"generated/tools::{subject.name}::{check}")
    search = replace(Search(leg.probe, subject.name, 200, cli_seed=1), **more)
    try:
        hunt = Hunt(Trial(TOOL_CHECKS[check], subject), search)
    except (NotApplicable, NotVerified) as out:
        return f"{type(out).__name__}: {out}"
    try:
        hunt.attempt(hunt.test)
    except AssertionError:
        assert hunt.violation is not None
    except (NotApplicable, NotVerified) as out:
        return f"{type(out).__name__}: {out}"
    return hunt
