"""Tools, results: every answer to `tools/call` that was seen, whoever made the call."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterator, Mapping
from typing import Any

from smcp_conformance.generate.dialect import NoDialect
from smcp_conformance.generate.schema import instance_fault
from smcp_conformance.leg import Leg
from smcp_conformance.reply import brief
from smcp_conformance.requirement import Observation, check, monitor, not_applicable, not_verified, observe
from smcp_conformance.wire.transcript import Conversation, Frame

CONTENT_SINCE = {
    "text": "2024-11-05",
    "image": "2024-11-05",
    "resource": "2024-11-05",
    "audio": "2025-03-26",
    "resource_link": "2025-06-18",
}


def tool_results(conversation: Conversation) -> Iterator[tuple[Frame, Mapping[str, Any]]]:
    """Each complete result of a tools/call in `conversation` with its frame."""
    for frame in conversation.incoming:
        result = frame.message.get("result")
        complete = isinstance(result, dict) and result.get("resultType", "complete") == "complete"
        if isinstance(result, dict) and complete and conversation.method_of(frame.message) == "tools/call":
            yield frame, result


def items(conversation: Conversation, *kinds: str) -> Iterator[tuple[Frame, Mapping[str, Any]]]:
    """Each content item of one of `kinds` (any, if none are given) with its frame."""
    for frame, result in tool_results(conversation):
        content = result.get("content")
        for item in content if isinstance(content, list) else ():
            if isinstance(item, dict) and (not kinds or item.get("type") in kinds):
                yield frame, item


@monitor("tools.call.result-shape")
def tool_results_have_content(conversation: Conversation) -> Iterator[Observation]:
    """Each result of tools/call has an array `content`, and a boolean `isError` if it has one."""
    for frame, result in tool_results(conversation):
        shaped = isinstance(result.get("content"), list) and isinstance(result.get("isError", False), bool)
        yield observe(frame, shaped, f"got {brief(result)}, must be an array 'content' and a boolean 'isError', if any")


@monitor("tools.call.content-types")
def content_items_are_of_known_types(conversation: Conversation) -> Iterator[Observation]:
    """Each content item has a `type` that the negotiated revision knows."""
    known = [kind for kind, since in CONTENT_SINCE.items() if since <= conversation.revision]
    for frame, item in items(conversation):
        yield observe(frame, item.get("type") in known, f"got {brief(item)}, must be of type {', '.join(known)}")


@monitor("tools.call.content-image-audio")
def images_and_audio_are_base64_with_a_mime_type(conversation: Conversation) -> Iterator[Observation]:
    """Each image and audio item has Base64 `data` and a `mimeType`."""
    for frame, item in items(conversation, "image", "audio"):
        fine = is_base64(item.get("data")) and isinstance(item.get("mimeType"), str)
        yield observe(frame, fine, f"got {brief(item)}, must be Base64 'data' and a string 'mimeType'")


@monitor("tools.call.content-embedded")
def embedded_resources_have_uri_and_contents(conversation: Conversation) -> Iterator[Observation]:
    """Each embedded resource has a `uri` and either `text` or a Base64 `blob`."""
    for frame, item in items(conversation, "resource"):
        inner = item.get("resource")
        inner = inner if isinstance(inner, dict) else {}
        filled = isinstance(inner.get("text"), str) or is_base64(inner.get("blob"))
        fine = isinstance(inner.get("uri"), str) and filled
        yield observe(frame, fine, f"got {brief(item)}, must be a 'resource' with 'uri' and 'text' or Base64 'blob'")


@monitor("tools.call.content-resource-link")
def resource_links_have_uri_and_name(conversation: Conversation) -> Iterator[Observation]:
    """Each resource link has a string `uri` and a string `name`."""
    for frame, item in items(conversation, "resource_link"):
        fine = isinstance(item.get("uri"), str) and isinstance(item.get("name"), str)
        yield observe(frame, fine, f"got {brief(item)}, must be a link with strings 'uri' and 'name'")


@monitor("tools.call.audience-annotations")
def content_annotations_are_in_range(conversation: Conversation) -> Iterator[Observation]:
    """The annotations of content have an `audience` of user and assistant, and a `priority` from 0 to 1."""
    for frame, item in items(conversation):
        if "annotations" in item:
            fine = proper_annotations(item["annotations"])
            yield observe(frame, fine, f"got {brief(item)}, must be an audience of user/assistant, a priority of 0..1")


@monitor("tools.call.structured-content-object")
def structured_content_is_an_object(conversation: Conversation) -> Iterator[Observation]:
    """From 2025-06-18 to 2025-11-25 `structuredContent` is a JSON object."""
    for frame, result in tool_results(conversation):
        if "structuredContent" in result:
            content = result["structuredContent"]
            yield observe(frame, isinstance(content, dict), f"got {brief(content)}, must be an object")


@monitor("tools.call.structured-text-fallback")
def structured_content_is_repeated_as_text(conversation: Conversation) -> Iterator[Observation]:
    """A result with `structuredContent` should hold the same JSON in one of its text items."""
    for frame, result in tool_results(conversation):
        if "structuredContent" in result and isinstance(result.get("content"), list):
            texts = [item.get("text") for item in result["content"] if isinstance(item, dict)]
            mirrored = any(says(text, result["structuredContent"]) for text in texts)
            yield observe(frame, mirrored, f"got {brief(result)}, must be a text item with the same as JSON")


@check("tools.call.output-schema-conformance")
def structured_content_conforms_to_output_schema(leg: Leg) -> None:
    """Validates `structuredContent` of each successful valid call against the tool's outputSchema."""
    made = [one for one in leg.require_calls() if one.reply and isinstance(one.tool.get("outputSchema"), dict)]
    done = [one for one in made if one.reply and one.reply.succeeded and not one.reply.is_error_result]
    if not made:
        not_applicable("no tool that may be called has an outputSchema")
    if not done:
        not_verified("no call of a tool with an outputSchema succeeded")
    for one in done:
        result = one.reply.result if one.reply else {}
        shown = f"got {brief(result)} of {one.tool['name']!r} called with {brief(one.arguments)}"
        assert "structuredContent" in result, f"{shown}, must be a result with structuredContent"
        fault = judged(one.tool["outputSchema"], result["structuredContent"])
        assert not fault, f"{shown}, must be valid under its outputSchema: {fault}"


def judged(schema: Mapping[str, Any], value: object) -> str | None:
    """What makes `value` invalid under `schema`; out if the schema can't be judged."""
    try:
        return instance_fault(schema, value)
    except NoDialect as dialect:
        not_verified(f"the outputSchema can't be judged: {dialect}")


def is_base64(value: object) -> bool:
    """Tell whether `value` is a string of standard Base64."""
    try:
        base64.b64decode(value if isinstance(value, str) else "!", validate=True)
    except (binascii.Error, ValueError):
        return False
    return True


def says(text: object, value: object) -> bool:
    """Tell whether `text` is JSON for `value`."""
    try:
        return isinstance(text, str) and json.loads(text) == value
    except (ValueError, RecursionError):
        return False


def proper_annotations(annotations: object) -> bool:
    """Tell whether content annotations have the shape that the schema gives them."""
    if not isinstance(annotations, dict):
        return False
    audience, priority = annotations.get("audience", []), annotations.get("priority", 0)
    listed = isinstance(audience, list) and all(role in ("user", "assistant") for role in audience)
    number = isinstance(priority, (int, float)) and not isinstance(priority, bool)
    return listed and number and 0 <= priority <= 1
