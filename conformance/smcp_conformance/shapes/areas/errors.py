"""Errors that have a code, and sometimes data, of their own."""

from __future__ import annotations

from smcp_conformance.shapes.areas.shared import VERSION
from smcp_conformance.shapes.vocabulary import (
    ANYTHING,
    JUL_26,
    NOV_25,
    STRING,
    Definition,
    Members,
    all_of,
    array,
    define,
    exactly,
    optional,
    required,
    shape,
)


def error(name: str, code: int) -> Definition:
    """Define an error object that is known by its code alone."""
    return define(name, shape(required(code=exactly(code), message=STRING), optional(data=ANYTHING)), since=JUL_26)


def error_response(name: str, code: int, *data: Members, since: str, until: str) -> Definition:
    """Define a whole error response with a code of MCP's own."""
    special = all_of("Error", shape(required(code=exactly(code)), *data))
    return define(
        name, shape(required(jsonrpc=VERSION, error=special), optional(id="RequestId")), since=since, until=until
    )


DEFINITIONS = (
    error("ParseError", -32700),
    error("InvalidRequestError", -32600),
    error("MethodNotFoundError", -32601),
    error("InvalidParamsError", -32602),
    error("InternalError", -32603),
    error_response("HeaderMismatchError", -32020, since=JUL_26, until=JUL_26),
    error_response(
        "MissingRequiredClientCapabilityError",
        -32021,
        required(data=shape(required(requiredCapabilities="ClientCapabilities"))),
        since=JUL_26,
        until=JUL_26,
    ),
    error_response(
        "UnsupportedProtocolVersionError",
        -32022,
        required(data=shape(required(supported=array(STRING), requested=STRING))),
        since=JUL_26,
        until=JUL_26,
    ),
    error_response(
        "URLElicitationRequiredError",
        -32042,
        required(data=shape(required(elicitations=array("ElicitRequestURLParams")))),
        since=NOV_25,
        until=NOV_25,
    ),
)
