"""What a check builds on: the plain requests that a server must serve before anything can be said of odder ones.

A server that refuses `ping` or a list whoever asks for it is told so by the check of just that. Everything else that
leans on such an answer saw nothing: it is not verified, and says which plain request was refused, and how.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from typing import Any

from smcp_conformance.launch import StartError
from smcp_conformance.leg import Leg
from smcp_conformance.lists import declared_lists
from smcp_conformance.reply import HandshakeRefused, Reply
from smcp_conformance.requirement import not_verified
from smcp_conformance.session import Session
from smcp_conformance.speaker import Speaker
from smcp_conformance.wire.errors import WireError


def served(session: Session, method: str = "", params: Mapping[str, Any] | None = None) -> Reply:
    """The result of a plain request (of the most harmless one unless named), or out: not verified, with the error."""
    method = method or session.ping_method
    reply = session.request(method, params)
    return reply if reply.succeeded else not_verified(said(method, reply))


def said(method: str, reply: Reply) -> str:
    """That a plain request was refused, in words."""
    return f"the plain {method} was answered with {reply}"


def refusal(leg: Leg, probe: str) -> str:
    """The plain request that `probe` leaned on and that is refused whoever asks, in words; "" if there is none."""
    refused = dict(_refused(leg, probe))
    for method, code in refused.items():
        with contextlib.suppress(WireError, HandshakeRefused, StartError):
            reply = leg.session.request(method)
            if reply.error and reply.code == code:
                return said(method, reply)
    return ""


def _refused(leg: Leg, probe: str) -> Iterator[tuple[str, Any]]:
    """Method and code of each plain request that was refused to the check `probe`."""
    plain = {each.method for each in declared_lists(leg.offer)}
    plain.add(Speaker(revision=leg.offer.revision).ping_method)
    answers = (
        (conversation, frame) for conversation in leg.used for frame in conversation.incoming if frame.probe == probe
    )
    for conversation, frame in answers:
        error, method = frame.message.get("error"), conversation.method_of(frame.message) or ""
        if isinstance(error, dict) and method in plain:
            yield method, error.get("code")
