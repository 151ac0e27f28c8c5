"""Faults of `_meta`, resultType, statelessness and icons (basic/index)."""

from __future__ import annotations

from typing import Any

from mutants import revisions, wire
from mutants.faults import change_messages, change_responses, change_results, fault, override
from mutants.machine import Machine
from mutants.session import Call
from mutants.wire import Json, RpcError

STATELESS = revisions.STATELESS
COMPLETE_META: Json = {revisions.VERSION_KEY: STATELESS[0], revisions.CAPABILITIES_KEY: {}}


def _change_result_type(machine: Machine, value: Any) -> None:
    change_results(machine, "", lambda result: {**result, "resultType": value} if "resultType" in result else result)


@fault("no-result-type", breaks=("result-type.present",), summary="results have no resultType", revisions=STATELESS)
def no_result_type(machine: Machine) -> None:
    change_results(machine, "", lambda result: {name: result[name] for name in result if name != "resultType"})


@fault("result-type-number", breaks=("result-type.present",), summary="resultType is a number", revisions=STATELESS)
def result_type_number(machine: Machine) -> None:
    _change_result_type(machine, 1)


@fault("result-type-done", breaks=("result-type.known-value",), summary='resultType is "done"', revisions=STATELESS)
def result_type_done(machine: Machine) -> None:
    _change_result_type(machine, "done")


@fault(
    "finished-results-ask-for-input",
    breaks=("result-type.complete-on-final",),
    summary="lists say resultType input_required",
    revisions=STATELESS,
)
def finished_results_ask_for_input(machine: Machine) -> None:
    change_results(machine, "tools/list", lambda result: {**result, "resultType": "input_required"})


@fault(
    "list-depends-on-history",
    breaks=("stateless.order-independence", "tools.list.no-side-effects"),
    summary="after a discovery the list of tools is shorter",
    revisions=STATELESS,
)
def list_depends_on_history(machine: Machine) -> None:
    def serve(original: Any, call: Call) -> Any:
        if call.method == "server/discover":
            machine.server.tools.tools.pop("echo", None)
        return original(call)

    override(machine.server, "serve", serve)


@fault(
    "log-level-sticks",
    breaks=("logging.opt-in-per-request",),
    summary="the log level of one request holds for those that ask for none",
    revisions=STATELESS,
)
def log_level_sticks(machine: Machine) -> None:
    seen: list[str] = []

    def serve(original: Any, call: Call) -> Any:
        seen.extend([call.meta[revisions.LEVEL_KEY]] if revisions.LEVEL_KEY in call.meta else [])
        call.meta = {**({revisions.LEVEL_KEY: seen[-1]} if seen else {}), **call.meta}
        return original(call)

    override(machine.server, "serve", serve)


@fault(
    "capabilities-stick",
    breaks=("capabilities.no-reliance-on-undeclared", "stateless.no-prior-context"),
    summary="capabilities of one request hold for those that declare none",
    revisions=STATELESS,
)
def capabilities_stick(machine: Machine) -> None:
    seen: Json = {}

    def serve(original: Any, call: Call) -> Any:
        seen.update(call.meta.get(revisions.CAPABILITIES_KEY, {}))
        call.meta = {**call.meta, revisions.CAPABILITIES_KEY: dict(seen)}
        return original(call)

    override(machine.server, "serve", serve)


def _assume_meta(machine: Machine, missing: Any) -> None:
    def check(original: Any, call: Call) -> Any:
        if missing(call.meta):
            call.meta = {**COMPLETE_META, **call.meta}
        return original(call)

    override(machine.server, "check_meta", check)


@fault(
    "missing-version-assumed",
    breaks=("meta.missing-protocol-version",),
    summary="a request whose metadata lacks only the version is served",
    revisions=STATELESS,
)
def missing_version_assumed(machine: Machine) -> None:
    _assume_meta(machine, lambda meta: meta and revisions.VERSION_KEY not in meta)


@fault(
    "missing-client-capabilities-assumed",
    breaks=("meta.missing-client-capabilities",),
    summary="a request whose metadata lacks only the client's capabilities is served",
    revisions=STATELESS,
)
def missing_client_capabilities_assumed(machine: Machine) -> None:
    _assume_meta(machine, lambda meta: meta and revisions.CAPABILITIES_KEY not in meta)


@fault(
    "missing-meta-assumed",
    breaks=("meta.missing-entirely", "http.status.meta-missing-400"),
    summary="a request without any metadata is served",
    revisions=STATELESS,
)
def missing_meta_assumed(machine: Machine) -> None:
    _assume_meta(machine, lambda meta: not meta)


@fault(
    "missing-meta-miscoded",
    breaks=("meta.missing-entirely", "meta.missing-protocol-version", "meta.missing-client-capabilities"),
    summary="missing metadata gets -32600",
    revisions=STATELESS,
)
def missing_meta_miscoded(machine: Machine) -> None:
    def check(original: Any, call: Call) -> Any:
        if COMPLETE_META.keys() - call.meta.keys():
            raise RpcError(wire.INVALID_REQUEST, "metadata is missing")
        return original(call)

    override(machine.server, "check_meta", check)


@fault(
    "meta-types-unchecked",
    breaks=("meta.required-field-types",),
    summary="client capabilities of the wrong type are taken for none",
    revisions=STATELESS,
)
def meta_types_unchecked(machine: Machine) -> None:
    def check(original: Any, call: Call) -> Any:
        if not isinstance(call.meta.get(revisions.CAPABILITIES_KEY, {}), dict):
            call.meta = {**call.meta, revisions.CAPABILITIES_KEY: {}}
        return original(call)

    override(machine.server, "check_meta", check)


def _refuse(machine: Machine, refused: Any) -> None:
    def serve(original: Any, call: Call) -> Any:
        if refused(call.meta):
            raise RpcError(wire.INVALID_PARAMS, "metadata is not to our liking")
        return original(call)

    override(machine.server, "serve", serve)


@fault(
    "client-info-demanded",
    breaks=("meta.client-info-optional",),
    summary="requests without clientInfo are refused",
    revisions=STATELESS,
)
def client_info_demanded(machine: Machine) -> None:
    _refuse(machine, lambda meta: revisions.VERSION_KEY in meta and revisions.CLIENT_KEY not in meta)


@fault(
    "client-info-matters",
    breaks=("meta.client-info-no-behaviour",),
    summary="clients get shorter lists unless they are called probe",
    revisions=STATELESS,
)
def client_info_matters(machine: Machine) -> None:
    def finish(original: Any, call: Call, result: Json) -> Any:
        favoured = call.meta.get(revisions.CLIENT_KEY, {}).get("name") in (None, "probe", "smcp-conformance")
        return original(call, result if favoured or "tools" not in result else {**result, "tools": []})

    override(machine.server, "finish", finish)


@fault(
    "results-without-server-info",
    breaks=("meta.server-info-in-results",),
    summary="results do not name the server",
    revisions=STATELESS,
)
def results_without_server_info(machine: Machine) -> None:
    change_results(machine, "", lambda result: {name: result[name] for name in result if name != "_meta"})


def _add_meta(machine: Machine, key: str, value: Any) -> None:
    change_responses(
        machine,
        lambda sent: {**sent, "result": {**sent["result"], "_meta": {**sent["result"].get("_meta", {}), key: value}}},
    )


@fault(
    "meta-key-with-space",
    breaks=("meta.key-format",),
    summary="results carry a metadata key with a space",
    revisions=revisions.since("2025-06-18"),
)
def meta_key_with_space(machine: Machine) -> None:
    _add_meta(machine, "elapsed time", 1)


@fault(
    "meta-prefix-reserved",
    breaks=("meta.reserved-prefix",),
    summary="results carry an invented key under the protocol's own prefix",
    revisions=revisions.since("2025-06-18"),
)
def meta_prefix_reserved(machine: Machine) -> None:
    _add_meta(machine, "io.modelcontextprotocol/elapsed", 1)


@fault(
    "meta-prefix-not-reversed",
    breaks=("meta.reverse-dns",),
    summary="results carry a key whose prefix is a domain name the usual way round",
    revisions=revisions.since("2025-11-25"),
)
def meta_prefix_not_reversed(machine: Machine) -> None:
    _add_meta(machine, "tools.example.com/elapsed", 1)


@fault(
    "trace-parent-malformed",
    breaks=("meta.trace-context-format",),
    summary="results carry a traceparent that is none",
    revisions=STATELESS,
)
def trace_parent_malformed(machine: Machine) -> None:
    _add_meta(machine, "traceparent", "trace-1")


@fault(
    "unknown-meta-refused",
    breaks=("meta.unknown-keys-tolerated",),
    summary="requests with metadata keys of other vendors are refused",
)
def unknown_meta_refused(machine: Machine) -> None:
    known = ("progressToken", "traceparent", "tracestate", "baggage")
    _refuse(machine, lambda meta: any(not key.startswith("io.modelcontext") and key not in known for key in meta))


@fault(
    "undefined-reserved-meta-refused",
    breaks=("meta.reserved-values-no-assumptions",),
    summary="requests with an undefined key under the protocol's prefix are refused",
    revisions=revisions.since("2025-06-18"),
)
def undefined_reserved_meta_refused(machine: Machine) -> None:
    known = {*COMPLETE_META, revisions.CLIENT_KEY, revisions.LEVEL_KEY}
    _refuse(machine, lambda meta: any(key.startswith("io.modelcontext") and key not in known for key in meta))


@fault(
    "meta-as-array",
    breaks=("schema.meta-is-object",),
    summary="_meta of results is an array",
)
def meta_as_array(machine: Machine) -> None:
    change_responses(machine, lambda sent: {**sent, "result": {**sent["result"], "_meta": []}})


@fault(
    "missing-capability-miscoded",
    breaks=("capabilities.missing-client-capability",),
    summary="a tool that needs an undeclared client capability fails with -32603",
    revisions=STATELESS,
)
def missing_capability_miscoded(machine: Machine) -> None:
    def change(sent: Json) -> Json:
        missing = sent.get("error", {}).get("code") == wire.MISSING_CAPABILITY
        return {**sent, "error": {"code": wire.INTERNAL_ERROR, "message": "can't ask"}} if missing else sent

    change_messages(machine, change)
