"""Groups of members and forms of messages that many areas share.

Until 2025-06-18 the official schema leaves the envelope (`jsonrpc`, `id`) out of concrete requests and notifications
and does not describe `_meta` in the params that it writes inline; both came with 2025-11-25.
"""

from __future__ import annotations

from smcp_conformance.shapes.vocabulary import (
    JUL_26,
    JUN_25,
    NATURAL,
    NOV_24,
    NOV_25,
    OBJECT,
    STRING,
    Definition,
    Members,
    Named,
    array,
    define,
    exactly,
    one_of,
    optional,
    required,
    shape,
)

VERSION = exactly("2.0")

TITLE = optional(title=STRING, since=JUN_25)
ICONS = optional(icons=array("Icon"), since=NOV_25)

META = (optional(_meta=OBJECT, since=JUN_25, until=NOV_25), optional(_meta="MetaObject", since=JUL_26))
RESULT_META = (
    optional(_meta=OBJECT, until=NOV_25),
    optional(_meta="ResultMetaObject", since=JUL_26),
    required(resultType="ResultType", since=JUL_26),
)
PROGRESS_META = shape(optional(progressToken="ProgressToken"))
REQUEST_META = (
    optional(_meta=PROGRESS_META, since=NOV_25, until=NOV_25),
    required(_meta="RequestMetaObject", since=JUL_26),
)
NOTIFICATION_META = (
    optional(_meta=OBJECT, since=NOV_25, until=NOV_25),
    optional(_meta="NotificationMetaObject", since=JUL_26),
)
CACHING = required(ttlMs=NATURAL, cacheScope=one_of("public", "private"), since=JUL_26)
NEXT_PAGE = optional(nextCursor="Cursor")
INPUT_RESPONSES = optional(inputResponses="InputResponses", requestState=STRING, since=JUL_26)
LIST_PARAMS = (
    optional(params="PaginatedRequestParams", until=NOV_25),
    required(params="PaginatedRequestParams", since=JUL_26),
)


def request(name: str, method: str, *params: Members, since: str = NOV_24, until: str = JUL_26) -> Definition:
    """Define a request that travels by itself; `params` is the member of that name, in each of its windows."""
    envelope = required(jsonrpc=VERSION, id="RequestId", since=NOV_25)
    return define(name, shape(envelope, required(method=exactly(method)), *params), since=since, until=until)


def input_request(name: str, method: str, *params: Members) -> Definition:
    """Define the 2026-07-28 form of what had been a server's request: a method and params inside a result."""
    return define(name, shape(required(method=exactly(method)), *params), since=JUL_26)


def notification(name: str, method: str, *params: Members, since: str = NOV_24, until: str = JUL_26) -> Definition:
    """Define a notification; `params` is the member of that name."""
    envelope = required(jsonrpc=VERSION, since=NOV_25)
    return define(name, shape(envelope, required(method=exactly(method)), *params), since=since, until=until)


def response(name: str, result: Named) -> Definition:
    """Define the whole response that 2026-07-28 names for a request."""
    return define(name, shape(required(jsonrpc=VERSION, id="RequestId", result=result)), since=JUL_26)
