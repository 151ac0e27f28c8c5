"""Sequences: sessions in which requests come in any order, and servers that lose their way in them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from smcp_conformance.catalogue import requirement
from smcp_conformance.search.sequences.violation import UNANSWERED

if TYPE_CHECKING:
    from smcp_conformance.offer import Offer

PAGE = "generated/sequences"
NAME = "requests_in_any_order_are_served"


def sequence_ids(offer: Offer) -> Iterator[str]:
    """The id of the item on the leg of `offer`."""
    if concerns(offer):
        yield f"{offer.id}::{PAGE}::{NAME}"


def concerns(offer: Offer) -> bool:
    """Tell whether there is anything to search for on the leg of `offer`."""
    return requirement(UNANSWERED).concerns(offer.transport, offer.revision)
