"""The checks with generated values in pytest's tree: leg, `generated/protocol`, check. Nothing is generated yet."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from smcp_conformance.offer import Offer
from smcp_conformance.search.protocol.protocol_check import PAGE, ProtocolCheck, protocol_checks

if TYPE_CHECKING:
    from smcp_conformance.run import ConformanceRun


def protocol_ids(offer: Offer) -> Iterator[str]:
    """The ids of all items that the collector below makes of `offer`, in their order."""
    return (f"{offer.id}::{PAGE}::{check.name}" for check in protocol_checks(offer))


class ProtocolCollector(pytest.Collector):
    """The checks with generated values on one leg."""

    def __init__(self, *, run: ConformanceRun, offer: Offer, **node: Any) -> None:
        super().__init__(**node)
        self.run = run
        self.offer = offer

    def collect(self) -> Iterator[pytest.Item]:
        """One item per check that was asked for."""
        for check in protocol_checks(self.offer):
            if self.run.chosen(f"{self.nodeid}::{check.name}"):
                yield self._item(check)

    def _item(self, check: ProtocolCheck) -> pytest.Item:
        from smcp_conformance.search.protocol.items import ProtocolItem  # whose base class imports this module

        more = {"run": self.run, "offer": self.offer, "protocol_check": check}
        return ProtocolItem.from_parent(self, name=check.name, **more)
