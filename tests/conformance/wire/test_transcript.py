"""The record of a conversation: what it keeps, what it lets go, and how answers find their requests."""

from __future__ import annotations

import json
import threading

import pytest

from smcp_conformance.wire import transcript
from smcp_conformance.wire.transcript import NOT_JSON, Conversation, Direction, decode


def test_frames_are_kept_raw_with_direction_channel_and_probe() -> None:
    """What went by is there as it was, in order."""
    conversation = Conversation("stdio", probe="page::check")
    conversation.sent(b'{"method":"ping","id":1}', "stdin")
    conversation.received(b"\xff log", "stdout")
    conversation.note("stdin closed", why="test")
    sent, received, note = conversation.frames
    assert (sent.direction, sent.channel, sent.probe, sent.is_request) == (Direction.SENT, "stdin", "page::check", True)
    assert (received.raw, received.value, received.text) == (b"\xff log", NOT_JSON, "\\xff log")
    assert (note.direction, note.facts) == (Direction.NOTE, {"why": "test"})
    assert sent.at <= received.at <= note.at


def test_the_oldest_frames_are_let_go_beyond_the_byte_budget(monkeypatch: pytest.MonkeyPatch) -> None:
    """The newest stay, the count of the others is known, and their requests are forgotten with them."""
    monkeypatch.setattr(transcript, "BYTES_KEPT", 1000)
    conversation = Conversation("stdio")
    for number in range(100):
        conversation.sent(b'{"method":"ping","id":%d}' % number, "stdin")
    assert sum(len(frame.raw) for frame in conversation.frames) <= 1000
    assert len(conversation.frames) + conversation.dropped == 100
    assert conversation.request_of({"id": 99}) is conversation.frames[-1]
    assert conversation.request_of({"id": 0}) is None
    assert len(conversation._requests) == len(conversation.frames)


def test_the_number_of_frames_is_bounded_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """Empty lines weigh nothing but count."""
    monkeypatch.setattr(transcript, "FRAMES_KEPT", 10)
    conversation = Conversation("stdio")
    for _ in range(50):
        conversation.received(b"", "stdout")
    assert (len(conversation.frames), conversation.dropped) == (10, 40)


def test_a_single_giant_is_kept_until_the_next_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was said last can always be shown."""
    monkeypatch.setattr(transcript, "BYTES_KEPT", 10)
    conversation = Conversation("stdio")
    giant = conversation.received(b"x" * 100, "stdout")
    assert conversation.frames == (giant,)
    small = conversation.received(b"y", "stdout")
    assert conversation.frames == (small,)


@pytest.mark.parametrize("id_", [1, "1", 1.0, None, True, [1], {"a": 1}], ids=repr)
def test_an_answer_finds_its_request_by_an_id_of_the_same_type(id_: object) -> None:
    """1, "1", 1.0 and true are four ids; even an id that none may use is found."""
    conversation = Conversation("stdio")
    for other in (1, "1", 1.0, None, True, [1], {"a": 1}):
        conversation.sent(json.dumps({"id": other, "method": f"m{other!r}"}).encode(), "stdin")
    assert conversation.method_of({"id": id_, "result": {}}) == f"m{id_!r}"


def test_members_of_a_batch_are_found_and_notifications_are_not() -> None:
    """Each member with method and id is a request of its own."""
    conversation = Conversation("stdio")
    conversation.sent(b'[{"method":"a","id":1},{"method":"b","id":2},{"method":"c"},{"id":4}]', "stdin")
    assert conversation.method_of({"id": 2}) == "b"
    assert conversation.method_of({"id": None}) is None
    assert conversation.method_of({"id": 4}) is None
    assert conversation.method_of({"id": 3}) is None


@pytest.mark.parametrize("raw", [b"\xff", b"{", b"[" * 100_000, b""])
def test_what_is_no_json_is_recorded_all_the_same(raw: bytes) -> None:
    """Broken, badly encoded or nested beyond reason: no exception, no value."""
    assert decode(raw) is NOT_JSON
    assert not decode(raw)


def test_frames_can_be_read_while_others_are_written() -> None:
    """A reader thread records while a check looks."""
    conversation = Conversation("stdio")

    def write() -> None:
        for _ in range(3000):
            conversation.received(b"{}", "stdout")

    writer = threading.Thread(target=write, daemon=True)
    writer.start()
    while writer.is_alive():
        assert all(frame.message == {} for frame in conversation.incoming)
    assert len(conversation.frames) == 3000
