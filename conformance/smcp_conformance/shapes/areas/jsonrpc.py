"""The envelope: requests, notifications, the two kinds of response, and the batches of 2025-03-26."""

from __future__ import annotations

from smcp_conformance.shapes.areas.shared import PROGRESS_META, VERSION
from smcp_conformance.shapes.vocabulary import (
    ANYTHING,
    INTEGER,
    JUN_25,
    MAR_25,
    NOV_25,
    OBJECT,
    STRING,
    any_of,
    array,
    define,
    of_type,
    optional,
    required,
    shape,
    within,
)

DEFINITIONS = (
    define("RequestId", of_type("string", "integer")),
    define(
        "JSONRPCRequest",
        shape(
            required(jsonrpc=VERSION, id="RequestId", method=STRING),
            optional(params=shape(optional(_meta=PROGRESS_META, until=JUN_25))),
        ),
    ),
    define(
        "JSONRPCNotification",
        shape(
            required(jsonrpc=VERSION, method=STRING),
            optional(params=shape(optional(_meta=OBJECT, until=JUN_25))),
        ),
    ),
    define("JSONRPCResponse", shape(required(jsonrpc=VERSION, id="RequestId", result="Result")), until=JUN_25),
    define("JSONRPCResponse", any_of("JSONRPCResultResponse", "JSONRPCErrorResponse"), since=NOV_25),
    define("JSONRPCResultResponse", shape(required(jsonrpc=VERSION, id="RequestId", result="Result")), since=NOV_25),
    define("JSONRPCError", shape(required(jsonrpc=VERSION, id="RequestId", error="Error")), until=JUN_25),
    define(
        "JSONRPCErrorResponse",
        shape(required(jsonrpc=VERSION, error="Error"), optional(id="RequestId")),
        since=NOV_25,
    ),
    define("Error", shape(required(code=INTEGER, message=STRING), optional(data=ANYTHING))),
    define("JSONRPCBatchRequest", array(any_of("JSONRPCRequest", "JSONRPCNotification")), since=MAR_25, until=MAR_25),
    define("JSONRPCBatchResponse", array(any_of("JSONRPCResponse", "JSONRPCError")), since=MAR_25, until=MAR_25),
    define(
        "JSONRPCMessage",
        any_of(
            "JSONRPCRequest",
            "JSONRPCNotification",
            within("JSONRPCBatchRequest", since=MAR_25, until=MAR_25),
            within("JSONRPCResponse", until=JUN_25),
            within("JSONRPCError", until=JUN_25),
            within("JSONRPCBatchResponse", since=MAR_25, until=MAR_25),
            within("JSONRPCResultResponse", since=NOV_25),
            within("JSONRPCErrorResponse", since=NOV_25),
        ),
    ),
)
