"""The lists that MCP servers keep: what is asked for, where it stands in the result, and the capability behind it."""

from __future__ import annotations

from dataclasses import dataclass

from smcp_conformance.offer import Offer


@dataclass(frozen=True)
class KeptList:
    """One list: its `capability`, its `method`, and the `member` of the result that holds the items."""

    capability: str
    method: str
    member: str


TEMPLATES = KeptList("resources", "resources/templates/list", "resourceTemplates")
LISTS = (
    KeptList("tools", "tools/list", "tools"),
    KeptList("resources", "resources/list", "resources"),
    TEMPLATES,
    KeptList("prompts", "prompts/list", "prompts"),
)


def declared_lists(offer: Offer) -> tuple[KeptList, ...]:
    """The lists behind the capabilities that were declared, that of the templates among them."""
    return tuple(each for each in LISTS if offer.declares(each.capability))


def list_methods(offer: Offer) -> list[str]:
    """One method for each declared capability that is about a list: `tools/list`, `resources/list`, `prompts/list`."""
    return [each.method for each in declared_lists(offer) if each is not TEMPLATES]
