"""The fixture server conforms on every transport in every revision, and each of its mutants differs from it.

Otherwise a check that passes here, or fails on a mutant, would prove nothing.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema.validators import validator_for
from mutants import revisions
from mutants.peers import Peer, metadata, peer

SCHEMAS = Path(__file__).parents[3] / "shared" / "spec" / "schema"
LEGS = [
    *(("stdio", revision) for revision in revisions.ALL),
    *(("http", revision) for revision in revisions.ALL[1:]),
    *(("sse", revision) for revision in revisions.HANDSHAKE),
]
RESULTS = {
    "initialize": "InitializeResult",
    "server/discover": "DiscoverResult",
    "ping": "EmptyResult",
    "tools/list": "ListToolsResult",
    "tools/call": "CallToolResult",
    "resources/list": "ListResourcesResult",
    "resources/templates/list": "ListResourceTemplatesResult",
    "resources/read": "ReadResourceResult",
    "resources/subscribe": "EmptyResult",
    "prompts/list": "ListPromptsResult",
    "prompts/get": "GetPromptResult",
    "completion/complete": "CompleteResult",
    "logging/setLevel": "EmptyResult",
    "tasks/get": "GetTaskResult",
    "tasks/list": "ListTasksResult",
}
NOTIFICATIONS = {
    "notifications/progress": "ProgressNotification",
    "notifications/message": "LoggingMessageNotification",
    "notifications/resources/updated": "ResourceUpdatedNotification",
    "notifications/tools/list_changed": "ToolListChangedNotification",
    "notifications/subscriptions/acknowledged": "SubscriptionsAcknowledgedNotification",
    "notifications/cancelled": "CancelledNotification",
    "roots/list": "ListRootsRequest",
    "sampling/createMessage": "CreateMessageRequest",
    "elicitation/create": "ElicitRequest",
}


@cache
def official(revision: str) -> Any:
    """The official schema of a revision; the test is skipped, saying so, where it is not at hand."""
    file = SCHEMAS / f"{revision}.json"
    if not file.exists():
        pytest.skip(f"the official schema {file.name} is not beside this checkout")
    return json.loads(file.read_text())


def assert_fits(revision: str, definition: str, value: Any) -> None:
    """Fail unless `value` fits the definition of that name in the official schema."""
    schema = official(revision)
    members = "$defs" if "$defs" in schema else "definitions"
    validator = validator_for(schema)
    problems = validator({**schema, "$ref": f"#/{members}/{definition}"}).iter_errors(value)
    assert not [problem.message for problem in problems], (definition, value)


def assert_heard_fits(talk: Peer) -> None:
    """Fail unless all notifications and server requests that were heard fit their definitions."""
    for message in talk.heard:
        if "method" in message:
            assert_fits(talk.revision, NOTIFICATIONS[message["method"]], message)


def result(talk: Peer, method: str, **params: Any) -> Any:
    """The result of a request, which fits its definition."""
    response = talk.request(method, **params)
    assert response.keys() == {"jsonrpc", "id", "result"}, response
    interim = response["result"].get("resultType") == "input_required"
    assert_fits(talk.revision, "InputRequiredResult" if interim else RESULTS[method], response["result"])
    return response["result"]


def walk(talk: Peer, method: str, member: str) -> list[Any]:
    """All pages of a list."""
    page = result(talk, method)
    items = list(page[member])
    while "nextCursor" in page:
        page = result(talk, method, cursor=page["nextCursor"])
        items += page[member]
    return items


def code(response: Any) -> int:
    """The error code of a response that carries the request's id."""
    assert response.keys() == {"jsonrpc", "id", "error"}, response
    found: int = response["error"]["code"]
    return found


def opened(talk: Peer) -> Any:
    """Shake hands or discover; the result, which fits its definition."""
    if talk.stateless:
        return result(talk, "server/discover")
    welcome = talk.begin()
    assert_fits(talk.revision, "InitializeResult", welcome)
    assert welcome["protocolVersion"] == talk.revision
    assert result(talk, "ping") == {}
    return welcome


@pytest.fixture(params=LEGS, ids=lambda leg: "-".join(leg))
def talk(request: pytest.FixtureRequest) -> Any:
    """A client of the faultless server on each leg."""
    with peer(*request.param) as client:
        yield client


def test_lists_and_reads_fit_the_official_schema(talk: Peer) -> None:
    """Everything that is listed is there in several pages and can be read, got and completed."""
    capabilities = opened(talk)["capabilities"]
    assert {"tools", "resources", "prompts", "logging"} <= capabilities.keys()
    assert len({tool["name"] for tool in walk(talk, "tools/list", "tools")}) > 8
    for resource in walk(talk, "resources/list", "resources"):
        assert result(talk, "resources/read", uri=resource["uri"])["contents"][0]["uri"] == resource["uri"]
    assert walk(talk, "resources/templates/list", "resourceTemplates")
    for prompt in walk(talk, "prompts/list", "prompts"):
        needed = {"topic": "art"} if "arguments" in prompt else {}
        assert result(talk, "prompts/get", name=prompt["name"], arguments=needed)["messages"]
    reference, argument = {"type": "ref/prompt", "name": "tell"}, {"name": "topic", "value": "a"}
    completed = result(talk, "completion/complete", ref=reference, argument=argument)["completion"]
    assert completed["values"] == ["animals", "art", "astronomy"]


def test_tools_answer_in_the_shape_of_the_revision(talk: Peer) -> None:
    """Text, structure, all kinds of content, failure, progress and log messages fit the official schema."""
    opened(talk)
    assert talk.call("echo", text="Grüße 🌍")["content"][0]["text"] == "Grüße 🌍"
    added = result(talk, "tools/call", name="add", arguments={"a": 1, "b": -2})
    assert ("structuredContent" in added) is (talk.revision >= "2025-06-18")
    assert json.loads(added["content"][0]["text"]) == {"sum": -1}
    kinds = [item["type"] for item in result(talk, "tools/call", name="media")["content"]]
    assert len(kinds) == 2 + (talk.revision >= "2025-03-26") + (talk.revision >= "2025-06-18")
    assert result(talk, "tools/call", name="fail")["isError"] is True
    level = {revisions.LEVEL_KEY: "info"} if talk.stateless else {}
    talk.call("slow", _meta={"progressToken": "t1", **level}, steps=3, milliseconds=0)
    progress = [heard["params"] for heard in talk.heard if heard.get("method") == "notifications/progress"]
    assert [params["progress"] for params in progress] == [1, 2, 3]
    assert {params["progressToken"] for params in progress} == {"t1"}
    assert_heard_fits(talk)


def test_client_is_asked_in_the_way_of_the_era(talk: Peer) -> None:
    """Requests to the client, or interim results and a retry, lead to the client's answer in a tool's result."""
    opened(talk)
    kinds = ["roots", "sampling"] + ["elicitation"] * (talk.revision >= "2025-06-18")
    for kind in kinds:
        answered = result(talk, "tools/call", name="ask", arguments={"kind": kind})
        if talk.stateless:
            assert list(answered["inputRequests"]) == ["answer"]
            retry = {"inputResponses": {"answer": {"roots": []}}, "requestState": answered["requestState"]}
            answered = result(talk, "tools/call", name="ask", arguments={"kind": kind}, **retry)
        assert answered["content"][0]["text"].startswith("the client said")
    assert sum("id" in heard and "method" in heard for heard in talk.heard) == (0 if talk.stateless else len(kinds))
    assert_heard_fits(talk)


def test_refusals_have_the_right_codes(talk: Peer) -> None:
    """Unknown methods, tools, prompts, resources, cursors and levels are refused by the code of the revision."""
    opened(talk)
    assert code(talk.request("no/such/method")) == -32601
    assert code(talk.request("tools/call", name="no_such_tool")) == -32602
    assert code(talk.request("prompts/get", name="no_such_prompt")) == -32602
    assert code(talk.request("prompts/get", name="tell")) == -32602
    assert code(talk.request("tools/list", cursor="invented")) == -32602
    missing = talk.request("resources/read", uri="note://fixture/none")
    assert code(missing) == (-32602 if talk.stateless else -32002)
    if talk.stateless:
        assert code(talk.request("ping")) == code(talk.request("logging/setLevel", level="info")) == -32601
        assert code(talk.request("tools/list", _meta={revisions.VERSION_KEY: "2999-01-01"})) == -32022
    else:
        assert code(talk.request("server/discover")) == -32601
        assert code(talk.request("logging/setLevel", level="loud")) == -32602
        assert result(talk, "logging/setLevel", level="debug") == {}
    wrong = talk.request("tools/call", name="add", arguments={"a": "one"})
    if talk.revision >= "2025-11-25":
        assert wrong["result"]["isError"] is True
    else:
        assert code(wrong) == -32602


@pytest.mark.parametrize("revision", revisions.HANDSHAKE)
def test_changes_are_announced_to_sessions_that_watch(revision: str) -> None:
    """A watched resource that is written and a tool that comes or goes are announced."""
    with peer("stdio", revision) as talk:
        opened(talk)
        assert result(talk, "resources/subscribe", uri="note://fixture/board") == {}
        talk.call("write_note", text="new")
        talk.call("toggle_extra")
        heard = [message["method"] for message in talk.heard if "method" in message]
        assert heard == ["notifications/resources/updated", "notifications/tools/list_changed"]
        assert "extra" in {tool["name"] for tool in walk(talk, "tools/list", "tools")}
        assert_heard_fits(talk)


def test_subscriptions_hear_what_they_asked_for() -> None:
    """A listen request is acknowledged, hears of its resource alone, and is told of the end."""
    with peer("stdio", "2026-07-28") as talk:
        uri = "note://fixture/board"
        params = {"notifications": {"resourceSubscriptions": [uri]}, "_meta": metadata()}
        talk.post({"jsonrpc": "2.0", "id": "L", "method": "subscriptions/listen", "params": params})
        talk.heard.append(talk.hear())
        talk.call("write_note", text="new")
        assert talk.end() == 0
        talk.heard.append(talk.hear())
        told = [message for message in talk.heard if "method" in message]
        assert [message["method"].split("/")[-1] for message in told] == ["acknowledged", "updated", "cancelled"]
        assert {message["params"]["_meta"][revisions.SUBSCRIPTION_KEY] for message in told[:2]} == {"L"}
        assert_heard_fits(talk)


def test_tasks_can_be_followed_and_cancelled() -> None:
    """A tool call as a task (2025-11-25): created, watched, fetched; another one cancelled."""
    with peer("stdio", "2025-11-25") as talk:
        opened(talk)
        started_task = talk.request("tools/call", name="slow", arguments={"steps": 2}, task={"ttl": 60000})["result"]
        assert_fits(talk.revision, "CreateTaskResult", started_task)
        id_ = started_task["task"]["taskId"]
        assert talk.request("tasks/result", taskId=id_)["result"]["content"][0]["text"] == "2 steps taken"
        assert result(talk, "tasks/get", taskId=id_)["status"] == "completed"
        assert [task["taskId"] for task in result(talk, "tasks/list")["tasks"]] == [id_]
        other = talk.request("tools/call", name="slow", arguments={"steps": 900}, task={})["result"]["task"]["taskId"]
        assert talk.request("tasks/cancel", taskId=other)["result"]["status"] == "cancelled"
        assert code(talk.request("tools/call", name="echo", arguments={"text": "x"}, task={})) == -32601


def test_undeclared_capability_is_named() -> None:
    """Without the capability in the request the tool that needs it is refused with what is required."""
    with peer("stdio", "2026-07-28") as talk:
        refused = talk.request("tools/call", name="ask", _meta={revisions.CAPABILITIES_KEY: {}})
        assert code(refused) == -32021
        assert refused["error"]["data"] == {"requiredCapabilities": {"elicitation": {}}}


BATCH = [{"jsonrpc": "2.0", "id": 8, "method": "ping"}, {"jsonrpc": "2.0", "method": "x"}]


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        (b"{", -32700),
        (b"\xff\xfe", -32700),
        (b'{"jsonrpc":"2.0","id":1,"method":"ping","x":NaN}', -32700),
        (b"[]", -32600),
        (b'"text"', -32600),
        (b'{"id":1,"method":"ping"}', -32600),
        (b'{"jsonrpc":"2.0","id":null,"method":"ping"}', -32600),
        (b'{"jsonrpc":"2.0","id":true,"method":"ping"}', -32600),
        (b'{"jsonrpc":"2.0","id":1,"method":7}', -32600),
        (b'{"jsonrpc":"2.0","id":1,"method":"ping","params":[]}', -32602),
        (b'{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"\\ud800"}}', -32600),
    ],
)
def test_malformed_lines_are_answered_and_survived(sent: bytes, expected: int) -> None:
    """A malformed line gets its error, and the next request is served."""
    with peer("stdio", "2025-11-25") as talk:
        opened(talk)
        talk.write(sent + b"\n")
        answer = talk.hear()
        assert answer["error"]["code"] == expected
        assert answer.get("id", 1) == 1
        assert result(talk, "ping") == {}


@pytest.mark.parametrize("revision", revisions.HANDSHAKE)
def test_batches_are_served_in_the_one_revision_that_has_them(revision: str) -> None:
    """In 2025-03-26 a batch gets the array of its responses; elsewhere one error."""
    with peer("stdio", revision) as talk:
        opened(talk)
        talk.post(BATCH)
        answer = talk.hear()
        if revision == "2025-03-26":
            assert answer == [{"jsonrpc": "2.0", "id": 8, "result": {}}]
        else:
            assert answer["error"]["code"] == -32600
        assert result(talk, "ping") == {}
