"""Faults of resources in reading: URIs that are believed, and what is brought for them (server/resources)."""

from __future__ import annotations

import os
from typing import Any
from urllib.parse import unquote

from mutants import revisions
from mutants.faults import change_results, fault, override
from mutants.faults.tampering import without
from mutants.features.resources import Resource
from mutants.machine import Machine
from mutants.wire import Json


def _read(machine: Machine, react: Any) -> None:
    """Let `react` see each URI first; what it returns, unless None, is read."""

    def find(original: Any, uri: str) -> Any:
        return react(uri) or original(uri)

    override(machine.server.resources, "find", find)


@fault(
    "resources-vary-by-process",
    breaks=("resources.list.not-per-connection",),
    summary="each process lists a resource that is named after it",
    revisions=revisions.STATELESS,
)
def resources_vary_by_process(machine: Machine) -> None:
    uri = f"note://fixture/only-here-{os.urandom(4).hex()}"
    machine.server.resources.resources[uri] = Resource(uri, "only-here", "a note")


@fault(
    "resources-vary-after-read",
    breaks=("resources.list.no-side-effects",),
    summary="reading a resource removes it from the list",
    revisions=revisions.STATELESS,
)
def resources_vary_after_read(machine: Machine) -> None:
    def read(original: Any, call: Any) -> Any:
        answered = original(call)
        machine.server.resources.resources.pop(call.params["uri"])
        return answered

    override(machine.server.resources, "read", read)


@fault("contents-without-uri", breaks=("resources.read.shape",), summary="contents do not say of which resource")
def contents_without_uri(machine: Machine) -> None:
    def bare(result: Json) -> Json:
        return {**result, "contents": [without(item, "uri") for item in result["contents"]]}

    change_results(machine, "resources/read", bare)


@fault("bytes-as-text", breaks=("resources.read.text-not-binary",), summary="bytes are decoded as if they were text")
def bytes_as_text(machine: Machine) -> None:
    def content(original: Any, resource: Any) -> Json:
        raw = resource.content
        text = raw.decode("utf-8", "replace") if isinstance(raw, bytes) else raw
        item: Json = original(resource._replace(content=text))
        return item

    override(machine.server.resources, "content", content)


@fault(
    "resource-for-any-text",
    breaks=("resources.uris-validated",),
    summary="whatever is no URI is a note of that name",
)
def resource_for_any_text(machine: Machine) -> None:
    _read(machine, lambda uri: None if ":" in uri else Resource(uri, "made", f"a note called {uri}"))


@fault(
    "resource-uri-kills",
    breaks=("resources.uris-validated",),
    transport="stdio",
    summary="a URI without a scheme ends the server",
)
def resource_uri_kills(machine: Machine) -> None:
    _read(machine, lambda uri: None if ":" in uri else machine.stdio.exit(1))


@fault(
    "resource-path-climbs",
    breaks=("resources.path-traversal",),
    summary="dots in a URI lead out of the notes, to files of the system",
    revisions=revisions.STATELESS,
)
def resource_path_climbs(machine: Machine) -> None:
    def climb(uri: str) -> Resource | None:
        dots, climbed, path = unquote(uri).rpartition("../")
        if not (dots.startswith("note://fixture/") and climbed):
            return None
        with open(f"/{path}", encoding="utf-8", errors="replace") as file:
            return Resource(uri, path, file.read())

    _read(machine, climb)
