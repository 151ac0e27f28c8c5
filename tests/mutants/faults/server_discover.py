"""Faults of discovery and of version negotiation per request (server/discover, basic/versioning; stateless era)."""

from __future__ import annotations

from typing import Any

from mutants import revisions, wire
from mutants.faults import change_errors, change_results, fault, override
from mutants.machine import Machine
from mutants.session import Call
from mutants.wire import Json, RpcError

STATELESS = revisions.STATELESS


def _change_discovery(machine: Machine, **members: Any) -> None:
    change_results(machine, "server/discover", lambda result: {**result, **members})


@fault("discover-missing", breaks=("discover.implemented",), summary="server/discover is unknown", revisions=STATELESS)
def discover_missing(machine: Machine) -> None:
    del machine.server.methods["server/discover"]


@fault(
    "discover-without-versions",
    breaks=("discover.result-shape",),
    summary="the discovery has no supportedVersions",
    revisions=STATELESS,
)
def discover_without_versions(machine: Machine) -> None:
    change_results(
        machine, "server/discover", lambda found: {key: found[key] for key in found if key != "supportedVersions"}
    )


@fault(
    "discover-versions-as-string",
    breaks=("discover.result-shape",),
    summary="supportedVersions is a string",
    revisions=STATELESS,
)
def discover_versions_as_string(machine: Machine) -> None:
    _change_discovery(machine, supportedVersions="2026-07-28")


@fault(
    "discover-without-server-info",
    breaks=("discover.server-info", "meta.server-info-in-results"),
    summary="the discovery does not name the server",
    revisions=STATELESS,
)
def discover_without_server_info(machine: Machine) -> None:
    change_results(machine, "server/discover", lambda found: {key: found[key] for key in found if key != "_meta"})


@fault(
    "discover-omits-spoken-version",
    breaks=("discover.lists-requested-version",),
    summary="supportedVersions leaves out the revision that discovery succeeded in",
    revisions=STATELESS,
)
def discover_omits_spoken_version(machine: Machine) -> None:
    _change_discovery(machine, supportedVersions=["2025-11-25"])


@fault(
    "discover-promises-too-much",
    breaks=("discover.advertised-versions-served",),
    summary="supportedVersions names a revision that is refused",
    revisions=STATELESS,
)
def discover_promises_too_much(machine: Machine) -> None:
    _change_discovery(machine, supportedVersions=["2026-07-28", "2026-12-31"])


@fault(
    "discover-hides-tools",
    breaks=("discover.capabilities-complete", "tools.capability-declared"),
    summary="tools are served and not declared",
)
def discover_hides_tools(machine: Machine) -> None:
    del machine.server.declared["tools"]


@fault(
    "discover-capability-null",
    breaks=("discover.capability-shape",),
    summary="a capability is null",
    revisions=STATELESS,
)
def discover_capability_null(machine: Machine) -> None:
    _change_discovery(machine, capabilities={"tools": None})


@fault(
    "discover-demanded-first",
    breaks=("discover.not-required-first", "stateless.no-prior-context"),
    summary="requests are refused until discovery was made",
    revisions=STATELESS,
)
def discover_demanded_first(machine: Machine) -> None:
    seen: list[str] = []

    def serve(original: Any, call: Call) -> Any:
        seen.append(call.method)
        if call.stateless and "server/discover" not in seen:
            raise RpcError(wire.INVALID_REQUEST, "discover first")
        return original(call)

    override(machine.server, "serve", serve)


@fault(
    "discover-varies",
    breaks=("discover.stable",),
    summary="instructions change from one discovery to the next",
    revisions=STATELESS,
)
def discover_varies(machine: Machine) -> None:
    made: list[Json] = []

    def vary(result: Json) -> Json:
        made.append(result)
        return {**result, "instructions": f"discovery number {len(made)}"}

    change_results(machine, "server/discover", vary)


@fault(
    "unsupported-version-served",
    breaks=("version.unsupported.error",),
    summary="requests in unknown revisions are served",
    revisions=STATELESS,
)
def unsupported_version_served(machine: Machine) -> None:
    class Every(tuple[str, ...]):
        def __contains__(self, value: object) -> bool:
            return isinstance(value, str)

    override(machine.server, "check_meta", lambda check, call: (check(call), "2026-07-28")[1])
    machine.server.stateless = Every(machine.server.stateless)


@fault(
    "unsupported-version-miscoded",
    breaks=("version.unsupported.error",),
    summary="unknown revisions get -32602",
    revisions=STATELESS,
)
def unsupported_version_miscoded(machine: Machine) -> None:
    wrong = {wire.UNSUPPORTED_VERSION: wire.INVALID_PARAMS}
    change_errors(machine, lambda error: {**error, "code": wrong.get(error["code"], error["code"])})


def _change_data(machine: Machine, **members: Any) -> None:
    def change(original: Any, requested: str) -> RpcError:
        error: RpcError = original(requested)
        error.data = {**error.data, **members}
        return error

    override(machine.server, "unsupported", change)


@fault(
    "unsupported-version-without-data",
    breaks=("version.unsupported.data",),
    summary="the refusal of a revision does not say which are supported",
    revisions=STATELESS,
)
def unsupported_version_without_data(machine: Machine) -> None:
    override(machine.server, "unsupported", lambda original, requested: RpcError(-32022, "unsupported"))


@fault(
    "unsupported-version-misquoted",
    breaks=("version.unsupported.data",),
    summary="the refusal names another requested revision than was sent",
    revisions=STATELESS,
)
def unsupported_version_misquoted(machine: Machine) -> None:
    _change_data(machine, requested="1999-01-01 (misquoted)")


@fault(
    "unsupported-version-dead-end",
    breaks=("version.unsupported.retry-works", "version.unsupported.data"),
    summary="the supported revisions that a refusal names are refused too",
    revisions=STATELESS,
)
def unsupported_version_dead_end(machine: Machine) -> None:
    _change_data(machine, supported=["2026-12-31"])


@fault(
    "refusal-sticks",
    breaks=("version.per-request", "stateless.no-prior-context"),
    summary="after one refused revision every request is refused",
    revisions=STATELESS,
)
def refusal_sticks(machine: Machine) -> None:
    refused: list[RpcError] = []

    def check(original: Any, call: Call) -> str:
        try:
            version = str(original(call))
        except RpcError as error:
            refused.append(error)
            raise
        if any(error.code == wire.UNSUPPORTED_VERSION for error in refused):
            raise refused[0]
        return version

    override(machine.server, "check_meta", check)


@fault(
    "stateless-request-read-as-handshake",
    breaks=("version.dual-era.modern-meta-not-legacy",),
    summary="after a handshake, requests with stateless metadata get answers of the handshake era",
    transport="stdio",
)
def stateless_request_read_as_handshake(machine: Machine) -> None:
    override(
        machine.server, "is_stateless", lambda original, call: call.session.revision is None and bool(original(call))
    )


@fault(
    "removed-methods-served",
    breaks=("removed.initialize",),
    summary="ping still exists in the stateless era",
    revisions=STATELESS,
)
def removed_methods_served(machine: Machine) -> None:
    machine.server.methods["ping"] = machine.server.methods["ping"]._replace(revisions=revisions.ALL)


@fault(
    "initialize-unanswered",
    breaks=("version.initialize-rejected-or-served", "lifecycle.initialize.responds"),
    summary="initialize gets no answer",
    transport="stdio",
)
def initialize_unanswered(machine: Machine) -> None:
    def reply(original: Any, session: Any, message: Json, send: Any) -> None:
        if message["method"] != "initialize":
            original(session, message, send)

    override(machine.server, "reply", reply)


@fault(
    "extension-without-prefix",
    breaks=("extensions.identifier-format",),
    summary="an extension is declared under a name without a prefix",
    revisions=STATELESS,
)
def extension_without_prefix(machine: Machine) -> None:
    machine.server.declare("extensions", {"tasks": {}}, STATELESS)


@fault(
    "extension-settings-true",
    breaks=("extensions.settings-object",),
    summary="an extension's settings are true",
    revisions=STATELESS,
)
def extension_settings_true(machine: Machine) -> None:
    machine.server.declare("extensions", {"com.example/shout": True}, STATELESS)
