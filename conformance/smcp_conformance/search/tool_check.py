"""What a check of one tool is: a small function of a trial and the arguments of one call.

Returning is passing, raising `AssertionError` ("got …, must be …") is failing. What the arguments are, the decorator
says: `of_valid` for arguments that the inputSchema admits, `of_faults` for such as it forbids.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from smcp_conformance.catalogue import requirement
from smcp_conformance.requirement import Check
from smcp_conformance.search.listing import Listed

if TYPE_CHECKING:
    from smcp_conformance.offer import Offer
    from smcp_conformance.search.trial import Trial

PAGE = "generated/tools"
RARELY = 5  # times fewer examples for what costs calls of its own


@dataclass(frozen=True)
class ToolCheck:
    """A registered check of a tool.

    `inputs` are "valid" or "faults"; faults are those of the `grid`, `random` ones, or first the one and then the
    other. `trait` is what a tool must have for it to concern it ("": nothing). `silence` says that no answer violates
    just this; for all others it means that nothing could be seen. `rarely` divides the number of examples.
    """

    name: str
    requirements: tuple[str, ...]
    function: Callable[[Trial, Any], None] = field(compare=False)
    inputs: str
    trait: str = ""
    silence: bool = False
    grid: bool = False
    random: bool = True
    rarely: int = 1

    @property
    def story(self) -> str:
        """The docstring: what is sent and what must come back."""
        return inspect.getdoc(self.function) or ""

    def concerns(self, tool: Listed, offer: Offer) -> bool:
        """Tell whether there is anything to check about `tool` on the leg of `offer`."""
        demanded = any(requirement(id).concerns(offer.transport, offer.revision) for id in self.requirements)
        return demanded and (not self.trait or self.trait in tool.traits)

    def on(self, tool: str, run: Callable[[Any], None]) -> Check:
        """The check of one tool, as legs and reports know checks: `run` makes it, `tool` is a part of node ids."""
        return Check(f"{tool}::{self.name}", PAGE, self.requirements, run, "leg", silence=self.silence)


TOOL_CHECKS: dict[str, ToolCheck] = {}
Function = TypeVar("Function", bound="Callable[[Trial, Any], None]")


def of_valid(
    *requirements: str, trait: str = "", silence: bool = False, rarely: int = 1
) -> Callable[[Function], Function]:
    """Register a function that is called with valid arguments."""

    def register(function: Function) -> Function:
        made = ToolCheck(function.__name__, requirements, function, "valid", trait, silence, rarely=rarely)
        return _added(made, function)

    return register


def of_faults(
    *requirements: str, silence: bool = False, grid: bool = True, random: bool = True
) -> Callable[[Function], Function]:
    """Register a function that is called with arguments that are wrong in one named way (a `Fault`)."""

    def register(function: Function) -> Function:
        made = ToolCheck(function.__name__, requirements, function, "faults", "", silence, grid, random)
        return _added(made, function)

    return register


def _added(check: ToolCheck, function: Function) -> Function:
    if check.name in TOOL_CHECKS:
        raise ValueError(f"check {check.name!r} is defined twice")
    if not check.requirements:
        raise ValueError(f"check {check.name!r} names no requirement")
    TOOL_CHECKS[check.name] = check
    return function
