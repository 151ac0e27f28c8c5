"""What a sequence can show: a requirement that does not hold after all of its steps, though it did before."""

from __future__ import annotations

from dataclasses import dataclass

from smcp_conformance.catalogue import requirement, severity

UNANSWERED = "jsonrpc.response.exactly-one"
PING = "ping.responds"
DISCOVERY = "discover.implemented"
INITIALIZE = "lifecycle.initialize.responds"
GARBAGE = "jsonrpc.parse-error"
ISOLATION = "http.session.isolation"


@dataclass(frozen=True)
class Violation:
    """The `requirement` that is broken, what was got and what must be, and the number of the step that showed it.

    `silent` says that it cost the time of an answer that did not come.
    """

    requirement: str
    got: str
    must_be: str
    step: int = 0
    silent: bool = False

    def fails(self, check: str, transport: str) -> bool:
        """Tell whether this is a failure; otherwise it only warns."""
        row = severity().get(self.requirement)
        lowered = row is not None and row.lowers(check, transport)
        return requirement(self.requirement).hard and not lowered


class Broken(Exception):
    """Ends a sequence: `violation` is what was seen."""

    def __init__(self, violation: Violation) -> None:
        super().__init__(f"{violation.requirement}: got {violation.got}, must be {violation.must_be}")
        self.violation = violation
