"""A handle on a running server, for tests that are not ours."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any, NoReturn

from smcp_conformance.detect import NEWEST_HANDSHAKE, explain
from smcp_conformance.host import Host
from smcp_conformance.launch import ServerProcess, StartError, ending, explain_start_failure
from smcp_conformance.masking import masked
from smcp_conformance.reply import SHOWN, HandshakeRefused, brief
from smcp_conformance.revisions import HANDSHAKE_REVISIONS, REVISIONS, STATELESS_REVISION
from smcp_conformance.session import Session
from smcp_conformance.target import Target, TargetError
from smcp_conformance.tracebacks import ours
from smcp_conformance.wire.errors import WireError
from smcp_conformance.wire.transcript import Frame

__tracebackhide__ = ours
GRACE_IN_TESTS = 10.0  # seconds: a server under test may be measured, and writes down its coverage when it ends


class Server:
    """A running server.

    Over HTTP all sessions share its process. A stdio server serves one client: the first session takes the process
    that runs already, each further one starts another, and `pid`, `stderr` and `returncode` are the newest one's.
    """

    def __init__(self, target: Target, revision: str | None, capabilities: Mapping[str, Any] | None = None) -> None:
        self.target = target
        self._host = Host(target, grace=GRACE_IN_TESTS)
        self._revision = revision
        self._capabilities = capabilities or {}
        self._unused: Session | None = None
        self._sessions: list[Session] = []
        self._process: ServerProcess | None = None
        self._stopped = False

    @property
    def pid(self) -> int | None:
        """The process id; None for a URL."""
        return self._process.pid if self._process else None

    @property
    def url(self) -> str | None:
        """Where it serves; None over stdio."""
        resolved = self._host.resolved
        return resolved.url if resolved else self.target.url

    @property
    def stderr(self) -> str:
        """The last 64 KiB of what it wrote to stderr so far (over HTTP: to stdout, too)."""
        return self._process.stderr_tail().decode(errors="backslashreplace") if self._process else ""

    @property
    def returncode(self) -> int | None:
        """The exit status, negative for a signal; None while it runs, and for a URL."""
        return self._process.poll() if self._process else None

    def wait(self, timeout: float) -> int | None:
        """Wait at most `timeout` seconds for its end; return what `returncode` does."""
        return self._process.wait(timeout) if self._process else None

    @property
    def transcript(self) -> tuple[Frame, ...]:
        """All that was said, session after session, as it crossed the wire."""
        return tuple(frame for session in self._sessions for frame in session.conversation.frames)

    def session(self, revision: str | None = None) -> Session:
        """Connect, in `revision` or the newest handshake revision that it speaks, else statelessly.

        Raises HandshakeRefused if it doesn't speak that revision, StartError if it doesn't answer.
        """
        wanted = known_revision(revision) or self._revision
        if wanted:
            return self._open(wanted)
        try:
            return self._open(NEWEST_HANDSHAKE)
        except HandshakeRefused as refused:
            session = self._second_choice(refused)
        self._revision = session.revision
        return session

    def start(self) -> Server:
        """Start the process and wait until it can be spoken to; raises StartError."""
        self._unused = self._connect(NEWEST_HANDSHAKE)
        return self

    def stop(self) -> int | None:
        """End all sessions and every process; return the exit status."""
        if not self._stopped:
            self._stopped = True
            for session in [*self._sessions, *([self._unused] if self._unused else [])]:
                session.close()
            self._host.close()
        return self.returncode

    def _open(self, revision: str) -> Session:
        session = self._take(revision)
        try:
            _open(session)
        except HandshakeRefused as refused:
            session.close()
            shown = brief(masked(str(refused), self.target.secrets), SHOWN)
            raise HandshakeRefused(shown, refused.reply) from None
        except WireError as error:
            raise StartError(explain(self._host, session, error)) from None
        session.story = partial(self._story, session)
        return session

    def _story(self, session: Session, error: WireError) -> str:
        """The text of `error` with what the server was, how it fares, and the end of its stderr."""
        resolved, process = self._host.resolved, session.transport.process
        return explain_start_failure(resolved, process, str(error)) if resolved else str(error)

    def _take(self, revision: str) -> Session:
        """Return a session in which nothing was said: the one that start() made, or another."""
        if self._stopped:
            raise StartError(f"{self.target.name}: the server was stopped")
        if self._unused and not self._unused.alive:
            self._gone()
        session, self._unused = self._unused or self._connect(revision), None
        session.revision = revision
        self._sessions.append(session)
        return session

    def _connect(self, revision: str) -> Session:
        if self._process and self.target.transport != "stdio" and self._process.poll() is not None:
            self._gone()
        try:
            session = self._host.connect(revision, capabilities=self._capabilities)
        except StartError as error:
            raise error.with_traceback(None) from None  # the way through our modules tells users nothing
        self._process = session.transport.process
        return session

    def _gone(self) -> NoReturn:
        """Tell of a server that ended before it was spoken to, rather than start another in its place."""
        code = self._process.poll() if self._process else None
        story = f"{self.target.name}: the server {'closed its stdout' if code is None else ending(code)}"
        raise StartError(f"{story}; its stderr:\n{self.stderr or '(nothing)'}")

    def _second_choice(self, refused: HandshakeRefused) -> Session:
        """Connect to a server that refused our newest revision in the one that it speaks; raises `refused` if none."""
        offered = refused.reply.result.get("protocolVersion")
        if offered in HANDSHAKE_REVISIONS:
            return self._open(str(offered))
        try:
            return self._open(STATELESS_REVISION)
        except (HandshakeRefused, StartError):
            raise refused from None


def _open(session: Session) -> None:
    """Open `session`, and ask a server without handshake whether it speaks our revision; raises HandshakeRefused."""
    session.open()
    if not session.stateless:
        return
    reply = session.request("server/discover")
    spoken = reply.result.get("supportedVersions")
    if not isinstance(spoken, list) or session.revision not in spoken:
        raise HandshakeRefused(f"server/discover at {session.revision} was answered with {reply}", reply)


def known_revision(revision: str | None) -> str | None:
    """Return `revision` if there is such a one, or None; raises TargetError."""
    if revision is not None and revision not in REVISIONS:
        raise TargetError(f"unknown revision {revision!r}; the valid ones are {', '.join(REVISIONS)}")
    return revision
