"""Sampling: what a server asks of the client's model, and the answer."""

from __future__ import annotations

from smcp_conformance.shapes.areas.shared import REQUEST_META, input_request, request
from smcp_conformance.shapes.vocabulary import (
    INTEGER,
    JUL_26,
    MAR_25,
    NOV_25,
    NUMBER,
    OBJECT,
    SHARE,
    STRING,
    any_of,
    array,
    define,
    one_of,
    optional,
    required,
    shape,
    within,
)

MESSAGE_META = (
    optional(_meta=OBJECT, since=NOV_25, until=NOV_25),
    optional(_meta="MetaObject", since=JUL_26),
)
CONTENT = any_of(
    "TextContent",
    "ImageContent",
    within("AudioContent", since=MAR_25),
    within("ToolUseContent", since=NOV_25),
    within("ToolResultContent", since=NOV_25),
    within(array("SamplingMessageContentBlock"), since=NOV_25),
)

MODEL = (
    define("ModelHint", shape(optional(name=STRING))),
    define(
        "ModelPreferences",
        shape(
            optional(hints=array("ModelHint")),
            optional(costPriority=SHARE, speedPriority=SHARE, intelligencePriority=SHARE),
        ),
    ),
    define("ToolChoice", shape(optional(mode=one_of("auto", "required", "none"))), since=NOV_25),
)

MESSAGE = (
    define("SamplingMessage", shape(required(role="Role", content=CONTENT), *MESSAGE_META)),
    define(
        "SamplingMessageContentBlock",
        any_of("TextContent", "ImageContent", "AudioContent", "ToolUseContent", "ToolResultContent"),
        since=NOV_25,
    ),
)

REQUEST = (
    request(
        "CreateMessageRequest",
        "sampling/createMessage",
        required(params="CreateMessageRequestParams"),
        until=NOV_25,
    ),
    input_request("CreateMessageRequest", "sampling/createMessage", required(params="CreateMessageRequestParams")),
    define(
        "CreateMessageRequestParams",
        shape(
            REQUEST_META[0],
            required(messages=array("SamplingMessage"), maxTokens=INTEGER),
            optional(
                modelPreferences="ModelPreferences",
                systemPrompt=STRING,
                includeContext=one_of("none", "thisServer", "allServers"),
                temperature=NUMBER,
                stopSequences=array(STRING),
            ),
            optional(metadata=OBJECT, until=NOV_25),
            optional(metadata="JSONObject", since=JUL_26),
            optional(tools=array("Tool"), toolChoice="ToolChoice", since=NOV_25),
            optional(task="TaskMetadata", since=NOV_25, until=NOV_25),
        ),
    ),
)

RESULT = (
    define(
        "CreateMessageResult",
        shape(
            optional(_meta=OBJECT, until=NOV_25),
            optional(_meta="MetaObject", since=JUL_26),
            required(role="Role", content=CONTENT, model=STRING),
            optional(stopReason=STRING),
        ),
    ),
)

DEFINITIONS = (*MODEL, *MESSAGE, *REQUEST, *RESULT)
