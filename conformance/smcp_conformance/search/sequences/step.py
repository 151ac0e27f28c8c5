"""One step of a sequence: what a client does next, as a value that a replay file can keep."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

CLIENTS = (1, 2)


@dataclass(frozen=True)
class Step:
    """What client number `client` does: `action` is a name of `actions.ACTIONS`, `details` are JSON that it needs."""

    action: str
    client: int = 1
    details: Mapping[str, Any] = field(default_factory=dict, hash=False)

    def __str__(self) -> str:
        said = [str(value) if isinstance(value, str) else json.dumps(value) for value in self.details.values()]
        return " ".join((self.action, *said))

    def to_json(self) -> dict[str, Any]:
        """Plain JSON of it."""
        return {"action": self.action, "client": self.client, "details": dict(self.details)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Step:
        """Undo `to_json`; raises KeyError or TypeError if `data` is nothing that it made."""
        return cls(str(data["action"]), int(data["client"]), dict(data["details"]))
