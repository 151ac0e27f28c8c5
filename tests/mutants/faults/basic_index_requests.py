"""Faults in reading requests, batches and their errors (basic/index; basic/messages in 2024-11-05)."""

from __future__ import annotations

from typing import Any

from mutants import wire
from mutants.faults import change_errors, fault, override
from mutants.machine import Machine
from mutants.session import key
from mutants.wire import Cancelled, Json, RpcError

BATCHING = ("2025-03-26",)
STATELESS = ("2026-07-28",)


def _recode(machine: Machine, old: int, new: int) -> None:
    change_errors(machine, lambda error: {**error, "code": new} if error["code"] == old else error)


@fault(
    "refuses-reused-id",
    breaks=("jsonrpc.request-id.reuse-after-completion",),
    summary="an id that was used before is refused",
    revisions=STATELESS,
)
def refuses_reused_id(machine: Machine) -> None:
    used: set[tuple[str, object]] = set()

    def serve(original: Any, call: Any) -> Any:
        if key(call.id) in used:
            raise RpcError(wire.INVALID_REQUEST, "id was used before")
        used.add(key(call.id))
        return original(call)

    override(machine.server, "serve", serve)


@fault("parse-error-miscoded", breaks=("jsonrpc.parse-error",), summary="garbage is answered with -32600")
def parse_error_miscoded(machine: Machine) -> None:
    _recode(machine, wire.PARSE_ERROR, wire.INVALID_REQUEST)


@fault("garbage-ignored", breaks=("jsonrpc.parse-error",), transport="stdio", summary="garbage is not answered")
def garbage_ignored(machine: Machine) -> None:
    override(machine.stdio, "malformed", lambda original, error: None)


@fault("jsonrpc-not-checked", breaks=("jsonrpc.invalid-request",), summary="requests without jsonrpc are served")
def jsonrpc_not_checked(machine: Machine) -> None:
    override(
        machine.server,
        "kind",
        lambda kind, message: kind({**message, "jsonrpc": "2.0"} if isinstance(message, dict) else message),
    )


@fault("invalid-request-miscoded", breaks=("jsonrpc.invalid-request",), summary="invalid requests get -32603")
def invalid_request_miscoded(machine: Machine) -> None:
    _recode(machine, wire.INVALID_REQUEST, wire.INTERNAL_ERROR)


@fault("serves-null-id", breaks=("jsonrpc.request.null-id-rejected",), summary="requests with id null are served")
def serves_null_id(machine: Machine) -> None:
    def kind(original: Any, message: Any) -> str:
        null = isinstance(message, dict) and message.get("id", 0) is None
        return str(original({**message, "id": 0} if null else message))

    override(machine.server, "kind", kind)


@fault("unknown-method-miscoded", breaks=("jsonrpc.method-not-found",), summary="unknown methods get -32603")
def unknown_method_miscoded(machine: Machine) -> None:
    _recode(machine, wire.METHOD_NOT_FOUND, wire.INTERNAL_ERROR)


@fault("unknown-method-served", breaks=("jsonrpc.method-not-found",), summary="unknown methods get an empty result")
def unknown_method_served(machine: Machine) -> None:
    class Anything(dict[str, Any]):
        def get(self, name: str, default: object = None) -> Any:
            return super().get(name) or self["tools/list"]._replace(serve=lambda call: {})

    machine.server.methods = Anything(machine.server.methods)


@fault("params-shape-ignored", breaks=("jsonrpc.invalid-params",), summary="params that are no object are read as {}")
def params_shape_ignored(machine: Machine) -> None:
    def open_(original: Any, session: Any, message: Json, send: Any) -> Any:
        ok = isinstance(message.get("params", {}), dict)
        return original(session, message if ok else {**message, "params": {}}, send)

    override(machine.server, "open", open_)


@fault("invalid-params-miscoded", breaks=("jsonrpc.invalid-params",), summary="malformed params get -32603")
def invalid_params_miscoded(machine: Machine) -> None:
    _recode(machine, wire.INVALID_PARAMS, wire.INTERNAL_ERROR)


@fault("faults-unanswered", breaks=("jsonrpc.internal-error",), summary="requests with malformed params get no answer")
def faults_unanswered(machine: Machine) -> None:
    def serve(original: Any, call: Any) -> Any:
        try:
            return original(call)
        except RpcError as error:
            if error.code == wire.INVALID_PARAMS:
                raise Cancelled from None
            raise

    override(machine.server, "serve", serve)


@fault(
    "refuses-extra-members",
    breaks=("jsonrpc.extra-members-tolerated",),
    summary="unknown members of list params are refused",
)
def refuses_extra_members(machine: Machine) -> None:
    def serve(original: Any, call: Any) -> Any:
        if call.method.endswith("/list") and call.params.keys() - {"cursor", "_meta"}:
            raise RpcError(wire.INVALID_PARAMS, "unknown member")
        return original(call)

    override(machine.server, "serve", serve)


@fault("writes-latin-1", breaks=("jsonrpc.utf8",), summary="messages are written in Latin-1")
def writes_latin_1(machine: Machine) -> None:
    override(machine.server, "encode", lambda encode, message: encode(message).decode().encode("latin-1", "replace"))


@fault("loses-non-ascii", breaks=("jsonrpc.unicode-roundtrip",), summary="characters outside ASCII become ?")
def loses_non_ascii(machine: Machine) -> None:
    override(machine.server, "encode", lambda encode, message: encode(message).decode().encode("ascii", "replace"))


@fault(
    "request-without-id-answered",
    breaks=("jsonrpc.request-method-without-id",),
    transport="stdio",
    summary="a request method without id is answered with id null",
)
def request_without_id_answered(machine: Machine) -> None:
    def notified(original: Any, session: Any, method: str, params: Any) -> None:
        if method in machine.server.methods:
            machine.stdio.send({"jsonrpc": "2.0", "id": None, "result": {}})
        original(session, method, params)

    override(machine.server, "notified", notified)


@fault("batch-refused", breaks=("jsonrpc.batch.receive",), summary="batches are refused", revisions=BATCHING)
def batch_refused(machine: Machine) -> None:
    override(machine.server, "batches", lambda original, session: False)


@fault(
    "batch-answers-notifications",
    breaks=("jsonrpc.batch.reply-membership",),
    summary="notifications in a batch get an answer",
    revisions=BATCHING,
)
def batch_answers_notifications(machine: Machine) -> None:
    def batch(original: Any, session: Any, messages: list[Any], send: Any) -> list[Any]:
        extra = [message for message in messages if isinstance(message, dict) and "id" not in message]
        return [*original(session, messages, send), *({"jsonrpc": "2.0", "id": 0, "result": {}} for _ in extra)]

    override(machine.server, "batch", batch)


@fault(
    "batch-drops-last",
    breaks=("jsonrpc.batch.reply-membership",),
    summary="the last request of a batch gets no answer",
    revisions=BATCHING,
)
def batch_drops_last(machine: Machine) -> None:
    override(machine.server, "batch", lambda batch, *args: batch(*args)[:-1])


@fault(
    "empty-batch-unanswered",
    breaks=("jsonrpc.batch.empty-array",),
    summary="an empty batch is ignored",
    revisions=BATCHING,
)
def empty_batch_unanswered(machine: Machine) -> None:
    override(
        machine.server,
        "batch",
        lambda batch, session, messages, send: batch(session, messages, send) if messages else [],
    )


@fault(
    "batched-initialize-served",
    breaks=("jsonrpc.batch.initialize-not-batched",),
    summary="a handshake inside a batch is served",
    transport="stdio",
    revisions=BATCHING,
)
def batched_initialize_served(machine: Machine) -> None:
    def message(original: Any, received: Any) -> None:
        for each in received if isinstance(received, list) else [received]:
            original(each)

    override(machine.stdio, "message", message)


@fault(
    "batch-served-where-dropped",
    breaks=("jsonrpc.batch.unsupported-rejected",),
    summary="batches are served in every revision",
    revisions=("2025-06-18", "2025-11-25", "2026-07-28"),
)
def batch_served_where_dropped(machine: Machine) -> None:
    override(machine.server, "batches", lambda original, session: True)


@fault(
    "sends-arrays",
    breaks=("jsonrpc.batch.never-sent", "stdio.individual-messages"),
    summary="each message is wrapped in an array",
    revisions=("2025-06-18", "2025-11-25", "2026-07-28"),
)
def sends_arrays(machine: Machine) -> None:
    override(machine.server, "encode", lambda encode, message: encode([message]))


@fault(
    "reserved-error-code",
    breaks=("jsonrpc.errors.reserved-range-only-defined",),
    summary="unknown methods get -32050",
    revisions=STATELESS,
)
def reserved_error_code(machine: Machine) -> None:
    _recode(machine, wire.METHOD_NOT_FOUND, -32050)


@fault(
    "mcp-code-misused",
    breaks=("jsonrpc.errors.defined-codes-meaning",),
    summary="malformed params get -32020",
    revisions=STATELESS,
)
def mcp_code_misused(machine: Machine) -> None:
    _recode(machine, wire.INVALID_PARAMS, wire.HEADER_MISMATCH)


@fault(
    "url-elicitation-code",
    breaks=("jsonrpc.errors.no-32042",),
    summary="invalid params get -32042",
    revisions=STATELESS,
)
def url_elicitation_code(machine: Machine) -> None:
    _recode(machine, wire.INVALID_PARAMS, -32042)


@fault(
    "legacy-error-code",
    breaks=("jsonrpc.errors.legacy-subrange-avoided",),
    summary="unknown methods get -32001",
    revisions=STATELESS,
)
def legacy_error_code(machine: Machine) -> None:
    _recode(machine, wire.METHOD_NOT_FOUND, -32001)


@fault(
    "custom-code-in-reserved-span",
    breaks=("jsonrpc.errors.custom-outside-reserved",),
    summary="invalid params get -32500",
    revisions=STATELESS,
)
def custom_code_in_reserved_span(machine: Machine) -> None:
    _recode(machine, wire.INVALID_PARAMS, -32500)


@fault(
    "sends-requests",
    breaks=("patterns.server-never-requests", "stdio.no-server-requests", "http.sse.no-server-requests"),
    summary="a ping request to the client precedes each tool result",
    revisions=STATELESS,
)
def sends_requests(machine: Machine) -> None:
    def serve(original: Any, call: Any) -> Any:
        if call.method.startswith("tools/") and call.stateless:
            machine.server.deliver(call.send, {"jsonrpc": "2.0", "id": "s1", "method": "ping"})
        return original(call)

    override(machine.server, "serve", serve)
