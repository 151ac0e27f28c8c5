"""Versions per request at 2026-07-28, and what becomes of the handshake on a server that speaks both eras."""

from __future__ import annotations

import re

from smcp_conformance.baseline import served
from smcp_conformance.codes import UNSUPPORTED_VERSION
from smcp_conformance.leg import Leg
from smcp_conformance.reply import Reply, brief
from smcp_conformance.requirement import check, not_applicable, not_verified
from smcp_conformance.revisions import HANDSHAKE_REVISIONS, STATELESS_REVISION
from smcp_conformance.session import Session
from smcp_conformance.speaker import META, Speaker

UNKNOWN = ("1999-01-01", "9999-12-31", "DRAFT-2026-v9")
NAMED = re.compile(r"[A-Za-z][A-Za-z0-9.-]*/[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?\Z")
KEY = META + "protocolVersion"


def discovered(session: Session, version: str) -> Reply:
    """The answer to a discovery in `version`, which over HTTP the header names as well."""
    return session.request("server/discover", meta={KEY: version}, headers={"MCP-Protocol-Version": version})


def refusal(session: Session, version: str) -> Reply:
    """The refusal of `version`; leaves the check if it is no such refusal."""
    reply = discovered(session, version)
    return reply if reply.code == UNSUPPORTED_VERSION else not_verified(f"version {version} was answered with {reply}")


@check("version.unsupported.error")
def unsupported_version_is_refused(session: Session) -> None:
    """Discovers in versions that never were; each must get the error -32022."""
    for version in UNKNOWN:
        reply = discovered(session, version)
        assert reply.code == UNSUPPORTED_VERSION, f"got {reply} for {version}, must be the error -32022"


@check("version.unsupported.data")
def refusal_names_the_supported_and_the_requested_version(session: Session) -> None:
    """Discovers in a version that never was; the error's data must list `supported` and quote `requested`."""
    data = (refusal(session, UNKNOWN[0]).error or {}).get("data")
    supported = data.get("supported") if isinstance(data, dict) else None
    versions = supported if isinstance(supported, list) else []
    listed = bool(versions) and all(isinstance(each, str) and each != UNKNOWN[0] for each in versions)
    assert listed, f"got the data {brief(data)}, must be an object with supported, a list of versions, and requested"
    requested = data.get("requested") if isinstance(data, dict) else None
    assert requested == UNKNOWN[0], f"got {brief(requested)} as requested, must be {UNKNOWN[0]}"


@check("version.unsupported.retry-works")
def supported_version_of_a_refusal_is_served(session: Session) -> None:
    """Discovers in a version that never was, then in each of this era that the refusal names; those must be served."""
    data = (refusal(session, UNKNOWN[0]).error or {}).get("data")
    supported = data.get("supported") if isinstance(data, dict) else None
    modern = [str(version) for version in supported or () if str(version) >= STATELESS_REVISION]
    assert modern, (
        f"got the supported versions {brief(supported)}, must be a list with one that requests can be made in"
    )
    for version in modern:
        reply = discovered(session, version)
        assert reply.succeeded, f"got {reply} for {version}, must be served since the refusal named it"


@check("version.per-request")
def refused_version_leaves_other_requests_untouched(fresh: Session) -> None:
    """Discovers in an unknown and in the known version in turn, twice; the known one must be served each time."""
    for version in UNKNOWN[:2]:
        discovered(fresh, version)
        reply = fresh.ping()
        assert reply.succeeded, f"got {reply} after a request in {version}, must be a result"


@check("version.initialize-rejected-or-served", silence=True)
def initialize_is_answered(leg: Leg) -> None:
    """Opens a fresh connection with `initialize`; it must get a result or an error."""
    reply = leg.initialize(HANDSHAKE_REVISIONS[-1])
    assert reply.succeeded or reply.error, f"got {reply}, must be a result or an error"


@check("version.initialize-never-selects-modern")
def handshake_does_not_select_a_stateless_version(leg: Leg) -> None:
    """Sends `initialize` that asks for 2026-07-28; a result must name an older version."""
    reply = leg.initialize(STATELESS_REVISION)
    version = reply.result.get("protocolVersion", "")
    assert str(version) < STATELESS_REVISION, f"got {reply}, must be a version of the handshake era, or an error"


@check("version.dual-era.modern-meta-not-legacy", transports=("stdio",))
def stateless_request_after_a_handshake_is_not_read_as_an_old_one(leg: Leg) -> None:
    """Shakes hands, then discovers and lists tools with the metadata of 2026-07-28; results must be of that era."""
    with leg.connection(revision=HANDSHAKE_REVISIONS[-1]) as session:
        if not session.request("initialize", session.initialize_params()).succeeded:
            not_applicable("the server does not speak the handshake era")
        session.notify("notifications/initialized")
        meta = Speaker(revision=STATELESS_REVISION).meta()
        replies = [session.request(method, meta=meta) for method in ("server/discover", "tools/list", "prompts/list")]
    old = [reply for reply in replies if reply.succeeded and "resultType" not in reply.result]
    assert not old, f"got {old[0]}, must be a result with resultType, or an error"


@check("version.dual-era.legacy-scope", transports=("http",), refusal=True)
def handshake_of_one_client_leaves_others_alone(leg: Leg) -> None:
    """Shakes hands as one client, then discovers as another; the latter must be served as before."""
    served(leg.session)
    with leg.connection(revision=HANDSHAKE_REVISIONS[-1]) as session:
        if not session.request("initialize", session.initialize_params()).succeeded:
            not_applicable("the server does not speak the handshake era")
        reply = leg.session.ping()
    assert reply.succeeded, f"got {reply} after the handshake of another client, must be a result"


@check("extensions.identifier-format", "extensions.settings-object")
def extensions_have_a_prefixed_name_and_settings(leg: Leg) -> None:
    """Each entry of `capabilities.extensions` must have a name `prefix/name` and an object as its value."""
    extensions = leg.offer.capabilities.get("extensions")
    if not extensions or not isinstance(extensions, dict):
        not_applicable("no extensions are declared")
    for name, settings in extensions.items():
        assert NAMED.match(name), f"got the extension {name!r}, must be named prefix/name"
        assert isinstance(settings, dict), f"got the settings {brief(settings)} of {name}, must be an object"
