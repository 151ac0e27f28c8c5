"""What a check of the protocol with generated values is: a small function of a probe and one value.

Returning is passing, raising `AssertionError` ("got …, must be …") is failing. Which values are tried, the decorator
says by the name of a strategy in `values`, so that nothing is generated before an item runs.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from smcp_conformance.judge import applicable, primary
from smcp_conformance.offer import Offer
from smcp_conformance.requirement import Check

if TYPE_CHECKING:
    from smcp_conformance.search.protocol.probe import Probe

PAGE = "generated/protocol"
NO_VALUE = object()


@dataclass(frozen=True)
class ProtocolCheck:
    """A registered check.

    `values` names the strategy. `plain` is a value that an ordinary check tries, too: a server which violates that is
    told so by `told_by`, and not once more here. `silence` says that no answer violates just this; for all others it
    means that nothing could be seen. `rarely` divides the number of examples.
    """

    name: str
    requirements: tuple[str, ...]
    function: Callable[[Probe, Any], None] = field(compare=False)
    values: str
    transports: tuple[str, ...] = ()
    plain: Any = NO_VALUE
    told_by: str = ""
    silence: bool = False
    rarely: int = 1

    @property
    def story(self) -> str:
        """The docstring: what is sent and what must come back."""
        return inspect.getdoc(self.function) or ""

    def on(self, run: Callable[[Any], None]) -> Check:
        """The check as legs and reports know checks; `run` makes it."""
        transports, silence = self.transports, self.silence
        return Check(self.name, PAGE, self.requirements, run, "leg", transports=transports, silence=silence)

    def concerns(self, offer: Offer) -> bool:
        """Tell whether any requirement of this check concerns a leg, and what it is about was declared there."""
        check = self.on(self._unbound)
        if not applicable(check, offer.transport, offer.revision):
            return False
        capability = primary(check, offer.transport, offer.revision).capability
        return capability is None or offer.declares(capability)

    def _unbound(self, leg: object) -> None:
        raise TypeError(f"{self.name} must be run by an item")


PROTOCOL_CHECKS: dict[str, ProtocolCheck] = {}
Function = TypeVar("Function", bound="Callable[[Probe, Any], None]")


def of_values(
    values: str,
    *requirements: str,
    transports: tuple[str, ...] = (),
    plain: Any = NO_VALUE,
    told_by: str = "",
    silence: bool = False,
    rarely: int = 1,
) -> Callable[[Function], Function]:
    """Register a function that is called with one generated value after the other."""

    def register(function: Function) -> Function:
        name = function.__name__
        if name in PROTOCOL_CHECKS:
            raise ValueError(f"check {name!r} is defined twice")
        if not requirements:
            raise ValueError(f"check {name!r} names no requirement")
        PROTOCOL_CHECKS[name] = ProtocolCheck(
            name, requirements, function, values, transports, plain, told_by, silence, rarely
        )
        return function

    return register


def protocol_checks(offer: Offer | None = None) -> tuple[ProtocolCheck, ...]:
    """All checks in the order of their files, or those that concern a leg."""
    from smcp_conformance.search.protocol import argument_checks, header_checks, message_checks, name_checks

    assert all(module.__name__ for module in (message_checks, header_checks, name_checks, argument_checks))
    found = PROTOCOL_CHECKS.values()
    return tuple(check for check in found if offer is None or check.concerns(offer))
