"""The concrete definition of each request, notification, result and error."""

from __future__ import annotations

from typing import Any

import pytest

from smcp_conformance.revisions import REVISIONS
from smcp_conformance.shapes import (
    definitions,
    error_definition,
    json_schema,
    notification_definition,
    request_definition,
    result_definition,
)
from smcp_conformance.shapes.exchanges import EXCHANGES, NEWS, REFUSALS

NOV_24, MAR_25, JUN_25, NOV_25, JUL_26 = REVISIONS
COMPLETE = {"resultType": "complete"}


@pytest.mark.parametrize("revision", REVISIONS)
def test_every_request_and_notification_of_a_revision_is_found_by_its_method(revision: str) -> None:
    """Whatever the unions of a revision hold has a method by which it is found, and nothing else is found."""
    unions = [name for name in ("ClientRequest", "ServerRequest") if name in definitions(revision)]
    requests = {_method(revision, name): name for union in unions for name in _branches(revision, union)}
    news = {
        _method(revision, name): name
        for union in ("ClientNotification", "ServerNotification")
        for name in _branches(revision, union)
    }
    assert requests == {e.method: e.request for e in EXCHANGES if e.window.covers(revision)}
    assert news == {n.method: n.notification for n in NEWS if n.window.covers(revision)}
    assert all(request_definition(revision, method) == name for method, name in requests.items())
    assert all(notification_definition(revision, method) == name for method, name in news.items())


@pytest.mark.parametrize("revision", REVISIONS)
def test_every_name_that_dispatch_can_give_is_defined(revision: str) -> None:
    exchanges = [each for each in EXCHANGES if each.window.covers(revision)]
    refusals = [each for each in REFUSALS if each.window.covers(revision)]
    names = {each.result for each in exchanges} | {each.response for each in refusals}
    assert names <= set(definitions(revision))


@pytest.mark.parametrize(
    ("revision", "method", "result", "definition"),
    [
        (NOV_24, "initialize", {}, "InitializeResult"),
        (NOV_25, "ping", {}, "EmptyResult"),
        (JUL_26, "ping", COMPLETE, None),
        (JUL_26, "initialize", {}, None),
        (NOV_25, "server/discover", {}, None),
        (JUL_26, "server/discover", COMPLETE, "DiscoverResult"),
        (JUL_26, "tools/call", COMPLETE, "CallToolResult"),
        (JUL_26, "tools/call", {}, "CallToolResult"),
        (JUL_26, "tools/call", {"resultType": 5}, "CallToolResult"),
        (JUL_26, "tools/call", {"resultType": "input_required"}, "InputRequiredResult"),
        (JUL_26, "prompts/get", {"resultType": "input_required"}, "InputRequiredResult"),
        (JUL_26, "resources/read", {"resultType": "input_required"}, "InputRequiredResult"),
        (JUL_26, "tools/list", {"resultType": "input_required"}, "ListToolsResult"),
        (JUL_26, "tools/call", {"resultType": "task"}, "Result"),
        (NOV_25, "tools/call", {"resultType": "input_required"}, "CallToolResult"),
        (NOV_25, "tools/call", {"task": {}}, "CreateTaskResult"),
        (NOV_25, "tools/call", {"task": {}, "content": []}, "CallToolResult"),
        (NOV_25, "elicitation/create", {"task": {}}, "CreateTaskResult"),
        (NOV_25, "tools/list", {"task": {}}, "ListToolsResult"),
        (JUN_25, "tools/call", {"task": {}}, "CallToolResult"),
        (NOV_25, "tasks/result", {}, "GetTaskPayloadResult"),
        (JUN_25, "elicitation/create", {}, "ElicitResult"),
        (MAR_25, "elicitation/create", {}, None),
        (NOV_25, "tools/list", None, "ListToolsResult"),
        (NOV_25, "vendor/method", {}, None),
        (NOV_25, "vendor/method", None, None),
    ],
)
def test_a_result_is_judged_by_the_concrete_type(
    revision: str, method: str, result: Any, definition: str | None
) -> None:
    """By method, by `resultType` in 2026-07-28, and by `task` in 2025-11-25; None where nothing is known."""
    assert result_definition(revision, method, result) == definition


@pytest.mark.parametrize(
    ("revision", "code", "definition"),
    [
        (NOV_25, -32042, "URLElicitationRequiredError"),
        (JUL_26, -32042, None),
        (JUL_26, -32020, "HeaderMismatchError"),
        (JUL_26, -32021, "MissingRequiredClientCapabilityError"),
        (JUL_26, -32022, "UnsupportedProtocolVersionError"),
        (NOV_25, -32022, None),
        (JUL_26, -32601, None),
    ],
)
def test_an_error_with_a_code_of_mcp_is_judged_by_its_own_definition(
    revision: str, code: int, definition: str | None
) -> None:
    assert error_definition(revision, code) == definition


def test_a_misspelt_revision_is_not_taken_for_one_that_knows_nothing() -> None:
    with pytest.raises(ValueError, match="revision '2025-11-26' must be one of"):
        request_definition("2025-11-26", "tools/list")


def _branches(revision: str, union: str) -> list[str]:
    schema = json_schema(revision, union)["$defs"][union]
    return [branch["$ref"].rpartition("/")[2] for branch in schema.get("anyOf", [schema])]


def _method(revision: str, definition: str) -> str:
    method: str = json_schema(revision, definition)["$defs"][definition]["properties"]["method"]["const"]
    return method
