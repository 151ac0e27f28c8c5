"""Announcements: what a server says of its own accord, it said beforehand that it would."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from smcp_conformance.requirement import Observation, monitor
from smcp_conformance.traffic import answered, notifications
from smcp_conformance.wire.transcript import Conversation

PROMISED_BY = {
    "notifications/tools/list_changed": ("tools", "listChanged"),
    "notifications/prompts/list_changed": ("prompts", "listChanged"),
    "notifications/resources/list_changed": ("resources", "listChanged"),
    "notifications/resources/updated": ("resources", "subscribe"),
}


@monitor(
    "lifecycle.operation.negotiated-capabilities",
    "lifecycle.operation.negotiated-capabilities.2024-2025-03",
    "tools.list-changed.only-if-declared",
    "prompts.list-changed.only-if-declared",
    "resources.list-changed.only-if-declared",
)
def only_declared_changes_are_announced(conversation: Conversation) -> Iterator[Observation]:
    """Changes of a list come only where its capability says listChanged, updates only where it says subscribe.

    A capability that is missing as a whole is judged elsewhere.
    """
    declared = welcomed(conversation)
    for frame, message in notifications(conversation) if not conversation.malformed else ():
        capability, feature = PROMISED_BY.get(message["method"], ("", ""))
        settings = declared.get(capability)
        if isinstance(settings, dict):
            wrong = f"got {message['method']}, must be sent only by servers that declare {capability}.{feature}"
            yield Observation(frame, None if settings.get(feature) is True else wrong)


def welcomed(conversation: Conversation) -> Mapping[str, Any]:
    """The capabilities in the result of `initialize`; {} without one."""
    for _, response, request in answered(conversation):
        if request["method"] == "initialize":
            capabilities = response["result"].get("capabilities")
            return capabilities if isinstance(capabilities, dict) else {}
    return {}
