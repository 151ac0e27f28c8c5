"""What a server offers on one leg, as found out before any check runs. Travels to xdist's workers as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from smcp_conformance.revisions import STATELESS_REVISION
from smcp_conformance.search.listing import Listed


@dataclass(frozen=True)
class Offer:
    """One leg: target × transport × revision, with what the server said of itself.

    `capabilities`, `server` (name, version …) and `instructions` are as received; `revisions` are all those that the
    target was seen to speak over this transport; `tools` are the first ones of those that it lists, `more_tools` is the
    number of the rest (None: they could not be listed).
    """

    target: str
    group: str
    transport: str
    revision: str
    capabilities: Mapping[str, Any] = field(default_factory=dict)
    server: Mapping[str, Any] = field(default_factory=dict)
    instructions: str = ""
    revisions: tuple[str, ...] = ()
    tools: tuple[Listed, ...] = ()
    more_tools: int | None = 0

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Offer:
        """Undo what `Discovery.to_json` made of it."""
        tools = tuple(Listed(**{**tool, "traits": tuple(tool["traits"])}) for tool in data["tools"])
        return cls(**{**data, "revisions": tuple(data["revisions"]), "tools": tools})

    @property
    def leg(self) -> str:
        """The leg's name in node ids."""
        return f"{self.transport}-{self.revision}"

    @property
    def id(self) -> str:
        """The leg's node id."""
        return f"{self.group}::{self.leg}"

    @property
    def stateless(self) -> bool:
        """True in the era without handshake."""
        return self.revision == STATELESS_REVISION

    @property
    def dual_era(self) -> bool:
        """True if the target speaks both eras over this transport."""
        return STATELESS_REVISION in self.revisions and len(self.revisions) > 1

    def declares(self, capability: str) -> bool:
        """Tell whether the server declared `capability`, a dotted path like "resources.subscribe".

        A path's last part counts as declared if it is there and not false.
        """
        found: Any = self.capabilities
        for part in capability.split("."):
            if not isinstance(found, dict) or part not in found or found[part] is False:
                return False
            found = found[part]
        return True


@dataclass(frozen=True)
class Discovery:
    """What became of one target: its legs, or why there are none. `notes` are for the header.

    `tools` are the names of its tools, where the policy's globs made them matter and they could be listed.
    """

    target: str
    group: str
    offers: tuple[Offer, ...] = ()
    failure: str = ""
    notes: tuple[str, ...] = ()
    tools: tuple[str, ...] | None = None

    def to_json(self) -> dict[str, Any]:
        """Make plain JSON of it."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Discovery:
        """Undo `to_json`."""
        offers = tuple(map(Offer.from_json, data["offers"]))
        tools = None if data["tools"] is None else tuple(data["tools"])
        return cls(**{**data, "offers": offers, "notes": tuple(data["notes"]), "tools": tools})
