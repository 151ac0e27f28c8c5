"""A value that is wrong in one named way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from smcp_conformance.generate.sites import Path


@dataclass(frozen=True)
class Fault:
    """An instance that violates a schema, and the one thing that is wrong with it.

    `operator` says what was done at `path` (the steps into the instance), `keyword` at `pointer` (a JSON pointer into
    the schema) what forbids it. `alone` is false where the change broke another keyword too, for want of a better one.
    """

    value: Any
    operator: str
    path: Path
    pointer: str
    keyword: str
    alone: bool = True

    @property
    def id(self) -> str:
        """`operator@path (pointer/keyword)`, the same in every run; both places as URI fragments (RFC 6901 §6)."""
        steps = "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in self.path)
        where = self.pointer if "#" in self.pointer else f"#{self.pointer}"
        return f"{self.operator}@#{steps} ({where}/{self.keyword})"

    @property
    def advisory(self) -> bool:
        """Whether only an asserted `format` forbids it, which JSON Schema leaves to the server."""
        return self.keyword == "format"
