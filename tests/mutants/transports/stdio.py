"""stdio: one JSON-RPC message per line, nothing else on stdout, exit at end of input."""

from __future__ import annotations

import os
import signal
import sys
import threading
from typing import Any, NoReturn

from mutants.protocol import Server
from mutants.session import Session
from mutants.wire import RpcError


class Stdio:
    """The loop over stdin. Each method is a seam for faults."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.session = Session(self.send)
        self.lock = threading.Lock()
        server.sessions.append(self.session)

    def run(self) -> None:
        """Serve until stdin ends or SIGTERM comes."""
        signal.signal(signal.SIGTERM, lambda number, frame: self.terminated())
        try:
            self.started()
            for line in sys.stdin.buffer:
                self.line(line)
            self.ended()
        except (SystemExit, KeyboardInterrupt, BrokenPipeError):
            pass
        self.exit(0)

    def started(self) -> None:
        """Nothing is written before the client speaks."""

    def line(self, line: bytes) -> None:
        """Serve one line; blank ones are skipped."""
        if not line.strip():
            return
        try:
            message = self.server.decode(line)
        except RpcError as error:
            self.malformed(error)
            return
        self.message(message)

    def malformed(self, error: RpcError) -> None:
        """Answer a line that is no JSON."""
        self.server.deliver(self.send, self.server.failure(None, error))

    def message(self, message: Any) -> None:
        """Serve one message or, where the revision has them, a batch."""
        if isinstance(message, list) and self.server.batches(self.session):
            self.batch(message)
        elif self.blocks(message):
            self.background(message)
        else:
            self.serve(message)

    def serve(self, message: Any) -> None:
        """Serve one message."""
        self.server.receive(self.session, message, self.send)

    def background(self, message: Any) -> None:
        """Take in a request and serve it in a thread of its own."""
        respond = self.server.answering(self.session, message, self.send)
        threading.Thread(target=lambda: self.server.respond(respond(), self.send), daemon=True).start()

    def blocks(self, message: Any) -> bool:
        """Tell whether a message would hold up those behind it."""
        try:
            return self.server.kind(message) == "request" and self.server.tools.blocks(message)
        except RpcError:
            return False

    def batch(self, messages: list[Any]) -> None:
        """Answer a batch with the array of its responses, or not at all if there are none; an empty one is no batch."""
        replies = self.server.batch(self.session, messages, self.send)
        if replies:
            self.server.deliver(self.send, replies if messages else replies[0])

    def send(self, message: Any) -> None:
        """Write one message as a line."""
        self.write(self.frame(self.server.encode(message)))

    def frame(self, data: bytes) -> bytes:
        """End the line."""
        return data + b"\n"

    def write(self, data: bytes) -> None:
        """Write to stdout, unbuffered and whole."""
        with self.lock:
            while data:
                data = data[os.write(sys.stdout.fileno(), data) :]

    def ended(self) -> None:
        """stdin is at its end: cancel what runs, tell subscriptions."""
        with self.server.subscriptions.lock:
            left = list(self.server.listening)
        for listening in left:
            listening.notify("notifications/cancelled", {"requestId": listening.id, "reason": "the server stops"})
        self.session.close()

    def terminated(self) -> NoReturn:
        """SIGTERM came: do what is done at the end of input, then leave."""
        self.ended()
        raise SystemExit

    def exit(self, status: int) -> NoReturn:
        """Leave at once; threads that still wait for something don't matter."""
        os._exit(status)
