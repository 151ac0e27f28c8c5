"""Several round trips in 2026-07-28: a result that asks for input, and the request that brings it."""

from __future__ import annotations

from smcp_conformance.shapes.areas.shared import INPUT_RESPONSES, REQUEST_META, RESULT_META
from smcp_conformance.shapes.vocabulary import JUL_26, STRING, any_of, define, map_of, optional, shape

DEFINITIONS = (
    define("InputRequest", any_of("CreateMessageRequest", "ListRootsRequest", "ElicitRequest"), since=JUL_26),
    define("InputRequests", map_of("InputRequest"), since=JUL_26),
    define("InputResponse", any_of("CreateMessageResult", "ListRootsResult", "ElicitResult"), since=JUL_26),
    define("InputResponses", map_of("InputResponse"), since=JUL_26),
    define("InputResponseRequestParams", shape(*REQUEST_META, INPUT_RESPONSES), since=JUL_26),
    define(
        "InputRequiredResult",
        shape(*RESULT_META, optional(inputRequests="InputRequests", requestState=STRING)),
        since=JUL_26,
    ),
)
