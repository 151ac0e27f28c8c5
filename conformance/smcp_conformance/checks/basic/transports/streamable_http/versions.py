"""The MCP-Protocol-Version header in both eras."""

from __future__ import annotations

from smcp_conformance.checks.basic.transports.streamable_http.traffic import ask, refused_for_headers, served, shown
from smcp_conformance.codes import HEADER_MISMATCH, UNSUPPORTED_VERSION
from smcp_conformance.leg import Leg
from smcp_conformance.requirement import check, not_applicable
from smcp_conformance.revisions import HANDSHAKE_REVISIONS
from smcp_conformance.session import Session
from smcp_conformance.speaker import META

HEADER = "MCP-Protocol-Version"
UNKNOWN = "1999-01-01"


@check("http.version-header.invalid-400")
def unknown_version_in_the_header_gets_400(fresh: Session) -> None:
    """In a session, posts a harmless request with a version header that no revision has; it must get 400."""
    for value in (UNKNOWN, "newest"):
        reaction = ask(fresh, {HEADER: value})
        assert reaction.status == 400, f"got {shown(reaction)} for {HEADER} {value!r}, must be HTTP 400"


@check("http.version-header.absent-assumes-2025-03-26")
def request_without_version_header_is_served(fresh: Session) -> None:
    """In a session, posts a harmless request without the version header; it should be served."""
    reaction = ask(fresh, {HEADER: None})
    assert served(reaction), f"got {shown(reaction)} for a request without {HEADER}, must be a result"


@check("http.version-header.match-body")
def version_header_that_contradicts_the_body_is_refused(leg: Leg) -> None:
    """Names one version in the header and another in `_meta`; it must get 400 and -32020 (-32022 is right, too)."""
    with leg.fresh() as session:
        reaction = ask(session, {HEADER: UNKNOWN})
        ok = refused_for_headers(reaction, UNSUPPORTED_VERSION) or (leg.offer.dual_era and reaction.status == 400)
        assert ok, f"got {shown(reaction)}, must be HTTP 400 with {HEADER_MISMATCH}"


@check("http.version-header.match-body")
def handshake_revision_in_the_header_is_refused_by_servers_of_both_eras(leg: Leg) -> None:
    """Names a handshake revision in the header and 2026-07-28 in `_meta`; it must get 400 and -32020.

    A server that does not speak that revision may say so by -32022.
    """
    spoken = [revision for revision in leg.offer.revisions if revision in HANDSHAKE_REVISIONS]
    allowed = () if spoken else (UNSUPPORTED_VERSION,)
    with leg.fresh() as session:
        reaction = ask(session, {HEADER: max(spoken, default=HANDSHAKE_REVISIONS[-1])})
        refused = refused_for_headers(reaction, *allowed)
        assert refused, f"got {shown(reaction)}, must be HTTP 400 with {HEADER_MISMATCH}"


@check("http.version-header.unsupported-400")
def unsupported_version_gets_400(fresh: Session) -> None:
    """Names a version that the server does not speak in header and `_meta`; it must get 400 and -32022."""
    message = fresh.message(fresh.ping_method, meta={META + "protocolVersion": UNKNOWN})
    reaction = fresh.provoke(message, headers={HEADER: UNKNOWN})
    ok = reaction.status == 400 and reaction.code == UNSUPPORTED_VERSION
    assert ok, f"got {shown(reaction)}, must be HTTP 400 with {UNSUPPORTED_VERSION}"


@check("http.version-header.missing")
def request_without_version_header_is_refused(leg: Leg) -> None:
    """At 2026-07-28 posts a harmless request without the version header; it must get 400 and -32020."""
    if leg.offer.dual_era:
        not_applicable("the server speaks older revisions, too, and may take the request for one of those")
    with leg.fresh() as session:
        reaction = ask(session, {HEADER: None})
        assert refused_for_headers(reaction), f"got {shown(reaction)}, must be HTTP 400 with {HEADER_MISMATCH}"
