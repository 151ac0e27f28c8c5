"""The state machine that makes up sequences: which steps make sense next, and which of them is drawn.

It decides from what it drew itself and never from what the server did, for Hypothesis wants the same choices to lead to
the same steps. Whoever plays the steps leaves out those that make no sense after all.

There is one rule for all steps: of several, Hypothesis would use but a few in each sequence, and in the few sequences
that a leg has time for, most pairs of steps would never meet.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule
from hypothesis.strategies import SearchStrategy

from smcp_conformance.search.sequences.inputs import Details, Inputs
from smcp_conformance.search.sequences.plan import Plan
from smcp_conformance.search.sequences.step import CLIENTS, Step

FIRST, SECOND = CLIENTS
ASKED_PER_COME_AND_GO = 5
"""How much more often something is asked than somebody comes, goes, or is a nuisance."""

Asked = tuple[str, Details]


class Player(Protocol):
    """Who plays what is drawn."""

    plan: Plan
    inputs: Inputs

    def begin(self) -> None:
        """A new sequence begins."""
        ...

    def take(self, step: Step) -> None:
        """Play one step."""
        ...


class SessionMachine(RuleBasedStateMachine):
    """One sequence; `ready` are the clients that have done what comes first, `left` tells what may come how often."""

    def __init__(self, player: Player) -> None:
        super().__init__()
        self.player = player
        self.ready: set[int] = set(CLIENTS) if player.plan.stateless else set()
        self.left = {"garbage": 1, "reconnect": 2}
        player.begin()

    @initialize(shaken=st.sampled_from((True, True, True, False)))
    def open(self, shaken: bool) -> None:
        """Most sequences begin as they should."""
        if self.player.plan.stateless:
            self._look_around(FIRST)
        if shaken:
            self.take("initialize", FIRST)

    @rule(client=st.sampled_from((FIRST, FIRST, SECOND)), data=st.data())
    def step(self, client: int, data: st.DataObject) -> None:
        """One client takes a step."""
        action, details = data.draw(self.possible(client))
        self.take(action, client, details)

    def possible(self, client: int) -> SearchStrategy[Asked]:
        """What `client` may do next."""
        rare = st.sampled_from(list(self._rare(client)))
        usual = self.player.inputs.requests if client in self.ready else st.just(("initialize", {}))
        return st.integers(0, ASKED_PER_COME_AND_GO).flatmap(lambda number: usual if number else rare)

    def take(self, action: str, client: int, details: Details | None = None) -> None:
        """Have a step played, and note what it means for those that may follow."""
        if action in self.left:
            self.left[action] -= 1
        if action == "reconnect" and not self.player.plan.stateless:
            self.ready.discard(client)
        self.player.take(Step(action, client, details or {}))
        if action == "initialize" and client not in self.ready:
            self.ready.add(client)
            self._look_around(client)

    def _look_around(self, client: int) -> None:
        """See what is listed before anything can happen to it."""
        for kept in self.player.plan.lists:
            self.player.take(Step("list", client, {"method": kept.method}))

    def _rare(self, client: int) -> Iterator[Asked]:
        """What is done now and then: come and go, be a nuisance, ask whether anybody is there."""
        yield "ping", {}
        yield from ((action, {}) for action, left in self.left.items() if left)
        if client not in self.ready:
            yield from (("early", {"method": kept.method}) for kept in self.player.plan.lists)
