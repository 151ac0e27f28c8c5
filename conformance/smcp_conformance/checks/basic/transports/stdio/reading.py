"""How a server reads its standard input: by lines, whatever the writes were, and undisturbed by garbage."""

from __future__ import annotations

from smcp_conformance.reply import Pending, encode
from smcp_conformance.requirement import check
from smcp_conformance.session import Session

PADDING = 2**20  # bytes: more than a pipe, and more than the line buffer of a careless reader, holds
PAUSE = 0.02  # seconds between two pieces of a message


def written(session: Session, *methods_in_one_write: str) -> list[Pending]:
    """Write several requests at once."""
    messages = [session.message(method) for method in methods_in_one_write]
    frames = [session.conversation.sent(encode(message), "stdin") for message in messages]
    session.stdio.write(b"".join(frame.raw + b"\n" for frame in frames), session.reply_timeout)
    return [Pending(session, message, frame) for message, frame in zip(messages, frames, strict=True)]


@check("stdio.chunking-independent", silence=True)
def several_messages_in_one_write_are_all_answered(fresh: Session) -> None:
    """Writes five harmless requests at once; each should be answered."""
    for pending in written(fresh, *[fresh.ping_method] * 5):
        reply = pending.wait()
        assert reply.succeeded, f"got {reply} for one of five requests in one write, must be a result"


@check("stdio.chunking-independent", silence=True)
def message_in_several_writes_is_answered(fresh: Session) -> None:
    """Writes a harmless request in five pieces with pauses between them; it should be answered as if in one."""
    fresh.ping()  # from here on the server reads as fast as we write
    message = fresh.message(fresh.ping_method)
    frame = fresh.conversation.sent(encode(message), "stdin")
    step = len(frame.raw) // 4
    for start in range(0, len(frame.raw), step):
        fresh.stdio.write(frame.raw[start : start + step], fresh.reply_timeout)
        fresh.listen(PAUSE)
    fresh.stdio.write(b"\n", fresh.reply_timeout)
    reply = Pending(fresh, message, frame).wait()
    assert reply.succeeded, f"got {reply} for a request in several writes, must be a result"


@check("stdio.chunking-independent", silence=True)
def long_message_is_answered(fresh: Session) -> None:
    """Sends a harmless request of 1 MiB (padding in `_meta`); it should be answered like a short one."""
    reply = fresh.request(fresh.ping_method, meta={"conformance.test/padding": "x" * PADDING})
    assert reply.succeeded, f"got {reply} for a request of {PADDING} bytes, must be a result"


@check("stdio.survives-garbage", silence=True)
def garbage_does_not_end_the_session(fresh: Session) -> None:
    """Sends lines that are no messages, each followed by a harmless request, which should be answered."""
    for garbage in (b"this is no JSON", b'\xff\xfe{"jsonrpc":'):
        fresh.provoke(garbage)
    reply = fresh.ping()
    assert reply.succeeded, f"got {reply} after malformed lines, must be a result"
