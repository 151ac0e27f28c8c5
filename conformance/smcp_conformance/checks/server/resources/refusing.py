"""Resources, refusing: what `resources/read` does with URIs of nothing, and with texts that are none."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from smcp_conformance.checks.server.listed import identities
from smcp_conformance.codes import INVALID_PARAMS, NOT_FOUND_BEFORE
from smcp_conformance.leg import Leg
from smcp_conformance.lists import TEMPLATES
from smcp_conformance.reply import Reply, brief
from smcp_conformance.requirement import check, not_applicable, not_verified

ABSENT = "conformance-no-such-resource"
NO_URIS: tuple[Any, ...] = (
    "",
    "conformance",
    "../conformance",
    "no scheme: /conformance",
    "conformance://nowhere/\0",
    "conformance://nowhere/%zz",
    7,
    None,
    ["conformance://nowhere"],
)
ENDLESS = "conformance://nowhere/" + "x" * 10_000
WEB = ("http", "https", "ws", "wss", "ftp")  # what a server may fetch for whoever asks
SECRET = "etc/passwd"
GIVEN_AWAY = re.compile(r"root:[^:\n]*:0:0:")
DOTS = ("../", "..%2f", "%2e%2e/", "%2e%2e%2f", "....//", "..%5c")


def listed_uris(leg: Leg) -> list[str]:
    """The URIs of all resources that can be listed."""
    return identities(leg.session.list_all("resources/list", "resources"))


def templates(leg: Leg) -> list[str]:
    """The URI templates that can be listed."""
    return identities(leg.session.list_all(TEMPLATES.method, TEMPLATES.member))


def absent(leg: Leg) -> list[str]:
    """URIs that nothing has: one of an unknown scheme, and one of each scheme in use that no template matches."""
    taken = [re.compile(".*".join(map(re.escape, re.split(r"\{[^}]*\}", each))) + r"\Z") for each in templates(leg)]
    schemes = sorted({uri.partition(":")[0] for uri in listed_uris(leg) if ":" in uri} - set(WEB))
    made = [f"{scheme}:///{ABSENT}/{ABSENT}" for scheme in schemes]
    return [uri for uri in (f"conformance:{ABSENT}", *made) if not any(each.match(uri) for each in taken)]


def reads_of_nothing(leg: Leg) -> Iterator[tuple[str, Reply]]:
    """Each of them with what comes of reading it."""
    found = absent(leg) or not_applicable("a template matches every URI")
    return ((uri, leg.session.request("resources/read", {"uri": uri})) for uri in found)


@check("resources.not-found.code-32002", "resources.not-found.code-32602")
def absent_resource_has_its_code(leg: Leg) -> None:
    """Reads URIs that nothing has; the error must be -32602 at 2026-07-28 and should be -32002 before."""
    code = INVALID_PARAMS if leg.offer.stateless else NOT_FOUND_BEFORE
    for uri, reply in reads_of_nothing(leg):
        assert reply.code == code, f"got {reply} for {uri!r}, must be the error {code}"


@check("resources.not-found.is-error", "resources.not-found.not-empty-contents")
def absent_resource_is_an_error(leg: Leg) -> None:
    """Reads URIs that nothing has; neither empty contents nor any other result may say so."""
    for uri, reply in reads_of_nothing(leg):
        assert reply.error is not None, f"got {reply} for {uri!r}, must be a JSON-RPC error"


@check("resources.uris-validated")
def what_is_no_uri_is_refused(leg: Leg) -> None:
    """Reads relative and malformed URIs, and what is no text; no contents may come of any."""
    with leg.fresh() as session:
        session.conversation.malformed = True
        for uri in NO_URIS:
            reply = session.request("resources/read", {"uri": uri})
            assert not reply.result.get("contents"), f"got {reply} for the uri {brief(uri)}, must be refused"


@check("resources.uris-validated", silence=True)
def what_is_no_uri_does_no_harm(leg: Leg) -> None:
    """Reads what is no URI and an endless one; there must be an answer to each, and to a harmless request then."""
    with leg.fresh() as session:
        session.conversation.malformed = True
        for uri in (*NO_URIS, ENDLESS):
            session.request("resources/read", {"uri": uri})
        assert session.ping().succeeded, "got an error after malformed URIs, must be a server that lives on"


@check("resources.path-traversal")
def paths_do_not_lead_out(leg: Leg) -> None:
    """Reads paths that climb from listed resources and templates to a file of the system; none may be served."""
    roots = sorted({root for uri in (*listed_uris(leg), *templates(leg)) if (root := root_of(uri))})
    if leaks(leg, f"file:///{SECRET}"):
        not_verified(f"file:///{SECRET} can be read without any climbing: the server serves all files")
    for root in roots[:5] or not_applicable("no resource has a path"):
        for dots in DOTS:
            uri = root + dots * 12 + (quote(SECRET, safe="") if "%2f" in dots else SECRET)
            assert not leaks(leg, uri), f"got a file of the system for {uri!r}, must be refused"


def root_of(uri: str) -> str:
    """The part of a URI or a template up to the last slash before its first variable; "" if it has no path."""
    scheme, separator, rest = uri.partition("{")[0].partition("://")
    path = rest.rpartition("/")[0]
    return f"{scheme}{separator}{path}/" if separator and scheme not in WEB else ""


def leaks(leg: Leg, uri: str) -> bool:
    """Tell whether reading `uri` brings the system's list of users."""
    reply = leg.session.request("resources/read", {"uri": uri})
    found = reply.result.get("contents")
    texts = [each.get("text") for each in found if isinstance(each, dict)] if isinstance(found, list) else []
    return any(isinstance(text, str) and GIVEN_AWAY.search(text) for text in texts)
