"""One leg at work: its shared session, its fresh ones, and the monitors that watch them all."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cached_property
from typing import Any

from smcp_conformance.host import Host
from smcp_conformance.offer import Offer
from smcp_conformance.requirement import Check, Observation
from smcp_conformance.session import Session
from smcp_conformance.target import Policy
from smcp_conformance.wire.transcript import Conversation, Frame

COMPLAINTS_KEPT = 5


@dataclass(frozen=True)
class Complaint:
    """What a monitor complained of: the observation and the frames around it."""

    observation: Observation
    excerpt: tuple[Frame, ...]


@dataclass
class Watch:
    """What one monitor has seen so far."""

    seen: int = 0
    complaints: list[Complaint] = field(default_factory=list)


class Leg:
    """What a check is handed that asks for everything."""

    def __init__(self, offer: Offer, host: Host, monitors: tuple[Check, ...] = ()) -> None:
        self.offer = offer
        self.host = host
        self.probe = ""
        self._shared: Session | None = None
        self._watches = {monitor.id: Watch() for monitor in monitors}
        self._monitors = monitors
        self._used: list[Conversation] = []

    @property
    def policy(self) -> Policy:
        """What this target may be asked."""
        return self.host.target.policy

    @property
    def session(self) -> Session:
        """The shared session, initialized; a new one if it has ended."""
        if self._shared is not None and not self._shared.alive:
            self._retire_shared()
        if self._shared is None:
            self._shared = self._open(self.host.connect(self.offer.revision, self.probe))
        self._shared.conversation.probe = self.probe
        self._use(self._shared.conversation)
        return self._shared

    @contextlib.contextmanager
    def fresh(self, capabilities: Mapping[str, Any] | None = None) -> Iterator[Session]:
        """An initialized session of its own on a fresh process (HTTP: a fresh client), closed at the end."""
        with self.connection(capabilities) as session:
            yield session.open()

    @contextlib.contextmanager
    def connection(
        self, capabilities: Mapping[str, Any] | None = None, revision: str | None = None
    ) -> Iterator[Session]:
        """The same with nothing sent yet; `revision` is the leg's unless given."""
        session = self.host.connect(revision or self.offer.revision, self.probe, capabilities)
        if self.offer.stateless and revision is None:
            session.conversation.revision = self.offer.revision
        self._use(session.conversation)
        try:
            yield session
        finally:
            session.close()
            self._judge(session.conversation)

    @cached_property
    def tools(self) -> tuple[dict[str, Any], ...]:
        """The tools that the server lists, in order, over all pages."""
        return self.session.list_all("tools/list", "tools") if self.offer.declares("tools") else ()

    def callable_tools(self) -> tuple[dict[str, Any], ...]:
        """The listed tools that may be called: those that say `readOnlyHint: true` and those the user allows."""
        return tuple(tool for tool in self.tools if self._may_call(tool))

    def begin(self, probe: str) -> None:
        """Say which check is at work from now on."""
        self.probe = probe
        self._used = []

    @property
    def used(self) -> tuple[Conversation, ...]:
        """The conversations that the check at work has led or joined."""
        return tuple(self._used)

    def forget_shared(self) -> None:
        """End the shared session, judging it; the next use opens a new one."""
        if self._shared is not None:
            self._retire_shared()

    def watch(self, monitor: Check) -> Watch:
        """What `monitor` saw in all conversations of this leg; leads one itself if there were none."""
        if not any(watch.seen for watch in self._watches.values()):
            self._walk()
        self.forget_shared()
        return self._watches[monitor.id]

    def close(self) -> None:
        """End the shared session; the host is its owner's."""
        self.forget_shared()

    def _walk(self) -> None:
        """Make the most ordinary traffic: open, ping, list what is declared."""
        session = self.session
        session.ping()
        for capability in ("tools", "resources", "prompts"):
            if self.offer.declares(capability):
                session.list_all(f"{capability}/list", capability)

    def _open(self, session: Session) -> Session:
        try:
            return session.open()
        except BaseException:
            session.close()
            raise

    def _retire_shared(self) -> None:
        assert self._shared is not None
        session, self._shared = self._shared, None
        session.close()
        self._judge(session.conversation)

    def _judge(self, conversation: Conversation) -> None:
        if conversation.revision not in ("", self.offer.revision):
            return
        for monitor in self._monitors:
            watch = self._watches[monitor.id]
            for observation in monitor.function(conversation):
                watch.seen += 1
                if observation.complaint is not None and len(watch.complaints) < COMPLAINTS_KEPT:
                    watch.complaints.append(Complaint(observation, excerpt(conversation, observation.frame)))

    def _may_call(self, tool: Mapping[str, Any]) -> bool:
        annotations = tool.get("annotations")
        read_only = isinstance(annotations, dict) and annotations.get("readOnlyHint") is True
        name = tool.get("name")
        allowed = self.policy.allow_tools
        return isinstance(name, str) and (read_only or any(fnmatchcase(name, glob) for glob in allowed))

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
