"""Prompts, messages: every answer to `prompts/get` that was seen, and one get of each prompt so that some are."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from smcp_conformance.checks.server.listed import results_of
from smcp_conformance.checks.server.prompts.getting import PLAUSIBLE, get, parameters, prompts
from smcp_conformance.checks.server.tools.results import CONTENT_SINCE, is_base64
from smcp_conformance.leg import Leg
from smcp_conformance.reply import brief
from smcp_conformance.requirement import Observation, check, monitor, not_verified, observe
from smcp_conformance.wire.transcript import Conversation, Frame

MIME = re.compile(r"[\w.+!#$&^-]+/[\w.+!#$&^-]+(?:\s*;.*)?\Z", re.ASCII)


def messages(conversation: Conversation) -> Iterator[tuple[Frame, Mapping[str, Any]]]:
    """Each message of each result of prompts/get, with its frame."""
    for frame, result in results_of(conversation, "prompts/get"):
        found = result.get("messages")
        yield from ((frame, each) for each in (found if isinstance(found, list) else ()) if isinstance(each, dict))


def contents(conversation: Conversation, *kinds: str) -> Iterator[tuple[Frame, Mapping[str, Any]]]:
    """The content of each message, if it is an object of one of `kinds` (any, if none are given)."""
    for frame, message in messages(conversation):
        content = message.get("content")
        if isinstance(content, dict) and (not kinds or content.get("type") in kinds):
            yield frame, content


@check("prompts.get.shape")
def each_prompt_has_messages(leg: Leg) -> None:
    """Gets each prompt with plausible arguments; a result must have an array `messages`."""
    replies = [get(leg.session, each["name"], dict.fromkeys(parameters(each), PLAUSIBLE)) for each in prompts(leg)]
    done = [reply for reply in replies if reply.succeeded and reply.result.get("resultType") != "input_required"]
    for reply in done or not_verified(f"each prompt was refused: {replies[0] if replies else 'none has a name'}"):
        shaped = isinstance(reply.result.get("messages"), list)
        assert shaped, f"got {reply}, must be a result with an array 'messages'"


@monitor("prompts.get.shape")
def messages_have_a_role_and_one_content(conversation: Conversation) -> Iterator[Observation]:
    """Each message of a prompt has the role user or assistant, and one content block, which is an object."""
    for frame, message in messages(conversation):
        fine = message.get("role") in ("user", "assistant") and isinstance(message.get("content"), dict)
        yield observe(frame, fine, f"got {brief(message)}, must be of role user or assistant, its content an object")


@monitor("prompts.get.content-types")
def contents_are_of_known_types(conversation: Conversation) -> Iterator[Observation]:
    """Each content of a message has a `type` that the negotiated revision knows."""
    known = [kind for kind, since in CONTENT_SINCE.items() if since <= conversation.revision]
    for frame, content in contents(conversation):
        yield observe(frame, content.get("type") in known, f"got {brief(content)}, must be of type {', '.join(known)}")


@monitor("prompts.get.image-base64")
def images_are_base64_with_a_mime_type(conversation: Conversation) -> Iterator[Observation]:
    """Each image in a message has Base64 `data` and a `mimeType` of the form type/subtype."""
    yield from encoded(conversation, "image")


@monitor("prompts.get.audio-base64")
def audio_is_base64_with_a_mime_type(conversation: Conversation) -> Iterator[Observation]:
    """Each audio in a message has Base64 `data` and a `mimeType` of the form type/subtype."""
    yield from encoded(conversation, "audio")


def encoded(conversation: Conversation, kind: str) -> Iterator[Observation]:
    """What is to be said of the binary contents of one kind."""
    for frame, content in contents(conversation, kind):
        fine = is_base64(content.get("data")) and MIME.match(str(content.get("mimeType")))
        wrong = f"got {brief(content)}, must be Base64 'data' and a 'mimeType' like {kind}/…"
        yield Observation(frame, None if fine else wrong)


@monitor("prompts.get.embedded-complete")
def embedded_resources_have_uri_and_contents(conversation: Conversation) -> Iterator[Observation]:
    """Each resource embedded in a message has a `uri` and either `text` or a Base64 `blob`."""
    for frame, inner in embedded(conversation):
        filled = isinstance(inner.get("text"), str) or is_base64(inner.get("blob"))
        fine = isinstance(inner.get("uri"), str) and filled
        yield observe(frame, fine, f"got the resource {brief(inner)}, must be a 'uri' and 'text' or Base64 'blob'")


@monitor("prompts.get.embedded-complete")
def embedded_resources_have_a_mime_type(conversation: Conversation) -> Iterator[Observation]:
    """Each resource embedded in a message has a `mimeType` of the form type/subtype."""
    for frame, inner in embedded(conversation):
        fine = bool(MIME.match(str(inner.get("mimeType"))))
        yield observe(frame, fine, f"got the resource {brief(inner)}, must be a 'mimeType' like text/plain")


def embedded(conversation: Conversation) -> Iterator[tuple[Frame, Mapping[str, Any]]]:
    """The resources embedded in messages."""
    for frame, content in contents(conversation, "resource"):
        inner = content.get("resource")
        yield frame, inner if isinstance(inner, dict) else {}
