"""What all messages are made of: metadata, base requests and results, progress, cancellation, paging, icons."""

from __future__ import annotations

from smcp_conformance.shapes.areas.shared import (
    CACHING,
    LIST_PARAMS,
    NEXT_PAGE,
    NOTIFICATION_META,
    PROGRESS_META,
    REQUEST_META,
    RESULT_META,
    VERSION,
    notification,
    request,
)
from smcp_conformance.shapes.vocabulary import (
    ANYTHING,
    JUL_26,
    JUN_25,
    MAR_25,
    NOV_25,
    NUMBER,
    OBJECT,
    STRING,
    URI,
    any_of,
    array,
    define,
    map_of,
    of_type,
    one_of,
    optional,
    required,
    shape,
    unless_literal,
)

JSON = (
    define(
        "JSONValue",
        unless_literal(
            ANYTHING, literal=any_of("JSONObject", array("JSONValue"), of_type("string", "integer", "boolean"))
        ),
        since=JUL_26,
    ),
    define("JSONObject", map_of("JSONValue"), since=JUL_26),
    define("JSONArray", array("JSONValue"), since=JUL_26),
)

METADATA = (
    define("MetaObject", OBJECT, since=JUL_26),
    define(
        "RequestMetaObject",
        shape(
            optional(progressToken="ProgressToken"),
            required(
                {
                    "io.modelcontextprotocol/protocolVersion": STRING,
                    "io.modelcontextprotocol/clientCapabilities": "ClientCapabilities",
                }
            ),
            optional(
                {
                    "io.modelcontextprotocol/clientInfo": "Implementation",
                    "io.modelcontextprotocol/logLevel": "LoggingLevel",
                }
            ),
        ),
        since=JUL_26,
    ),
    define(
        "ResultMetaObject",
        shape(optional({"io.modelcontextprotocol/serverInfo": "Implementation"})),
        since=JUL_26,
    ),
    define(
        "NotificationMetaObject",
        shape(optional({"io.modelcontextprotocol/subscriptionId": "RequestId"})),
        since=JUL_26,
    ),
    define("BaseMetadata", shape(required(name=STRING), optional(title=STRING)), since=JUN_25),
    define(
        "Icon",
        shape(
            required(src=URI),
            optional(mimeType=STRING, sizes=array(STRING), theme=one_of("light", "dark")),
        ),
        since=NOV_25,
    ),
    define("Icons", shape(optional(icons=array("Icon"))), since=NOV_25),
)

MESSAGES = (
    define(
        "Request", shape(required(method=STRING), optional(params=shape(optional(_meta=PROGRESS_META, until=JUN_25))))
    ),
    define("RequestParams", shape(optional(_meta=PROGRESS_META, until=NOV_25), *REQUEST_META[1:])),
    define(
        "Notification", shape(required(method=STRING), optional(params=shape(optional(_meta=OBJECT, until=JUN_25))))
    ),
    define("NotificationParams", shape(optional(_meta=OBJECT, until=NOV_25), *NOTIFICATION_META[1:])),
    define("Result", shape(*RESULT_META)),
    define("EmptyResult", "Result"),
    define("ResultType", STRING, since=JUL_26),
    define("CacheableResult", shape(*RESULT_META, CACHING), since=JUL_26),
    request("PingRequest", "ping", optional(params="RequestParams"), until=NOV_25),
)

PROGRESS = (
    define("ProgressToken", of_type("string", "integer")),
    notification("ProgressNotification", "notifications/progress", required(params="ProgressNotificationParams")),
    define(
        "ProgressNotificationParams",
        shape(
            *NOTIFICATION_META,
            required(progressToken="ProgressToken", progress=NUMBER),
            optional(total=NUMBER),
            optional(message=STRING, since=MAR_25),
        ),
    ),
)

CANCELLATION = (
    notification("CancelledNotification", "notifications/cancelled", required(params="CancelledNotificationParams")),
    define(
        "CancelledNotificationParams",
        shape(
            *NOTIFICATION_META,
            required(requestId="RequestId", until=JUN_25),
            optional(requestId="RequestId", since=NOV_25, until=NOV_25),
            required(requestId="RequestId", since=JUL_26),
            optional(reason=STRING),
        ),
    ),
)

PAGING = (
    define("Cursor", STRING),
    define(
        "PaginatedRequest",
        shape(required(jsonrpc=VERSION, id="RequestId", since=NOV_25), required(method=STRING), *LIST_PARAMS),
    ),
    define("PaginatedRequestParams", shape(*REQUEST_META, optional(cursor="Cursor"))),
    define("PaginatedResult", shape(*RESULT_META, NEXT_PAGE)),
)

DEFINITIONS = (*JSON, *METADATA, *MESSAGES, *PROGRESS, *CANCELLATION, *PAGING)
