"""Framing without I/O: bytes in, lines or server-sent events out.

Rules: memory stays bounded whatever comes in; only the new chunk is scanned, so that a line of many megabytes costs
linear time; a line or event over the limit is reported once, with its size, and its bytes are let go.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

KEPT_OF_TOO_LARGE = 4096


@dataclass(frozen=True)
class Line:
    """One line without its newline. `size` is its length in bytes; `raw` is cut short when `too_large`."""

    raw: bytes
    size: int
    too_large: bool = False
    terminated: bool = True


class LineSplitter:
    """Split a byte stream at "\\n" (stdio transport: one message per line)."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._parts: list[bytes] = []
        self._size = 0
        self._reported = False

    def feed(self, chunk: bytes) -> Iterator[Line]:
        """Yield each line that `chunk` completes, and at once a line that has outgrown the limit."""
        start = 0
        while (end := chunk.find(b"\n", start)) >= 0:
            self._keep(chunk[start:end])
            yield from self._take(terminated=True)
            start = end + 1
        self._keep(chunk[start:])
        if self._size > self._limit and not self._reported:
            self._reported = True
            yield Line(self._head(), self._size, too_large=True, terminated=False)

    def end(self) -> Iterator[Line]:
        """Yield what stands after the last newline, if anything."""
        if self._size:
            yield from self._take(terminated=False)

    def _keep(self, part: bytes) -> None:
        self._size += len(part)
        if self._size <= self._limit:
            self._parts.append(part)
        elif len(self._parts) != 1:
            self._parts = [self._head(part)]

    def _head(self, part: bytes = b"") -> bytes:
        return b"".join([*self._parts, part])[:KEPT_OF_TOO_LARGE]

    def _take(self, *, terminated: bool) -> Iterator[Line]:
        too_large, reported = self._size > self._limit, self._reported
        line = Line(b"".join(self._parts), self._size, too_large, terminated)
        self._parts, self._size, self._reported = [], 0, False
        if not reported:
            yield line


@dataclass(frozen=True)
class Event:
    """One server-sent event. `data` is None when the event had no data field; `size` counts its bytes."""

    event: str = "message"
    data: bytes | None = None
    id: str | None = None
    retry: int | None = None
    size: int = 0
    too_large: bool = False
    comments: tuple[bytes, ...] = ()


class EventParser:
    """Parse a text/event-stream (WHATWG HTML, "Server-sent events"): LF, CRLF and CR end a line."""

    def __init__(self, limit: int) -> None:
        self._lines = LineSplitter(limit)
        self._data: list[bytes] = []
        self._fields: dict[str, str] = {}
        self._size = 0
        self._limit = limit
        self._pending_cr = False
        self._first = True

    def feed(self, chunk: bytes) -> Iterator[Event]:
        """Yield each event that `chunk` completes."""
        for line in self._lines.feed(self._normalized(chunk)):
            yield from self._line(line)

    def _normalized(self, chunk: bytes) -> bytes:
        if self._first and chunk:
            chunk, self._first = chunk.removeprefix(b"\xef\xbb\xbf"), False
        if self._pending_cr and chunk.startswith(b"\n"):
            chunk = chunk[1:]
        self._pending_cr = chunk.endswith(b"\r")
        return chunk.replace(b"\r\n", b"\n").replace(b"\r", b"\n")

    def _line(self, line: Line) -> Iterator[Event]:
        self._size += line.size
        if line.too_large or self._size > self._limit:
            yield Event(data=line.raw[:KEPT_OF_TOO_LARGE], size=self._size, too_large=True)
            self._reset()
        elif not line.raw:
            yield from self._dispatch()
        elif line.raw.startswith(b":"):
            yield Event(event=":", comments=(line.raw[1:],), size=line.size)
        else:
            self._field(line.raw)

    def _field(self, raw: bytes) -> None:
        name, _, value = raw.partition(b":")
        value = value.removeprefix(b" ")
        if name == b"data":
            self._data.append(value)
        elif name in (b"event", b"id", b"retry"):
            self._fields[name.decode()] = value.decode("utf-8", "replace")

    def _dispatch(self) -> Iterator[Event]:
        if self._data or self._fields:
            retry = self._fields.get("retry", "")
            yield Event(
                event=self._fields.get("event", "message"),
                data=b"\n".join(self._data) if self._data else None,
                id=self._fields.get("id"),
                retry=int(retry) if retry.isascii() and retry.isdigit() else None,
                size=self._size,
            )
        self._reset()

    def _reset(self) -> None:
        self._data, self._fields, self._size = [], {}, 0
