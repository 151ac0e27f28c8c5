"""Faults of tools/list and of what it says of a tool (server/tools)."""

from __future__ import annotations

import itertools
import os
from typing import Any

from mutants import revisions
from mutants.faults import change_results, fault, override, replace_method
from mutants.faults.tampering import add_tool, describe, redefine, show, without
from mutants.machine import Machine
from mutants.session import Call
from mutants.wire import Json

STATELESS = revisions.STATELESS
NAMES = revisions.since("2025-11-25")


@fault("tools-as-map", breaks=("tools.list.shape", "schema.results-validate"), summary="tools are a map by name")
def tools_as_map(machine: Machine) -> None:
    change_results(
        machine, "tools/list", lambda page: {**page, "tools": {each["name"]: each for each in page["tools"]}}
    )


@fault(
    "tools-vary-by-process",
    breaks=("tools.list.not-per-connection",),
    summary="each process lists a tool that is named after it",
    revisions=STATELESS,
)
def tools_vary_by_process(machine: Machine) -> None:
    add_tool(machine, f"only-here-{os.urandom(4).hex()}")


@fault(
    "tools-vary-after-call",
    breaks=("tools.list.no-side-effects",),
    summary="calling a tool removes it from the list",
    revisions=STATELESS,
)
def tools_vary_after_call(machine: Machine) -> None:
    def serve(original: Any, call: Call) -> Any:
        answered = original(call)
        if call.method == "tools/call" and call.stateless:
            machine.server.tools.tools.pop(call.params["name"])
        return answered

    override(machine.server, "serve", serve)


@fault(
    "tools-in-changing-order",
    breaks=("tools.list.deterministic-order", "pagination.stable-cursors"),
    summary="each list of tools begins with another one",
)
def tools_in_changing_order(machine: Machine) -> None:
    turns = itertools.count()

    def turned(result: Json) -> Json:
        tools = result["tools"]
        first = next(turns) % max(1, len(tools))
        return {**result, "tools": tools[first:] + tools[:first]}

    change_results(machine, "tools/list", turned)


@fault("tool-without-name", breaks=("tools.tool.name-string", "tools.list.shape"), summary="a tool has no name")
def tool_without_name(machine: Machine) -> None:
    describe(machine, lambda shown: without(shown, "name") if shown["name"] == "fail" else shown)


@fault(
    "input-schema-without-type", breaks=("tools.tool.input-schema-root-object",), summary="an input schema has no type"
)
def input_schema_without_type(machine: Machine) -> None:
    show(machine, "fail", inputSchema={})


@fault(
    "input-schema-type-list",
    breaks=("tools.tool.input-schema-root-object",),
    summary="an input schema's type is a list",
)
def input_schema_type_list(machine: Machine) -> None:
    show(machine, "fail", inputSchema={"type": ["object"]})


@fault(
    "input-schema-null",
    breaks=("tools.tool.input-schema-not-null", "tools.tool.input-schema-root-object"),
    summary="the input schema of a tool without parameters is null",
    revisions=NAMES,
)
def input_schema_null(machine: Machine) -> None:
    show(machine, "fail", inputSchema=None)


@fault("input-schema-missing", breaks=("tools.tool.input-schema-root-object",), summary="a tool has no input schema")
def input_schema_missing(machine: Machine) -> None:
    describe(machine, lambda shown: without(shown, "inputSchema") if shown["name"] == "fail" else shown)


@fault(
    "boolean-property-schema",
    breaks=("tools.tool.input-schema-members",),
    summary="a property's schema is true",
    revisions=revisions.HANDSHAKE,
)
def boolean_property_schema(machine: Machine) -> None:
    show(machine, "fail", inputSchema={"type": "object", "properties": {"anything": True}})


@fault(
    "required-as-flag",
    breaks=("tools.tool.input-schema-members", "schema.json-schema.valid"),
    summary="required is true instead of a list",
)
def required_as_flag(machine: Machine) -> None:
    show(machine, "fail", inputSchema={"type": "object", "properties": {}, "required": True})


@fault(
    "required-unknown-property", breaks=("tools.tool.required-subset",), summary="a required property is not described"
)
def required_unknown_property(machine: Machine) -> None:
    show(machine, "forget", inputSchema={"type": "object", "properties": {}, "required": ["topic"]})


@fault(
    "open-schema-without-parameters",
    breaks=("tools.tool.no-params-schema",),
    summary="a tool without parameters takes anything",
    revisions=NAMES,
)
def open_schema_without_parameters(machine: Machine) -> None:
    redefine(machine, "fail", inputSchema={"type": "object"})


@fault(
    "output-schema-array",
    breaks=("tools.tool.output-schema-root-object",),
    summary="an output schema describes an array",
    revisions=("2025-06-18", "2025-11-25"),
)
def output_schema_array(machine: Machine) -> None:
    show(machine, "fail", outputSchema={"type": "array"})


@fault(
    "output-schema-true",
    breaks=("tools.tool.output-schema-object",),
    summary="an output schema is true",
    revisions=STATELESS,
)
def output_schema_true(machine: Machine) -> None:
    show(machine, "fail", outputSchema=True)


@fault(
    "description-null",
    breaks=("tools.tool.description-title", "schema.optional-not-null"),
    summary="a tool's description is null",
)
def description_null(machine: Machine) -> None:
    show(machine, "fail", description=None)


@fault(
    "annotation-hint-string",
    breaks=("tools.tool.annotations-shape",),
    summary='readOnlyHint is "true"',
    revisions=revisions.since("2025-03-26"),
)
def annotation_hint_string(machine: Machine) -> None:
    show(machine, "fail", annotations={"readOnlyHint": "true"})


@fault(
    "annotations-incoherent",
    breaks=("tools.tool.annotations-coherent",),
    summary="a tool is read-only and destructive",
    revisions=revisions.since("2025-03-26"),
)
def annotations_incoherent(machine: Machine) -> None:
    show(machine, "fail", annotations={"readOnlyHint": True, "destructiveHint": True})


@fault(
    "task-support-unknown",
    breaks=("tools.tool.task-support-enum",),
    summary='taskSupport is "sometimes"',
    revisions=("2025-11-25",),
)
def task_support_unknown(machine: Machine) -> None:
    show(machine, "fail", execution={"taskSupport": "sometimes"})


@fault(
    "list-changed-undeclared",
    breaks=(
        "tools.list-changed.only-if-declared",
        "lifecycle.operation.negotiated-capabilities",
        "lifecycle.operation.negotiated-capabilities.2024-2025-03",
    ),
    summary="list_changed is sent and not declared",
    revisions=revisions.HANDSHAKE,
)
def list_changed_undeclared(machine: Machine) -> None:
    machine.server.declare("tools", {})

    def initialized(original: Any, session: Any, method: str, params: Any) -> None:
        original(session, method, params)
        machine.server.broadcast("notifications/tools/list_changed", {}, lambda each: each is session)

    override(machine.server, "notified", initialized)


@fault(
    "list-changed-not-sent",
    breaks=("tools.list-changed.sent",),
    summary="changes of the tools are not announced",
    revisions=revisions.HANDSHAKE,
)
def list_changed_not_sent(machine: Machine) -> None:
    override(machine.server, "broadcast", lambda *args: None)


@fault(
    "list-changed-for-nothing",
    breaks=("tools.list-changed.truthful",),
    summary="list_changed is sent after every list, with nothing changed",
    revisions=revisions.HANDSHAKE,
)
def list_changed_for_nothing(machine: Machine) -> None:
    def listed(call: Call) -> Json:
        machine.server.broadcast("notifications/tools/list_changed", {}, lambda each: each is call.session)
        return machine.server.tools.listed(call)

    replace_method(machine, "tools/list", listed)


@fault(
    "prompts-served-undeclared",
    breaks=("lifecycle.undeclared-methods", "lifecycle.undeclared-methods.modern"),
    summary="prompts are served and not declared",
)
def prompts_served_undeclared(machine: Machine) -> None:
    del machine.server.declared["prompts"]
