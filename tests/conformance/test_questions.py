"""What monitors say of requests and announcements that a server sends of its own accord."""

from __future__ import annotations

import json
from typing import Any

import pytest
from judging import judged

from smcp_conformance.checks import all_checks
from smcp_conformance.checks.basic.index.questions import (
    every_request_of_the_server_has_an_id,
    no_request_of_the_server_repeats_an_id,
)
from smcp_conformance.checks.basic.lifecycle.announcements import only_declared_changes_are_announced
from smcp_conformance.requirement import Verdict
from smcp_conformance.wire.transcript import Conversation


def asked(*questions: object, session: str | None = None, **facts: Any) -> Conversation:
    """A session in which the server asked this: over HTTP where `session` is given, which is "" without an id."""
    conversation = Conversation("stdio" if session is None else "http", "2025-11-25")
    headers = {"headers": {"Mcp-Session-Id": session}} if session else {}
    conversation.sent(b'{"jsonrpc": "2.0", "id": 0, "method": "initialize"}', "POST 1", headers)
    conversation.sent(b'{"jsonrpc": "2.0", "id": 1, "method": "ping"}', "POST 2", headers)
    for question in questions:
        conversation.received(json.dumps(question).encode(), "POST 2", facts={"status": 200, **facts})
    return conversation


def ping(**members: Any) -> dict[str, Any]:
    """A ping of the server."""
    return {"jsonrpc": "2.0", "method": "ping", **members}


@pytest.mark.parametrize(
    ("question", "fine"),
    [
        (ping(id="a"), [True]),
        (ping(id=7), [True]),
        (ping(id=7.0), [True]),
        (ping(id=1.5), [False]),
        (ping(id=None), [False]),
        (ping(id=True), [False]),
        (ping(), [False]),
        ({"id": None, "method": "ping"}, [False]),
        ({"jsonrpc": "2.0", "method": "notifications/message", "params": {}}, []),
        ({"method": "GET", "path": "/"}, []),
    ],
)
def test_a_request_has_a_string_or_an_integer_as_its_id(question: object, fine: list[bool]) -> None:
    """Notifications and log lines are no requests."""
    seen = every_request_of_the_server_has_an_id(asked(question))
    assert [observation.complaint is None for observation in seen] == fine


def test_what_malformed_input_provoked_is_not_judged() -> None:
    """Such a conversation says nothing of requests."""
    conversation = asked(ping())
    conversation.malformed = True
    assert not [*every_request_of_the_server_has_an_id(conversation)]


@pytest.mark.parametrize(
    ("session", "facts", "fine"),
    [
        (None, {}, [True, False]),
        ("s1", {}, [True, False]),
        ("s1", {"event": "message", "event-id": "e1"}, [True, True]),
        ("", {}, []),
    ],
)
def test_an_id_is_used_once_within_a_session(session: str | None, facts: dict[str, Any], fine: list[bool]) -> None:
    """Where no session can be told, and where one event was replayed, nothing is held against the server."""
    seen = no_request_of_the_server_repeats_an_id(asked(ping(id=1), ping(id=1), session=session, **facts))
    assert [observation.complaint is None for observation in seen] == fine


def test_ids_of_different_types_differ() -> None:
    """1 is not "1"."""
    seen = no_request_of_the_server_repeats_an_id(asked(ping(id=1), ping(id="1")))
    assert [observation.complaint for observation in seen] == [None, None]


@pytest.mark.parametrize(
    ("capabilities", "method", "fine"),
    [
        ({"tools": {"listChanged": True}}, "tools/list_changed", [True]),
        ({"tools": {}}, "tools/list_changed", [False]),
        ({"tools": {"listChanged": False}}, "tools/list_changed", [False]),
        ({}, "tools/list_changed", []),
        ({"prompts": {}}, "prompts/list_changed", [False]),
        ({"resources": {"subscribe": True}}, "resources/list_changed", [False]),
        ({"resources": {"listChanged": True}}, "resources/updated", [False]),
        ({"tools": {}}, "message", []),
    ],
)
def test_changes_are_announced_by_those_who_said_so(capabilities: object, method: str, fine: list[bool]) -> None:
    """The feature has to be declared; that a whole capability is missing is another check's business."""
    welcome = {"jsonrpc": "2.0", "id": 0, "result": {"capabilities": capabilities}}
    conversation = asked(welcome, {"jsonrpc": "2.0", "method": f"notifications/{method}"})
    seen = only_declared_changes_are_announced(conversation)
    assert [observation.complaint is None for observation in seen] == fine


@pytest.mark.parametrize(
    ("fault", "name", "transport"),
    [
        ("ping-with-id-null", "every_request_of_the_server_has_an_id", "stdio"),
        ("ping-with-fractional-id", "every_request_of_the_server_has_an_id", "stdio"),
        ("pings-with-one-id", "no_request_of_the_server_repeats_an_id", "stdio"),
        ("pings-with-one-id", "no_request_of_the_server_repeats_an_id", "http"),
        ("unknown-request-once-initialized", "every_request_of_the_server_fits_its_type", "stdio"),
        ("prompt-changes-undeclared", "only_declared_changes_are_announced", "stdio"),
        ("resource-changes-undeclared", "only_declared_changes_are_announced", "stdio"),
    ],
)
def test_a_monitor_sees_it_in_the_most_ordinary_traffic(fault: str, name: str, transport: str) -> None:
    """No tool is called for it, and nothing else has run before."""
    (check,) = (check for check in all_checks() if check.name == name)
    assert judged(check, fault, transport).verdict is Verdict.FAILED
