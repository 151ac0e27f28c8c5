"""Initialization, discovery, and the capabilities of both sides."""

from __future__ import annotations

from smcp_conformance.shapes.areas.shared import (
    CACHING,
    ICONS,
    REQUEST_META,
    RESULT_META,
    TITLE,
    notification,
    request,
    response,
)
from smcp_conformance.shapes.vocabulary import (
    BOOLEAN,
    JUL_26,
    JUN_25,
    MAR_25,
    NOV_25,
    OBJECT,
    STRING,
    URI,
    array,
    define,
    map_of,
    optional,
    required,
    shape,
)

IMPLEMENTATION = define(
    "Implementation",
    shape(
        required(name=STRING, version=STRING),
        TITLE,
        ICONS,
        optional(description=STRING, websiteUrl=URI, since=NOV_25),
    ),
)

LIST_CHANGED = shape(optional(listChanged=BOOLEAN))
EXTRAS = (
    optional(experimental=map_of(OBJECT), until=NOV_25),
    optional(experimental=map_of("JSONObject"), extensions=map_of("JSONObject"), since=JUL_26),
)
CLIENT_TASKS = shape(
    optional(
        list=OBJECT,
        cancel=OBJECT,
        requests=shape(
            optional(
                sampling=shape(optional(createMessage=OBJECT)),
                elicitation=shape(optional(create=OBJECT)),
            )
        ),
    )
)
SERVER_TASKS = shape(optional(list=OBJECT, cancel=OBJECT, requests=shape(optional(tools=shape(optional(call=OBJECT))))))

CAPABILITIES = (
    define(
        "ClientCapabilities",
        shape(
            *EXTRAS,
            optional(roots=LIST_CHANGED, until=NOV_25),
            optional(roots=OBJECT, since=JUL_26),
            optional(sampling=OBJECT, until=JUN_25),
            optional(sampling=shape(optional(context=OBJECT, tools=OBJECT)), since=NOV_25, until=NOV_25),
            optional(sampling=shape(optional(context="JSONObject", tools="JSONObject")), since=JUL_26),
            optional(elicitation=OBJECT, since=JUN_25, until=JUN_25),
            optional(elicitation=shape(optional(form=OBJECT, url=OBJECT)), since=NOV_25, until=NOV_25),
            optional(elicitation=shape(optional(form="JSONObject", url="JSONObject")), since=JUL_26),
            optional(tasks=CLIENT_TASKS, since=NOV_25, until=NOV_25),
        ),
    ),
    define(
        "ServerCapabilities",
        shape(
            *EXTRAS,
            optional(logging=OBJECT, until=NOV_25),
            optional(completions=OBJECT, since=MAR_25, until=NOV_25),
            optional(logging="JSONObject", completions="JSONObject", since=JUL_26),
            optional(prompts=LIST_CHANGED, tools=LIST_CHANGED),
            optional(resources=shape(optional(subscribe=BOOLEAN, listChanged=BOOLEAN))),
            optional(tasks=SERVER_TASKS, since=NOV_25, until=NOV_25),
        ),
    ),
)

INITIALIZATION = (
    request("InitializeRequest", "initialize", required(params="InitializeRequestParams"), until=NOV_25),
    define(
        "InitializeRequestParams",
        shape(
            *REQUEST_META,
            required(protocolVersion=STRING, capabilities="ClientCapabilities", clientInfo="Implementation"),
        ),
        until=NOV_25,
    ),
    define(
        "InitializeResult",
        shape(
            *RESULT_META,
            required(protocolVersion=STRING, capabilities="ServerCapabilities", serverInfo="Implementation"),
            optional(instructions=STRING),
        ),
        until=NOV_25,
    ),
    notification(
        "InitializedNotification", "notifications/initialized", optional(params="NotificationParams"), until=NOV_25
    ),
)

DISCOVERY = (
    request("DiscoverRequest", "server/discover", required(params="RequestParams"), since=JUL_26),
    define(
        "DiscoverResult",
        shape(
            *RESULT_META,
            CACHING,
            required(supportedVersions=array(STRING), capabilities="ServerCapabilities"),
            optional(instructions=STRING),
        ),
        since=JUL_26,
    ),
    response("DiscoverResultResponse", "DiscoverResult"),
)

DEFINITIONS = (IMPLEMENTATION, *CAPABILITIES, *INITIALIZATION, *DISCOVERY)
