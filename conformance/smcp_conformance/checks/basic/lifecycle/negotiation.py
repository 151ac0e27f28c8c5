"""Version negotiation in the handshake: known versions are echoed, unknown ones answered with a known one."""

from __future__ import annotations

from smcp_conformance.leg import Leg
from smcp_conformance.reply import Reply, brief
from smcp_conformance.requirement import HANDSHAKE_REVISIONS, check, not_verified
from smcp_conformance.session import Session

UNKNOWN = ("1999-01-01", "9999-12-31")


def asked(leg: Leg, version: str) -> Reply:
    """What a fresh connection answers to `initialize` with this version."""
    with leg.connection() as session:
        return session.request("initialize", {**session.initialize_params(), "protocolVersion": version})


def counter_offer(leg: Leg) -> str:
    """The version that an unknown one is answered with; leaves the check if there is none."""
    reply = asked(leg, UNKNOWN[0])
    offered = reply.result.get("protocolVersion")
    return offered if isinstance(offered, str) else not_verified(f"an unknown version was answered with {reply}")


@check("lifecycle.initialize.version-echo")
def supported_version_is_echoed(connection: Session) -> None:
    """Asks for the version of this leg, which the server was seen to speak; it must come back as it is."""
    reply = connection.request("initialize", connection.initialize_params())
    version = reply.result.get("protocolVersion")
    assert version == connection.revision, f"got the protocolVersion {brief(version)}, must be {connection.revision}"


@check("lifecycle.initialize.version-alternative")
def unknown_version_is_not_echoed(leg: Leg) -> None:
    """Asks for versions that never were, before and after all that are; no result may agree to them."""
    for unknown in UNKNOWN:
        reply = asked(leg, unknown)
        assert reply.result.get("protocolVersion") != unknown, f"got {reply}, must be a version other than {unknown}"


@check("lifecycle.initialize.version-alternative")
def unknown_version_is_not_refused(leg: Leg) -> None:
    """Asks for a version that never was; there must be a result, with a version that the server supports."""
    reply = asked(leg, UNKNOWN[0])
    assert reply.succeeded, f"got {reply}, must be a result with a version that the server supports"


@check("lifecycle.initialize.version-alternative-latest")
def counter_offer_is_the_newest_version(leg: Leg) -> None:
    """Asks for a version that never was; the answer must be the newest version that the server is seen to echo."""
    offered = counter_offer(leg)
    newer = [version for version in HANDSHAKE_REVISIONS if version > offered]
    echoed = [version for version in newer if asked(leg, version).result.get("protocolVersion") == version]
    assert not echoed, f"got {offered}, must be the newest version that the server supports: {echoed[-1]}"


@check("lifecycle.initialize.version-offer-consistent")
def counter_offer_is_really_supported(leg: Leg) -> None:
    """Asks for a version that never was, then for the one that was offered instead; the latter must be echoed."""
    offered = counter_offer(leg)
    reply = asked(leg, offered)
    assert reply.result.get("protocolVersion") == offered, f"got {reply}, must be {offered}, which the server offered"


@check("lifecycle.error-cases-handled")
def unknown_version_does_not_crash_the_server(leg: Leg) -> None:
    """Asks for a version that never was, then pings; both must be answered, in whatever way."""
    with leg.connection() as session:
        session.request("initialize", {**session.initialize_params(), "protocolVersion": UNKNOWN[0]})
        died = session.transport.process is not None and session.transport.process.poll() not in (None, 0)
    assert not died, "got a crash after an unknown version, must be an answer and no harm"
