"""Whole messages, as they come from the wire."""

from __future__ import annotations

from typing import Any

import pytest

from smcp_conformance.revisions import REVISIONS
from smcp_conformance.shapes import envelope_problems, message_problems, problems, request_definition

NOV_24, MAR_25, JUN_25, NOV_25, JUL_26 = REVISIONS
META = {
    "io.modelcontextprotocol/protocolVersion": JUL_26,
    "io.modelcontextprotocol/clientInfo": {"name": "probe", "version": "0"},
    "io.modelcontextprotocol/clientCapabilities": {},
}
FORM = {"type": "object", "properties": {"name": {"type": "string"}}}


def answer(result: Any, id_: Any = 1) -> dict[str, Any]:
    """Return a result response."""
    return {"jsonrpc": "2.0", "id": id_, "result": result}


def error(code: Any = -32600, **members: Any) -> dict[str, Any]:
    """Return an error response without an id, unless `members` has one."""
    return {"jsonrpc": "2.0", "error": {"code": code, "message": "no"}, **members}


def request(method: str, id_: Any = 1, **params: Any) -> dict[str, Any]:
    """Return a request."""
    return {"jsonrpc": "2.0", "id": id_, "method": method, "params": params}


def notification(method: str, **params: Any) -> dict[str, Any]:
    """Return a notification."""
    return {"jsonrpc": "2.0", "method": method, "params": params}


def said(revision: str, message: Any, method: str | None = None, *, formats: bool = False) -> list[str]:
    """Return the problems of a message as the lines that a user reads."""
    return [str(problem) for problem in message_problems(revision, message, method, formats=formats)]


INITIALIZED = {"protocolVersion": NOV_25, "capabilities": {"tools": {}}, "serverInfo": {"name": "s", "version": "1"}}
DISCOVERED = {
    "resultType": "complete",
    "supportedVersions": [JUL_26],
    "capabilities": {},
    "ttlMs": 0,
    "cacheScope": "private",
    "_meta": {"io.modelcontextprotocol/serverInfo": {"name": "s", "version": "1"}},
}
INPUT_REQUIRED = {
    "resultType": "input_required",
    "inputRequests": {
        "k": {"method": "elicitation/create", "params": {"mode": "form", "message": "m", "requestedSchema": FORM}}
    },
    "requestState": "opaque",
}
ACKNOWLEDGED = {
    "_meta": {"io.modelcontextprotocol/subscriptionId": "L1"},
    "notifications": {"toolsListChanged": True, "resourceSubscriptions": ["file:///x"]},
}


@pytest.mark.parametrize(
    ("revision", "message", "method"),
    [
        (NOV_25, answer(INITIALIZED), "initialize"),
        (NOV_25, answer({}), "ping"),
        (NOV_25, request("roots/list"), None),
        (JUL_26, answer(DISCOVERED, "d1"), "server/discover"),
        (JUL_26, answer(INPUT_REQUIRED), "tools/call"),
        (JUL_26, notification("notifications/subscriptions/acknowledged", **ACKNOWLEDGED), None),
    ],
)
def test_messages_of_conforming_servers_have_no_problem(revision: str, message: Any, method: str | None) -> None:
    """The exchanges that a black-box client meets in both eras."""
    assert said(revision, message, method, formats=True) == []


@pytest.mark.parametrize(
    ("revision", "message"),
    [
        (
            NOV_25,
            request("initialize", protocolVersion=NOV_25, capabilities={}, clientInfo={"name": "p", "version": "0"}),
        ),
        (NOV_25, {"jsonrpc": "2.0", "id": 2, "method": "tools/list"}),
        (NOV_25, request("logging/setLevel", level="debug")),
        (JUL_26, request("server/discover", "d1", _meta=META)),
        (JUL_26, request("tools/call", name="t", arguments={}, _meta={**META, "progressToken": "p1"})),
        (JUL_26, request("subscriptions/listen", "L1", notifications={"toolsListChanged": True}, _meta=META)),
        (
            JUL_26,
            request(
                "tools/call",
                name="t",
                inputResponses={"k": {"action": "accept", "content": {"name": "x"}}},
                requestState="opaque",
                _meta=META,
            ),
        ),
    ],
)
def test_requests_of_conforming_clients_have_no_problem(revision: str, message: dict[str, Any]) -> None:
    """So that what the toolkit sends can be checked by the same shapes."""
    definition = request_definition(revision, message["method"])
    assert definition
    assert problems(revision, definition, message, formats=True) == ()


@pytest.mark.parametrize(
    ("revision", "message", "method", "lines"),
    [
        (NOV_25, answer({}), "tools/list", ['/result: {} must have the member "tools"']),
        (NOV_25, answer(None), "tools/list", ["/result: null must be an object"]),
        (
            JUL_26,
            answer({"resultType": "complete"}),
            "tools/call",
            ['/result: {"resultType": "complete"} must have the member "content"'],
        ),
        (
            JUL_26,
            answer({"resultType": "input_required", "requestState": 5}),
            "tools/call",
            ["/result/requestState: 5 must be a string"],
        ),
        (JUL_26, answer({}), "vendor/method", ['/result: {} must have the member "resultType"']),
        (JUL_26, answer({"resultType": 5}), None, ["/result/resultType: 5 must be a string"]),
        (NOV_25, notification("notifications/progress", progress=1), None, [
            '/params: {"progress": 1} must have the member "progressToken"'
        ]),
        (NOV_24, notification("notifications/message", level="loud", data=1), None, [
            '/params/level: "loud" must be one of "alert", "critical", "debug", "emergency", "error", "info", '
            '"notice", "warning"'
        ]),
        (NOV_25, request("sampling/createMessage", messages=[]), None, [
            '/params: {"messages": []} must have the member "maxTokens"'
        ]),
        (JUL_26, error(-32022, id=1), "tools/list", [
            '/error: {"code": -32022, "message": "no"} must have the member "data"'
        ]),
    ],
)  # fmt: skip
def test_content_is_judged_by_method_and_kind_of_result(
    revision: str, message: Any, method: str | None, lines: list[str]
) -> None:
    """Pointers start at the message. A union of all results would have let most of these pass."""
    assert said(revision, message, method) == lines


@pytest.mark.parametrize(
    ("revision", "message", "method"),
    [
        (NOV_25, answer({"anything": 1}), "vendor/method"),
        (NOV_25, answer({"anything": 1}), None),
        (JUL_26, answer({"resultType": "task", "taskId": 5}), "tools/call"),
        (JUL_26, notification("notifications/tasks", taskId=5), None),
        (JUL_26, request("sampling/createMessage"), None),
        (NOV_25, error(-32099, id=1), "tools/list"),
    ],
)
def test_what_an_extension_may_have_defined_is_not_judged(revision: str, message: Any, method: str | None) -> None:
    assert said(revision, message, method) == []


@pytest.mark.parametrize(
    ("message", "lines"),
    [
        (5, ["5 must be an object"]),
        ([], ["[] must be an object"]),
        ({}, ['{} must have exactly one of "method", "result" and "error"']),
        (
            {**answer({}), **error()},
            ['{"jsonrpc": "2.0", "id": 1, "result": {}, …} must have exactly one of "method", "result" and "error"'],
        ),
        ({"id": 1, "result": {}}, ['{"id": 1, "result": {}} must have the member "jsonrpc"']),
        ({**answer({}), "jsonrpc": 2.0}, ['/jsonrpc: 2.0 must be "2.0"']),
        (answer({}, None), ["/id: null must be a string or an integer"]),
        (answer({}, 1.5), ["/id: 1.5 must be a string or an integer"]),
        (request("ping", None), ["/id: null must be a string or an integer"]),
        ({"jsonrpc": "2.0", "method": 5}, ["/method: 5 must be a string"]),
        ({**notification("x"), "params": []}, ["/params: [] must be an object"]),
        (error("-1", id=1), ['/error/code: "-1" must be an integer']),
    ],
)
@pytest.mark.parametrize("revision", REVISIONS)
def test_the_envelope_is_judged_in_every_revision(revision: str, message: Any, lines: list[str]) -> None:
    """Which of the four kinds a message is, its members tell. (An empty batch is one of 2025-03-26's messages.)"""
    expected = [] if message == [] and revision == MAR_25 else lines
    if revision == JUL_26 and isinstance(message, dict) and message.get("result") == {} and len(message) < 4:
        expected = [*lines, '/result: {} must have the member "resultType"']
    assert [str(problem) for problem in envelope_problems(revision, message)] == expected
    assert said(revision, message) == expected


@pytest.mark.parametrize("revision", REVISIONS)
@pytest.mark.parametrize("members", [{}, {"id": None}])
def test_an_error_may_lack_the_id_of_what_it_could_not_read(revision: str, members: dict[str, Any]) -> None:
    """JSON-RPC says null, two revisions allow absence, three want an id that nobody can know."""
    assert said(revision, error(**members), None) == []
    assert said(revision, error(-32042, **members), None) == (
        [] if revision != NOV_25 else ['/error: {"code": -32042, "message": "no"} must have the member "data"']
    )


@pytest.mark.parametrize(
    ("revision", "members", "lines"),
    [
        (JUN_25, {}, ['{"jsonrpc": "2.0", "error": {"code": -32600, "message": "no"}} must have the member "id"']),
        (NOV_25, {}, []),
        (JUL_26, {}, []),
        (NOV_24, {"id": None}, ["/id: null must be a string or an integer"]),
        (JUL_26, {"id": None}, ["/id: null must be a string or an integer"]),
    ],
)
def test_ids_of_errors_can_be_held_to_the_letter(revision: str, members: dict[str, Any], lines: list[str]) -> None:
    found = envelope_problems(revision, error(**members), strict_ids=True)
    assert [str(problem) for problem in found] == lines


def test_a_batch_of_2025_03_26_is_judged_part_by_part() -> None:
    """Pointers start with the number of the part."""
    batch = [answer({}), notification("notifications/progress"), 5, error()]
    assert said(MAR_25, batch, "tools/list") == [
        '/1/params: {} must have the members "progress", "progressToken"',
        "/2: 5 must be an object",
    ]
    assert said(NOV_25, batch)[0].endswith("must be an object")


def test_a_faulty_envelope_does_not_hide_faulty_content() -> None:
    """What both find at one place is said once, by the more particular definition."""
    assert said(JUL_26, {"id": None, "result": {"resultType": "complete"}}, "tools/call") == [
        '{"id": null, "result": {"resultType": "complete"}} must have the member "jsonrpc"',
        "/id: null must be a string or an integer",
        '/result: {"resultType": "complete"} must have the member "content"',
    ]
    assert said(JUL_26, answer({}), "tools/call") == ['/result: {} must have the members "content", "resultType"']


def test_an_unknown_revision_is_not_taken_for_a_known_one() -> None:
    with pytest.raises(ValueError, match="revision '2025-01-01' must be one of"):
        message_problems("2025-01-01", error())


def test_an_error_that_is_no_object_is_only_that() -> None:
    assert said(JUL_26, {"jsonrpc": "2.0", "id": 1, "error": "no"}, "tools/call") == ['/error: "no" must be an object']


def test_formats_count_only_when_asked_for() -> None:
    message = answer({"contents": [{"uri": "no uri", "text": "x"}]})
    assert said(NOV_25, message, "resources/read") == []
    assert said(NOV_25, message, "resources/read", formats=True) == [
        '/result/contents/0/uri: "no uri" must be an absolute URI (RFC 3986)'
    ]
