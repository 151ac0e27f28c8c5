"""Tasks, which were part of the protocol in 2025-11-25 alone and are an extension since."""

from __future__ import annotations

from smcp_conformance.shapes.areas.shared import (
    LIST_PARAMS,
    NEXT_PAGE,
    REQUEST_META,
    RESULT_META,
    notification,
    request,
)
from smcp_conformance.shapes.vocabulary import (
    INTEGER,
    NOV_25,
    OBJECT,
    STRING,
    Definition,
    Named,
    all_of,
    array,
    define,
    of_type,
    one_of,
    optional,
    required,
    shape,
)

TASK_ID = required(params=shape(required(taskId=STRING)))


def then(name: str, type_: Named) -> Definition:
    """Define what existed in 2025-11-25 alone."""
    return define(name, type_, since=NOV_25, until=NOV_25)


DEFINITIONS = (
    then("TaskStatus", one_of("working", "input_required", "completed", "failed", "cancelled")),
    then("TaskMetadata", shape(optional(ttl=INTEGER))),
    then("RelatedTaskMetadata", shape(required(taskId=STRING))),
    then("TaskAugmentedRequestParams", shape(*REQUEST_META, optional(task="TaskMetadata"))),
    then(
        "Task",
        shape(
            required(taskId=STRING, status="TaskStatus", createdAt=STRING, lastUpdatedAt=STRING),
            required(ttl=of_type("integer", "null")),
            optional(statusMessage=STRING, pollInterval=INTEGER),
        ),
    ),
    then("CreateTaskResult", shape(*RESULT_META, required(task="Task"))),
    request("GetTaskRequest", "tasks/get", TASK_ID, since=NOV_25, until=NOV_25),
    then("GetTaskResult", all_of("Result", "Task")),
    request("GetTaskPayloadRequest", "tasks/result", TASK_ID, since=NOV_25, until=NOV_25),
    then("GetTaskPayloadResult", shape(optional(_meta=OBJECT))),
    request("CancelTaskRequest", "tasks/cancel", TASK_ID, since=NOV_25, until=NOV_25),
    then("CancelTaskResult", all_of("Result", "Task")),
    request("ListTasksRequest", "tasks/list", *LIST_PARAMS, since=NOV_25, until=NOV_25),
    then("ListTasksResult", shape(*RESULT_META, NEXT_PAGE, required(tasks=array("Task")))),
    notification(
        "TaskStatusNotification",
        "notifications/tasks/status",
        required(params="TaskStatusNotificationParams"),
        since=NOV_25,
        until=NOV_25,
    ),
    then("TaskStatusNotificationParams", all_of("NotificationParams", "Task")),
)
