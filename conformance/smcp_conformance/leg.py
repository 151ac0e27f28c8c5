"""One leg at work: its shared session, its fresh ones, and the monitors that watch them all."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from smcp_conformance.host import Host
from smcp_conformance.launch import StartError
from smcp_conformance.offer import Offer
from smcp_conformance.reply import HandshakeRefused, Reply
from smcp_conformance.requirement import Check, Observation, not_applicable, not_verified
from smcp_conformance.revisions import HANDSHAKE_REVISIONS
from smcp_conformance.search.inputs import smallest_arguments
from smcp_conformance.session import Session
from smcp_conformance.target import Policy
from smcp_conformance.toolbox import Call, may_call, try_call
from smcp_conformance.torrent import Torrent
from smcp_conformance.walk import PROBE, walk
from smcp_conformance.wire.errors import WireError
from smcp_conformance.wire.transcript import Conversation, Frame

COMPLAINTS_KEPT = 5


@dataclass(frozen=True)
class Complaint:
    """What a monitor complained of: the observation and the frames around it."""

    observation: Observation
    excerpt: tuple[Frame, ...]


@dataclass
class Watch:
    """What one monitor has seen so far; `probes` are the checks during which there was something to complain of."""

    seen: int = 0
    complaints: list[Complaint] = field(default_factory=list)
    probes: set[str] = field(default_factory=set)

    def note(self, observation: Observation, conversation: Conversation) -> None:
        """Count an observation; of complaints keep the first ones, with what was said around them."""
        self.seen += 1
        if observation.complaint is None:
            return
        self.probes.add(observation.frame.probe)
        if len(self.complaints) < COMPLAINTS_KEPT:
            self.complaints.append(Complaint(observation, excerpt(conversation, observation.frame)))


class Leg:
    """What a check is handed that asks for everything."""

    def __init__(self, offer: Offer, host: Host, monitors: tuple[Check, ...] = ()) -> None:
        self.offer = offer
        self.host = host
        self.probe = ""
        self._shared: Session | None = None
        self._kept: Session | None = None
        self.begun: set[str] = set()
        self._watches = {monitor.id: Watch() for monitor in monitors}
        self._monitors = monitors
        self._used: list[Conversation] = []
        self.silences = 0
        self.torrent = Torrent()
        self._walked = False
        self._no_start: StartError | None = None
        self._handshakes: dict[str, tuple[Reply, Conversation]] = {}

    @property
    def policy(self) -> Policy:
        """What this target may be asked."""
        return self.host.target.policy

    @property
    def session(self) -> Session:
        """The shared session, initialized; a new one if it has ended."""
        if self._shared is not None and not self._shared.alive:
            self._retire(self._shared)
            self._shared = None
        if self._shared is None:
            self._shared = self._connected()
        self._shared.conversation.probe = self.probe
        self._use(self._shared.conversation)
        return self._shared

    @contextlib.contextmanager
    def fresh(self, capabilities: Mapping[str, Any] | None = None) -> Iterator[Session]:
        """An initialized session of its own on a fresh process (HTTP: a fresh client), closed at the end."""
        with self.connection(capabilities) as session:
            yield session.open()

    @contextlib.contextmanager
    def second_hand(self) -> Iterator[Session]:
        """On stdio, where a process costs time, a fresh session that an earlier check left in good order, if any.

        It is kept again unless the check raises or the server has ended: what fails here must be tried on a `fresh`
        one before it is believed.
        """
        session, self._kept = self._kept or self._connected(), None
        session.conversation.probe = self.probe
        self._use(session.conversation)
        try:
            yield session
        except BaseException:
            self._retire(session)
            raise
        if session.alive and session.transport.name == "stdio":
            self._kept = session
        else:
            self._retire(session)

    @contextlib.contextmanager
    def connection(
        self, capabilities: Mapping[str, Any] | None = None, revision: str | None = None
    ) -> Iterator[Session]:
        """The same with nothing sent yet; `revision` is the leg's unless given."""
        session = self.host.connect(revision or self.offer.revision, self.probe, capabilities)
        self.torrent.follow(session.conversation)
        if self.offer.stateless and revision is None:
            session.conversation.revision = self.offer.revision
        self._use(session.conversation)
        try:
            yield session
        finally:
            session.close()
            self._judge(session.conversation)

    def initialize(self, version: str) -> Reply:
        """What a fresh connection answers to `initialize` that asks for `version`; each is asked once."""
        if version not in self._handshakes:
            with self.connection(revision=HANDSHAKE_REVISIONS[-1]) as session:
                params = {**session.initialize_params(), "protocolVersion": version}
                self._handshakes[version] = session.request("initialize", params), session.conversation
        reply, conversation = self._handshakes[version]
        self._use(conversation)
        return reply

    @cached_property
    def tools(self) -> tuple[dict[str, Any], ...]:
        """The tools that the server lists, in order, over all pages."""
        return self.session.list_all("tools/list", "tools") if self.offer.declares("tools") else ()

    def require_tools(self) -> tuple[dict[str, Any], ...]:
        """`tools`, or out: not verified if the list can't be had, not applicable if it is empty or not declared."""
        if not self.offer.declares("tools"):
            not_applicable("tools is not declared")
        if not self.tools:
            reply = self.session.request("tools/list")
            if not reply.succeeded:
                not_verified(f"tools/list was answered with {reply}")
            not_applicable("the server lists no tools")
        return self.tools

    @cached_property
    def callable_tools(self) -> tuple[dict[str, Any], ...]:
        """The listed tools that may be called; there is none without the policy's leave."""
        return tuple(tool for tool in self.tools if may_call(self.policy, tool))

    @cached_property
    def calls(self) -> tuple[Call, ...]:
        """One call of each tool that may be called and whose schema allows to find valid arguments."""
        found = ((tool, smallest_arguments(tool)) for tool in self.callable_tools)
        return tuple(try_call(self.session, tool, arguments) for tool, arguments in found if arguments is not None)

    def require_calls(self) -> tuple[Call, ...]:
        """`calls`, or out: not verified, with what would enable it."""
        self.require_tools()
        if not self.callable_tools:
            why = "each lacks readOnlyHint: true or says openWorldHint: true"
            not_verified(f"no listed tool may be called: {why}; --smcp-allow-tools 'GLOB' allows some")
        if not self.calls:
            not_verified("no valid arguments could be found for the tools that may be called")
        return self.calls

    def begin(self, probe: str) -> None:
        """Say which check is at work from now on."""
        self.probe = probe
        self.begun.add(probe)
        self._used = []

    @property
    def used(self) -> tuple[Conversation, ...]:
        """The conversations that the check at work has led or joined."""
        return tuple(self._used)

    def forget_shared(self) -> None:
        """End the sessions that checks have in common, judging them; the next use opens new ones."""
        common, self._shared, self._kept = (self._shared, self._kept), None, None
        for session in filter(None, common):
            self._retire(session)

    def watch(self, monitor: Check) -> Watch:
        """What `monitor` saw in all conversations of this leg, of which its ordinary traffic is always one.

        Raises `StartError` if that was nothing because the server could not be started again.
        """
        self.forget_shared()
        if not self._walked and not self.torrent.reason:
            self._walk()
        watch = self._watches[monitor.id]
        if self._no_start and not watch.seen:
            raise self._no_start
        return watch

    def close(self) -> None:
        """End the shared session; the host is its owner's."""
        self.forget_shared()

    def _walk(self) -> None:
        """Make the ordinary traffic, on nobody's account: no check is blamed for what it shows."""
        probe, used, self._walked = self.probe, self._used, True
        self.probe, self._used = PROBE, []
        try:
            walk(self)
        except (WireError, HandshakeRefused):
            pass  # how far it came is judged all the same
        except StartError as error:
            self._no_start = error
        self.forget_shared()
        self.probe, self._used = probe, used

    def _open(self, session: Session) -> Session:
        try:
            return session.open()
        except BaseException:
            session.close()
            self._judge(session.conversation)
            raise

    def _connected(self) -> Session:
        session = self.host.connect(self.offer.revision, self.probe)
        self.torrent.follow(session.conversation)
        return self._open(session)

    def _retire(self, session: Session) -> None:
        session.close()
        self._judge(session.conversation)

    def _judge(self, conversation: Conversation) -> None:
        self.torrent.settle(conversation)
        if conversation.revision not in ("", self.offer.revision):
            return
        for monitor in self._monitors:
            watch = self._watches[monitor.id]
            for observation in monitor.function(conversation):
                watch.note(observation, conversation)

    def _use(self, conversation: Conversation) -> None:
        if not any(conversation is used for used in self._used):
            self._used.append(conversation)


def excerpt(conversation: Conversation, frame: Frame, before: int = 3, after: int = 2) -> tuple[Frame, ...]:
    """The request that `frame` answers, `frame`, and its neighbours."""
    frames = conversation.frames
    at = next((i for i, other in enumerate(frames) if other is frame), len(frames) - 1)
    near = frames[max(0, at - before) : at + after + 1]
    request = conversation.request_of(frame.message) if frame.is_response else None
    return near if request is None or any(f is request for f in near) else (request, *near)
