"""Resources, reading: what `resources/read` brings for URIs that are listed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from smcp_conformance.checks.server.listed import RESOURCES, Item, items, results_of
from smcp_conformance.checks.server.tools.results import is_base64
from smcp_conformance.leg import Leg
from smcp_conformance.reply import Reply, brief
from smcp_conformance.requirement import Observation, check, monitor, not_applicable, not_verified, observe
from smcp_conformance.wire.transcript import Conversation, Frame

MOST = 10  # resources that are read in one check
SUSPECT = "\0\ufffd"  # what bytes become that are taken for text
LITTLE = 20  # of a text, one character in so many may be one of those


def readable(leg: Leg) -> list[Item]:
    """The first listed resources that have a URI, or out: not applicable, or not verified."""
    return [each for each in items(leg, RESOURCES) if isinstance(each.get("uri"), str)][:MOST]


def read(leg: Leg, resource: Mapping[str, Any]) -> Reply:
    """Read a listed resource."""
    return leg.session.request("resources/read", {"uri": resource["uri"]})


def brought(leg: Leg) -> Iterator[tuple[Item, Item]]:
    """Each resource that can be read, with the item that has its very URI, or out: not verified."""
    replies = [(resource, read(leg, resource)) for resource in readable(leg)]
    if not any(reply.succeeded for _, reply in replies):
        not_verified(f"no listed resource could be read: {replies[0][1] if replies else 'none has a uri'}")
    for resource, reply in replies:
        found = reply.result.get("contents")
        for item in found if isinstance(found, list) else ():
            if isinstance(item, dict) and item.get("uri") == resource["uri"]:
                yield resource, item


def contents(conversation: Conversation) -> Iterator[tuple[Frame, Any]]:
    """Each item of each result of resources/read, with its frame."""
    for frame, result in results_of(conversation, "resources/read"):
        found = result.get("contents")
        yield from ((frame, item) for item in (found if isinstance(found, list) else ()))


@check("resources.read.listed-are-readable")
def listed_resources_can_be_read(leg: Leg) -> None:
    """Reads the first listed resources; each should be answered with a result."""
    for resource in readable(leg):
        reply = read(leg, resource)
        assert reply.succeeded, f"got {reply} for {resource['uri']!r}, must be a result: it is listed"


@check("resources.read.mime-consistent")
def mime_types_are_as_listed(leg: Leg) -> None:
    """Reads the first listed resources; a MIME type should be the one that the list says."""
    typed = [(item["mimeType"], resource) for resource, item in brought(leg) if "mimeType" in item]
    told = [(mime, resource["uri"], resource["mimeType"]) for mime, resource in typed if "mimeType" in resource]
    for mime, uri, listed in told or not_applicable("no resource has a mimeType in the list and when it is read"):
        assert mime == listed, f"got the mimeType {brief(mime)} of {uri!r}, must be {brief(listed)} as listed"


@check("resources.resource.size-accurate")
def sizes_are_as_listed(leg: Leg) -> None:
    """Reads the first resources whose `size` is listed before and after; it should be the number of their bytes."""
    before = [(resource, item) for resource, item in brought(leg) if isinstance(resource.get("size"), int)]
    after = {each["uri"]: each.get("size") for each in readable(leg)}
    steady = [(resource, item) for resource, item in before if after.get(resource["uri"]) == resource["size"]]
    for resource, item in steady or not_applicable("no resource that can be read has a size which stays"):
        size = weight(item)
        shown = f"got size {resource['size']} of {resource['uri']!r} in the list"
        assert size in (None, resource["size"]), f"{shown}, must be {size}, the number of its bytes"


def weight(item: Mapping[str, Any]) -> int | None:
    """The number of bytes of an item; None if it has no proper text or blob."""
    text, blob = item.get("text"), item.get("blob")
    if isinstance(text, str):
        return len(text.encode("utf-8", "surrogatepass"))
    return len(blob) // 4 * 3 - blob.count("=") if isinstance(blob, str) and is_base64(blob) else None


@check("resources.read.text-not-binary")
def binary_data_is_no_text(leg: Leg) -> None:
    """Reads the first listed resources; no `text` may be full of what undecoded bytes turn into."""
    texts = [(resource["uri"], item["text"]) for resource, item in brought(leg) if isinstance(item.get("text"), str)]
    for uri, text in texts or not_applicable("no resource that can be read is text"):
        odd = sum(text.count(each) for each in SUSPECT)
        shown = f"got {odd} NUL and replacement characters in the {len(text)} of {uri!r}"
        assert odd * LITTLE <= len(text), f"{shown}, must be a 'blob' if it is no text"


@monitor("resources.read.shape")
def contents_are_an_array(conversation: Conversation) -> Iterator[Observation]:
    """Each result of resources/read has an array `contents`."""
    for frame, result in results_of(conversation, "resources/read"):
        fine = isinstance(result.get("contents"), list)
        yield observe(frame, fine, f"got {brief(dict(result))}, must be a result with an array 'contents'")


@monitor("resources.read.shape")
def contents_have_uri_and_text_or_blob(conversation: Conversation) -> Iterator[Observation]:
    """Each item of contents is an object with a string `uri`, and a string `text` or `blob`."""
    for frame, item in contents(conversation):
        strings = isinstance(item, dict) and all(isinstance(item.get(name, ""), str) for name in ("text", "blob"))
        fine = strings and isinstance(item.get("uri"), str) and ("text" in item or "blob" in item)
        yield observe(frame, fine, f"got {brief(item)}, must be an object with strings 'uri', and 'text' or 'blob'")


@monitor("resources.read.text-xor-blob")
def contents_are_either_text_or_blob(conversation: Conversation) -> Iterator[Observation]:
    """Each item of contents is text or binary, and not both."""
    for frame, item in contents(conversation):
        if isinstance(item, dict):
            fine = ("text" in item) != ("blob" in item)
            yield observe(frame, fine, f"got {brief(item)}, must have either 'text' or 'blob'")


@monitor("resources.read.blob-base64")
def blobs_are_base64(conversation: Conversation) -> Iterator[Observation]:
    """Each `blob` is standard Base64 with padding and without line breaks."""
    for frame, item in contents(conversation):
        if isinstance(item, dict) and "blob" in item:
            yield observe(frame, is_base64(item["blob"]), f"got {brief(item)}, must be a 'blob' in Base64")
