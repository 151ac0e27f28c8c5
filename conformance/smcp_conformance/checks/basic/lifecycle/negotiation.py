"""Version negotiation in the handshake: known versions are echoed, unknown ones answered with a known one."""

from __future__ import annotations

from smcp_conformance.leg import Leg
from smcp_conformance.reply import brief
from smcp_conformance.requirement import check, not_verified
from smcp_conformance.revisions import HANDSHAKE_REVISIONS

UNKNOWN = ("1999-01-01", "9999-12-31")


def counter_offer(leg: Leg) -> str:
    """The version that an unknown one is answered with; leaves the check if there is none."""
    reply = leg.initialize(UNKNOWN[0])
    offered = reply.result.get("protocolVersion")
    return offered if isinstance(offered, str) else not_verified(f"an unknown version was answered with {reply}")


@check("lifecycle.initialize.version-echo")
def supported_version_is_echoed(leg: Leg) -> None:
    """Asks for the version of this leg, which the server was seen to speak; it must come back as it is."""
    version = leg.initialize(leg.offer.revision).result.get("protocolVersion")
    assert version == leg.offer.revision, f"got the protocolVersion {brief(version)}, must be {leg.offer.revision}"


@check("lifecycle.initialize.version-alternative")
def unknown_version_is_not_echoed(leg: Leg) -> None:
    """Asks for versions that never were, before and after all that are; no result may agree to them."""
    for unknown in UNKNOWN:
        reply = leg.initialize(unknown)
        assert reply.result.get("protocolVersion") != unknown, f"got {reply}, must be a version other than {unknown}"


@check("lifecycle.initialize.version-alternative")
def unknown_version_is_not_refused(leg: Leg) -> None:
    """Asks for a version that never was; there must be a result, with a version that the server supports."""
    reply = leg.initialize(UNKNOWN[0])
    assert reply.succeeded, f"got {reply}, must be a result with a version that the server supports"


@check("lifecycle.initialize.version-alternative-latest")
def counter_offer_is_the_newest_version(leg: Leg) -> None:
    """Asks for a version that never was; the answer must be the newest version that the server is seen to echo."""
    offered = counter_offer(leg)
    newer = [version for version in HANDSHAKE_REVISIONS if version > offered]
    echoed = [version for version in newer if leg.initialize(version).result.get("protocolVersion") == version]
    assert not echoed, f"got {offered}, must be the newest version that the server supports: {echoed[-1]}"


@check("lifecycle.initialize.version-offer-consistent")
def counter_offer_is_really_supported(leg: Leg) -> None:
    """Asks for a version that never was, then for the one that was offered instead; the latter must be echoed."""
    offered = counter_offer(leg)
    reply = leg.initialize(offered)
    assert reply.result.get("protocolVersion") == offered, f"got {reply}, must be {offered}, which the server offered"


@check("lifecycle.error-cases-handled", silence=True)
def unknown_version_does_not_crash_the_server(leg: Leg) -> None:
    """Asks for a version that never was; there must be an answer, whatever it is."""
    reply = leg.initialize(UNKNOWN[0])
    assert reply.succeeded or reply.error, f"got {reply}, must be a result or an error"
