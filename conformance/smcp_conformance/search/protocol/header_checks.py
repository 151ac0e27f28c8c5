"""Generated headers of Streamable HTTP: versions, sessions, Accept, Origin, Mcp-Method."""

from __future__ import annotations

from smcp_conformance.checks.basic.transports.streamable_http.traffic import ask, refused_for_headers, served, shown
from smcp_conformance.codes import HEADER_MISMATCH, UNSUPPORTED_VERSION
from smcp_conformance.search.protocol.probe import Probe
from smcp_conformance.search.protocol.protocol_check import of_values
from smcp_conformance.wire.exchange import EVENT_STREAM

HTTP = ("http",)
VERSION = "MCP-Protocol-Version"
PAGE = "basic/transports/streamable-http"


@of_values(
    "unknown_version_headers",
    "http.version-header.invalid-400",
    transports=HTTP,
    plain="1999-01-01",
    told_by=f"{PAGE}/versions::unknown_version_in_the_header_gets_400",
)
def any_unknown_version_header_gets_400(probe: Probe, version: str) -> None:
    """In a session, posts a harmless request with a version header that no revision has; it must get 400."""
    reaction = ask(probe.own, {VERSION: version})
    assert reaction.status == 400, f"got {shown(reaction)} for {VERSION} {version!r}, must be HTTP 400"


@of_values(
    "unknown_version_headers",
    "http.version-header.match-body",
    transports=HTTP,
    plain="1999-01-01",
    told_by=f"{PAGE}/versions::version_header_that_contradicts_the_body_is_refused",
)
def any_version_header_that_contradicts_the_body_is_refused(probe: Probe, version: str) -> None:
    """Names another version in the header than in `_meta`; it must get 400 and -32020 (-32022 is right, too)."""
    reaction = ask(probe.own, {VERSION: version})
    fine = refused_for_headers(reaction, UNSUPPORTED_VERSION) or (probe.offer.dual_era and reaction.status == 400)
    assert fine, f"got {shown(reaction)} for {VERSION} {version!r}, must be HTTP 400 with {HEADER_MISMATCH}"


@of_values(
    "session_ids",
    "http.session.unknown-404",
    transports=HTTP,
    plain="5f2b6c1e-conformance-no-such-session-93d1",
    told_by=f"{PAGE}/sessions::request_with_an_unknown_session_id_gets_404",
)
def any_unknown_session_id_gets_404(probe: Probe, id: str) -> None:
    """Posts a harmless request with a session id that the server never gave; it should get 404."""
    reaction = ask(probe.own, {"Mcp-Session-Id": id})
    assert reaction.status == 404, f"got {shown(reaction)} for the session {id!r}, must be HTTP 404"


@of_values("accepts", "http.post.request-content-type", transports=HTTP)
def any_list_of_both_types_is_accepted(probe: Probe, accept: str) -> None:
    """Posts a harmless request whose Accept lists both types in some way; it must be answered in one of them."""
    session = probe.own
    reaction = session.provoke(session.message(session.ping_method), malformed=False, headers={"Accept": accept})
    kind = reaction.exchange.content_type if reaction.exchange else ""
    fine = served(reaction) and kind in ("application/json", EVENT_STREAM)
    assert fine, f"got {shown(reaction)} for Accept {accept!r}, must be application/json or {EVENT_STREAM}"


@of_values(
    "origins",
    "http.origin.validate",
    transports=HTTP,
    plain="http://evil.example",
    told_by=f"{PAGE}/origins::post_from_a_foreign_origin_is_refused",
)
def any_foreign_origin_is_refused(probe: Probe, origin: str) -> None:
    """Posts a harmless request with the Origin of another web page; it must be refused with an error status."""
    reaction = ask(probe.own, {"Origin": origin})
    assert (reaction.status or 0) >= 400, f"got {shown(reaction)} for Origin {origin}, must be an error status"


@of_values(
    "other_methods",
    "http.header.method-mismatch",
    transports=HTTP,
    plain="prompts/list",
    told_by=f"{PAGE}/headers::method_header_that_contradicts_the_body_is_refused",
)
def any_other_method_header_is_refused(probe: Probe, method: str) -> None:
    """Posts a harmless request whose Mcp-Method says something else; it must get 400 and -32020."""
    reaction = ask(probe.own, {"Mcp-Method": method})
    shows = f"got {shown(reaction)} for Mcp-Method {method!r}"
    assert refused_for_headers(reaction), f"{shows}, must be HTTP 400 with {HEADER_MISMATCH}"
