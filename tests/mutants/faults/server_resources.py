"""Faults of resources (server/resources)."""

from __future__ import annotations

from typing import Any

from mutants import revisions, wire
from mutants.faults import change_results, fault, override, replace_method
from mutants.faults.tampering import without
from mutants.machine import Machine
from mutants.wire import Json, RpcError

HANDSHAKE = revisions.HANDSHAKE
STATELESS = revisions.STATELESS


def _describe(machine: Machine, **members: Any) -> None:
    def describe(original: Any, resource: Any) -> Json:
        return {**original(resource), **(members if resource.name == "unicode" else {})}

    override(machine.server.resources, "describe", describe)


def _content(machine: Machine, change: Any) -> None:
    override(machine.server.resources, "content", lambda content, resource: change(content(resource)))


def _not_found(machine: Machine, code: int) -> None:
    override(machine.server.resources, "not_found", lambda original, call: RpcError(code, "resource not found"))


@fault(
    "resources-undeclared",
    breaks=("resources.capability-declared", "discover.capabilities-complete"),
    summary="resources are served and not declared",
)
def resources_undeclared(machine: Machine) -> None:
    del machine.server.declared["resources"]


@fault(
    "resources-declared-without-list",
    breaks=("resources.list.responds", "resources.list.responds.legacy"),
    summary="resources are declared, resources/list does not exist",
)
def resources_declared_without_list(machine: Machine) -> None:
    del machine.server.methods["resources/list"]


@fault(
    "resource-uri-relative",
    breaks=("resources.resource.uri-valid", "schema.uri-format"),
    summary="a resource's URI is a path",
)
def resource_uri_relative(machine: Machine) -> None:
    _describe(machine, uri="notes/unicode note.txt")


@fault(
    "resource-scheme-with-underscore",
    breaks=("resources.custom-scheme-rfc3986", "resources.resource.uri-valid", "schema.uri-format"),
    summary="a custom scheme has an underscore",
    revisions=revisions.since("2025-06-18"),
)
def resource_scheme_with_underscore(machine: Machine) -> None:
    _describe(machine, uri="my_notes://unicode")


@fault(
    "resource-without-name",
    breaks=("resources.resource.name", "resources.list.shape"),
    summary="resources have no name",
)
def resource_without_name(machine: Machine) -> None:
    override(machine.server.resources, "describe", lambda describe, resource: without(describe(resource), "name"))


@fault("resource-uris-twice", breaks=("resources.resource.uri-unique",), summary="two resources have one URI")
def resource_uris_twice(machine: Machine) -> None:
    _describe(machine, uri="note://fixture/plain")


@fault("resource-size-string", breaks=("resources.resource.optional-fields",), summary='size is "12 bytes"')
def resource_size_string(machine: Machine) -> None:
    _describe(machine, size="12 bytes")


@fault("resource-size-wrong", breaks=("resources.resource.size-accurate",), summary="size counts characters, not bytes")
def resource_size_wrong(machine: Machine) -> None:
    _describe(machine, size=len("Grüße, 世界 🌍"))


@fault("resource-mime-malformed", breaks=("resources.resource.mime-syntax",), summary="a MIME type is text")
def resource_mime_malformed(machine: Machine) -> None:
    _describe(machine, mimeType="text")


@fault(
    "resource-mime-differs",
    breaks=("resources.read.mime-consistent",),
    summary="a resource is read with another MIME type than listed",
)
def resource_mime_differs(machine: Machine) -> None:
    _content(machine, lambda item: {**item, "mimeType": "text/html"})


@fault(
    "resource-audience-unknown",
    breaks=("resources.annotations.shape",),
    summary="a resource is for an unknown audience",
)
def resource_audience_unknown(machine: Machine) -> None:
    _describe(machine, annotations={"audience": ["everyone"]})


@fault(
    "resource-date-malformed",
    breaks=("resources.annotations.last-modified", "schema.dates-iso8601"),
    summary="lastModified is yesterday",
    revisions=revisions.since("2025-06-18"),
)
def resource_date_malformed(machine: Machine) -> None:
    _describe(machine, annotations={"lastModified": "yesterday"})


@fault(
    "template-malformed", breaks=("resources.templates.uri-template-valid",), summary="a URI template has an open brace"
)
def template_malformed(machine: Machine) -> None:
    broken = {"resourceTemplates": [{"uriTemplate": "note://fixture/{topic", "name": "by-topic"}]}
    change_results(machine, "resources/templates/list", lambda page: {**page, **broken})


@fault("template-without-name", breaks=("resources.templates.shape",), summary="a template has no name")
def template_without_name(machine: Machine) -> None:
    broken = {"resourceTemplates": [{"uriTemplate": "note://fixture/by-topic/{topic}"}]}
    change_results(machine, "resources/templates/list", lambda page: {**page, **broken})


@fault(
    "templates-unanswered", breaks=("resources.templates.answered",), summary="resources/templates/list does not exist"
)
def templates_unanswered(machine: Machine) -> None:
    del machine.server.methods["resources/templates/list"]


@fault("contents-as-object", breaks=("resources.read.shape",), summary="contents are not in an array")
def contents_as_object(machine: Machine) -> None:
    change_results(machine, "resources/read", lambda result: {**result, "contents": result["contents"][0]})


@fault("contents-text-and-blob", breaks=("resources.read.text-xor-blob",), summary="contents are text and blob at once")
def contents_text_and_blob(machine: Machine) -> None:
    _content(machine, lambda item: {"text": "", "blob": "", **item})


@fault(
    "blob-not-base64",
    breaks=("resources.read.blob-base64", "schema.base64-format"),
    summary="blobs are hexadecimal with a prefix",
)
def blob_not_base64(machine: Machine) -> None:
    _content(machine, lambda item: {**item, "blob": "0x89-50-4e"} if "blob" in item else item)


@fault(
    "listed-resource-unreadable",
    breaks=("resources.read.listed-are-readable",),
    summary="a resource that is listed is not found",
)
def listed_resource_unreadable(machine: Machine) -> None:
    override(machine.server.resources, "find", lambda find, uri: None if uri.endswith("/last") else find(uri))


@fault(
    "resource-not-found-code-0",
    breaks=("resources.not-found.code-32002", "resources.not-found.code-32602"),
    summary="a resource that does not exist gets code 0",
)
def resource_not_found_code_0(machine: Machine) -> None:
    _not_found(machine, 0)


@fault(
    "resource-not-found-old-code",
    breaks=("resources.not-found.code-32602", "jsonrpc.errors.no-32002"),
    summary="a resource that does not exist gets -32002",
    revisions=STATELESS,
)
def resource_not_found_old_code(machine: Machine) -> None:
    _not_found(machine, wire.RESOURCE_NOT_FOUND)


@fault(
    "resource-not-found-empty",
    breaks=(
        "resources.not-found.not-empty-contents",
        "resources.not-found.is-error",
        "resources.not-found.code-32002",
        "resources.not-found.code-32602",
    ),
    summary="a resource that does not exist has empty contents",
)
def resource_not_found_empty(machine: Machine) -> None:
    def read(original: Any, call: Any) -> Any:
        missing = machine.server.resources.find(str(call.params.get("uri"))) is None
        return {"contents": []} if missing else original(call)

    override(machine.server.resources, "read", read)


@fault(
    "subscribe-says-ok",
    breaks=("resources.subscribe.result-empty",),
    summary="resources/subscribe answers with members of its own",
    revisions=HANDSHAKE,
)
def subscribe_says_ok(machine: Machine) -> None:
    replace_method(machine, "resources/subscribe", lambda call: {"ok": True})


@fault(
    "subscribe-to-anything",
    breaks=("resources.subscribe.unknown-uri",),
    summary="subscriptions to what does not exist are accepted",
    revisions=HANDSHAKE,
)
def subscribe_to_anything(machine: Machine) -> None:
    replace_method(machine, "resources/subscribe", lambda call: {})


@fault(
    "updates-for-all",
    breaks=("resources.updated.only-when-subscribed",),
    summary="updates are sent without a subscription",
    revisions=HANDSHAKE,
)
def updates_for_all(machine: Machine) -> None:
    override(
        machine.server,
        "broadcast",
        lambda broadcast, method, params, wanted: broadcast(method, params, lambda each: True),
    )


@fault(
    "updates-without-uri",
    breaks=("resources.updated.shape",),
    summary="updates do not say of what",
    revisions=HANDSHAKE,
)
def updates_without_uri(machine: Machine) -> None:
    override(machine.server, "broadcast", lambda broadcast, method, params, wanted: broadcast(method, {}, wanted))
