"""Which definition describes the request, the notification or the result of a method, in each revision.

An unknown method is none of our business: an extension may define it. It is answered by None, never by an accusation.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from smcp_conformance.shapes.vocabulary import JUL_26, JUN_25, NOV_24, NOV_25, Window

ALWAYS = Window()
HANDSHAKE = Window(NOV_24, NOV_25)
TASKS = Window(NOV_25, NOV_25)
STATELESS = Window(since=JUL_26)


@dataclass(frozen=True)
class Exchange:
    """A method, its request and its final result; `interim` if 2026-07-28 lets the answer be a call for input."""

    method: str
    request: str
    result: str
    window: Window = ALWAYS
    interim: bool = False


@dataclass(frozen=True)
class News:
    """A notification's method and definition."""

    method: str
    notification: str
    window: Window = ALWAYS


@dataclass(frozen=True)
class Refusal:
    """An error code of MCP's own and the definition of the whole response that carries it."""

    code: int
    response: str
    window: Window = STATELESS


EXCHANGES = (
    Exchange("initialize", "InitializeRequest", "InitializeResult", HANDSHAKE),
    Exchange("ping", "PingRequest", "EmptyResult", HANDSHAKE),
    Exchange("server/discover", "DiscoverRequest", "DiscoverResult", STATELESS),
    Exchange("tools/list", "ListToolsRequest", "ListToolsResult"),
    Exchange("tools/call", "CallToolRequest", "CallToolResult", interim=True),
    Exchange("resources/list", "ListResourcesRequest", "ListResourcesResult"),
    Exchange("resources/templates/list", "ListResourceTemplatesRequest", "ListResourceTemplatesResult"),
    Exchange("resources/read", "ReadResourceRequest", "ReadResourceResult", interim=True),
    Exchange("resources/subscribe", "SubscribeRequest", "EmptyResult", HANDSHAKE),
    Exchange("resources/unsubscribe", "UnsubscribeRequest", "EmptyResult", HANDSHAKE),
    Exchange("prompts/list", "ListPromptsRequest", "ListPromptsResult"),
    Exchange("prompts/get", "GetPromptRequest", "GetPromptResult", interim=True),
    Exchange("completion/complete", "CompleteRequest", "CompleteResult"),
    Exchange("logging/setLevel", "SetLevelRequest", "EmptyResult", HANDSHAKE),
    Exchange("subscriptions/listen", "SubscriptionsListenRequest", "SubscriptionsListenResult", STATELESS),
    Exchange("sampling/createMessage", "CreateMessageRequest", "CreateMessageResult", HANDSHAKE),
    Exchange("elicitation/create", "ElicitRequest", "ElicitResult", Window(JUN_25, NOV_25)),
    Exchange("roots/list", "ListRootsRequest", "ListRootsResult", HANDSHAKE),
    Exchange("tasks/get", "GetTaskRequest", "GetTaskResult", TASKS),
    Exchange("tasks/result", "GetTaskPayloadRequest", "GetTaskPayloadResult", TASKS),
    Exchange("tasks/list", "ListTasksRequest", "ListTasksResult", TASKS),
    Exchange("tasks/cancel", "CancelTaskRequest", "CancelTaskResult", TASKS),
)
# In 2025-11-25 these can be answered by a task instead; what only the plain result holds tells the two apart.
AS_TASK = {"tools/call": "content", "sampling/createMessage": "content", "elicitation/create": "action"}

NEWS = (
    News("notifications/initialized", "InitializedNotification", HANDSHAKE),
    News("notifications/cancelled", "CancelledNotification"),
    News("notifications/progress", "ProgressNotification"),
    News("notifications/message", "LoggingMessageNotification"),
    News("notifications/resources/updated", "ResourceUpdatedNotification"),
    News("notifications/resources/list_changed", "ResourceListChangedNotification"),
    News("notifications/tools/list_changed", "ToolListChangedNotification"),
    News("notifications/prompts/list_changed", "PromptListChangedNotification"),
    News("notifications/roots/list_changed", "RootsListChangedNotification", HANDSHAKE),
    News("notifications/elicitation/complete", "ElicitationCompleteNotification", TASKS),
    News("notifications/tasks/status", "TaskStatusNotification", TASKS),
    News("notifications/subscriptions/acknowledged", "SubscriptionsAcknowledgedNotification", STATELESS),
)

REFUSALS = (
    Refusal(-32042, "URLElicitationRequiredError", TASKS),
    Refusal(-32020, "HeaderMismatchError"),
    Refusal(-32021, "MissingRequiredClientCapabilityError"),
    Refusal(-32022, "UnsupportedProtocolVersionError"),
)


def request_definition(revision: str, method: str) -> str | None:
    """Return the name of the definition of a request, whoever sends it; None for a method unknown in `revision`.

    In 2026-07-28 the server's former requests travel inside an `InputRequiredResult`, so they are unknown here.
    """
    exchange = _exchange(revision, method)
    return exchange.request if exchange else None


def notification_definition(revision: str, method: str) -> str | None:
    """Return the name of the definition of a notification; None for a method unknown in `revision`."""
    found = (each.notification for each in NEWS if each.method == method and each.window.covers(revision))
    return next(found, None)


def result_definition(revision: str, method: str, result: Any) -> str | None:
    """Return the name of the concrete definition of `result`, the answer to `method`; None for an unknown method.

    In 2025-11-25 a result with `task` instead of the usual members is a `CreateTaskResult`. In 2026-07-28 `resultType`
    decides: "input_required" is an `InputRequiredResult` where the method allows one, a value that the core protocol
    doesn't know belongs to an extension and is held only to `Result`, and everything else, a missing or mistyped
    `resultType` included, is the method's final result.
    """
    exchange = _exchange(revision, method)
    if exchange is None or not isinstance(result, dict):
        return exchange.result if exchange else None
    if TASKS.covers(revision) and method in AS_TASK and "task" in result and AS_TASK[method] not in result:
        return "CreateTaskResult"
    kind = result.get("resultType") if STATELESS.covers(revision) else None
    if kind == "input_required":
        return "InputRequiredResult" if exchange.interim else exchange.result
    return "Result" if isinstance(kind, str) and kind != "complete" else exchange.result


def error_definition(revision: str, code: Any) -> str | None:
    """Return the name of the definition of the whole error response with `code`, if it has one of its own."""
    found = (each.response for each in REFUSALS if each.code == code and each.window.covers(revision))
    return next(found, None)


def _exchange(revision: str, method: str) -> Exchange | None:
    return next((each for each in EXCHANGES if each.method == method and each.window.covers(revision)), None)
