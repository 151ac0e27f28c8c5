"""Why a request was not answered: silence, the end of the process and a flood are different observations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from smcp_conformance.reply import brief
from smcp_conformance.tracebacks import ours
from smcp_conformance.wire.errors import Died, Flooded, Garbled, NoAnswer, TooLarge, Unreachable, WireError
from smcp_conformance.wire.exchange import HttpExchange
from smcp_conformance.wire.transcript import Direction, Frame

if TYPE_CHECKING:
    from smcp_conformance.reply import Pending
    from smcp_conformance.session import Session

__tracebackhide__ = ours
UNAUTHORIZED = 401
ENDING = 1.0  # seconds that a process may take from its last word to its end
RIPPLE = 2**20  # bytes of other traffic that are named when the time is up


def silence(session: Session, pending: Pending, patience: float, before: list[Frame]) -> WireError:
    """Say why `pending` got no answer within `patience` seconds; `before` is what came meanwhile."""
    what = f"{pending.method!r} (id {pending.id!r})"
    if sum(frame.weight for frame in before) > RIPPLE:
        return Flooded(f"{what} was not answered within {patience:g} s: a flood of other messages came")
    if any(frame.too_large for frame in before):
        too_large = "longer than --smcp-max-message, or nested too deeply to be judged"
        return TooLarge(f"while {what} was awaited, a message came that is {too_large}")
    garbled = _garbled(session, pending, before)
    if garbled and session.alive:
        return Garbled(f"{what} was answered with what is no JSON in UTF-8: {brief(garbled.text)}")
    exchange = pending.frame.facts.get("exchange")
    if isinstance(exchange, HttpExchange) and exchange.error and not exchange.status:
        return _died(session, what) if _gone(session) else Unreachable(exchange.error)
    if isinstance(exchange, HttpExchange) and exchange.finished.is_set():
        return NoAnswer(exchange.error or f"{what} got {_response(exchange)}, but no response to it{_hint(exchange)}")
    strangers = [frame for frame in before if frame.is_response and not session.conversation.request_of(frame.message)]
    if strangers:
        return NoAnswer(f"{what} was not answered; a response to nothing we asked came: {brief(strangers[0].text)}")
    if session.transport.inbox.ended or not session.alive:
        return _died(session, what)
    return NoAnswer(f"{what} was not answered within {patience:g} s")


def _garbled(session: Session, pending: Pending, before: list[Frame]) -> Frame | None:
    """What seems to have been the answer: known by its id, or (on stdio) the first line that begins like one."""
    broken = [frame for frame in before if frame.direction is Direction.RECEIVED and not frame.is_message]
    known = next((frame for frame in broken if pending.garbled_by(frame)), None)
    if known or session.transport.name != "stdio":
        return known
    return next((frame for frame in broken if frame.raw.startswith(b'{"')), None)


def _response(exchange: HttpExchange) -> str:
    body = brief(exchange.body.decode("utf-8", "replace")) if exchange.body else "no body"
    return f"HTTP {exchange.status} with {body}"


def _hint(exchange: HttpExchange) -> str:
    """What to do about a server that wants to know who asks."""
    if exchange.status != UNAUTHORIZED:
        return ""
    challenge = exchange.header("www-authenticate")
    wanted = f"WWW-Authenticate: {challenge}" if challenge else "it doesn't say which"
    return f"\n  it asks for credentials ({wanted}): send them with --smcp-header 'Authorization: …'"


def _gone(session: Session) -> bool:
    """Tell whether the process that broke the connection has ended, or is about to."""
    process = session.transport.process
    return process is not None and process.wait(ENDING) is not None


def _died(session: Session, what: str) -> Died:
    process = session.transport.process
    code = process.wait(ENDING) if process else None
    end = "the server closed its output but lives on" if code is None else f"the server exited with code {code}"
    session.conversation.note(end, died=what)
    return Died(f"{what} was not answered: {end}")
