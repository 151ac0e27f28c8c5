"""Elicitation: what a server asks of the user, by a form or by a web page, and the answer."""

from __future__ import annotations

from smcp_conformance.shapes.areas.shared import REQUEST_META, input_request, notification, request
from smcp_conformance.shapes.vocabulary import (
    JUN_25,
    NOV_25,
    OBJECT,
    STRING,
    URI,
    any_of,
    array,
    define,
    exactly,
    map_of,
    of_type,
    one_of,
    optional,
    required,
    shape,
    unless_literal,
    within,
)

TASK = optional(task="TaskMetadata", since=NOV_25, until=NOV_25)
FORM = shape(
    required(type=exactly("object"), properties=map_of("PrimitiveSchemaDefinition")),
    optional(required=array(STRING)),
    optional({"$schema": STRING}, since=NOV_25),
)
ANSWER = unless_literal(of_type("string", "number", "boolean"), literal=of_type("string", "integer", "boolean"))

DEFINITIONS = (
    request("ElicitRequest", "elicitation/create", required(params="ElicitRequestParams"), since=JUN_25, until=NOV_25),
    input_request("ElicitRequest", "elicitation/create", required(params="ElicitRequestParams")),
    define("ElicitRequestParams", shape(required(message=STRING, requestedSchema=FORM)), since=JUN_25, until=JUN_25),
    define("ElicitRequestParams", any_of("ElicitRequestFormParams", "ElicitRequestURLParams"), since=NOV_25),
    define(
        "ElicitRequestFormParams",
        shape(REQUEST_META[0], required(message=STRING, requestedSchema=FORM), optional(mode=exactly("form")), TASK),
        since=NOV_25,
    ),
    define(
        "ElicitRequestURLParams",
        shape(
            REQUEST_META[0],
            required(mode=exactly("url"), message=STRING, url=URI),
            required(elicitationId=STRING, until=NOV_25),
            TASK,
        ),
        since=NOV_25,
    ),
    define(
        "ElicitResult",
        shape(
            required(action=one_of("accept", "decline", "cancel")),
            optional(_meta=OBJECT, until=NOV_25),
            optional(content=map_of(any_of(ANSWER, within(array(STRING), since=NOV_25)))),
        ),
        since=JUN_25,
    ),
    notification(
        "ElicitationCompleteNotification",
        "notifications/elicitation/complete",
        required(params=shape(required(elicitationId=STRING))),
        since=NOV_25,
        until=NOV_25,
    ),
)
