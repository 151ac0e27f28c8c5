"""What the server wrote in one conversation, sorted: the values that monitors look at, each with its frame.

Not everything that comes back is a message: over HTTP the body of a refusal may be anything, and on stdio a stray log
line is the transport's business. Only what claims to be JSON-RPC is judged here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from smcp_conformance.wire.transcript import Conversation, Frame

Message = Mapping[str, Any]
Id = tuple[type, Any]
OPAQUE = {"structuredContent", "inputSchema", "outputSchema", "requestedSchema", "arguments", "data", "experimental"}


def spoken(conversation: Conversation) -> Iterator[Frame]:
    """The frames that are meant to be JSON-RPC: lines of stdout, `message` events, bodies that answer a POST."""
    return (frame for frame in conversation.incoming if _spoken(frame, conversation.transport))


def messages(conversation: Conversation) -> Iterator[tuple[Frame, Message]]:
    """The JSON objects among them, members of batches included."""
    return ((frame, message) for frame in spoken(conversation) for message in frame.messages)


def responses(conversation: Conversation) -> Iterator[tuple[Frame, Message]]:
    """The messages without a method that have an id, a result or an error."""
    return ((f, m) for f, m in messages(conversation) if "method" not in m and {"id", "result", "error"} & m.keys())


def results(conversation: Conversation) -> Iterator[tuple[Frame, Message]]:
    """The responses that have a result which is an object."""
    return ((f, m) for f, m in responses(conversation) if isinstance(m.get("result"), dict))


def errors(conversation: Conversation) -> Iterator[tuple[Frame, Message]]:
    """The error objects of responses that have no result."""
    for frame, message in responses(conversation):
        if isinstance(message.get("error"), dict) and "result" not in message:
            yield frame, message["error"]


def notifications(conversation: Conversation) -> Iterator[tuple[Frame, Message]]:
    """The messages whose method begins with `notifications/`."""
    return ((f, m) for f, m in messages(conversation) if str(m.get("method")).startswith("notifications/"))


def identity(id: object) -> Id:
    """An id with its type, because `1` is not `"1"` and not `true`."""
    return type(id), id if isinstance(id, (str, int, float)) else repr(id)


def integral(id: object) -> object:
    """An id as it was meant: 1.0 is how some write 1."""
    return int(id) if isinstance(id, float) and id.is_integer() else id


def requests(conversation: Conversation) -> dict[Id, list[Message]]:
    """Our requests by id; in the stateless era an id may be used again."""
    found: dict[Id, list[Message]] = {}
    for frame in conversation.outgoing:
        for message in frame.messages:
            if "method" in message and "id" in message:
                found.setdefault(identity(message["id"]), []).append(message)
    return found


def answered(conversation: Conversation) -> Iterator[tuple[Frame, Message, Message]]:
    """The results with the requests that they answer, where that is clear."""
    asked = requests(conversation)
    for frame, response in results(conversation):
        candidates = asked.get(identity(response.get("id")), [])
        if candidates and len({str(each["method"]) for each in candidates}) == 1:
            yield frame, response, candidates[-1]


def complete(conversation: Conversation) -> bool:
    """True if all that we wrote is still known and was fit to be answered."""
    return not conversation.malformed and not conversation.dropped


def metas(value: object) -> Iterator[Any]:
    """Every `_meta` in a value, at any depth where MCP and not the application decides what a member means."""
    if isinstance(value, list):
        for item in value:
            yield from metas(item)
    elif isinstance(value, dict):
        for name, member in value.items():
            if name == "_meta":
                yield member
            elif name not in OPAQUE:
                yield from metas(member)


def _spoken(frame: Frame, transport: str) -> bool:
    if transport == "stdio":
        return True
    if "event" in frame.facts:
        return bool(frame.facts["event"] == "message")
    accepted = 200 <= frame.facts.get("status", 0) < 300
    return transport == "http" and frame.channel.startswith("POST") and (accepted or "jsonrpc" in frame.message)
