"""Sequences as they are kept: in replay files, in Hypothesis' database, and as a script for people."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis.database import InMemoryExampleDatabase

from smcp_conformance.search.sequences.record import KEY, Remembered, from_json, to_json
from smcp_conformance.search.sequences.script import FRAMES, script
from smcp_conformance.search.sequences.step import Step
from smcp_conformance.wire.transcript import Conversation

STEPS = (Step("initialize"), Step("call", 2, {"tool": "echo", "arguments": {"text": "é"}}))


def test_steps_come_back_from_json_as_they_were() -> None:
    """Actions, clients and details."""
    assert from_json(to_json(STEPS)) == STEPS


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({}, "damaged"),
        ({"steps": 1}, "damaged"),
        ({"steps": [{"action": "ping", "client": 1}]}, "details"),
        ({"steps": [{"action": "dance", "client": 1, "details": {}}]}, "dance"),
        ({"steps": [{"action": "ping", "client": 3, "details": {}}]}, "none that a client takes"),
    ],
)
def test_steps_that_no_client_takes_are_refused(data: dict[str, Any], said: str) -> None:
    """The error says what was wrong."""
    with pytest.raises(ValueError, match=said):
        from_json(data)


def test_what_was_found_is_tried_first_next_time_the_shortest_before_the_others() -> None:
    """Until it is forgotten."""
    database = InMemoryExampleDatabase()
    Remembered(database).keep(STEPS)
    Remembered(database).keep(STEPS[:1])
    assert list(Remembered(database)) == [STEPS[:1], STEPS]
    Remembered(database).forget(STEPS)
    assert list(Remembered(database)) == [STEPS[:1]]


def test_what_can_not_be_read_any_more_is_forgotten() -> None:
    """Another version may have kept it."""
    database = InMemoryExampleDatabase()
    database.save(KEY, b"{")
    assert list(Remembered(database)) == []
    assert list(database.fetch(KEY)) == []


def test_without_a_database_nothing_is_remembered() -> None:
    """And nothing breaks."""
    remembered = Remembered(None)
    remembered.keep(STEPS)
    remembered.forget(STEPS)
    assert list(remembered) == []


def conversation() -> Conversation:
    """Two steps, each followed by a ping."""
    said = Conversation("stdio")
    for number, method in enumerate(("initialize", "tools/call"), 1):
        said.probe = f"step {number}"
        said.sent(b'{"id":%d,"method":"%s","params":{"_meta":{"a":1},"b":2}}' % (number, method.encode()), "stdin")
        said.received(b'{"id":%d,"result":{"secret":"hunter2"}}' % number, "stdout")
        said.probe = f"after step {number}"
        said.sent(b'{"id":"p%d","method":"ping"}' % number, "stdin")
        said.note("the server exited with code 3" if number == 2 else "POST 1: HTTP 200, body ended")
    return said


def test_a_script_numbers_steps_and_shows_what_was_said_and_the_last_ping_alone() -> None:
    """Who took a step is said where it was not always the same; what is secret is not said at all."""
    lines = script(STEPS, [conversation()], lambda text: text.replace("hunter2", "***")).splitlines()
    assert lines[1:] == [
        "1. client 1: initialize",
        '   -> initialize {"b": 2} (id 1)',
        '   <- {"id":1,"result":{"secret":"***"}}',
        '2. client 2: call echo {"text": "\\u00e9"}',
        '   -> tools/call {"b": 2} (id 2)',
        '   <- {"id":2,"result":{"secret":"***"}}',
        '   -> ping (id "p2")',
        "   -- the server exited with code 3",
    ]


def test_a_script_leaves_out_what_nobody_reads() -> None:
    """Of many frames in one step the first are shown, and how many more there were."""
    said = Conversation("stdio", probe="step 1")
    for _ in range(FRAMES + 5):
        said.received(b"{}", "stdout")
    lines = script((Step("ping"),), [said], str).splitlines()
    assert lines[1] == "1. ping"
    assert lines[-1] == "   … 5 more"
    assert len(lines) == FRAMES + 3
