"""Faults of caching, logging and completion (server/utilities)."""

from __future__ import annotations

from typing import Any

from mutants import revisions, wire
from mutants.faults import change_notifications, change_results, fault, override, replace_method
from mutants.faults.tampering import without
from mutants.machine import Machine
from mutants.session import Call
from mutants.wire import Json, RpcError

STATELESS = revisions.STATELESS
HANDSHAKE = revisions.HANDSHAKE
COMPLETIONS = revisions.since("2025-03-26")


def _change_hints(machine: Machine, **hints: Any) -> None:
    change_results(machine, "", lambda result: {**result, **hints} if "ttlMs" in result else result)


@fault(
    "caching-hints-missing",
    breaks=("caching.hints-present", "schema.results-validate"),
    summary="lists say nothing about caching",
    revisions=STATELESS,
)
def caching_hints_missing(machine: Machine) -> None:
    change_results(machine, "tools/list", lambda page: without(without(page, "ttlMs"), "cacheScope"))


@fault("ttl-negative", breaks=("caching.ttl-non-negative",), summary="ttlMs is -1", revisions=STATELESS)
def ttl_negative(machine: Machine) -> None:
    _change_hints(machine, ttlMs=-1)


@fault("ttl-string", breaks=("caching.ttl-integer",), summary="ttlMs is a string", revisions=STATELESS)
def ttl_string(machine: Machine) -> None:
    _change_hints(machine, ttlMs="60000")


@fault("cache-scope-unknown", breaks=("caching.scope-enum",), summary='cacheScope is "shared"', revisions=STATELESS)
def cache_scope_unknown(machine: Machine) -> None:
    _change_hints(machine, cacheScope="shared")


@fault(
    "cache-scope-per-page",
    breaks=("caching.scope-same-across-pages",),
    summary="the last page has another cacheScope",
    revisions=STATELESS,
)
def cache_scope_per_page(machine: Machine) -> None:
    change_results(
        machine, "tools/list", lambda page: page if "nextCursor" in page else {**page, "cacheScope": "private"}
    )


@fault(
    "log-level-refused",
    breaks=("logging.set-level.accepted",),
    summary="the level notice is refused",
    revisions=HANDSHAKE,
)
def log_level_refused(machine: Machine) -> None:
    original = machine.server.methods["logging/setLevel"].serve

    def set_level(call: Call) -> Json:
        if call.params.get("level") == "notice":
            raise RpcError(wire.INVALID_PARAMS, "unknown log level")
        return original(call)

    replace_method(machine, "logging/setLevel", set_level)


@fault(
    "log-level-unchecked",
    breaks=("logging.set-level.invalid",),
    summary="unknown log levels are accepted",
    revisions=HANDSHAKE,
)
def log_level_unchecked(machine: Machine) -> None:
    replace_method(machine, "logging/setLevel", lambda call: {})


@fault(
    "log-level-unchecked-per-request",
    breaks=("logging.invalid-level-request",),
    summary="unknown log levels in metadata are taken for none",
    revisions=STATELESS,
)
def log_level_unchecked_per_request(machine: Machine) -> None:
    def check(original: Any, call: Call) -> Any:
        try:
            return original(call)
        except RpcError as error:
            if error.message != "unknown log level":
                raise
        call.meta = without(call.meta, revisions.LEVEL_KEY)
        return original(call)

    override(machine.server, "check_meta", check)


@fault(
    "log-threshold-ignored",
    breaks=("logging.set-level.threshold", "logging.request-threshold"),
    summary="messages below the level are sent",
)
def log_threshold_ignored(machine: Machine) -> None:
    def serve(original: Any, call: Call) -> Any:
        wanted = revisions.LEVEL_KEY in call.meta if call.stateless else call.session.ready
        if call.method == "tools/call" and wanted:
            call.notify("notifications/message", {"level": "debug", "data": "tool called"})
        return original(call)

    override(machine.server, "serve", serve)


@fault(
    "log-unasked",
    breaks=("logging.opt-in-per-request", "stdio.only-three-kinds"),
    summary="log messages are sent for requests that ask for none",
    revisions=STATELESS,
)
def log_unasked(machine: Machine) -> None:
    def serve(original: Any, call: Call) -> Any:
        if call.stateless and revisions.LEVEL_KEY not in call.meta:
            call.notify("notifications/message", {"level": "info", "data": f"serving {call.method}"})
        return original(call)

    override(machine.server, "serve", serve)


@fault(
    "log-level-misnamed",
    breaks=("logging.message.shape", "schema.notifications-validate"),
    summary='log messages say level "WARN"',
)
def log_level_misnamed(machine: Machine) -> None:
    change_notifications(
        machine,
        lambda sent: (
            {**sent, "params": {**sent["params"], "level": "WARN"}}
            if sent["method"] == "notifications/message"
            else sent
        ),
    )


@fault(
    "log-undeclared", breaks=("logging.capability-declared",), summary="log messages are sent, logging is not declared"
)
def log_undeclared(machine: Machine) -> None:
    del machine.server.declared["logging"]


def _complete(machine: Machine, **members: Any) -> None:
    change_results(
        machine, "completion/complete", lambda result: {**result, "completion": {**result["completion"], **members}}
    )


@fault(
    "completion-undeclared",
    breaks=("completion.capability-declared",),
    summary="completion is served and not declared",
    revisions=COMPLETIONS,
)
def completion_undeclared(machine: Machine) -> None:
    del machine.server.declared["completions"]


@fault("completion-values-objects", breaks=("completion.result-shape",), summary="completions are objects")
def completion_values_objects(machine: Machine) -> None:
    _complete(machine, values=[{"value": "animals"}])


@fault("completion-too-many", breaks=("completion.max-100",), summary="101 completions are returned")
def completion_too_many(machine: Machine) -> None:
    _complete(machine, values=[f"topic{number:03}" for number in range(101)])


@fault(
    "completion-total-too-small", breaks=("completion.total-consistent",), summary="total is below the number of values"
)
def completion_total_too_small(machine: Machine) -> None:
    _complete(machine, values=["animals", "art"], total=1)


@fault(
    "completion-unknown-prompt-served",
    breaks=("completion.unknown-prompt", "completion.inputs-validated"),
    summary="unknown prompts are completed",
    revisions=COMPLETIONS,
)
def completion_unknown_prompt_served(machine: Machine) -> None:
    override(machine.server.completion, "check", lambda check, reference: None)


@fault("completion-resource-refused", breaks=("completion.ref-types",), summary="references to resources are refused")
def completion_resource_refused(machine: Machine) -> None:
    def check(original: Any, reference: Json) -> None:
        if reference.get("type") == "ref/resource":
            raise RpcError(wire.INVALID_PARAMS, "unknown type of reference")
        original(reference)

    override(machine.server.completion, "check", check)


@fault(
    "completion-context-refused",
    breaks=("completion.context-accepted",),
    summary="completion with context is refused",
    revisions=revisions.since("2025-06-18"),
)
def completion_context_refused(machine: Machine) -> None:
    def complete(original: Any, call: Call) -> Any:
        if "context" in call.params:
            raise RpcError(wire.INVALID_PARAMS, "context is not a known member")
        return original(call)

    override(machine.server.completion, "complete", complete)


@fault(
    "completion-incomplete-served",
    breaks=("completion.missing-arguments",),
    summary="completion without a value is served, as if of nothing",
    revisions=COMPLETIONS,
)
def completion_incomplete_served(machine: Machine) -> None:
    def complete(original: Any, call: Call) -> Any:
        argument = call.params.get("argument")
        if isinstance(argument, dict):
            call.params = {**call.params, "argument": {"value": "", **argument}}
        return original(call)

    override(machine.server.completion, "complete", complete)


@fault(
    "completion-value-kills",
    breaks=("completion.inputs-validated",),
    transport="stdio",
    summary="a value that is no regular expression ends the server",
    revisions=COMPLETIONS,
)
def completion_value_kills(machine: Machine) -> None:
    def complete(original: Any, call: Call) -> Any:
        if "(" in str(call.params.get("argument")):
            machine.stdio.exit(1)
        return original(call)

    override(machine.server.completion, "complete", complete)


@fault(
    "logs-on-listen-streams",
    breaks=("logging.request-stream-only",),
    summary="what is logged for one request is sent to all who listen, too",
    revisions=STATELESS,
)
def logs_on_listen_streams(machine: Machine) -> None:
    def deliver(original: Any, send: Any, message: Any) -> Any:
        if isinstance(message, dict) and message.get("method") == "notifications/message":
            for call in list(machine.server.listening):
                original(call.send, message)
        return original(send, message)

    override(machine.server, "deliver", deliver)
