"""The stdio transport on real processes: what is written and read, and how it ends."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from smcp_conformance.launch import resolve, start
from smcp_conformance.target import Target
from smcp_conformance.wire.errors import Died, NoAnswer
from smcp_conformance.wire.stdio import StdioTransport
from smcp_conformance.wire.transcript import Conversation, Frame

PATIENCE = 30.0
ECHO = "import sys\nfor line in sys.stdin.buffer: sys.stdout.buffer.write(line); sys.stdout.buffer.flush()"


@contextmanager
def speaking_to(script: str, limit: int = 2**20) -> Iterator[StdioTransport]:
    """A transport to a Python process that runs `script`."""
    target = Target("test", (sys.executable, "-c", script))
    transport = StdioTransport(start(resolve(target)), Conversation("stdio"), limit)
    try:
        yield transport
    finally:
        transport.close()


def received(transport: StdioTransport) -> Frame | None:
    """The next frame, with patience."""
    return transport.inbox.get(time.monotonic() + PATIENCE)


def test_what_is_sent_comes_back_and_both_are_recorded() -> None:
    """A line out, a line in, each a frame of the conversation; headers mean nothing here."""
    with speaking_to(ECHO) as transport:
        sent = transport.send(b'{"id":1}', PATIENCE, {"X": "y"})
        answer = received(transport)
        assert answer is not None
        assert (answer.raw, answer.channel) == (b'{"id":1}', "stdout")
        assert transport.conversation.frames == (sent, answer)
        assert transport.alive


def test_half_lines_and_several_lines_can_be_written() -> None:
    """Bytes go out as they are."""
    with speaking_to(ECHO) as transport:
        for part in (b'{"a"', b":1}\n{}", b"\n"):
            transport.write(part, PATIENCE)
        found = [received(transport), received(transport)]
        assert [frame.value for frame in found if frame] == [{"a": 1}, {}]


def test_a_message_of_many_megabytes_passes_both_ways() -> None:
    """Pipes hold 64 KiB; writing and reading go on side by side."""
    with speaking_to(ECHO, limit=2**23) as transport:
        transport.send(b'"' + b"x" * 2**22 + b'"', PATIENCE)
        answer = received(transport)
        assert answer is not None
        assert answer.size == 2**22 + 2


def test_the_end_of_output_ends_the_inbox_after_the_last_words() -> None:
    """What stands after the last newline is delivered too, marked as unterminated."""
    with speaking_to("print('one'); print('two', end='')") as transport:
        found = [received(transport), received(transport)]
        assert [(frame.text, frame.facts.get("terminated", True)) for frame in found if frame] == [
            ("one", True),
            ("two", False),
        ]
        assert received(transport) is None
        assert not transport.alive


def test_writing_to_a_server_that_has_ended_raises_died() -> None:
    """A broken pipe is no hang and no crash of ours."""
    with speaking_to("pass") as transport:
        assert transport.process.wait(PATIENCE) == 0
        with pytest.raises(Died, match="closed its standard input"):
            transport.write(b"x\n", PATIENCE)


def test_a_server_that_does_not_read_raises_no_answer() -> None:
    """More than the pipe holds is not written for ever."""
    with speaking_to("import time; time.sleep(600)") as transport, pytest.raises(NoAnswer, match="does not read"):
        transport.write(b"x" * 2**20, 0.1)


def test_input_can_be_closed_and_then_nothing_more_is_sent() -> None:
    """The goodbye is noted; writing afterwards raises."""
    with speaking_to(ECHO) as transport:
        transport.close_input()
        assert transport.process.wait(PATIENCE) == 0
        assert transport.conversation.frames[-1].text == "stdin closed"
        with pytest.raises(Died, match="closed before"):
            transport.write(b"x\n", PATIENCE)


def test_closing_records_the_last_words_and_leaves_no_thread_and_no_pipe() -> None:
    """What a server prints on its way out is evidence, too."""
    with speaking_to("import sys; sys.stdin.read(); print('bye')") as transport:
        pass
    assert [frame.text for frame in transport.conversation.incoming] == ["bye"]
    assert not transport._reader.is_alive()
    assert transport._stdout.closed
    assert transport._stdin.closed
    assert transport.process.poll() == 0


def test_closing_ends_a_reader_that_waits_for_room() -> None:
    """A flood that nobody read stops neither the process's end nor ours."""
    with speaking_to("while True: print('x' * 1000)") as transport:
        assert received(transport) is not None
    assert not transport._reader.is_alive()
    assert transport.process.poll() is not None
    assert not [thread for thread in threading.enumerate() if thread.name == f"stdout of {transport.process.pid}"]


def test_a_process_without_pipes_is_refused() -> None:
    """Such a process is spoken to over HTTP."""
    process = start(resolve(Target("test", (sys.executable, "-c", "pass"))), pipes=False)
    try:
        with pytest.raises(ValueError, match="with pipes"):
            StdioTransport(process, Conversation("stdio"), 100)
    finally:
        process.stop()
