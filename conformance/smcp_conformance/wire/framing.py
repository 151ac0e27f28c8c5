"""Framing without I/O: bytes in, lines or server-sent events out.

Rules: memory stays bounded whatever comes in; only the new chunk is scanned, so that a line of many megabytes costs
linear time; a line or event over the limit is reported once, as soon as it outgrows it, and its bytes are let go.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

KEPT_OF_TOO_LARGE = 4096
BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class Line:
    """One line without its newline.

    `size` is its length in bytes as far as it was seen; `raw` is cut short when `too_large`; `terminated` is false
    for what no newline had ended when it was reported.
    """

    raw: bytes
    size: int
    too_large: bool = False
    terminated: bool = True


class LineSplitter:
    """Split a byte stream at "\\n" (stdio transport: one message per line); `limit` is in bytes."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._held = bytearray()
        self._size = 0
        self._reported = False

    def feed(self, chunk: bytes) -> Iterator[Line]:
        """Yield each line that `chunk` completes, and at once a line that has outgrown the limit."""
        start = 0
        while (end := chunk.find(b"\n", start)) >= 0:
            yield from self._take(chunk[start:end], terminated=True)
            start = end + 1
        yield from self._hold(chunk[start:])

    def end(self) -> Iterator[Line]:
        """Yield what stands after the last newline, if anything."""
        if self._size:
            yield from self._take(b"", terminated=False)

    def _hold(self, part: bytes) -> Iterator[Line]:
        self._size += len(part)
        if self._size <= self._limit:
            self._held += part
        elif not self._reported:
            self._reported = True
            yield self._too_large(part, terminated=False)
            self._held = bytearray()

    def _take(self, part: bytes, *, terminated: bool) -> Iterator[Line]:
        self._size += len(part)
        if self._size <= self._limit:
            yield Line(bytes(self._held) + part if self._held else part, self._size, terminated=terminated)
        elif not self._reported:
            yield self._too_large(part, terminated)
        self._held, self._size, self._reported = bytearray(), 0, False

    def _too_large(self, part: bytes, terminated: bool) -> Line:
        head = bytes(self._held[:KEPT_OF_TOO_LARGE]) + part[:KEPT_OF_TOO_LARGE]
        return Line(head[:KEPT_OF_TOO_LARGE], self._size, too_large=True, terminated=terminated)


@dataclass(frozen=True)
class Event:
    """One server-sent event, or one comment line (`event` is ":" and `data` None).

    `data` is None when the event had no data field; `size` counts the bytes of its fields; `strays` are lines that
    begin with no field name of the format (a stream that is no event stream consists of them).
    """

    event: str = "message"
    data: bytes | None = None
    id: str | None = None
    retry: int | None = None
    size: int = 0
    too_large: bool = False
    comments: tuple[bytes, ...] = ()
    strays: tuple[bytes, ...] = ()


class EventParser:
    """Parse a text/event-stream (WHATWG HTML, "Server-sent events"): LF, CRLF and CR end a line."""

    def __init__(self, limit: int) -> None:
        self._lines = LineSplitter(limit)
        self._limit = limit
        self._begun = b""
        self._past_bom = False
        self._after_cr = False
        self._skipping = False
        self._reset()

    def feed(self, chunk: bytes) -> Iterator[Event]:
        """Yield each event that `chunk` completes."""
        for line in self._lines.feed(self._with_plain_newlines(self._without_bom(chunk))):
            yield from self._line(line)

    def end(self) -> tuple[bytes, ...]:
        """The lines of an event that the end of the stream cut off: a client must ignore it."""
        lines = [line.raw for line in self._lines.feed(self._begun)] + [line.raw for line in self._lines.end()]
        return (*self._unfinished, *lines)

    def _without_bom(self, chunk: bytes) -> bytes:
        if self._past_bom:
            return chunk
        self._begun += chunk
        if len(self._begun) < len(BOM) and BOM.startswith(self._begun):
            return b""
        self._past_bom, begun, self._begun = True, self._begun, b""
        return begun.removeprefix(BOM)

    def _with_plain_newlines(self, chunk: bytes) -> bytes:
        if self._after_cr and chunk.startswith(b"\n"):
            self._after_cr, chunk = False, chunk[1:]
        if chunk:
            self._after_cr = chunk.endswith(b"\r")
        return chunk.replace(b"\r\n", b"\n").replace(b"\r", b"\n")

    def _line(self, line: Line) -> Iterator[Event]:
        if not line.raw:
            yield from self._dispatch()
        elif line.raw.startswith(b":"):
            yield Event(event=":", comments=(line.raw[1:],), size=line.size)
        elif not self._skipping:
            yield from self._field(line)

    def _field(self, line: Line) -> Iterator[Event]:
        self._size += line.size
        if line.too_large or self._size > self._limit:
            head = b"\n".join([*self._data, _value(line.raw)])
            yield Event(data=head[:KEPT_OF_TOO_LARGE], size=self._size, too_large=True)
            self._reset()
            self._skipping = True
            return
        self._unfinished.append(line.raw)
        name = line.raw.partition(b":")[0]
        if name == b"data":
            self._data.append(_value(line.raw))
        elif name in (b"event", b"id", b"retry"):
            self._fields[name.decode()] = _value(line.raw).decode("utf-8", "replace")
        else:
            self._strays.append(line.raw[:KEPT_OF_TOO_LARGE])

    def _dispatch(self) -> Iterator[Event]:
        if self._unfinished:
            retry = self._fields.get("retry", "")
            yield Event(
                event=self._fields.get("event") or "message",
                data=b"\n".join(self._data) if self._data else None,
                id=self._fields.get("id"),
                retry=int(retry) if retry.isascii() and retry.isdigit() else None,
                size=self._size,
                strays=tuple(self._strays),
            )
        self._reset()

    def _reset(self) -> None:
        self._data: list[bytes] = []
        self._fields: dict[str, str] = {}
        self._strays: list[bytes] = []
        self._unfinished: list[bytes] = []
        self._size = 0
        self._skipping = False


def _value(line: bytes) -> bytes:
    return line.partition(b":")[2].removeprefix(b" ")
