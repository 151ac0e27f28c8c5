"""Listening for changes in 2026-07-28."""

from __future__ import annotations

from smcp_conformance.shapes.areas.shared import NOTIFICATION_META, REQUEST_META, notification, request, response
from smcp_conformance.shapes.vocabulary import BOOLEAN, JUL_26, STRING, array, define, optional, required, shape

DEFINITIONS = (
    define(
        "SubscriptionFilter",
        shape(
            optional(toolsListChanged=BOOLEAN, promptsListChanged=BOOLEAN, resourcesListChanged=BOOLEAN),
            optional(resourceSubscriptions=array(STRING)),
        ),
        since=JUL_26,
    ),
    request(
        "SubscriptionsListenRequest",
        "subscriptions/listen",
        required(params="SubscriptionsListenRequestParams"),
        since=JUL_26,
    ),
    define(
        "SubscriptionsListenRequestParams",
        shape(*REQUEST_META, required(notifications="SubscriptionFilter")),
        since=JUL_26,
    ),
    notification(
        "SubscriptionsAcknowledgedNotification",
        "notifications/subscriptions/acknowledged",
        required(params="SubscriptionsAcknowledgedNotificationParams"),
        since=JUL_26,
    ),
    define(
        "SubscriptionsAcknowledgedNotificationParams",
        shape(*NOTIFICATION_META, required(notifications="SubscriptionFilter")),
        since=JUL_26,
    ),
    define(
        "SubscriptionsListenResult",
        shape(required(_meta="SubscriptionsListenResultMetaObject", resultType="ResultType")),
        since=JUL_26,
    ),
    define(
        "SubscriptionsListenResultMetaObject",
        shape(
            required({"io.modelcontextprotocol/subscriptionId": "RequestId"}),
            optional({"io.modelcontextprotocol/serverInfo": "Implementation"}),
        ),
        since=JUL_26,
    ),
    response("SubscriptionsListenResultResponse", "SubscriptionsListenResult"),
)
