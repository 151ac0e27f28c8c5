"""What is demanded, and how a check says that it was violated: the whole framework.

A *requirement* is one sentence of the spec, as data (see `catalogue`). A *check* is a small function that can
show a violation of one or more requirements: returning is passing, raising `AssertionError` is failing. The
message of that error reads "got …, must be …". Two more ways out exist, because a check that saw nothing must
never pass: `not_applicable` and `not_verified`. A *monitor* watches a conversation that others had and yields an
`Observation` for each thing it looked at.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

if TYPE_CHECKING:
    from smcp_conformance.wire.transcript import Conversation, Frame


class Level(str, Enum):
    """RFC 2119 level of a requirement."""

    MUST = "MUST"
    MUST_NOT = "MUST NOT"
    SHOULD = "SHOULD"
    SHOULD_NOT = "SHOULD NOT"
    MAY = "MAY"

    @property
    def absolute(self) -> bool:
        """True for MUST and MUST NOT."""
        return self in (Level.MUST, Level.MUST_NOT)


class Verdict(str, Enum):
    """What is said of one check on one leg."""

    PASSED = "passed"
    FAILED = "failed"
    WARNED = "warned"
    NOT_APPLICABLE = "not applicable"
    NOT_VERIFIED = "not verified"


@dataclass(frozen=True)
class Requirement:
    """One sentence of the spec in our words.

    `page` is the spec page of the newest revision that holds it ("server/tools"), `links` maps each revision of its
    window to a URL, `transport` is "any", "stdio", "http" or "sse", `testability` is "any", "fixture",
    "untestable" or "capability:<path>" (a path like "resources.subscribe" into the server's capabilities).
    """

    id: str
    page: str
    area: str
    level: Level
    basis: str
    text: str
    links: Mapping[str, str]
    transport: str = "any"
    testability: str = "any"
    probe: str = "read"
    addressee: str = "server"
    generated: bool = False
    observe: str = ""
    note: str = ""

    @property
    def revisions(self) -> tuple[str, ...]:
        """The revisions in which this is demanded, oldest first."""
        return tuple(self.links)

    @property
    def capability(self) -> str | None:
        """The capability that a server must declare for this to concern it."""
        kind, _, capability = self.testability.partition(":")
        return capability if kind == "capability" else None

    @property
    def hard(self) -> bool:
        """True if a violation fails; otherwise it warns."""
        return self.level.absolute and self.basis in ("explicit", "schema", "jsonrpc")

    def concerns(self, transport: str, revision: str) -> bool:
        """Tell whether this is demanded of a server spoken to over `transport` in `revision`."""
        return revision in self.links and self.transport in ("any", transport)


class NotApplicable(Exception):
    """The check has no subject on this server."""


class NotVerified(Exception):
    """The check could not be exercised: says why, and what would enable it."""


ENDED = "jsonrpc.response.exactly-one"  # what a request breaks that ends the server: whoever dies never answers


class Breach(AssertionError):
    """A violation of one `requirement` in particular; "" stands for the first of the check's that concerns the leg."""

    def __init__(self, text: str, requirement: str = "") -> None:
        super().__init__(text)
        self.requirement = requirement


def not_applicable(reason: str) -> NoReturn:
    """Leave a check that has no subject on this server."""
    raise NotApplicable(reason)


def not_verified(reason: str) -> NoReturn:
    """Leave a check that could not be exercised; `reason` says why and what would enable it."""
    raise NotVerified(reason)


@dataclass(frozen=True)
class Observation:
    """One thing a monitor looked at: the frame, and the complaint ("got …, must be …") unless all was well."""

    frame: Frame
    complaint: str | None = None


def observe(frame: Frame, ok: bool, complaint: str) -> Observation:
    """Make the observation that `frame` is fine if `ok`, else earns `complaint`."""
    return Observation(frame, None if ok else complaint)


@dataclass(frozen=True)
class Check:
    """A registered check: what it asks for (`wants`, its parameter's name) decides what it is handed."""

    name: str
    page: str
    requirements: tuple[str, ...]
    function: Callable[..., Any] = field(compare=False)
    wants: str
    monitor: bool = False
    transports: tuple[str, ...] = ()
    silence: bool = False
    refusal: bool = False

    @property
    def id(self) -> str:
        """Address of the check: page and name."""
        return f"{self.page}::{self.name}"

    @property
    def story(self) -> str:
        """The docstring: what is sent and what must come back."""
        return inspect.getdoc(self.function) or ""


REGISTRY: dict[str, Check] = {}
WANTS = ("session", "fresh", "connection", "leg")
CheckFunction = TypeVar("CheckFunction", bound="Callable[[Any], None]")
MonitorFunction = TypeVar("MonitorFunction", bound="Callable[[Conversation], Iterator[Observation]]")


def check(
    *requirements: str, transports: tuple[str, ...] = (), silence: bool = False, refusal: bool = False
) -> Callable[[CheckFunction], CheckFunction]:
    """Register a function as the check of `requirements` (ids; the first that concerns a leg sets the severity).

    The function's one parameter says what it needs:
    `session` – the leg's shared session, initialized; `fresh` – a session on a fresh process, initialized;
    `connection` – a fresh process (HTTP: a client without session) to which nothing was sent yet;
    `leg` – everything. After malformed input a session is spoilt, so such checks ask for `fresh` or `connection`.
    `transports` narrows the legs further than the requirements do. `silence` says that a server which does not answer,
    or dies, violates just this; for every other check that means that nothing could be seen. `refusal`
    says that the check judges by itself what it means if the plain `ping`, discovery or list is answered by an error.
    """

    def register(function: CheckFunction) -> CheckFunction:
        (wants,) = inspect.signature(function).parameters
        if wants not in WANTS:
            raise TypeError(f"check {function.__name__}: parameter {wants!r} must be one of {', '.join(WANTS)}")
        made = Check(function.__name__, _page(function), requirements, function, wants)
        _add(replace(made, transports=transports, silence=silence, refusal=refusal))
        return function

    return register


def monitor(*requirements: str, transports: tuple[str, ...] = ()) -> Callable[[MonitorFunction], MonitorFunction]:
    """Register a generator over one `Conversation` that yields an `Observation` for each thing it looked at.

    It judges all traffic of its leg. No observation at all means not verified, never passed.
    """

    def register(function: MonitorFunction) -> MonitorFunction:
        _add(
            Check(
                function.__name__,
                _page(function),
                requirements,
                function,
                "conversation",
                monitor=True,
                transports=transports,
            )
        )
        return function

    return register


def _page(function: Callable[..., Any]) -> str:
    return function.__module__.partition(".checks.")[2].replace(".", "/").replace("_", "-")


def _add(new: Check) -> None:
    if new.id in REGISTRY:
        raise ValueError(f"check {new.id!r} is defined twice")
    if not new.requirements:
        raise ValueError(f"check {new.id!r} names no requirement")
    REGISTRY[new.id] = new
