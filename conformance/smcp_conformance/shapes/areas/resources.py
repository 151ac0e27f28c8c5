"""Resources and their templates: the lists, reading, subscribing until 2025-11-25, and what notifies of changes."""

from __future__ import annotations

from smcp_conformance.shapes.areas.content import ANNOTATIONS
from smcp_conformance.shapes.areas.shared import (
    CACHING,
    ICONS,
    INPUT_RESPONSES,
    LIST_PARAMS,
    META,
    NEXT_PAGE,
    NOTIFICATION_META,
    REQUEST_META,
    RESULT_META,
    TITLE,
    notification,
    request,
    response,
)
from smcp_conformance.shapes.vocabulary import (
    BASE64,
    INTEGER,
    JUN_25,
    NOV_25,
    STRING,
    URI,
    URI_TEMPLATE,
    any_of,
    array,
    define,
    exactly,
    optional,
    required,
    shape,
)

ABOUT = (optional(description=STRING, mimeType=STRING), TITLE, ICONS, ANNOTATIONS, *META)
CONTENTS = (required(uri=URI), optional(mimeType=STRING), *META)
ADDRESS = shape(*REQUEST_META, required(uri=URI))

RESOURCE = (
    define("Resource", shape(required(name=STRING, uri=URI), optional(size=INTEGER), *ABOUT)),
    define(
        "ResourceLink",
        shape(required(type=exactly("resource_link"), name=STRING, uri=URI), optional(size=INTEGER), *ABOUT),
        since=JUN_25,
    ),
    define("ResourceTemplate", shape(required(name=STRING, uriTemplate=URI_TEMPLATE), *ABOUT)),
    define("ResourceContents", shape(*CONTENTS)),
    define("TextResourceContents", shape(*CONTENTS, required(text=STRING))),
    define("BlobResourceContents", shape(*CONTENTS, required(blob=BASE64))),
)

LISTS = (
    request("ListResourcesRequest", "resources/list", *LIST_PARAMS),
    define("ListResourcesResult", shape(*RESULT_META, CACHING, NEXT_PAGE, required(resources=array("Resource")))),
    response("ListResourcesResultResponse", "ListResourcesResult"),
    request("ListResourceTemplatesRequest", "resources/templates/list", *LIST_PARAMS),
    define(
        "ListResourceTemplatesResult",
        shape(*RESULT_META, CACHING, NEXT_PAGE, required(resourceTemplates=array("ResourceTemplate"))),
    ),
    response("ListResourceTemplatesResultResponse", "ListResourceTemplatesResult"),
)

READ = (
    define("ResourceRequestParams", ADDRESS, since=NOV_25),
    request("ReadResourceRequest", "resources/read", required(params="ReadResourceRequestParams")),
    define("ReadResourceRequestParams", shape(*ADDRESS.members, INPUT_RESPONSES)),
    define(
        "ReadResourceResult",
        shape(
            *RESULT_META,
            CACHING,
            required(contents=array(any_of("TextResourceContents", "BlobResourceContents"))),
        ),
    ),
    response("ReadResourceResultResponse", any_of("InputRequiredResult", "ReadResourceResult")),
)

CHANGES = (
    request("SubscribeRequest", "resources/subscribe", required(params="SubscribeRequestParams"), until=NOV_25),
    define("SubscribeRequestParams", ADDRESS, until=NOV_25),
    request("UnsubscribeRequest", "resources/unsubscribe", required(params="UnsubscribeRequestParams"), until=NOV_25),
    define("UnsubscribeRequestParams", ADDRESS, until=NOV_25),
    notification(
        "ResourceUpdatedNotification",
        "notifications/resources/updated",
        required(params="ResourceUpdatedNotificationParams"),
    ),
    define("ResourceUpdatedNotificationParams", shape(*NOTIFICATION_META, required(uri=URI))),
    notification(
        "ResourceListChangedNotification", "notifications/resources/list_changed", optional(params="NotificationParams")
    ),
)

DEFINITIONS = (*RESOURCE, *LISTS, *READ, *CHANGES)
