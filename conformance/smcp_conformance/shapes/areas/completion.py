"""Completion of prompt arguments and template variables."""

from __future__ import annotations

from smcp_conformance.shapes.areas.shared import REQUEST_META, RESULT_META, TITLE, request, response
from smcp_conformance.shapes.vocabulary import (
    BOOLEAN,
    INTEGER,
    JUL_26,
    JUN_25,
    MAR_25,
    NOV_25,
    STRING,
    URI_TEMPLATE,
    any_of,
    array,
    define,
    exactly,
    map_of,
    optional,
    required,
    shape,
    within,
)

TEMPLATE_REFERENCE = shape(required(type=exactly("ref/resource"), uri=URI_TEMPLATE))
COMPLETION = shape(
    required(values=array(STRING), until=NOV_25),
    required(values=array(STRING, maxItems=100), since=JUL_26),
    optional(total=INTEGER, hasMore=BOOLEAN),
)

DEFINITIONS = (
    define("PromptReference", shape(required(type=exactly("ref/prompt"), name=STRING), TITLE)),
    define("ResourceReference", TEMPLATE_REFERENCE, until=MAR_25),
    define("ResourceTemplateReference", TEMPLATE_REFERENCE, since=JUN_25),
    request("CompleteRequest", "completion/complete", required(params="CompleteRequestParams")),
    define(
        "CompleteRequestParams",
        shape(
            *REQUEST_META,
            required(
                ref=any_of(
                    "PromptReference",
                    within("ResourceReference", until=MAR_25),
                    within("ResourceTemplateReference", since=JUN_25),
                ),
                argument=shape(required(name=STRING, value=STRING)),
            ),
            optional(context=shape(optional(arguments=map_of(STRING))), since=JUN_25),
        ),
    ),
    define("CompleteResult", shape(*RESULT_META, required(completion=COMPLETION))),
    response("CompleteResultResponse", "CompleteResult"),
)
