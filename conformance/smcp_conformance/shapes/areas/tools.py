"""Tools: the list, the schemas in it, the call and its result."""

from __future__ import annotations

from smcp_conformance.shapes.areas.shared import (
    CACHING,
    ICONS,
    INPUT_RESPONSES,
    LIST_PARAMS,
    META,
    NEXT_PAGE,
    REQUEST_META,
    RESULT_META,
    TITLE,
    notification,
    request,
    response,
)
from smcp_conformance.shapes.vocabulary import (
    ANYTHING,
    BOOLEAN,
    JUL_26,
    JUN_25,
    MAR_25,
    NOV_25,
    OBJECT,
    STRING,
    any_of,
    array,
    define,
    exactly,
    map_of,
    one_of,
    optional,
    required,
    shape,
)

# Until 2025-11-25 a schema's root and its properties must be objects; later only the input's root.
INPUT_SCHEMA = shape(
    required(type=exactly("object")),
    optional({"$schema": STRING}, since=NOV_25),
    optional(properties=map_of(OBJECT), required=array(STRING), until=NOV_25),
)
OUTPUT_SCHEMA = shape(
    required(type=exactly("object"), until=NOV_25),
    optional({"$schema": STRING}, since=NOV_25),
    optional(properties=map_of(OBJECT), required=array(STRING), until=NOV_25),
)

TOOL = (
    define(
        "Tool",
        shape(
            required(name=STRING, inputSchema=INPUT_SCHEMA),
            TITLE,
            ICONS,
            optional(description=STRING),
            optional(outputSchema=OUTPUT_SCHEMA, since=JUN_25),
            optional(annotations="ToolAnnotations", since=MAR_25),
            optional(execution="ToolExecution", since=NOV_25, until=NOV_25),
            *META,
        ),
    ),
    define(
        "ToolAnnotations",
        shape(
            optional(title=STRING),
            optional(readOnlyHint=BOOLEAN, destructiveHint=BOOLEAN, idempotentHint=BOOLEAN, openWorldHint=BOOLEAN),
        ),
        since=MAR_25,
    ),
    define(
        "ToolExecution",
        shape(optional(taskSupport=one_of("forbidden", "optional", "required"))),
        since=NOV_25,
        until=NOV_25,
    ),
)

LIST = (
    request("ListToolsRequest", "tools/list", *LIST_PARAMS),
    define("ListToolsResult", shape(*RESULT_META, CACHING, NEXT_PAGE, required(tools=array("Tool")))),
    response("ListToolsResultResponse", "ListToolsResult"),
    notification(
        "ToolListChangedNotification", "notifications/tools/list_changed", optional(params="NotificationParams")
    ),
)

CALL = (
    request("CallToolRequest", "tools/call", required(params="CallToolRequestParams")),
    define(
        "CallToolRequestParams",
        shape(
            *REQUEST_META,
            required(name=STRING),
            optional(arguments=OBJECT),
            optional(task="TaskMetadata", since=NOV_25, until=NOV_25),
            INPUT_RESPONSES,
        ),
    ),
    define(
        "CallToolResult",
        shape(
            *RESULT_META,
            required(content=array("ContentBlock")),
            optional(isError=BOOLEAN),
            optional(structuredContent=OBJECT, since=JUN_25, until=NOV_25),
            optional(structuredContent=ANYTHING, since=JUL_26),
        ),
    ),
    response("CallToolResultResponse", any_of("InputRequiredResult", "CallToolResult")),
)

DEFINITIONS = (*TOOL, *LIST, *CALL)
