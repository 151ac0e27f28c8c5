"""Roots: the folders that a client offers."""

from __future__ import annotations

from smcp_conformance.shapes.areas.shared import META, input_request, notification, request
from smcp_conformance.shapes.vocabulary import (
    NOV_25,
    OBJECT,
    STRING,
    URI,
    array,
    define,
    optional,
    required,
    shape,
)

DEFINITIONS = (
    define("Root", shape(required(uri=URI), optional(name=STRING), *META)),
    request("ListRootsRequest", "roots/list", optional(params="RequestParams"), until=NOV_25),
    input_request("ListRootsRequest", "roots/list", optional(params=shape(optional(_meta="MetaObject")))),
    define("ListRootsResult", shape(required(roots=array("Root")), optional(_meta=OBJECT, until=NOV_25))),
    notification(
        "RootsListChangedNotification",
        "notifications/roots/list_changed",
        optional(params="NotificationParams"),
        until=NOV_25,
    ),
)
