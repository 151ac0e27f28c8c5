"""Requests of the server, whenever they come in the handshake era: what their ids are, and whether they fit."""

from __future__ import annotations

from collections.abc import Iterator

from smcp_conformance.checks.basic.index.server_requests import misfit
from smcp_conformance.reply import brief
from smcp_conformance.requirement import Observation, monitor
from smcp_conformance.traffic import Id, Message, complete, identity, integral, messages
from smcp_conformance.wire.transcript import Conversation, Frame


def questions(conversation: Conversation) -> Iterator[tuple[Frame, Message]]:
    """What the server asked of its client; without an id it is one, too, unless its method is a notification's."""
    for frame, message in messages(conversation) if not conversation.malformed else ():
        method = str(message.get("method", "notifications/"))
        if not method.startswith("notifications/") and message.keys() & {"jsonrpc", "id"}:  # else it is a log line
            yield frame, message


def counted(conversation: Conversation) -> bool:
    """Tell whether all that came belongs to one session: over HTTP one has an id, and a handshake begins another."""
    if not complete(conversation):
        return False
    named = any("mcp-session-id" in header_names(frame) for frame in conversation.outgoing)
    begun = sum(m.get("method") == "initialize" for frame in conversation.outgoing for m in frame.messages)
    return begun <= 1 and (named or conversation.transport != "http")


def header_names(frame: Frame) -> set[str]:
    """The names of the headers that went out with a frame, in lower case."""
    return {str(name).lower() for name in frame.facts.get("headers", ())}


@monitor("jsonrpc.server-request.id-present", "jsonrpc.server-request.id-not-null")
def every_request_of_the_server_has_an_id(conversation: Conversation) -> Iterator[Observation]:
    """Each request that the server sends, at whatever time, has a string or an integer as its id, and never null."""
    for frame, message in questions(conversation):
        id = message.get("id")
        wrong = f"got {brief(dict(message))}, must be a request whose id is a string or an integer"
        yield Observation(frame, None if type(integral(id)) in (str, int) else wrong)


@monitor("jsonrpc.server-request.id-unique-in-session")
def no_request_of_the_server_repeats_an_id(conversation: Conversation) -> Iterator[Observation]:
    """No two requests of the server have one id within a session (a replayed event counts once)."""
    seen: dict[Id, object] = {}
    for frame, message in questions(conversation) if counted(conversation) else ():
        key, event = identity(message.get("id")), frame.facts.get("event-id")
        again = key in seen and (event is None or event != seen[key])
        seen.setdefault(key, event)
        wrong = f"got a second request with the id {brief(message.get('id'))}, must be unique within the session"
        yield Observation(frame, wrong if again and message.get("id") is not None else None)


@monitor("schema.requests-validate")
def every_request_of_the_server_fits_its_type(conversation: Conversation) -> Iterator[Observation]:
    """Each request that the server sends, at whatever time, is one that the revision knows, and valid."""
    for frame, message in questions(conversation) if conversation.revision else ():
        found = misfit(conversation.revision, message) if type(message.get("id")) in (str, int) else None
        wrong = f"got {found}, must be a valid ping, sampling, roots or elicitation request"
        yield Observation(frame, wrong if found else None)
