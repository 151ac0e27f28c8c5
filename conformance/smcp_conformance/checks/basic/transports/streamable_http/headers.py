"""The headers of 2026-07-28 that mirror the body: Mcp-Method, Mcp-Name, Mcp-Param-…."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Any

from smcp_conformance.baseline import said
from smcp_conformance.checks.basic.transports.streamable_http.traffic import ask, refused_for_headers, served, shown
from smcp_conformance.codes import HEADER_MISMATCH, METHOD_NOT_FOUND
from smcp_conformance.leg import Leg
from smcp_conformance.reply import Reaction
from smcp_conformance.requirement import check, not_verified
from smcp_conformance.session import Session
from smcp_conformance.wire.parameters import parameter_headers

METHOD, NAME = "Mcp-Method", "Mcp-Name"


def must_be_refused(reaction: Reaction, sent: str) -> None:
    """Demand 400 and -32020."""
    assert refused_for_headers(reaction), f"got {shown(reaction)} for {sent}, must be HTTP 400 with {HEADER_MISMATCH}"


@check("http.unknown-method-404")
def unknown_method_gets_404(fresh: Session) -> None:
    """Posts a request for a method that does not exist, headers in order; it must get 404 and -32601."""
    reaction = fresh.provoke(fresh.message("conformance/no-such-method"), malformed=False)
    ok = reaction.status == 404 and reaction.code == METHOD_NOT_FOUND
    assert ok, f"got {shown(reaction)}, must be HTTP 404 with {METHOD_NOT_FOUND}"


@check("http.header.method-missing")
def request_without_method_header_is_refused(fresh: Session) -> None:
    """Posts a harmless request without Mcp-Method; it must get 400 and -32020."""
    must_be_refused(ask(fresh, {METHOD: None}), f"a request without {METHOD}")


@check("http.header.method-mismatch", "http.header.rejection-form")
def method_header_that_contradicts_the_body_is_refused(fresh: Session) -> None:
    """Posts a harmless request whose Mcp-Method names another method; it must get 400 and -32020."""
    must_be_refused(ask(fresh, {METHOD: "prompts/list"}), f"{METHOD} prompts/list with another method in the body")


@check("http.header.method-case-sensitive")
def method_header_is_compared_with_its_case(fresh: Session) -> None:
    """Posts a harmless request with its method in capitals in Mcp-Method; it must get 400 and -32020."""
    loud = fresh.ping_method.upper()
    must_be_refused(ask(fresh, {METHOD: loud}), f"{METHOD} {loud}")


@check("http.header.names-case-insensitive")
def header_names_have_no_case(fresh: Session) -> None:
    """Posts a harmless request with header names in capitals and in small letters; each must be served."""
    usual = fresh.http.headers_for(fresh.message(fresh.ping_method))
    for spell in (str.upper, str.lower):
        respelt = dict.fromkeys(usual) | {spell(name): value for name, value in usual.items()}
        reaction = fresh.provoke(fresh.message(fresh.ping_method), malformed=False, headers=respelt)
        assert served(reaction), f"got {shown(reaction)} for header names like {spell(METHOD)}, must be a result"


@check("http.header.name-not-needed-elsewhere", refusal=True)
def name_header_is_not_needed_for_other_methods(session: Session) -> None:
    """Sends a harmless request without Mcp-Name, which names nothing; it must be served."""
    reply = session.request(session.ping_method, headers={NAME: None})
    if not reply.succeeded and not session.request(session.ping_method, headers={NAME: "conformance"}).succeeded:
        not_verified(said(session.ping_method, reply))
    assert reply.succeeded, f"got {reply} without {NAME}, must be a result"


@dataclass(frozen=True)
class Named:
    """A harmless request that names something and is served: method, params, the name, and its other headers."""

    method: str
    params: dict[str, Any]
    name: str
    headers: dict[str, str | None]


def named(leg: Leg) -> Named:
    """A resource that can be read, or a tool that can be called; or out: not verified."""
    for resource in leg.session.list_all("resources/list", "resources")[:3] if leg.offer.declares("resources") else ():
        params = {"uri": resource.get("uri")}
        if leg.session.request("resources/read", params).succeeded:
            return Named("resources/read", params, str(params["uri"]), {})
    for made in leg.calls:
        if made.succeeded:
            params = {"name": made.name, "arguments": dict(made.arguments)}
            return Named("tools/call", params, made.name, parameter_headers(made.tool, made.arguments))
    reason = "there is neither a readable resource nor a tool that may be called"
    return not_verified(f"{reason}; allow some with --smcp-allow-tools 'GLOB'")


def ask_by_name(leg: Leg, header: str | None) -> Reaction:
    """Send such a request with another Mcp-Name ("{}" stands for the right one, "{b64}" for its Base64 form)."""
    usual = named(leg)
    encoded = base64.b64encode(usual.name.encode()).decode()
    value = None if header is None else header.replace("{b64}", encoded).replace("{}", usual.name)
    with leg.fresh() as session:
        return session.provoke(session.message(usual.method, usual.params), headers={**usual.headers, NAME: value})


@check("http.header.name-missing")
def request_that_names_something_needs_the_name_header(leg: Leg) -> None:
    """Reads a resource or calls a tool without Mcp-Name; it must get 400 and -32020."""
    must_be_refused(ask_by_name(leg, None), f"a request without {NAME}")


@check("http.header.name-mismatch")
def name_header_that_contradicts_the_body_is_refused(leg: Leg) -> None:
    """Reads a resource or calls a tool with another name in Mcp-Name; it must get 400 and -32020."""
    for header in ("{}x", "conformance-no-such-name"):
        must_be_refused(ask_by_name(leg, header), f"{NAME} with another name than the body")


@check("http.header.name-base64-decoded")
def name_header_may_be_in_base64(leg: Leg) -> None:
    """Reads a resource or calls a tool with its name in the Base64 form; it must be served."""
    reaction = ask_by_name(leg, "=?base64?{b64}?=")
    assert served(reaction), f"got {shown(reaction)} for {NAME} in Base64, must be a result"


@check("http.header.name-base64-invalid")
def name_header_in_broken_base64_is_refused(leg: Leg) -> None:
    """Reads a resource or calls a tool with a Base64 form that can't be decoded; it must get 400 and -32020."""
    must_be_refused(ask_by_name(leg, "=?base64?%%%?="), f"{NAME} in broken Base64")


@check("http.header.sentinel-exact")
def base64_form_is_known_by_its_exact_marker(leg: Leg) -> None:
    """Sends the name in Base64 behind a marker in capitals, which is no marker; it must get 400 and -32020."""
    must_be_refused(ask_by_name(leg, "=?BASE64?{b64}?="), f"{NAME} behind =?BASE64?")


@check("http.header.invalid-characters")
def header_value_outside_ascii_is_refused(leg: Leg) -> None:
    """Sends Mcp-Name with a byte that no header value may have; it must get 400."""
    reaction = ask_by_name(leg, "{}\udce9")
    assert reaction.status == 400, f"got {shown(reaction)} for a header with the byte 0xE9, must be HTTP 400"


@check("http.header.param-unrecognised-ignored")
def unknown_parameter_header_is_ignored(session: Session) -> None:
    """Sends a harmless request with an Mcp-Param header that nothing asks for; it should be served."""
    reply = session.request(session.ping_method, headers={"Mcp-Param-Conformance": "1"})
    assert reply.succeeded, f"got {reply} for a request with an unknown Mcp-Param header, must be a result"
