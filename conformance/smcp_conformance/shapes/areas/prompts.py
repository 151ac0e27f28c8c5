"""Prompts: the list, getting one, its messages."""

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
    BOOLEAN,
    STRING,
    any_of,
    array,
    define,
    map_of,
    optional,
    required,
    shape,
)

DEFINITIONS = (
    define(
        "Prompt",
        shape(
            required(name=STRING),
            TITLE,
            ICONS,
            optional(description=STRING, arguments=array("PromptArgument")),
            *META,
        ),
    ),
    define("PromptArgument", shape(required(name=STRING), TITLE, optional(description=STRING, required=BOOLEAN))),
    request("ListPromptsRequest", "prompts/list", *LIST_PARAMS),
    define("ListPromptsResult", shape(*RESULT_META, CACHING, NEXT_PAGE, required(prompts=array("Prompt")))),
    response("ListPromptsResultResponse", "ListPromptsResult"),
    request("GetPromptRequest", "prompts/get", required(params="GetPromptRequestParams")),
    define(
        "GetPromptRequestParams",
        shape(*REQUEST_META, required(name=STRING), optional(arguments=map_of(STRING)), INPUT_RESPONSES),
    ),
    define("PromptMessage", shape(required(role="Role", content="ContentBlock"))),
    define(
        "GetPromptResult",
        shape(*RESULT_META, required(messages=array("PromptMessage")), optional(description=STRING)),
    ),
    response("GetPromptResultResponse", any_of("InputRequiredResult", "GetPromptResult")),
    notification(
        "PromptListChangedNotification", "notifications/prompts/list_changed", optional(params="NotificationParams")
    ),
)
