"""The tools of a leg as they were listed when the server was found: what generated inputs are made for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from smcp_conformance.search.properties import properties
from smcp_conformance.target import Policy
from smcp_conformance.toolbox import may_call

MOST_TOOLS = 64  # of one leg, for each has a dozen items
STEADY = ("deterministic", "idempotentHint")


@dataclass(frozen=True)
class Listed:
    """One tool: may it be called, and what about it can be checked?

    `traits` are "output" (it has an outputSchema), "several" (arguments, so that they have an order), "defaults" (that
    some of them have) and "steady" (it says that the same call gives the same answer, or at least changes nothing
    more). `skip` is why the user wants it left alone.
    """

    name: str
    allowed: bool
    traits: tuple[str, ...] = ()
    skip: str = ""

    @property
    def called(self) -> bool:
        """True if inputs are generated for it."""
        return self.allowed and not self.skip


def listed(tools: Iterable[Mapping[str, Any]], policy: Policy) -> tuple[Listed, ...]:
    """Read descriptions as `tools/list` gave them; each name counts once, and one that is no text not at all."""
    named = {tool["name"]: tool for tool in reversed([*tools]) if isinstance(tool.get("name"), str)}
    return tuple(Listed(name, may_call(policy, tool), tuple(traits(tool))) for name, tool in reversed(named.items()))


def traits(tool: Mapping[str, Any]) -> Iterable[str]:
    """What there is to check about a tool beside what all have."""
    if isinstance(tool.get("outputSchema"), dict):
        yield "output"
    if len(properties(tool)) > 1:
        yield "several"
    if any(isinstance(each, dict) and "default" in each for each in properties(tool).values()):
        yield "defaults"
    if steady(tool):
        yield "steady"


def steady(tool: Mapping[str, Any]) -> bool:
    """Tell whether a tool says, in its annotations or `_meta`, that calling it again makes no difference."""
    hints, meta = (tool.get(member) for member in ("annotations", "_meta"))
    said = {**(meta if isinstance(meta, dict) else {}), **(hints if isinstance(hints, dict) else {})}
    return any(value is True and name.rpartition("/")[2] in STEADY for name, value in said.items())
