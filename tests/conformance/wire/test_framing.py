"""Lines: any chunking gives the same ones, and memory stays bounded."""

from __future__ import annotations

import tracemalloc
from collections.abc import Sequence
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from smcp_conformance.wire.framing import KEPT_OF_TOO_LARGE, Line, LineSplitter

STREAMS = st.lists(st.sampled_from([b"\n", b"a", b"\xff", b"{}", b"longer than the limit"]), max_size=40).map(b"".join)


def lines_of(chunks: Sequence[bytes], limit: int) -> list[Line]:
    """What a splitter with that limit makes of the chunks."""
    splitter = LineSplitter(limit)
    found = [line for chunk in chunks for line in splitter.feed(chunk)]
    return [*found, *splitter.end()]


@st.composite
def chunked(draw: st.DrawFn) -> list[bytes]:
    """A byte stream, cut at any places."""
    stream = draw(STREAMS)
    cuts = sorted(draw(st.lists(st.integers(0, len(stream)), max_size=8)))
    return [stream[start:end] for start, end in pairwise([0, *cuts, len(stream)])]


@given(chunked())
def test_lines_do_not_depend_on_chunks(chunks: list[bytes]) -> None:
    """However a stream is cut, its lines are what stands between newlines, plus an unterminated rest."""
    *ended, rest = b"".join(chunks).split(b"\n")
    expected = [Line(raw, len(raw)) for raw in ended] + [Line(rest, len(rest), terminated=False)] * bool(rest)
    assert lines_of(chunks, 1000) == expected


@given(chunked(), st.integers(1, 12))
def test_a_line_over_the_limit_is_reported_once_and_spoils_no_other(chunks: list[bytes], limit: int) -> None:
    """With a small limit the same lines come, in order, those over it marked."""
    found = lines_of(chunks, limit)
    *ended, rest = b"".join(chunks).split(b"\n")
    lines = [*ended, rest] if rest else ended
    assert [line.too_large for line in found] == [len(raw) > limit for raw in lines]
    assert [line.raw for line in found if not line.too_large] == [raw for raw in lines if len(raw) <= limit]
    assert all(raw.startswith(line.raw) for line, raw in zip(found, lines, strict=True))


def test_an_endless_line_is_reported_when_it_outgrows_the_limit() -> None:
    """Nobody has to wait for its end; what is kept of it is short."""
    splitter = LineSplitter(100_000)
    assert list(splitter.feed(b"x" * 100_000)) == []
    (line,) = splitter.feed(b"x")
    assert line == Line(b"x" * KEPT_OF_TOO_LARGE, 100_001, too_large=True, terminated=False)
    assert list(splitter.feed(b"y" * 100_000 + b"\nshort\n")) == [Line(b"short", 5)]


def test_memory_is_bounded_by_the_limit() -> None:
    """64 MiB without a newline, in chunks of any size, cost little more than the limit of 1 MiB."""
    splitter, chunk = LineSplitter(2**20), b"x" * 2**16
    tracemalloc.start()
    try:
        for _ in range(2**10):
            list(splitter.feed(chunk))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 3 * 2**20
