"""Log messages and, until 2025-11-25, the level that a client sets."""

from __future__ import annotations

from smcp_conformance.shapes.areas.shared import NOTIFICATION_META, REQUEST_META, notification, request
from smcp_conformance.shapes.vocabulary import (
    ANYTHING,
    NOV_25,
    STRING,
    define,
    one_of,
    optional,
    required,
    shape,
)

DEFINITIONS = (
    define(
        "LoggingLevel",
        one_of("debug", "info", "notice", "warning", "error", "critical", "alert", "emergency"),
    ),
    request("SetLevelRequest", "logging/setLevel", required(params="SetLevelRequestParams"), until=NOV_25),
    define("SetLevelRequestParams", shape(*REQUEST_META, required(level="LoggingLevel")), until=NOV_25),
    notification(
        "LoggingMessageNotification", "notifications/message", required(params="LoggingMessageNotificationParams")
    ),
    define(
        "LoggingMessageNotificationParams",
        shape(*NOTIFICATION_META, required(level="LoggingLevel", data=ANYTHING), optional(logger=STRING)),
    ),
)
