"""Faults of tools/call: results, errors and the checking of arguments (server/tools)."""

from __future__ import annotations

from mutants import revisions
from mutants.faults import fault
from mutants.faults.tampering import change_runs
from mutants.features import toolbox
from mutants.machine import Machine
from mutants.wire import Json

STRUCTURED = revisions.since("2025-06-18")


def _content(machine: Machine, *items: Json) -> None:
    """Let `echo` return these items."""
    change_runs(machine, "echo", lambda result: {**result, "content": list(items)})


@fault(
    "result-without-content",
    breaks=("tools.call.result-shape", "schema.results-validate"),
    summary="structured results have no content",
)
def result_without_content(machine: Machine) -> None:
    change_runs(machine, "add", lambda result: {name: value for name, value in result.items() if name != "content"})


@fault("is-error-string", breaks=("tools.call.result-shape",), summary='isError is "false"')
def is_error_string(machine: Machine) -> None:
    change_runs(machine, "echo", lambda result: {**result, "isError": "false"})


@fault("content-as-string", breaks=("tools.call.result-shape",), summary="content is a string")
def content_as_string(machine: Machine) -> None:
    change_runs(machine, "echo", lambda result: {**result, "content": result["content"][0]["text"]})


@fault("content-type-unknown", breaks=("tools.call.content-types",), summary="content is of type markdown")
def content_type_unknown(machine: Machine) -> None:
    _content(machine, {"type": "markdown", "text": "*hello*"})


@fault(
    "content-type-of-later-revision",
    breaks=("tools.call.content-types", "lifecycle.operation.respect-version.2024-2025-03"),
    summary="resource links are returned before they existed",
    revisions=("2024-11-05", "2025-03-26"),
)
def content_type_of_later_revision(machine: Machine) -> None:
    _content(machine, {"type": "resource_link", "uri": "note://fixture/plain", "name": "plain"})


@fault(
    "image-not-base64",
    breaks=("tools.call.content-image-audio", "schema.base64-format"),
    summary="image data is not Base64",
)
def image_not_base64(machine: Machine) -> None:
    _content(machine, {"type": "image", "data": "not base64!", "mimeType": "image/png"})


@fault("image-without-mime-type", breaks=("tools.call.content-image-audio",), summary="an image has no mimeType")
def image_without_mime_type(machine: Machine) -> None:
    _content(machine, {"type": "image", "data": toolbox.PNG})


@fault("embedded-resource-flat", breaks=("tools.call.content-embedded",), summary="an embedded resource is not nested")
def embedded_resource_flat(machine: Machine) -> None:
    _content(machine, {"type": "resource", "uri": "note://fixture/plain", "text": "a plain note"})


@fault(
    "resource-link-without-name",
    breaks=("tools.call.content-resource-link",),
    summary="a resource link has no name",
    revisions=STRUCTURED,
)
def resource_link_without_name(machine: Machine) -> None:
    _content(machine, {"type": "resource_link", "uri": "note://fixture/plain"})


@fault(
    "audience-unknown",
    breaks=("tools.call.audience-annotations",),
    summary="content is for an unknown audience with priority 7",
)
def audience_unknown(machine: Machine) -> None:
    note = {"audience": ["everyone"], "priority": 7}
    _content(machine, {"type": "text", "text": "hello", "annotations": note})


@fault(
    "embedded-without-resources",
    breaks=("tools.call.embedded-needs-resources",),
    summary="embedded resources are returned, resources are not offered",
    revisions=STRUCTURED,
)
def embedded_without_resources(machine: Machine) -> None:
    del machine.server.declared["resources"]
    for name in [name for name in machine.server.methods if name.startswith("resources/")]:
        del machine.server.methods[name]
    _content(machine, {"type": "resource", "resource": {"uri": "note://fixture/plain", "text": "a plain note"}})


@fault(
    "structured-content-array",
    breaks=("tools.call.structured-content-object",),
    summary="structuredContent is an array",
    revisions=("2025-06-18", "2025-11-25"),
)
def structured_content_array(machine: Machine) -> None:
    change_runs(machine, "add", lambda result: {**result, "structuredContent": [3]})


@fault(
    "structured-content-missing",
    breaks=("tools.call.output-schema-conformance",),
    summary="a tool with an output schema returns text only",
    revisions=STRUCTURED,
)
def structured_content_missing(machine: Machine) -> None:
    change_runs(machine, "add", lambda result: {"content": result["content"]})


@fault(
    "structured-content-breaks-schema",
    breaks=("tools.call.output-schema-conformance",),
    summary="a sum that should be an integer is a string",
    revisions=STRUCTURED,
)
def structured_content_breaks_schema(machine: Machine) -> None:
    change_runs(machine, "add", lambda result: toolbox.structured({"sum": str(result["structuredContent"]["sum"])}))


@fault(
    "structured-content-without-text",
    breaks=("tools.call.structured-text-fallback",),
    summary="structured results come with empty content",
    revisions=STRUCTURED,
)
def structured_content_without_text(machine: Machine) -> None:
    change_runs(machine, "add", lambda result: {**result, "content": []})


@fault(
    "structured-text-differs",
    breaks=("tools.call.structured-text-fallback",),
    summary="the text beside a structured result says something else",
    revisions=STRUCTURED,
)
def structured_text_differs(machine: Machine) -> None:
    change_runs(
        machine, "add", lambda result: {**result, "content": [{"type": "text", "text": "the sum was computed"}]}
    )
