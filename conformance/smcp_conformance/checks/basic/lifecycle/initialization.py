"""The handshake: what `initialize` is answered with, and what happens around it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from smcp_conformance.leg import Leg
from smcp_conformance.lists import list_methods
from smcp_conformance.reply import Reply, brief
from smcp_conformance.requirement import check, not_applicable
from smcp_conformance.session import Session
from smcp_conformance.shapes import problems
from smcp_conformance.wire.http import HttpTransport
from smcp_conformance.wire.transcript import Direction, Frame

PROMISED = ("protocolVersion", "capabilities", "serverInfo")
UNKNOWN_CAPABILITIES = {"conformanceUnknown": {"deep": [1, None]}, "experimental": {"com.example/conformance": {}}}
INITIALIZED = {"jsonrpc": "2.0", "method": "notifications/initialized"}


def welcome(leg: Leg) -> Mapping[str, Any]:
    """The result of `initialize` that asks for the version of this leg."""
    return leg.initialize(leg.offer.revision).result


def half_open(session: Session) -> Reply:
    """Do the handshake up to, and without, `notifications/initialized`."""
    session.conversation.client_capabilities = session.client_capabilities
    reply = session.request("initialize", session.initialize_params())
    session.conversation.revision = session.revision
    if isinstance(session.transport, HttpTransport) and reply.exchange:
        session.transport.session_id = reply.exchange.header("mcp-session-id")
    return reply


@check("lifecycle.initialize.responds", silence=True)
def initialize_is_answered_with_version_capabilities_and_server(leg: Leg) -> None:
    """Sends `initialize`; the result must have protocolVersion, capabilities and serverInfo."""
    reply = leg.initialize(leg.offer.revision)
    missing = [name for name in PROMISED if name not in reply.result]
    assert not missing, f"got {reply}, must be a result with {', '.join(PROMISED)}"


@check("lifecycle.initialize.version-is-string")
def initialize_answers_a_version_that_is_a_string(leg: Leg) -> None:
    """Sends `initialize`; `protocolVersion` in the result must be a string."""
    version = welcome(leg).get("protocolVersion")
    assert isinstance(version, str), f"got the protocolVersion {brief(version)}, must be a string"


@check("lifecycle.initialize.server-info")
def initialize_names_the_server(leg: Leg) -> None:
    """`serverInfo` in the result of `initialize` must have the strings name and version, and fit Implementation."""
    info = welcome(leg).get("serverInfo")
    found = problems(leg.offer.revision, "Implementation", info)
    assert not found, f"got the serverInfo {brief(info)} ({found[0]}), must be a valid Implementation"


@check("lifecycle.initialize.capabilities-shape")
def initialize_declares_capabilities_as_objects(leg: Leg) -> None:
    """Each capability in the result of `initialize` must be an object, its flags booleans."""
    capabilities = welcome(leg).get("capabilities")
    found = problems(leg.offer.revision, "ServerCapabilities", capabilities)
    assert not found, f"got the capabilities {brief(capabilities)} ({found[0]}), must be valid ServerCapabilities"


@check("lifecycle.initialize.instructions-string")
def initialize_gives_instructions_as_a_string(leg: Leg) -> None:
    """`instructions` in the result of `initialize`, if there are any, must be a string."""
    result = welcome(leg)
    if "instructions" not in result:
        not_applicable("the server gives no instructions")
    instructions = result["instructions"]
    assert isinstance(instructions, str), f"got the instructions {brief(instructions)}, must be a string"


@check("lifecycle.initialize.client-unknown-capabilities")
def unknown_client_capabilities_are_accepted(leg: Leg) -> None:
    """Sends `initialize` with an unknown and an experimental client capability; there must be a result."""
    with leg.connection(UNKNOWN_CAPABILITIES) as session:
        reply = session.request("initialize", session.initialize_params())
    assert reply.succeeded, f"got {reply}, must be a result"


@check("lifecycle.initialize.malformed")
def malformed_initialize_is_refused(leg: Leg) -> None:
    """Sends `initialize` with empty params; there must be an error."""
    with leg.connection() as session:
        session.conversation.malformed = True
        reply = session.request("initialize", {})
    assert reply.error, f"got {reply}, must be an error"


@check("lifecycle.initialize.first")
def request_before_the_handshake_is_not_served(leg: Leg) -> None:
    """Sends a list request before `initialize`; it must not get a result."""
    methods = list_methods(leg.offer)
    if not methods:
        not_applicable("neither tools nor resources nor prompts are declared")
    if not knows_its_clients(leg):
        not_applicable("the server gives no session ids, so it can't know what came before a request")
    with leg.connection() as session:
        session.conversation.malformed = True
        session.send(session.message(methods[0], id="too early"))
        served = [
            frame for frame in answers(session) if frame.message.get("id") == "too early" and "result" in frame.message
        ]
    assert not served, f"got {brief(served[0].text)}, must be an error before initialize"


def knows_its_clients(leg: Leg) -> bool:
    """Tell whether requests belong to a connection or session; over HTTP that takes an id."""
    exchange = leg.initialize(leg.offer.revision).exchange
    return leg.offer.transport != "http" or bool(exchange and exchange.header("mcp-session-id"))


def answers(session: Session) -> tuple[Frame, ...]:
    """What comes for a message sent before the handshake: until its POST ends, else until a handshake after it."""
    if session.transport.name == "http":
        return session.listen(session.start_timeout, lambda f: f.direction is Direction.NOTE)
    session.send(session.message("initialize", session.initialize_params(), id="then"))
    return session.listen(session.start_timeout, lambda f: f.message.get("id") == "then")


@check("lifecycle.ping-before-initialized")
def ping_is_answered_before_the_handshake_is_complete(connection: Session) -> None:
    """Sends `ping` between the result of `initialize` and `notifications/initialized`; there must be a result."""
    half_open(connection)
    reply = connection.ping()
    assert reply.succeeded, f"got {reply}, must be a result"


@check("lifecycle.initialized.accepted")
def initialized_is_taken_without_a_reply(connection: Session) -> None:
    """Completes the handshake with `notifications/initialized`; there must be no response to it."""
    half_open(connection)
    reaction = connection.provoke(INITIALIZED, malformed=False)
    assert not reaction.answers, f"got {reaction}, must be no response"


@check("lifecycle.no-early-server-requests")
def nothing_is_asked_before_initialized(leg: Leg) -> None:
    """Declares roots and holds `notifications/initialized` back; the server should ask for nothing, pings excepted."""
    with leg.connection({"roots": {}}) as session:
        early = (*half_open(session).before, *session.drain())
    unfit = [frame for frame in early if frame.is_request and frame.message["method"] != "ping"]
    assert not unfit, f"got {brief(unfit[0].text)}, must be no request but a ping"
