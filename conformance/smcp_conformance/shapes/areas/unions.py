"""All messages of one kind and one sender.

Those of results are vacuous, because `Result` is a branch of them; `exchanges` finds the concrete type instead.
"""

from __future__ import annotations

from smcp_conformance.shapes.vocabulary import JUL_26, JUN_25, NOV_25, Alternative, any_of, define, within


def handshake(*names: str) -> tuple[Alternative, ...]:
    """Make branches that ended with the handshake revisions."""
    return tuple(within(name, until=NOV_25) for name in names)


def stateless(*names: str) -> tuple[Alternative, ...]:
    """Make branches that came with 2026-07-28."""
    return tuple(within(name, since=JUL_26) for name in names)


def with_tasks(*names: str) -> tuple[Alternative, ...]:
    """Make branches of 2025-11-25 alone."""
    return tuple(within(name, since=NOV_25, until=NOV_25) for name in names)


TASK_REQUESTS = with_tasks("GetTaskRequest", "GetTaskPayloadRequest", "CancelTaskRequest", "ListTasksRequest")
TASK_RESULTS = with_tasks("GetTaskResult", "GetTaskPayloadResult", "CancelTaskResult", "ListTasksResult")

DEFINITIONS = (
    define(
        "ClientRequest",
        any_of(
            "ListResourcesRequest",
            "ListResourceTemplatesRequest",
            "ReadResourceRequest",
            "ListPromptsRequest",
            "GetPromptRequest",
            "ListToolsRequest",
            "CallToolRequest",
            "CompleteRequest",
            *handshake("InitializeRequest", "PingRequest", "SetLevelRequest", "SubscribeRequest", "UnsubscribeRequest"),
            *TASK_REQUESTS,
            *stateless("DiscoverRequest", "SubscriptionsListenRequest"),
        ),
    ),
    define(
        "ServerRequest",
        any_of(
            "PingRequest",
            "CreateMessageRequest",
            "ListRootsRequest",
            within("ElicitRequest", since=JUN_25),
            *TASK_REQUESTS,
        ),
        until=NOV_25,
    ),
    define(
        "ClientNotification",
        any_of(
            "CancelledNotification",
            *handshake("InitializedNotification", "ProgressNotification", "RootsListChangedNotification"),
            *with_tasks("TaskStatusNotification"),
        ),
    ),
    define(
        "ServerNotification",
        any_of(
            "CancelledNotification",
            "ProgressNotification",
            "LoggingMessageNotification",
            "ResourceUpdatedNotification",
            "ResourceListChangedNotification",
            "ToolListChangedNotification",
            "PromptListChangedNotification",
            *with_tasks("TaskStatusNotification", "ElicitationCompleteNotification"),
            *stateless("SubscriptionsAcknowledgedNotification"),
        ),
    ),
    define(
        "ClientResult",
        any_of(
            "Result",
            *handshake("CreateMessageResult", "ListRootsResult"),
            within("ElicitResult", since=JUN_25, until=NOV_25),
            *TASK_RESULTS,
        ),
    ),
    define(
        "ServerResult",
        any_of(
            "Result",
            "ListResourcesResult",
            "ListResourceTemplatesResult",
            "ReadResourceResult",
            "ListPromptsResult",
            "GetPromptResult",
            "ListToolsResult",
            "CallToolResult",
            "CompleteResult",
            *handshake("InitializeResult"),
            *TASK_RESULTS,
            *stateless("InputRequiredResult", "DiscoverResult", "SubscriptionsListenResult"),
        ),
    ),
)
