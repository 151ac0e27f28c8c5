"""Faults of the handshake and of ping (basic/lifecycle, basic/utilities/ping; handshake era only)."""

from __future__ import annotations

from typing import Any

from mutants import wire
from mutants.faults import change_results, fault, override, replace_method
from mutants.machine import Machine
from mutants.revisions import HANDSHAKE
from mutants.wire import Json, RpcError


def _change_welcome(machine: Machine, **members: Any) -> None:
    change_results(machine, "initialize", lambda result: {**result, **members})


def _without(result: Json, name: str) -> Json:
    return {key: value for key, value in result.items() if key != name}


@fault(
    "initialize-without-capabilities",
    breaks=("lifecycle.initialize.responds", "schema.results-validate"),
    summary="the handshake's result has no capabilities",
    revisions=HANDSHAKE,
)
def initialize_without_capabilities(machine: Machine) -> None:
    change_results(machine, "initialize", lambda result: _without(result, "capabilities"))


@fault(
    "initialize-fixed-version",
    breaks=("lifecycle.initialize.version-echo",),
    summary="whatever is asked for, one revision is answered, though others are offered to those who ask for it",
    revisions=HANDSHAKE,
)
def initialize_fixed_version(machine: Machine) -> None:
    def fixed(result: Json) -> Json:
        others = [each for each in machine.server.handshake if each != result["protocolVersion"]]
        return {**result, "protocolVersion": others[-1] if others else "2024-10-07"}

    change_results(machine, "initialize", fixed)


@fault(
    "initialize-echoes-any-version",
    breaks=("lifecycle.initialize.version-alternative",),
    summary="an unknown revision is echoed",
    revisions=HANDSHAKE,
)
def initialize_echoes_any_version(machine: Machine) -> None:
    def serve(original: Any, call: Any) -> Any:
        answered = original(call)
        if call.method == "initialize":
            answered["result"]["protocolVersion"] = call.params["protocolVersion"]
        return answered

    override(machine.server, "serve", serve)


@fault(
    "initialize-refuses-unknown-version",
    breaks=("lifecycle.initialize.version-alternative",),
    summary="an unknown revision gets an error instead of another offer",
    revisions=HANDSHAKE,
)
def initialize_refuses_unknown_version(machine: Machine) -> None:
    def serve(original: Any, call: Any) -> Any:
        if call.method == "initialize" and call.params.get("protocolVersion") not in machine.server.handshake:
            raise RpcError(wire.INVALID_PARAMS, "unsupported protocol version")
        return original(call)

    override(machine.server, "serve", serve)


def _offer(machine: Machine, version: str, instead: str = "") -> None:
    def serve(original: Any, call: Any) -> Any:
        answered = original(call)
        asked = call.params.get("protocolVersion")
        if call.method == "initialize" and asked not in machine.server.handshake:
            answered["result"]["protocolVersion"] = instead if instead and asked == version else version
        return answered

    override(machine.server, "serve", serve)


@fault(
    "initialize-offers-oldest",
    breaks=("lifecycle.initialize.version-alternative-latest",),
    summary="the counter-offer is the oldest revision",
    revisions=HANDSHAKE,
)
def initialize_offers_oldest(machine: Machine) -> None:
    _offer(machine, machine.server.handshake[0])


@fault(
    "initialize-offers-what-it-lacks",
    breaks=("lifecycle.initialize.version-offer-consistent",),
    summary="the counter-offer is a revision that is not spoken",
    revisions=HANDSHAKE,
)
def initialize_offers_what_it_lacks(machine: Machine) -> None:
    _offer(machine, "2024-10-07", instead="2025-03-26")


@fault(
    "initialize-agrees-to-stateless",
    breaks=("version.initialize-never-selects-modern",),
    summary="a handshake that asks for 2026-07-28 gets it",
)
def initialize_agrees_to_stateless(machine: Machine) -> None:
    def serve(original: Any, call: Any) -> Any:
        answered = original(call)
        if call.method == "initialize" and call.params["protocolVersion"] == "2026-07-28":
            answered["result"]["protocolVersion"] = "2026-07-28"
        return answered

    override(machine.server, "serve", serve)


@fault(
    "version-as-number",
    breaks=("lifecycle.initialize.version-is-string",),
    summary="protocolVersion is a number",
    revisions=HANDSHAKE,
)
def version_as_number(machine: Machine) -> None:
    _change_welcome(machine, protocolVersion=20251125)


@fault(
    "server-info-without-version",
    breaks=("lifecycle.initialize.server-info",),
    summary="serverInfo has no version",
    revisions=HANDSHAKE,
)
def server_info_without_version(machine: Machine) -> None:
    _change_welcome(machine, serverInfo={"name": "fixture-server"})


@fault(
    "capability-as-true",
    breaks=("lifecycle.initialize.capabilities-shape",),
    summary="a capability is true instead of an object",
    revisions=HANDSHAKE,
)
def capability_as_true(machine: Machine) -> None:
    _change_welcome(machine, capabilities={"tools": True})


@fault(
    "capability-flag-as-string",
    breaks=("lifecycle.initialize.capabilities-shape",),
    summary='listChanged is "yes"',
    revisions=HANDSHAKE,
)
def capability_flag_as_string(machine: Machine) -> None:
    _change_welcome(machine, capabilities={"tools": {"listChanged": "yes"}})


@fault(
    "instructions-as-array",
    breaks=("lifecycle.initialize.instructions-string",),
    summary="instructions are an array of lines",
    revisions=HANDSHAKE,
)
def instructions_as_array(machine: Machine) -> None:
    _change_welcome(machine, instructions=["be kind"])


def _refuse_initialize_if(machine: Machine, refused: Any) -> None:
    def serve(original: Any, call: Any) -> Any:
        if call.method == "initialize" and refused(call.params):
            raise RpcError(wire.INVALID_PARAMS, "unsupported client")
        return original(call)

    override(machine.server, "serve", serve)


@fault(
    "refuses-unknown-client-capabilities",
    breaks=("lifecycle.initialize.client-unknown-capabilities",),
    summary="a handshake with a client capability that the server does not know is refused",
    revisions=HANDSHAKE,
)
def refuses_unknown_client_capabilities(machine: Machine) -> None:
    known = {"roots", "sampling", "elicitation", "tasks"}
    _refuse_initialize_if(machine, lambda params: params.get("capabilities", {}).keys() - known)


@fault(
    "initialize-not-validated",
    breaks=("lifecycle.initialize.malformed",),
    summary="a handshake without its parameters is accepted",
    revisions=HANDSHAKE,
)
def initialize_not_validated(machine: Machine) -> None:
    def serve(original: Any, call: Any) -> Any:
        if call.method == "initialize":
            complete = {"protocolVersion": "", "capabilities": {}, "clientInfo": {"name": "", "version": ""}}
            right = {name: value for name, value in call.params.items() if type(value) is type(complete.get(name))}
            call.params = {**complete, **right}
            call.params["clientInfo"] = complete["clientInfo"]
        return original(call)

    override(machine.server, "serve", serve)


@fault(
    "serves-before-initialize",
    breaks=("lifecycle.initialize.first",),
    summary="requests before the handshake are served",
    revisions=HANDSHAKE,
)
def serves_before_initialize(machine: Machine) -> None:
    override(machine.server, "is_stateless", lambda original, call: "protocolVersion" in str(call.meta))

    def revision(original: Any, call: Any) -> Any:
        call.session.revision = call.session.revision or ("" if call.method == "initialize" else None)
        early = call.session.revision is None and not call.meta
        return machine.server.handshake[-1] if early or not call.session.revision else original(call)

    override(machine.server, "revision", revision)


@fault(
    "no-ping-before-initialized",
    breaks=("lifecycle.ping-before-initialized",),
    summary="ping is refused until notifications/initialized",
    revisions=HANDSHAKE,
)
def no_ping_before_initialized(machine: Machine) -> None:
    def ping(call: Any) -> Any:
        if not call.session.ready:
            raise RpcError(wire.INVALID_REQUEST, "not initialized")
        return {}

    replace_method(machine, "ping", ping)


@fault(
    "early-server-request",
    breaks=("lifecycle.no-early-server-requests",),
    summary="roots are asked for right after the handshake's result",
    transport="stdio",
    revisions=HANDSHAKE,
)
def early_server_request(machine: Machine) -> None:
    def reply(original: Any, session: Any, message: Json, send: Any) -> None:
        original(session, message, send)
        if message["method"] == "initialize":
            machine.server.deliver(send, {"jsonrpc": "2.0", "id": "early", "method": "roots/list"})

    override(machine.server, "reply", reply)


@fault(
    "dies-of-bad-handshake",
    breaks=("lifecycle.error-cases-handled",),
    summary="a handshake with an unknown revision kills the process",
    transport="stdio",
    revisions=HANDSHAKE,
)
def dies_of_bad_handshake(machine: Machine) -> None:
    def serve(original: Any, call: Any) -> Any:
        if call.method == "initialize" and call.params.get("protocolVersion") not in machine.server.handshake:
            machine.stdio.exit(70)
        return original(call)

    override(machine.server, "serve", serve)


@fault("ping-unknown", breaks=("ping.responds",), summary="ping is an unknown method", revisions=HANDSHAKE)
def ping_unknown(machine: Machine) -> None:
    del machine.server.methods["ping"]


@fault("ping-says-pong", breaks=("ping.result-empty",), summary="ping's result has members", revisions=HANDSHAKE)
def ping_says_pong(machine: Machine) -> None:
    replace_method(machine, "ping", lambda call: {"pong": True})


@fault(
    "tools-declared-without-methods",
    breaks=("lifecycle.declared-methods-work", "tools.list.responds.legacy", "tools.list.responds"),
    summary="tools are declared, tools/list does not exist",
)
def tools_declared_without_methods(machine: Machine) -> None:
    del machine.server.methods["tools/list"]
