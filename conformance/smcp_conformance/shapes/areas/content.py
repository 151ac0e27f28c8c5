"""Blocks of content, as tools, prompts and sampling messages carry them."""

from __future__ import annotations

from smcp_conformance.shapes.areas.shared import META
from smcp_conformance.shapes.vocabulary import (
    ANYTHING,
    BASE64,
    BOOLEAN,
    JUL_26,
    JUN_25,
    MAR_25,
    NOV_24,
    NOV_25,
    OBJECT,
    SHARE,
    STRING,
    any_of,
    array,
    define,
    exactly,
    one_of,
    optional,
    required,
    shape,
    within,
)

ANNOTATIONS = optional(annotations="Annotations")

DEFINITIONS = (
    define("Role", one_of("user", "assistant")),
    define("Annotated", shape(ANNOTATIONS), until=NOV_24),
    define(
        "Annotations",
        shape(optional(audience=array("Role"), priority=SHARE), optional(lastModified=STRING, since=JUN_25)),
    ),
    define("TextContent", shape(required(type=exactly("text"), text=STRING), ANNOTATIONS, *META)),
    define("ImageContent", shape(required(type=exactly("image"), data=BASE64, mimeType=STRING), ANNOTATIONS, *META)),
    define(
        "AudioContent",
        shape(required(type=exactly("audio"), data=BASE64, mimeType=STRING), ANNOTATIONS, *META),
        since=MAR_25,
    ),
    define(
        "EmbeddedResource",
        shape(
            required(type=exactly("resource"), resource=any_of("TextResourceContents", "BlobResourceContents")),
            ANNOTATIONS,
            *META,
        ),
    ),
    define(
        "ContentBlock",
        any_of(
            "TextContent",
            "ImageContent",
            within("AudioContent", since=MAR_25),
            within("ResourceLink", since=JUN_25),
            "EmbeddedResource",
        ),
    ),
    define(
        "ToolUseContent",
        shape(required(type=exactly("tool_use"), id=STRING, name=STRING, input=OBJECT), *META),
        since=NOV_25,
    ),
    define(
        "ToolResultContent",
        shape(
            required(type=exactly("tool_result"), toolUseId=STRING, content=array("ContentBlock")),
            optional(isError=BOOLEAN),
            optional(structuredContent=OBJECT, until=NOV_25),
            optional(structuredContent=ANYTHING, since=JUL_26),
            *META,
        ),
        since=NOV_25,
    ),
)
