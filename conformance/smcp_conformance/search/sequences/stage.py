"""Where sequences are played: the clients of one server, the steps so far, and what must hold after each."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from smcp_conformance.catalogue import requirement
from smcp_conformance.host import Host
from smcp_conformance.judge import parse
from smcp_conformance.launch import StartError
from smcp_conformance.search.sequences.actions import ACTIONS
from smcp_conformance.search.sequences.actions import GARBAGE as GARBAGE_SENT
from smcp_conformance.search.sequences.client import Client
from smcp_conformance.search.sequences.lists import Listed
from smcp_conformance.search.sequences.plan import Plan
from smcp_conformance.search.sequences.step import CLIENTS, Step
from smcp_conformance.search.sequences.violation import GARBAGE, INITIALIZE, ISOLATION, UNANSWERED, Broken, Violation
from smcp_conformance.session import Session
from smcp_conformance.wire.errors import Unreachable, WireError
from smcp_conformance.wire.transcript import Conversation

ENDING = 1.0  # seconds in which a server that cut its connections must have exited, if that is why
NUMBER = re.compile(r"\d+")


class Stage:
    """The clients of one server while a sequence is played.

    `most` tells for what connections may be opened, and how often; what it doesn't name is not bounded. `played` are
    the steps that were taken; those that make no sense where they stand are left out. `ignored` are requirements whose
    violation ends nothing, `patience` are the seconds to wait for an answer (None: the target's).
    """

    def __init__(self, host: Host, plan: Plan, most: Mapping[str, int] | None = None) -> None:
        self.host = host
        self.plan = plan
        self.played: list[Step] = []
        self.clients: dict[int, Client] = {}
        self.conversations: list[Conversation] = []
        self.listed: dict[tuple[int, str], Listed] = {}
        self.ignored: set[str] = set()
        self.patience: float | None = None
        self.slowest = 0.0
        self.reluctant = False
        self.hurried = False
        self.touched = False
        self._left = dict(most or {})
        self._left_before = False
        self._unjudged: list[Conversation] = []

    def play(self, step: Step) -> None:
        """Take one step, if it makes sense here, and see whether all is well; raises `Broken`."""
        self.played.append(step)
        self.say(f"step {len(self.played)}")
        try:
            if not self._take(step):
                self.played.pop()
                return
            self._settle(step)
        except Broken as broken:
            if self._matters(broken.violation.requirement):
                raise Broken(replace(broken.violation, step=len(self.played))) from None

    def play_all(self, steps: Sequence[Step]) -> Violation | None:
        """Take all steps, end every conversation, and return what was broken first."""
        try:
            for step in steps:
                self.play(step)
            self.close()
        except Broken as broken:
            return broken.violation
        finally:
            self.leave()
        return None

    def client(self, number: int) -> Client | None:
        """Client `number`, connected when it is first asked for; None if no connection is left."""
        found = self.clients.get(number)
        why = "connect" if number == CLIENTS[0] else "second client"
        return self.connect(number, why) if found is None or found.gone else found

    def connect(self, number: int, why: str) -> Client | None:
        """Connect client `number` anew, without a handshake; None if no connection is left."""
        if not self._allowed(why):
            return None
        self.leave(number)
        session = self._connected()
        self._unjudged.append(session.conversation)
        self.clients[number] = Client(number, session, ready=self.plan.stateless)
        for client in self.clients.values():
            client.company = client.company or len(self.clients) > 1
        return self.clients[number]

    def leave(self, number: int | None = None) -> None:
        """End the session of client `number`, or all of them."""
        for each in [number] if number else list(self.clients):
            client = self.clients.pop(each, None)
            self.listed = {key: listed for key, listed in self.listed.items() if self.plan.stateless or key[0] != each}
            if client is not None:
                self._left_before = self._left_before or client.ready
                self.slowest = max(self.slowest, client.slowest)
                client.session.close()

    def close(self) -> None:
        """End all sessions, and let the monitors judge what was said; raises `Broken` for the first complaint."""
        self.leave()
        conversations, self._unjudged = self._unjudged, []
        found = [each for conversation in conversations for each in self._complaints(conversation)]
        if found:
            raise Broken(min(found, key=lambda violation: violation.step))

    def refused(self, client: Client, got: str, silent: bool) -> None:
        """Blame the server for a handshake that failed; raises `Broken`.

        Over stdio nothing demands that two of its processes can run at once, over HTTP little speaks against a server
        for a single client.
        """
        others = [each for each in self.clients.values() if each is not client]
        if self.plan.offer.transport == "stdio" and others:
            return
        alone = self.plan.offer.transport == "stdio" or not (others or client.company or self._left_before)
        must_be = "an initialize result at the revision that was spoken before"
        raise Broken(Violation(INITIALIZE if alone else ISOLATION, got, must_be, silent=silent))

    def say(self, probe: str) -> None:
        """Mark all that is said from now on."""
        for client in self.clients.values():
            client.session.conversation.probe = probe

    def _take(self, step: Step) -> bool:
        """Do what the step is about; False if it makes no sense here."""
        if not self.plan.offers(step):
            return False
        if step.action == "garbage":
            return self._allowed("garbage") and self._spoil(step)
        if step.action == "reconnect":
            return self.connect(step.client, "reconnect") is not None
        client, action = self.client(step.client), ACTIONS[step.action]
        if client is None or not action.fits(self, step, client):
            return False
        action.take(self, step, client)
        return True

    def _allowed(self, why: str) -> bool:
        """Tell whether one more connection may be opened."""
        left = self._left.get(why, 1)
        self._left.update({why: left - 1} if why in self._left else {})
        return left > 0

    def _spoil(self, step: Step) -> bool:
        """Send half a message on a connection of its own, and leave: nobody else must suffer."""
        session = self._connected()
        try:
            session.provoke(GARBAGE_SENT)
        except Unreachable:
            self._blame_the_end(step, at_once=False)
        except WireError:
            pass  # it has its own checks
        finally:
            session.close()
        return True

    def _connected(self) -> Session:
        """Open a connection to which nothing was said; raises `Broken` if there is none to be had."""
        try:
            session = self.host.connect(self.plan.offer.revision, f"step {len(self.played)}")
            if self.plan.stateless:
                session.open()
        except StartError as error:
            got = f"no connection: {error.explanation}"
            raise Broken(Violation(UNANSWERED, got, "a server that can be connected to")) from None
        session.reply_timeout = self.patience or session.reply_timeout
        self.conversations.append(session.conversation)
        return session

    def _settle(self, step: Step) -> None:
        """See that the server lives, and answers each client that it owes an answer."""
        self.say(f"after step {len(self.played)}")
        try:
            for client in self.clients.values():
                if client.usable:
                    client.barrier()
        except Broken as broken:
            self._blame_the_end(step, at_once=broken.violation.silent or broken.violation.requirement != UNANSWERED)
            raise
        self._blame_the_end(step, at_once=True)

    def _blame_the_end(self, step: Step, *, at_once: bool) -> None:
        """Raise `Broken` if the process that serves all clients has ended; it may take a moment unless `at_once`."""
        process = self.host.process
        if self.plan.offer.transport == "stdio" or process is None:
            return
        code = process.poll() if at_once else process.wait(ENDING)
        if code is not None:
            rule = GARBAGE if step.action == "garbage" else UNANSWERED
            raise Broken(Violation(rule, f"the server exited with code {code}", "a server that goes on serving"))

    def _matters(self, rule: str) -> bool:
        """Tell whether a requirement is demanded here, and not ignored."""
        offer = self.plan.offer
        return rule not in self.ignored and requirement(rule).concerns(offer.transport, offer.revision)

    def _complaints(self, conversation: Conversation) -> Iterator[Violation]:
        for check, rule in self.plan.monitors:
            for observation in check.function(conversation) if rule.id not in self.ignored else ():
                if observation.complaint:
                    said = parse(observation.complaint)
                    number = NUMBER.search(observation.frame.probe)
                    step = int(number[0]) if number else len(self.played)
                    yield Violation(rule.id, said["got"], said["must_be"], step)
