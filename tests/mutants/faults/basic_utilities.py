"""Faults of progress and cancellation (basic/utilities)."""

from __future__ import annotations

from typing import Any

from mutants import revisions
from mutants.faults import change_notifications, fault, override
from mutants.machine import Machine
from mutants.session import Call
from mutants.wire import Json


def _change_progress(machine: Machine, change: Any) -> None:
    """Pass the params of every progress notification through `change`."""

    def sent(message: Json) -> Json:
        progress = message["method"] == "notifications/progress"
        return {**message, "params": change(message["params"])} if progress else message

    change_notifications(machine, sent)


@fault(
    "progress-unasked", breaks=("progress.known-token-only",), summary="progress is sent for requests without a token"
)
def progress_unasked(machine: Machine) -> None:
    def serve(original: Any, call: Call) -> Any:
        if call.method == "tools/call" and "progressToken" not in call.meta:
            call.notify("notifications/progress", {"progressToken": "unasked", "progress": 1})
        return original(call)

    override(machine.server, "serve", serve)


@fault(
    "progress-token-string",
    breaks=("progress.token-exact", "progress.known-token-only"),
    summary="integer tokens come back as strings",
)
def progress_token_string(machine: Machine) -> None:
    _change_progress(machine, lambda params: {**params, "progressToken": str(params["progressToken"])})


@fault("progress-not-increasing", breaks=("progress.monotonic",), summary="progress stays at 1")
def progress_not_increasing(machine: Machine) -> None:
    _change_progress(machine, lambda params: {**params, "progress": 1})


@fault("progress-backwards", breaks=("progress.monotonic",), summary="progress counts down")
def progress_backwards(machine: Machine) -> None:
    _change_progress(machine, lambda params: {**params, "progress": params["total"] - params["progress"]})


@fault(
    "progress-after-response",
    breaks=("progress.stops-after-completion",),
    transport="stdio",
    summary="progress is reported once more after the response",
)
def progress_after_response(machine: Machine) -> None:
    def served(original: Any, call: Call, message: Json) -> Any:
        response = original(call, message)
        if response is None or "progressToken" not in call.meta:
            return response
        machine.server.deliver(call.send, response)
        call.progress(1_000_000, 1_000_000, "finished")
        return None

    override(machine.server, "served", served)


@fault("progress-as-string", breaks=("progress.shape", "schema.notifications-validate"), summary='progress is "50 %"')
def progress_as_string(machine: Machine) -> None:
    _change_progress(machine, lambda params: {**params, "progress": "50 %"})


@fault(
    "progress-message-empty",
    breaks=("progress.message-meaningful",),
    summary="progress messages are empty",
    revisions=revisions.since("2025-03-26"),
)
def progress_message_empty(machine: Machine) -> None:
    _change_progress(machine, lambda params: {**params, "message": ""})


@fault("progress-beyond-total", breaks=("progress.total-sane",), summary="progress exceeds total")
def progress_beyond_total(machine: Machine) -> None:
    _change_progress(machine, lambda params: {**params, "total": 0.5})


@fault(
    "progress-token-refused",
    breaks=("progress.token-accepted-everywhere",),
    summary="a progress token on a list request is refused",
)
def progress_token_refused(machine: Machine) -> None:
    def check(original: Any, call: Call) -> None:
        if call.method.endswith("/list") and "progressToken" in call.meta:
            call.meta = {**call.meta, "progressToken": None}
        original(call)

    override(machine.server, "check_token", check)


@fault(
    "progress-tokens-mixed-up",
    breaks=("progress.duplicate-token", "progress.known-token-only"),
    transport="stdio",
    summary="progress of concurrent requests all carries the latest token",
)
def progress_tokens_mixed_up(machine: Machine) -> None:
    tokens: list[Any] = []

    def check(original: Any, call: Call) -> None:
        original(call)
        tokens.extend([call.meta["progressToken"]] if "progressToken" in call.meta else [])

    override(machine.server, "check_token", check)
    _change_progress(machine, lambda params: {**params, "progressToken": tokens[-1]})


def _when_cancelled(machine: Machine, act: Any) -> None:
    machine.server.notifications["notifications/cancelled"] = act


@fault(
    "cancelled-initialize-kills",
    breaks=("cancellation.initialize-not-cancellable",),
    transport="stdio",
    summary="cancelling initialize ends the process",
    revisions=revisions.HANDSHAKE,
)
def cancelled_initialize_kills(machine: Machine) -> None:
    _when_cancelled(machine, lambda session, params: params.get("requestId") == 1 and machine.stdio.exit(1))


@fault(
    "cancellation-ignored",
    breaks=("cancellation.stop-and-silent", "cancellation.no-further-messages"),
    summary="cancelled requests run on and are answered",
)
def cancellation_ignored(machine: Machine) -> None:
    _when_cancelled(machine, lambda session, params: None)


@fault(
    "cancellation-answered",
    breaks=("cancellation.stop-and-silent", "cancellation.no-further-messages"),
    transport="stdio",
    summary="a cancelled request is answered with an error",
)
def cancellation_answered(machine: Machine) -> None:
    def served(original: Any, call: Call, message: Json) -> Any:
        error = {"code": -32603, "message": "cancelled"}
        return original(call, message) or {"jsonrpc": "2.0", "id": call.id, "error": error}

    override(machine.server, "served", served)


@fault(
    "unknown-cancellation-answered",
    breaks=("cancellation.unknown-ignored", "jsonrpc.notification.no-reply"),
    transport="stdio",
    summary="cancelling an unknown request is answered with an error",
)
def unknown_cancellation_answered(machine: Machine) -> None:
    def cancelled(session: Any, params: Json) -> None:
        id_ = params.get("requestId")
        known = any(call.id == id_ for call in list(session.calls.values()))
        session.cancel(id_)
        if not known:
            machine.stdio.send({"jsonrpc": "2.0", "id": id_, "error": {"code": -32602, "message": "unknown request"}})

    _when_cancelled(machine, cancelled)


@fault(
    "malformed-cancellation-kills",
    breaks=("cancellation.malformed-ignored",),
    transport="stdio",
    summary="a cancellation without requestId kills the process",
)
def malformed_cancellation_kills(machine: Machine) -> None:
    def cancelled(session: Any, params: Json) -> None:
        if "requestId" not in params:
            machine.stdio.exit(1)
        session.cancel(params["requestId"])

    _when_cancelled(machine, cancelled)


@fault(
    "late-cancellation-kills",
    breaks=("cancellation.race", "cancellation.unknown-ignored"),
    transport="stdio",
    summary="cancelling a finished request kills the process",
)
def late_cancellation_kills(machine: Machine) -> None:
    def cancelled(session: Any, params: Json) -> None:
        if not any(call.id == params.get("requestId") for call in list(session.calls.values())):
            machine.stdio.exit(1)
        session.cancel(params["requestId"])

    _when_cancelled(machine, cancelled)


@fault(
    "cancellation-hits-all",
    breaks=("cancellation.other-requests-unaffected",),
    summary="cancelling one request cancels all",
)
def cancellation_hits_all(machine: Machine) -> None:
    def cancelled(session: Any, params: Json) -> None:
        for call in list(session.calls.values()):
            call.cancelled.set()

    _when_cancelled(machine, cancelled)


@fault("cancellation-ignores-type", breaks=("cancellation.ids-typed",), summary='cancelling "1" cancels 1')
def cancellation_ignores_type(machine: Machine) -> None:
    def cancelled(session: Any, params: Json) -> None:
        for call in list(session.calls.values()):
            if str(call.id) == str(params.get("requestId")):
                call.cancelled.set()

    _when_cancelled(machine, cancelled)


@fault(
    "server-cancels-calls",
    breaks=("cancellation.server-only-for-listen", "cancellation.only-own-requests"),
    summary="a cancellation precedes each tool result",
)
def server_cancels_calls(machine: Machine) -> None:
    def serve(original: Any, call: Call) -> Any:
        if call.method == "tools/call":
            call.notify("notifications/cancelled", {"requestId": call.id})
        return original(call)

    override(machine.server, "serve", serve)
