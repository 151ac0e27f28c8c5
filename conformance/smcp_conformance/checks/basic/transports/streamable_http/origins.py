"""The Origin header: what a web page elsewhere must not be able to do."""

from __future__ import annotations

from urllib.parse import urlsplit

from smcp_conformance.checks.basic.transports.streamable_http.listening import opened
from smcp_conformance.checks.basic.transports.streamable_http.traffic import ask, shown
from smcp_conformance.requirement import check, not_applicable
from smcp_conformance.session import Session

FORBIDDEN = 403


def foreign_origins(session: Session) -> tuple[str, str]:
    """The origin of a web page elsewhere, and one that only looks like the server's own."""
    parts = urlsplit(session.http.url)
    return "http://evil.example", f"{parts.scheme}://{parts.hostname}.evil.example"


@check("http.origin.validate")
def post_from_a_foreign_origin_is_refused(fresh: Session) -> None:
    """Posts a harmless request with the Origin of another web page; it must be refused with an error status."""
    for origin in foreign_origins(fresh):
        reaction = ask(fresh, {"Origin": origin})
        assert (reaction.status or 0) >= 400, f"got {shown(reaction)} for Origin {origin}, must be an error status"


@check("http.origin.validate")
def get_and_delete_from_a_foreign_origin_are_refused(fresh: Session) -> None:
    """Does the same with GET and DELETE; each must be refused with an error status."""
    fresh.conversation.malformed = True
    origin = foreign_origins(fresh)[0]
    status = opened(fresh, origin).status
    assert status >= 400, f"got HTTP {status} for GET from {origin}, must be an error status"
    exchange = fresh.http.request("DELETE", {"Accept": None, "Origin": origin})
    status = fresh.http.settle(exchange, fresh.reply_timeout, headers_only=True).status
    assert status >= 400, f"got HTTP {status} for DELETE from {origin}, must be an error status"


@check("http.origin.invalid-403")
def refusal_of_a_foreign_origin_is_403(fresh: Session) -> None:
    """Posts a harmless request with the Origin of another web page; the refusal must be 403."""
    for origin in foreign_origins(fresh):
        reaction = ask(fresh, {"Origin": origin})
        if (reaction.status or 0) < 400:
            not_applicable("the server refuses no such Origin")
        assert reaction.status == FORBIDDEN, f"got {shown(reaction)} for Origin {origin}, must be HTTP 403"
