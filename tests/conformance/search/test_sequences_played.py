"""Single sequences on a stage: what a server is free to do is no violation, and what makes no sense is left out."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sequence_searches import theatre

from smcp_conformance.search.sequences.actions import ACTIONS, CONNECTING
from smcp_conformance.search.sequences.performance import Performance, perform
from smcp_conformance.search.sequences.plan import Offered
from smcp_conformance.search.sequences.stage import Stage
from smcp_conformance.search.sequences.step import Step

TOOLS = {"method": "tools/list"}
ECHO = {"tool": "echo", "arguments": {"text": "a"}}
BOARD = {"uri": "note://fixture/board"}
SHARED = [
    Step("ping"),
    Step("list", 1, TOOLS),
    Step("call", 1, ECHO),
    Step("call invalid", 1, {"tool": "echo", "arguments": {"text": 1}}),
    Step("cancel", 1, {"tool": "slow", "arguments": {}}),
    Step("cancel", 2, TOOLS),
    Step("together", 1, {**ECHO, "with": "tools/list"}),
    Step("unknown method"),
    Step("unknown tool", 2),
    Step("garbage"),
    Step("reconnect", 2),
]
HANDSHAKE = [
    Step("ping"),
    Step("early", 1, TOOLS),
    Step("initialize"),
    Step("initialize", 2),
    *SHARED,
    Step("set level", 1, {"level": "debug"}),
    Step("unsubscribe", 1, BOARD),
    Step("subscribe", 1, BOARD),
]
STATELESS = [Step("initialize"), *SHARED, Step("listen"), Step("hang up"), Step("listen", 2)]


def played(steps: list[Step], transport: str = "stdio", revision: str = "2025-11-25") -> Performance:
    """What comes of steps on the faultless server."""
    with theatre(None, transport, revision) as made:
        return perform(made, steps, frozenset())


@pytest.mark.parametrize("transport", ["stdio", "http"])
@pytest.mark.parametrize(("revision", "steps"), [("2025-11-25", HANDSHAKE), ("2026-07-28", STATELESS)])
def test_every_step_can_be_taken_and_none_breaks_anything(transport: str, revision: str, steps: list[Step]) -> None:
    """On a server without fault, in both eras, over both transports."""
    found = played(steps, transport, revision)
    assert found.violation is None
    assert found.stage.played == steps


def test_the_steps_above_are_all_there_are() -> None:
    """What a search may draw has been tried on its own."""
    assert {step.action for step in (*HANDSHAKE, *STATELESS)} == ACTIONS.keys() | CONNECTING


@pytest.mark.parametrize(
    "steps",
    [
        [Step("list", 1, TOOLS)],
        [Step("call", 1, ECHO)],
        [Step("hang up")],
        [Step("unknown tool", 2)],
    ],
    ids=lambda steps: steps[0].action,
)
def test_what_makes_no_sense_before_the_handshake_is_left_out(steps: list[Step]) -> None:
    """A server owes no answer to it."""
    found = played(steps)
    assert found.violation is None
    assert found.stage.played == []


def test_a_tool_that_takes_its_time_is_no_violation_and_is_not_waited_for_again() -> None:
    """Arguments that were not answered before may mean hours of work; once one call took too long, none are made."""
    endless = Step("call", 1, {"tool": "slow", "arguments": {"steps": 1000, "milliseconds": 1000}})
    found = played([Step("initialize"), endless, Step("initialize"), endless, Step("call", 1, ECHO)])
    assert found.violation is None
    assert [step.action for step in found.stage.played] == ["initialize", "call", "initialize", "call"]
    assert found.stage.played[-1].details == ECHO


def test_connections_are_limited() -> None:
    """What would take one more is left out."""
    with theatre() as made:
        stage: Stage = made.stage({"connect": 1, "second client": 0, "garbage": 1, "reconnect": 0})
        steps = [Step("initialize"), Step("initialize", 2), Step("garbage"), Step("garbage"), Step("reconnect")]
        assert stage.play_all([*steps, Step("ping")]) is None
    assert [step.action for step in stage.played] == ["initialize", "garbage", "ping"]


def test_a_change_that_is_announced_may_be_seen() -> None:
    """A tool that adds another one tells so: the list is another, and nothing is wrong."""
    tool = Offered({"name": "toggle_extra", "inputSchema": {"type": "object"}}, {})
    toggle = Step("call", 1, {"tool": tool.name, "arguments": {}})
    with theatre() as made:
        made.plan = replace(made.plan, tools=(tool,))
        found = perform(made, [Step("initialize"), Step("list", 1, TOOLS), toggle, Step("list", 1, TOOLS)], frozenset())
    assert found.violation is None
    assert len(found.stage.played) == 4


def test_steps_that_name_what_is_not_offered_are_left_out() -> None:
    """A recording may be older than the server."""
    gone = [Step("call", 1, {"tool": "gone", "arguments": {}}), Step("list", 1, {"method": "gone/list"})]
    assert [step.action for step in played([Step("initialize"), *gone]).stage.played] == ["initialize"]
