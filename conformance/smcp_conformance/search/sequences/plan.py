"""What may be said on a leg: its lists, the tools that may be called, its resources, and what it declared besides."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from smcp_conformance.checks import all_checks
from smcp_conformance.checks.server.utilities.logging import LEVELS
from smcp_conformance.judge import applicable, primary
from smcp_conformance.leg import Leg
from smcp_conformance.lists import TEMPLATES, KeptList, declared_lists
from smcp_conformance.offer import Offer
from smcp_conformance.requirement import Check, Requirement, not_verified
from smcp_conformance.search.sequences.step import Step
from smcp_conformance.wire.errors import WireError

TOOLS_USED = 8
URIS_USED = 3


@dataclass(frozen=True)
class Offered:
    """A tool that may be called, and arguments with which it has answered before."""

    tool: Mapping[str, Any]
    arguments: Mapping[str, Any]

    @property
    def name(self) -> str:
        """The tool's name."""
        return str(self.tool["name"])

    @property
    def schema(self) -> dict[str, Any]:
        """What its arguments must look like."""
        return dict(self.tool["inputSchema"])

    @property
    def reads_only(self) -> bool:
        """True if the tool says that it changes nothing."""
        hints = self.tool.get("annotations")
        return isinstance(hints, dict) and hints.get("readOnlyHint") is True


@dataclass(frozen=True)
class Plan:
    """What sequences on one leg are made of; `monitors` watch them, each with the requirement it sees broken."""

    offer: Offer
    lists: tuple[KeptList, ...] = ()
    tools: tuple[Offered, ...] = ()
    uris: tuple[str, ...] = ()
    monitors: tuple[tuple[Check, Requirement], ...] = ()

    @property
    def stateless(self) -> bool:
        """True in the era without handshake."""
        return self.offer.stateless

    def watching(self, requirement: str) -> Plan:
        """The same with no monitors but those of one requirement."""
        return replace(self, monitors=tuple(each for each in self.monitors if each[1].id == requirement))

    @property
    def listens(self) -> dict[str, Any]:
        """What a subscription asks for in the stateless era; {} where nothing that changes is declared."""
        names = [each.capability for each in self.lists if self.offer.declares(f"{each.capability}.listChanged")]
        flags: dict[str, Any] = {f"{name}ListChanged": True for name in names}
        watched = {"resourceSubscriptions": [self.uris[0]]} if self.uris and self.subscribes else {}
        return {**flags, **watched} if self.stateless else {}

    @property
    def subscribes(self) -> bool:
        """True if the server says that resources can be subscribed to."""
        return self.offer.declares("resources.subscribe")

    @property
    def sets_level(self) -> bool:
        """True if the level of log messages can be set."""
        return self.offer.declares("logging") and not self.stateless

    def tool(self, name: object) -> Offered:
        """The tool called `name`; raises KeyError."""
        return next((each for each in self.tools if each.name == name), None) or _unknown(name)

    def kept_list(self, method: object) -> KeptList:
        """The list that `method` asks for; raises KeyError."""
        return next((each for each in self.lists if each.method == method), None) or _unknown(method)

    def offers(self, step: Step) -> bool:
        """Tell whether the tool and the list that a step names are there: a recorded one may be gone."""
        names = {"tool": [each.name for each in self.tools], "method": [each.method for each in self.lists]}
        return all(step.details[kind] in known for kind, known in names.items() if kind in step.details)

    def simpler(self, step: Step) -> Iterator[Step]:
        """Steps that are easier to read than `step` and may show the same, the simplest first."""
        details = step.details
        if step.client != 1:
            yield replace(step, client=1)
        if "arguments" in details:
            for each in dict.fromkeys((self.tools[0].name, details["tool"])):
                plain = {"tool": each, "arguments": dict(self.tool(each).arguments)}
                simple = "call" if step.action == "call invalid" else step.action
                yield Step(simple, step.client, {**{k: v for k, v in details.items() if k == "with"}, **plain})
        if "method" in details and self.lists:
            yield replace(step, details={**details, "method": self.lists[0].method})
        if "level" in details:
            yield replace(step, details={"level": LEVELS[0]})


def _unknown(name: object) -> Any:
    raise KeyError(f"{name!r} is not offered any more")


def plan_of(leg: Leg) -> Plan:
    """Find out what may be said on `leg`; raises `NotVerified` if not even the plainest is answered."""
    try:
        plain = leg.session.ping()
        if not plain.succeeded:
            not_verified(f"the plain {leg.session.ping_method} got {plain}, which is judged on its own")
        lists = tuple(each for each in declared_lists(leg.offer) if each is not TEMPLATES)
        uris = _uris(leg) if leg.offer.declares("resources.subscribe") else ()
        answered = [one for one in leg.calls if one.reply is not None and one.succeeded]
    except WireError as error:
        not_verified(f"{error}, which is judged on its own")
    tools = tuple(Offered(one.tool, one.arguments) for one in answered[:TOOLS_USED])
    return Plan(leg.offer, lists, tools, uris, tuple(_monitors(leg)))


def _uris(leg: Leg) -> tuple[str, ...]:
    listed = leg.session.list_all("resources/list", "resources")
    return tuple(each["uri"] for each in listed if isinstance(each.get("uri"), str))[:URIS_USED]


def _monitors(leg: Leg) -> Iterator[tuple[Check, Requirement]]:
    """The monitors of hard requirements that had nothing to complain of so far: what is known needs no sequence."""
    offer = leg.offer
    for check in all_checks():
        if check.monitor and applicable(check, offer.transport, offer.revision):
            rule = primary(check, offer.transport, offer.revision)
            declared = rule.capability is None or offer.declares(rule.capability)
            if declared and rule.hard and not leg.watch(check).complaints:
                yield check, rule
