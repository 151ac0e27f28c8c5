"""Server-sent events: any chunking and any kind of line end give the same ones."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smcp_conformance.wire.framing import KEPT_OF_TOO_LARGE, Event, EventParser

STREAM = (
    b"\xef\xbb\xbf: hello\nevent: endpoint\ndata: /messages?a=1\n\nid: 7\nretry: 250\ndata:\n\n\n"
    b"data: one\ndata:  two\ndata\n\nevent:\nid\nretry: soon\ndata:{}\nstray line\n\ndata: cut off"
)
EVENTS = [
    Event(event=":", comments=(b" hello",), size=7),
    Event(event="endpoint", data=b"/messages?a=1", size=34),
    Event(data=b"", id="7", retry=250, size=20),
    Event(data=b"one\n two\n", size=23),
    Event(data=b"{}", id="", size=36, strays=(b"stray line",)),
]


def events_of(chunks: Sequence[bytes], limit: int = 1000) -> tuple[list[Event], tuple[bytes, ...]]:
    """The events of the chunks, and the lines of the last, unfinished one."""
    parser = EventParser(limit)
    return [event for chunk in chunks for event in parser.feed(chunk)], parser.end()


@pytest.mark.parametrize("newline", [b"\n", b"\r\n", b"\r"])
def test_the_format_is_read_as_the_standard_says(newline: bytes) -> None:
    """BOM, comments, several data lines, ids, retry, unknown fields, an event cut off; all three line ends."""
    assert events_of([STREAM.replace(b"\n", newline)]) == (EVENTS, (b"data: cut off",))


@given(st.sampled_from([b"\n", b"\r\n", b"\r"]), st.lists(st.integers(0, len(STREAM) + 20), max_size=10))
def test_events_do_not_depend_on_chunks(newline: bytes, cuts: list[int]) -> None:
    """However the stream is cut, the same events come."""
    stream = STREAM.replace(b"\n", newline)
    edges = [0, *sorted(min(cut, len(stream)) for cut in cuts), len(stream)]
    chunks = [stream[edges[i] : edges[i + 1]] for i in range(len(edges) - 1)]
    assert events_of(chunks) == (EVENTS, (b"data: cut off",))


@given(st.binary(max_size=200))
def test_any_bytes_are_survived_and_read_alike_byte_by_byte(stream: bytes) -> None:
    """Garbage raises nothing, and chunking doesn't matter to it either."""
    assert events_of([stream]) == events_of([bytes([byte]) for byte in stream])


@pytest.mark.parametrize("fields", [b"data: " + b"x" * 9000, b"\n".join([b"data: xxxx"] * 900)])
def test_an_event_over_the_limit_is_reported_once_and_the_next_is_whole(fields: bytes) -> None:
    """One long line or many short ones: one cut event, marked, and then whatever follows."""
    found, _ = events_of([fields, b"\ndata: rest\n\ndata: next\n\n"], limit=8000)
    assert [event.too_large for event in found] == [True, False]
    assert len(found[0].data or b"") <= KEPT_OF_TOO_LARGE
    assert found[1].data == b"next"


def test_comments_without_end_do_not_add_up_to_an_event() -> None:
    """Keep-alive comments are no content, however many there are."""
    found, rest = events_of([b": still here\n"] * 100, limit=50)
    assert {event.event for event in found} == {":"}
    assert not any(event.too_large for event in found)
    assert rest == ()
