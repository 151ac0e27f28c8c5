"""Faults of framing, of stdout and of the process (basic/transports, stdio)."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from typing import Any

from mutants.faults import fault, override
from mutants.machine import Machine
from mutants.session import Call
from mutants.wire import Json

GRACE = 120  # no mutant outlives its tester for longer (seconds)


def _at_start(machine: Machine, act: Any) -> None:
    override(machine.stdio, "started", lambda original: act())


def _then(first: Any, second: Any, *args: Any) -> None:
    first()
    second(*args)


@fault("banner-on-stdout", breaks=("stdio.stdout-clean",), transport="stdio", summary="a banner precedes all messages")
def banner_on_stdout(machine: Machine) -> None:
    _at_start(machine, lambda: machine.stdio.write(b"Fixture server 1.0 is listening on stdio\n"))


@fault(
    "log-line-on-stdout", breaks=("stdio.stdout-clean",), transport="stdio", summary="each answer follows a log line"
)
def log_line_on_stdout(machine: Machine) -> None:
    override(machine.stdio, "frame", lambda frame, data: b"INFO: sending an answer\n" + frame(data))


@fault("blank-lines", breaks=("stdio.stdout-clean",), transport="stdio", summary="blank lines separate the messages")
def blank_lines(machine: Machine) -> None:
    override(machine.stdio, "frame", lambda frame, data: frame(data) + b"\n")


@fault("bom-on-stdout", breaks=("stdio.stdout-clean",), transport="stdio", summary="stdout begins with a BOM")
def bom_on_stdout(machine: Machine) -> None:
    _at_start(machine, lambda: machine.stdio.write(b"\xef\xbb\xbf"))


@fault(
    "ansi-on-stdout", breaks=("stdio.stdout-clean",), transport="stdio", summary="messages are coloured for terminals"
)
def ansi_on_stdout(machine: Machine) -> None:
    override(machine.stdio, "frame", lambda frame, data: frame(b"\x1b[32m" + data + b"\x1b[0m"))


@fault("content-length", breaks=("stdio.stdout-clean",), transport="stdio", summary="messages follow a length header")
def content_length(machine: Machine) -> None:
    override(machine.stdio, "frame", lambda frame, data: b"Content-Length: %d\r\n\r\n%s" % (len(data), data))


@fault(
    "farewell-on-stdout",
    breaks=("stdio.no-orphan-output-after-shutdown", "stdio.stdout-clean"),
    transport="stdio",
    summary="a farewell is printed at the end of input",
)
def farewell_on_stdout(machine: Machine) -> None:
    override(machine.stdio, "ended", lambda ended: _then(ended, machine.stdio.write, b"bye\n"))


@fault("pretty-printed", breaks=("stdio.newline-framing",), transport="stdio", summary="messages span several lines")
def pretty_printed(machine: Machine) -> None:
    override(machine.server, "encode", lambda encode, message: json.dumps(message, indent=2).encode())


@fault(
    "raw-newline-in-string",
    breaks=("stdio.newline-framing", "schema.strict-json"),
    transport="stdio",
    summary="newlines in strings are not escaped",
)
def raw_newline_in_string(machine: Machine) -> None:
    override(machine.server, "encode", lambda encode, message: encode(message).replace(b"\\n", b"\n"))


@fault(
    "two-messages-in-a-line",
    breaks=("stdio.newline-framing", "stdio.individual-messages"),
    transport="stdio",
    summary="messages are not ended by newlines but by spaces",
)
def two_messages_in_a_line(machine: Machine) -> None:
    held: list[bytes] = []

    def frame(original: Any, data: bytes) -> bytes:
        held.append(data)
        if len(held) % 2:
            return b""
        return bytes(original(b" ".join(held[-2:])))

    override(machine.stdio, "frame", frame)


@fault(
    "one-message-per-read",
    breaks=("stdio.chunking-independent", "jsonrpc.concurrent-requests"),
    transport="stdio",
    summary="of all that one read brings only the first line is served",
)
def one_message_per_read(machine: Machine) -> None:
    def run(original: Any) -> None:
        while chunk := os.read(0, 65536):
            machine.stdio.line(chunk.split(b"\n")[0])
        machine.stdio.exit(0)

    override(machine.stdio, "run", run)


@fault(
    "short-line-buffer",
    breaks=("stdio.chunking-independent",),
    transport="stdio",
    summary="lines are cut at 4096 bytes",
)
def short_line_buffer(machine: Machine) -> None:
    override(machine.stdio, "line", lambda original, line: original(line[:4096]))


@fault(
    "dies-of-garbage",
    breaks=("stdio.survives-garbage", "jsonrpc.parse-error"),
    transport="stdio",
    summary="a malformed line kills the process",
)
def dies_of_garbage(machine: Machine) -> None:
    override(machine.stdio, "malformed", lambda original, error: machine.stdio.exit(1))


@fault(
    "deaf-after-garbage",
    breaks=("stdio.survives-garbage",),
    transport="stdio",
    summary="nothing is answered after a malformed line",
)
def deaf_after_garbage(machine: Machine) -> None:
    def malformed(original: Any, error: Any) -> None:
        override(machine.stdio, "message", lambda message, received: None)

    override(machine.stdio, "malformed", malformed)


@fault(
    "ignores-eof",
    breaks=("stdio.exit-on-eof", "stdio.exit-on-eof.legacy"),
    transport="stdio",
    summary="the process outlives its stdin",
)
def ignores_eof(machine: Machine) -> None:
    override(machine.stdio, "ended", lambda ended: time.sleep(GRACE))


@fault(
    "ignores-eof-while-busy",
    breaks=("stdio.exit-on-eof", "stdio.exit-on-eof.legacy"),
    transport="stdio",
    summary="the process outlives its stdin once a tool was called",
)
def ignores_eof_while_busy(machine: Machine) -> None:
    called: list[Call] = []

    def serve(original: Any, call: Call) -> Any:
        called.extend([call] if call.method == "tools/call" else [])
        return original(call)

    override(machine.server, "serve", serve)
    override(machine.stdio, "ended", lambda ended: time.sleep(GRACE if called else 0))


@fault(
    "ignores-sigterm",
    breaks=("stdio.exit-on-sigterm",),
    transport="stdio",
    summary="SIGTERM does not end the process, the end of input does",
)
def ignores_sigterm(machine: Machine) -> None:
    override(machine.stdio, "terminated", lambda original: None)


@fault(
    "needs-sigkill",
    breaks=("stdio.exit-on-sigterm", "stdio.exit-on-eof", "stdio.exit-on-eof.legacy"),
    transport="stdio",
    summary="neither SIGTERM nor the end of input ends the process",
)
def needs_sigkill(machine: Machine) -> None:
    override(machine.stdio, "terminated", lambda original: None)
    override(machine.stdio, "ended", lambda ended: time.sleep(GRACE))


@fault(
    "leaves-a-child",
    breaks=("stdio.exit-on-eof", "stdio.exit-on-eof.legacy"),
    transport="stdio",
    summary="a child process outlives the server",
)
def leaves_a_child(machine: Machine) -> None:
    quiet: Any = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.DEVNULL)
    code = f"import time; time.sleep({GRACE})"
    _at_start(machine, lambda: subprocess.Popen([sys.executable, "-c", code], **quiet))


@fault(
    "closes-stdout-and-lives",
    breaks=("jsonrpc.response.exactly-one",),
    transport="stdio",
    summary="stdout is closed after the first answer, the process lives on",
)
def closes_stdout_and_lives(machine: Machine) -> None:
    def write(original: Any, data: bytes) -> None:
        original(data)
        signal.signal(signal.SIGPIPE, signal.SIG_IGN)
        os.close(1)
        override(machine.stdio, "write", lambda closed, rest: None)

    override(machine.stdio, "write", write)


@fault(
    "spontaneous-notifications",
    breaks=("stdio.only-three-kinds", "subscriptions.no-change-notifications-without-listen"),
    transport="stdio",
    summary="changes are announced to nobody who listens",
    revisions=("2026-07-28",),
)
def spontaneous_notifications(machine: Machine) -> None:
    news: Json = {"jsonrpc": "2.0", "method": "notifications/tools/list_changed"}
    override(machine.server, "reply", lambda reply, *args: _then(lambda: reply(*args), machine.stdio.send, news))


@fault("not-a-number", breaks=("schema.numbers-finite",), transport="stdio", summary="ttlMs and error codes are NaN")
def not_a_number(machine: Machine) -> None:
    override(machine.server, "encode", lambda encode, sent: encode(sent)[:-1] + b',"elapsed":NaN}')


@fault(
    "duplicate-members", breaks=("schema.strict-json",), transport="stdio", summary="each message says jsonrpc twice"
)
def duplicate_members(machine: Machine) -> None:
    override(machine.server, "encode", lambda encode, sent: b'{"jsonrpc":"2.0",' + encode(sent)[1:])


@fault("trailing-comma", breaks=("schema.strict-json",), summary="objects end with a comma")
def trailing_comma(machine: Machine) -> None:
    override(machine.server, "encode", lambda encode, sent: encode(sent)[:-1] + b",}")


@fault("single-quotes", breaks=("schema.strict-json",), summary="messages are printed as Python shows them")
def single_quotes(machine: Machine) -> None:
    override(machine.server, "encode", lambda encode, sent: repr(sent).encode())
