"""server/discover: what a server of 2026-07-28 says of itself, and whether that is so."""

from __future__ import annotations

from typing import Any

from smcp_conformance.baseline import served
from smcp_conformance.codes import METHOD_NOT_FOUND
from smcp_conformance.leg import Leg
from smcp_conformance.reply import brief
from smcp_conformance.requirement import check, not_verified
from smcp_conformance.revisions import STATELESS_REVISION
from smcp_conformance.session import Session
from smcp_conformance.shapes import problems
from smcp_conformance.speaker import META

REFERENCE = {"type": "ref/prompt", "name": "x"}
GATED: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("tools", "tools/list", {}),
    ("prompts", "prompts/list", {}),
    ("resources", "resources/list", {}),
    ("resources", "resources/templates/list", {}),
    ("completions", "completion/complete", {"ref": REFERENCE, "argument": {"name": "a", "value": ""}}),
    ("tasks", "tasks/list", {}),  # a method of the handshake era, so that there is always one
)
REMOVED: tuple[tuple[str, dict[str, Any]], ...] = (
    ("ping", {}),
    ("logging/setLevel", {"level": "info"}),
    ("resources/subscribe", {"uri": "conformance:none"}),
    ("resources/unsubscribe", {"uri": "conformance:none"}),
)


@check("discover.implemented", silence=True, refusal=True)
def discovery_is_answered_with_a_result(session: Session) -> None:
    """Sends `server/discover`; there must be a result."""
    reply = session.request("server/discover")
    assert reply.succeeded, f"got {reply}, must be a DiscoverResult"


@check("discover.result-shape")
def discovery_has_the_shape_of_a_discover_result(session: Session) -> None:
    """The result of a discovery must fit DiscoverResult: versions, capabilities, caching hints, type."""
    result = session.request("server/discover").result
    found = [
        each for each in problems(session.revision, "DiscoverResult", result) if "/capabilities" not in each.pointer
    ]
    assert not found, f"got {brief(str(found[0]))}, must be a valid DiscoverResult"


@check("discover.capability-shape")
def discovered_capabilities_are_objects(session: Session) -> None:
    """Each capability that a discovery declares must be an object, its flags booleans."""
    capabilities = session.request("server/discover").result.get("capabilities")
    found = problems(session.revision, "ServerCapabilities", capabilities)
    assert not found, f"got capabilities{brief(str(found[0]))}, must be valid ServerCapabilities"


@check("discover.server-info")
def discovery_names_the_server(session: Session) -> None:
    """The `_meta` of a discovery must have serverInfo with name and version."""
    meta = session.request("server/discover").result.get("_meta")
    info = meta.get(META + "serverInfo") if isinstance(meta, dict) else None
    found = problems(session.revision, "Implementation", info)
    assert not found, f"got {brief(info)} as serverInfo, must be an object with name and version"


@check("discover.lists-requested-version")
def discovery_lists_the_version_it_was_made_in(session: Session) -> None:
    """`supportedVersions` must hold the revision in which the discovery was made."""
    versions = session.request("server/discover").result.get("supportedVersions")
    listed = isinstance(versions, list) and session.revision in versions
    assert listed, f"got {brief(versions)}, must be a list with {session.revision}"


@check("discover.advertised-versions-served")
def every_advertised_version_is_served(leg: Leg) -> None:
    """Discovers in each version that `supportedVersions` names, or shakes hands in it; it must be agreed to."""
    versions = leg.session.request("server/discover").result.get("supportedVersions")
    if not isinstance(versions, list) or not versions:
        not_verified(f"supportedVersions is {brief(versions)}")
    for version in map(str, versions):
        assert agreed(leg, version), f"got supportedVersions {brief(versions)} but no {version}, must be served"


def agreed(leg: Leg, version: str) -> bool:
    """Tell whether a fresh connection can be had in `version`."""
    if version >= STATELESS_REVISION:
        with leg.connection() as session:
            header = {"MCP-Protocol-Version": version}
            return session.request(
                "server/discover", meta={META + "protocolVersion": version}, headers=header
            ).succeeded
    return leg.initialize(version).result.get("protocolVersion") == version


@check("discover.stable")
def discovery_is_the_same_each_time(leg: Leg) -> None:
    """Discovers twice on one connection and once on another; what is declared must be the same."""
    with leg.connection() as other:
        found = [served(session).result for session in (leg.session, leg.session, other)]
    seen = [
        {name: result.get(name) for name in ("supportedVersions", "capabilities", "instructions")} for result in found
    ]
    assert seen[0] == seen[1] == seen[2], f"got {brief(seen)}, must be the same each time"


@check("lifecycle.undeclared-methods.modern", "discover.capabilities-complete")
def methods_of_undeclared_capabilities_do_not_exist(leg: Leg) -> None:
    """Calls the methods of each capability that was not declared; each must get the error -32601."""
    for capability, method, params in GATED:
        if not leg.offer.declares(capability):
            reply = leg.session.request(method, params)
            assert reply.code == METHOD_NOT_FOUND, f"got {reply} for {method}, must be the error -32601"


@check("removed.initialize")
def removed_methods_do_not_exist(session: Session) -> None:
    """Calls methods of the handshake era with the metadata of 2026-07-28; each must get the error -32601."""
    for method, params in REMOVED:
        reply = session.request(method, params)
        assert reply.code == METHOD_NOT_FOUND, f"got {reply} for {method}, must be the error -32601 (Method not found)"
